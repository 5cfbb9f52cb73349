"""Predictions under a perturbation that should not matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.invariance.expectation import Expectation
from mlqa.checks.invariance.relation import relation_verdict
from mlqa.verdict import Verdict

__all__ = ["unchanged_by"]


def unchanged_by(
    model: Any,
    X: Any,
    perturb: Any,
    *,
    at_most: float = 0.0,
    change: float | None = None,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
    remembered: Any = (),
) -> Verdict:
    """Predictions stay what they are when a change that should not matter is made.

    With ``at_most=0`` this is a search, and a contract: one changed prediction
    is a FAIL, and a PASS says how rare one can still be. Where a perturbation
    leaves a choice (:func:`mlqa.subjects.perturb.within`, ``among``), the worst
    of it is climbed to from the rows that moved furthest. With a limit above 0
    the rate of changed rows is compared with it; UNDECIDED where the interval
    straddles the limit.

    Parameters
    ----------
    model : callable or object
        A function from a table to predictions, or an object with ``predict`` or
        ``predict_proba``. Called once on `X`, once on all perturbed rows
        together (100,000 rows at most a call), about ten times more on a few
        rows where a choice is climbed, and a few times on one row's variants.
    X : table or array, shape (n, d)
        Rows to predict, handed to the model in the kind they have. Not
        modified.
    perturb : callable, list or dict of callables
        From table to table of the same shape and columns; see
        :mod:`mlqa.subjects.perturb`. One that takes ``seed`` is given it.
    at_most : float, unit: share of rows, in [0, 1)
        Limit on the rate of changed rows, among those a perturbation touches.
    change : float of at least 0, optional
        Absolute change of a numeric prediction above which it counts; of a
        probability, where the model gives them. By default labels that differ
        count, and numbers that differ by more than rounding.
    columns : list of str, optional
        Only these are given to `perturb`; by default the whole table.
    alpha : float in (0, 0.5), optional
        Level with a limit above 0; see :func:`mlqa.alpha.level_of`.
    seed : int of at least 0
        Handed to perturbations that take it; where climbs start from.
    remembered : list of dict, or the fixture ``mlqa_counterexamples``
        Counterexamples found before: ``perturb``, ``before``, ``after``. With
        ``at_most=0`` they are asked first, and if one still breaks the claim
        nothing else is.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of touched rows that any perturbation
        changes, ``evidence.n`` the touched rows, ``evidence.worst`` the largest
        changes; the first of them shrunk to the fewest cells, then to round
        values where any value between would do, and its columns in
        ``columns``. SKIPPED where no perturbation touches any cell.

    Raises
    ------
    UsageError
        If an argument cannot be used, or a perturbation returns another shape.
    SubjectError
        If the model or a perturbation raises.

    Notes
    -----
    Interval: Clopper-Pearson [1]_; the test is exact, one-sided. A row is one
    trial, however many perturbations it is given.

    References
    ----------
    .. [1] Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or
       fiducial limits illustrated in the case of the binomial, Biometrika 26,
       404-413.
    .. [2] Ribeiro, M. T. et al. (2020), Beyond accuracy: behavioral testing of
       NLP models with CheckList, ACL, 4902-4912.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> verdict = unchanged_by(lambda X: X[:, 0] > 4, X, lambda X: X + [0, 100])
    >>> verdict.outcome, verdict.evidence.n
    (<Outcome.PASS: 'pass'>, 6)
    >>> print(unchanged_by(lambda X: X[:, 0] > 4, X, {"one more": lambda X: X + 1}).reason)
    1 of 6 rows change; row 2, 'one more': '0' 4 -> 5 turns False into True;
    reverting any one cell restores the prediction
    """
    expectation = Expectation(check="invariance.unchanged_by", verb="change", change=change)
    return relation_verdict(
        expectation,
        model,
        X,
        perturb,
        at_most=at_most,
        columns=columns,
        alpha=alpha,
        seed=seed,
        remembered=remembered,
    )
