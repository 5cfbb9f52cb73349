"""Predictions under noise far below what the columns are rounded to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.expectation import Expectation, asked_by
from mlqa.checks.invariance.relation import relation_verdict
from mlqa.checks.invariance.search import predictions
from mlqa.errors import UsageError
from mlqa.subjects.block import as_block, height, taken
from mlqa.subjects.perturb.resolution import unrounded
from mlqa.verdict import Verdict

__all__ = ["ignores_rounding"]

_FAR = 0.5  # of the spread of the predictions


def ignores_rounding(
    model: Any,
    X: Any,
    *,
    share: float = 0.001,
    at_most: float = 0.05,
    change: float | None = None,
    most_rows: int = 2000,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Hardly a prediction changes when numbers move by a thousandth of their own rounding.

    A number written as 29.85 stands for all between 29.845 and 29.855: a model
    that tells 29.85 from 29.850003 knows the row by heart, or compares floats
    with ``==``. A limit above 0, because a sound tree may split at a value that
    is written: see the notes.

    Parameters
    ----------
    model : callable or object
        A function from a table to predictions, or an object with ``predict`` or
        ``predict_proba``.
    X : table or array, shape (n, d)
        Not modified. The rounding of each column of floats is learned from it.
    share : float, in (0, 0.5]
        Largest move, as a share of the step a column is written in.
    at_most : float, unit: share of rows, in (0, 1)
        Limit on the rate of changed rows.
    change : float of at least 0, optional, unit: of the prediction
        Change of a number that counts; by default half the standard deviation
        of the predictions, the largest where they have columns. Labels count where they differ.
    most_rows : int of at least 1
        Rows asked, evenly spaced, where there are more.
    alpha : float in (0, 0.5), optional
        See :func:`mlqa.alpha.level_of`.
    seed : int of at least 0
        Of the moves.

    Returns
    -------
    Verdict
        As of :func:`mlqa.unchanged_by` with a limit; SKIPPED where no column
        shows its rounding.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises.

    Notes
    -----
    Measured on 18 real tables with logistic and ridge regression, nearest
    neighbours, single trees, random forests and boosting, 540 fits: at most
    0.4 % of labels change, or of numbers by more than half the spread; values
    of few places lie on the split points of trees.

    Examples
    --------
    >>> X = np.round(np.linspace(0, 10, 400), 2).reshape(-1, 1)
    >>> ignores_rounding(lambda X: X[:, 0] > 5.005, X).outcome
    <Outcome.PASS: 'pass'>
    >>> by_heart = lambda rows: np.isin(rows[:, 0], X[::2])
    >>> ignores_rounding(by_heart, X).outcome
    <Outcome.FAIL: 'fail'>
    """
    if isinstance(most_rows, bool) or not isinstance(most_rows, int) or most_rows < 1:
        raise UsageError("most_rows", most_rows, "a whole number of at least 1", "leave it out for 2000")
    if isinstance(at_most, (int, float)) and at_most == 0:
        hint = "a sound tree may split at a value; for none at all use mlqa.unchanged_by with perturb.unrounded"
        raise UsageError("at_most", at_most, "a share of rows in (0, 1)", hint)
    block = as_block(X)
    perturb = unrounded(block, share=share, seed=seed)
    if height(block) > most_rows:
        block = taken(block, np.linspace(0, height(block) - 1, most_rows).round().astype(np.intp))
    labels = Expectation(check="invariance.ignores_rounding", verb="change")
    expectation = labels if change is None else _of_change(change)
    if change is None:
        said = predictions(asked_by(labels, model), [block])
        if said.dtype.kind == "f":
            expectation = _of_change(_FAR * _spread(said))
    named = {f"a move of {share:g} of the rounding": perturb}
    return relation_verdict(
        expectation, model, block, named, at_most=at_most, columns=None, alpha=alpha, seed=seed, remembered=()
    )


def _spread(said: NDArray[Any]) -> float:
    """Return the standard deviation of the predictions; of several columns the largest."""
    rows = said.reshape(len(said), -1)
    rows = rows[np.isfinite(rows).all(axis=1)]
    return float(np.std(rows, axis=0).max()) if len(rows) else 0.0


def _of_change(change: float) -> Expectation:
    return Expectation(check="invariance.ignores_rounding", verb="change", change=change)
