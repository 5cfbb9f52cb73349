"""Predictions that may move a little under a perturbation, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.invariance.expectation import Expectation
from mlqa.checks.invariance.relation import relation_verdict
from mlqa.errors import UsageError
from mlqa.verdict import Verdict

__all__ = ["changes_at_most"]


def changes_at_most(
    model: Any,
    X: Any,
    perturb: Any,
    change: float,
    *,
    at_most: float = 0.0,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
    remembered: Any = (),
) -> Verdict:
    """Predictions move by at most so much when a change that should matter little is made.

    The same search as :func:`mlqa.unchanged_by`, of numbers: of a prediction,
    or of each probability where the model gives them.

    Parameters
    ----------
    model : callable or object
        A function from a table to numbers or probabilities, or an object with
        ``predict`` or ``predict_proba``; asked for probabilities where it has
        both.
    X : table or array, shape (n, d)
        Not modified.
    perturb : callable, list or dict of callables
        From table to table; see :mod:`mlqa.subjects.perturb`.
    change : float of at least 0, unit: of the prediction
        Largest absolute change that is accepted.
    at_most : float, unit: share of rows, in [0, 1)
        Limit on the rate of rows that change more, among those a perturbation
        touches; 0: none may.
    columns : list of str, optional
        Only these are given to `perturb`.
    alpha : float in (0, 0.5), optional
        Level with a limit above 0; see :func:`mlqa.alpha.level_of`.
    seed : int of at least 0
    remembered : list of dict, or the fixture ``mlqa_counterexamples``

    Returns
    -------
    Verdict
        As of :func:`mlqa.unchanged_by`.

    Raises
    ------
    UsageError
        If an argument cannot be used, or the model predicts labels.
    SubjectError
        If the model or a perturbation raises.

    Examples
    --------
    >>> import numpy as np
    >>> from mlqa.subjects.perturb import within
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> str(changes_at_most(lambda X: 2 * X[:, 0], X, within("0", 0.1), 0.3).outcome)
    'Outcome.PASS'
    >>> print(changes_at_most(lambda X: 2 * X[:, 0], X, within("0", 0.1), 0.1).reason)
    6 of 6 rows change; row 0, 'within(0, 0.1)': '0' 0 -> -0.06 turns 0 into -0.12; reverting any one
    cell restores the prediction
    """
    if isinstance(change, bool) or not isinstance(change, (int, float)):
        raise UsageError("change", change, "a number of at least 0", "pass the largest change you accept")
    return relation_verdict(
        Expectation(check="invariance.changes_at_most", verb="change", change=change),
        model,
        X,
        perturb,
        at_most=at_most,
        columns=columns,
        alpha=alpha,
        seed=seed,
        remembered=remembered,
    )
