"""How many predictions change from one model to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, where, within
from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import UsageError
from mlqa.stats.proportion import at_most_p_value, clopper_pearson, detectable_rate, rows_needed
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["predictions_stable"]

_CHECK = "performance.predictions_stable"
_WORST = 5


def predictions_stable(
    new: Any,
    baseline: Any,
    *,
    at_most: float,
    change: float = 0.0,
    alpha: float | None = None,
) -> Verdict:
    """At most a share of predictions change between two models, or two runs of training.

    Two models of the same accuracy may disagree on many rows, which whoever
    uses the predictions notices (churn). FAIL when more are shown to change,
    PASS when that is ruled out, UNDECIDED between the two.

    Parameters
    ----------
    new, baseline : sequence, Series or array, shape (n,) or (n, classes)
        Labels, values or probabilities of the same rows.
    at_most : float in [0, 1), unit: share of rows
    change : float of at least 0
        Largest change of a value or probability that does not count.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, and of a false PASS.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows that change;
        ``evidence.worst`` the largest changes.

    Raises
    ------
    UsageError
        If the two differ in rows or kind.

    Notes
    -----
    Interval: Clopper-Pearson; the test is exact, one-sided.

    References
    ----------
    .. [1] Milani Fard, M. et al. (2016), Launch and iterate: reducing
       prediction churn, NeurIPS.

    Examples
    --------
    >>> old = np.tile([0, 1], 1000)
    >>> new = np.where(np.arange(2000) % 50, old, 1 - old)
    >>> [predictions_stable(new, old, at_most=limit).outcome.name for limit in (0.01, 0.02, 0.05)]
    ['FAIL', 'UNDECIDED', 'PASS']
    """
    alpha = level_of(alpha)
    line = amount("at_most", at_most, most=0.999, hint="pass a share of rows, 0.02 say")
    least = amount("change", change, hint="pass the largest change that does not count")
    before = rows_of("baseline", baseline)
    after = rows_of("new", new, len(before))
    size = _sizes(new, after, before)
    hits, n = int(np.sum(size > least)), len(before)
    low, high = (float(end) for end in clopper_pearson(hits, n, level=1 - alpha, sides=1))
    outcome = within(low, high, line)
    evidence = Evidence(
        estimate=hits / n,
        low=low,
        high=high,
        level=1 - 2 * alpha,
        p_value=float(at_most_p_value(hits, n, line)),
        limit=line,
        unit="of rows",
        n=n,
        method="exact binomial, Clopper-Pearson",
        detectable=detectable_rate(n, line, alpha=alpha),
        rows_needed=rows_needed(hits, n, line, alpha=alpha) if outcome is Outcome.UNDECIDED else None,
        worst=_worst(size, after, before) if outcome is Outcome.FAIL else (),
    )
    remedy = {Outcome.FAIL: "fix the seed, average several models, or train with the old predictions beside the labels"}
    far = f" by more than {number(least)}" if least else ""
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"at most {number(100 * line)} % of predictions change{far}",
        reason=f"{hits} of {n} change: the interval is {where(outcome)} the limit {number(line)}",
        evidence=evidence,
        remedy=remedy.get(outcome, "give more rows" if outcome is Outcome.UNDECIDED else ""),
        alpha=alpha,
    )


def _sizes(given: Any, after: NDArray[Any], before: NDArray[Any]) -> NDArray[np.float64]:
    """Return how far each row moved; of texts 1 where it did."""
    texts = after.dtype.kind == "U"
    if after.shape != before.shape or texts != (before.dtype.kind == "U"):
        kinds = [
            f"{'texts' if part.dtype.kind == 'U' else 'numbers'} of shape {part.shape}" for part in (before, after)
        ]
        raise UsageError("new", given, f"{kinds[0]}, as baseline has", "compare predictions of one kind", kinds[1])
    if texts:
        moved = np.asarray(after != before, dtype=np.float64)
    else:
        moved = np.abs(after.astype(np.float64) - before.astype(np.float64))
    return np.asarray(moved.reshape(len(before), -1).max(axis=1), dtype=np.float64)


def _worst(size: NDArray[np.float64], after: NDArray[Any], before: NDArray[Any]) -> tuple[dict[str, Any], ...]:
    first = np.argsort(-size, kind="stable")[:_WORST]
    if after.ndim > 1:
        return tuple({"row": int(k), "largest change": float(size[k])} for k in first)
    return tuple({"row": int(k), "new": after[k].item(), "baseline": before[k].item()} for k in first)
