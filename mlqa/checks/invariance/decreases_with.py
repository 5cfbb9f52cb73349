"""Predictions that do not rise as a column grows, or under a perturbation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.invariance.directed import directed_verdict
from mlqa.checks.invariance.expectation import Expectation
from mlqa.verdict import Verdict

__all__ = ["decreases_with"]


def decreases_with(
    model: Any,
    X: Any,
    perturb: Any,
    *,
    at_most: float = 0.0,
    change: float | None = None,
    columns: Sequence[str] | None = None,
    label: Any = None,
    points: int = 20,
    alpha: float | None = None,
    seed: int = 0,
    remembered: Any = (),
) -> Verdict:
    """No prediction rises as a column grows, or under a perturbation that should lower it.

    The mirror image of :func:`mlqa.increases_with`.

    Parameters
    ----------
    model : callable or object
        A function from a table to numbers or probabilities, or an object with
        ``predict_proba`` or ``predict``.
    X : table or array, shape (n, d)
        Not modified.
    perturb : str, or callable, list or dict of callables
        The name of a column of numbers, dates or times, or perturbations that
        should lower the prediction.
    at_most : float, unit: share of rows, in [0, 1)
        Limit on the rate of rows whose prediction rises; 0: none may.
    change : float of at least 0, optional, unit: of the prediction
        Rise that is accepted; by default what rounding explains.
    columns : list of str, optional
        Only these are given to the perturbations.
    label : scalar, optional
        The class whose probability is judged; needed with more than two.
    points : int, in [2, 1000]
        Most values of the column tried.
    alpha : float in (0, 0.5), optional
        Level with a limit above 0; see :func:`mlqa.alpha.level_of`.
    seed : int of at least 0
    remembered : list of dict, or the fixture ``mlqa_counterexamples``

    Returns
    -------
    Verdict
        As of :func:`mlqa.increases_with`.

    Raises
    ------
    UsageError
        If an argument cannot be used, or predictions have no order.
    SubjectError
        If the model or a perturbation raises.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> str(decreases_with(lambda X: -X[:, 0], X, "0").outcome)
    'Outcome.PASS'
    """
    return directed_verdict(
        Expectation(check="invariance.decreases_with", verb="rise", direction=-1, change=change, label=label),
        model,
        X,
        perturb,
        at_most=at_most,
        columns=columns,
        points=points,
        alpha=alpha,
        seed=seed,
        remembered=remembered,
    )
