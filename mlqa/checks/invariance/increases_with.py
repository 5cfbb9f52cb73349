"""Predictions that do not fall as a column grows, or under a perturbation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.invariance.directed import directed_verdict
from mlqa.checks.invariance.expectation import Expectation
from mlqa.verdict import Verdict

__all__ = ["increases_with"]


def increases_with(
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
    """No prediction falls as a column grows, or under a perturbation that should raise it.

    Of a column, each row is asked with the column's own values from small to
    large, and any two of them are compared, so that a fall between two others
    is found; of a perturbation, each row before and after. Staying the same is
    no fall.

    Parameters
    ----------
    model : callable or object
        A function from a table to numbers or probabilities, or an object with
        ``predict_proba`` or ``predict``; the probability is asked for where it
        gives one, of the second of two classes.
    X : table or array, shape (n, d)
        Not modified.
    perturb : str, or callable, list or dict of callables
        The name of a column of numbers, dates or times (an array's are ``'0'``,
        ``'1'``, ...); or perturbations that should raise the prediction, see
        :mod:`mlqa.subjects.perturb`.
    at_most : float, unit: share of rows, in [0, 1)
        Limit on the rate of rows whose prediction falls; 0: none may, a
        contract.
    change : float of at least 0, optional, unit: of the prediction
        Fall that is accepted; by default what rounding explains.
    columns : list of str, optional
        Only these are given to the perturbations.
    label : scalar, optional
        The class whose probability is judged; needed with more than two.
    points : int, in [2, 1000]
        Most values of the column tried, evenly spaced among its distinct ones.
    alpha : float in (0, 0.5), optional
        Level with a limit above 0; see :func:`mlqa.alpha.level_of`.
    seed : int of at least 0
    remembered : list of dict, or the fixture ``mlqa_counterexamples``
        As of :func:`mlqa.unchanged_by`.

    Returns
    -------
    Verdict
        As of :func:`mlqa.unchanged_by`: ``evidence.estimate`` is the share of
        rows with a fall, ``evidence.worst`` the largest. SKIPPED where the
        column has fewer than two values.

    Raises
    ------
    UsageError
        If an argument cannot be used, or predictions have no order.
    SubjectError
        If the model or a perturbation raises.

    Notes
    -----
    Individual conditional expectations [1]_, of ``n * points`` predictions in
    calls of at most 100,000 rows.

    References
    ----------
    .. [1] Goldstein, A. et al. (2015), Peeking inside the black box:
       visualizing statistical learning with plots of individual conditional
       expectation, Journal of Computational and Graphical Statistics 24, 44-65.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> str(increases_with(lambda X: X[:, 0] + X[:, 1], X, "0").outcome)
    'Outcome.PASS'
    >>> print(increases_with(lambda X: np.abs(X[:, 0] - 4), X, "0").reason)
    6 of 6 rows fall; row 0, '0': '0' 0 -> 2 turns 4 into 2; reverting any one cell restores the prediction
    """
    return directed_verdict(
        Expectation(check="invariance.increases_with", verb="fall", direction=1, change=change, label=label),
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
