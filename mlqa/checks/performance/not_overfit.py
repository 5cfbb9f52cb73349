"""Whether what a model learnt carries over to rows it has not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, more_rows
from mlqa.checks.performance.naive import Skill, judged_by, naive_of, nothing_to_tell, skill_of
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import paired
from mlqa.errors import UsageError
from mlqa.stats.paired_mean import linear_change
from mlqa.stats.power import POWER
from mlqa.stats.studentized import Studentized
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["not_overfit"]

_CHECK = "performance.not_overfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """How much worse the unseen rows are, and what is said of it."""

    change: Studentized
    limit: float
    claim: str
    beside: str


def not_overfit(
    prediction: Any,
    y: Any,
    train_prediction: Any,
    train_y: Any,
    *,
    metric: str | None = None,
    margin: float | None = None,
    keeps: float = 0.25,
    alpha: float | None = None,
) -> Verdict:
    """Check that what the model learnt carries over from its training rows to rows it has not seen.

    A forest is right in every row it was trained on, and that is no fault.
    So without a margin this asks for the share of the training skill that is
    left: FAIL when less than `keeps` of it is shown to be. With a margin it
    asks for the fall of the metric: FAIL when a larger one is shown, PASS when
    it is ruled out, UNDECIDED between the two.

    Parameters
    ----------
    prediction, y : sequence, Series or array, shape (n,) or (n, classes)
        Of rows that the model has not seen.
    train_prediction, train_y : the same, shape (m,) or (m, classes)
        Of the rows it was trained on.
    metric : str, optional
        As of :func:`mlqa.better_than_naive`.
    margin : float of at least 0, in the metric's unit, optional
        Largest fall that is accepted.
    keeps : float in [0, 1]
        Share of the training skill, over the best constant, that must be left.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the fall of the metric or, without a margin,
        how much skill is missing to `keeps` of that in training (negative:
        there is more).

    Raises
    ------
    UsageError
        If an argument cannot be used with the metric.

    Notes
    -----
    Two independent samples: Welch's t on the influence of every row (delta
    method), with Satterthwaite's degrees of freedom. SKIPPED where the model
    has no skill in training: there is nothing to carry over.

    References
    ----------
    .. [1] Welch, B. L. (1947), The generalization of Student's problem when
       several different population variances are involved, Biometrika 34, 28-35.

    Examples
    --------
    >>> truth = np.tile([0, 1], 500)
    >>> half_right, lost = np.where(np.arange(1000) % 20 < 16, truth, 1 - truth), np.tile([0, 1, 1, 0], 250)
    >>> not_overfit(half_right, truth, truth, truth).outcome, not_overfit(lost, truth, truth, truth).outcome
    (<Outcome.PASS: 'pass'>, <Outcome.FAIL: 'fail'>)
    """
    alpha = level_of(alpha)
    kept = amount("keeps", keeps, most=1.0, hint="pass the share of the training skill that must be left")
    largest = None if margin is None else amount("margin", margin, hint="pass the largest fall you accept")
    seen_y, new_y = rows_of("train_y", train_y), rows_of("y", y)
    seen = rows_of("train_prediction", train_prediction, len(seen_y))
    new = rows_of("prediction", prediction, len(new_y))
    known = judged_by(metric, new, np.concatenate([seen_y, new_y]) if _alike(seen_y, new_y) else new_y)
    if known.takes == "any":
        raise UsageError("metric", metric, "a metric by name", "compare callables with mlqa.not_worse")
    idle = nothing_to_tell(known, seen_y, new_y)
    if idle:
        claim = f"unseen rows are judged as well as those of training by {known.name}"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=idle, alpha=alpha)
    before, after = _skill(known, seen, seen_y, seen_y), _skill(known, new, new_y, seen_y)
    gap = _fall(known, before, after, largest) if largest is not None else _lost(known, before, after, kept)
    if largest is None and before.value <= 0:
        reason = f"{known.name} in training is {number(before.metric)}, no better than a constant's: nothing to keep"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=gap.claim, reason=reason, alpha=alpha)
    return _answer(gap, len(new_y), len(seen_y), largest is not None, alpha)


def _alike(one: NDArray[Any], other: NDArray[Any]) -> bool:
    if (one.dtype.kind == "U") != (other.dtype.kind == "U"):
        raise UsageError("train_y", one, "targets as in y", "use the same labels in both", str(one.dtype))
    return True


def _skill(metric: Metric, given: NDArray[Any], y: NDArray[Any], source: NDArray[Any]) -> Skill:
    constant = naive_of(metric, y, source, None, given.shape[1] if given.ndim == 2 else 2)
    return skill_of(metric, paired(metric.takes, y, {"prediction": given, "naive": constant}, None).sorted())


def _fall(metric: Metric, before: Skill, after: Skill, margin: float) -> _Gap:
    """Measure the fall of the metric itself."""
    sign = 1.0 if metric.greater_is_better else -1.0
    fall = sign * (before.metric - after.metric)
    return _Gap(
        change=_welch(fall, before.moved, after.moved),
        limit=margin,
        claim=f"{metric.name} is at most {number(margin)} worse on unseen rows than in training",
        beside=f"{metric.name} is {number(before.metric)} in training and {number(after.metric)} on unseen rows",
    )


def _lost(metric: Metric, before: Skill, after: Skill, keeps: float) -> _Gap:
    missing = keeps * before.value - after.value
    skills = f"{number(round(before.value, 3))} in training, {number(round(after.value, 3))} on unseen rows"
    return _Gap(
        change=_welch(missing, keeps * before.influence, after.influence),
        limit=0.0,
        claim=f"unseen rows keep at least {number(100 * keeps)} % of the skill of training",
        beside=f"skill over a constant by {metric.name}: {skills}",
    )


def _welch(estimate: float, *influences: NDArray[np.float64]) -> Studentized:
    """Return a difference of two samples, each with its own spread."""
    sizes = [influence.size for influence in influences]
    parts = [float(one.var(ddof=1)) / one.size if one.size > 1 else math.inf for one in influences]
    free = [_freedom(one) for one in influences]
    variance = sum(parts)
    df = variance**2 / sum(part**2 / own for part, own in zip(parts, free)) if variance > 0 else sum(free)
    return Studentized(estimate, math.sqrt(variance), max(df, 1.0), 0.5 ** min(sizes))


def _freedom(influence: NDArray[np.float64]) -> float:
    """Degrees of freedom of a variance, fewer where few rows carry it."""
    error = linear_change(0.0, influence)
    return error.df if isinstance(error, Studentized) else max(influence.size - 1.0, 1.0)


def _answer(gap: _Gap, new: int, seen: int, by_margin: bool, alpha: float) -> Verdict:
    change, limit = gap.change, gap.limit
    low, high = change.interval(alpha)
    p_value = change.p_above(limit)
    outcome = Outcome.FAIL if p_value <= alpha else Outcome.PASS
    reach = (float(stats.t.isf(alpha, change.df)) + float(stats.t.ppf(POWER, change.df))) * change.error
    if by_margin and outcome is Outcome.PASS and change.p_below(limit) > alpha:
        outcome = Outcome.UNDECIDED
    if not by_margin and outcome is Outcome.PASS and reach > 1.0:  # skill lost wholly, and more, would not show
        outcome = Outcome.UNDECIDED
    needed = None
    if outcome is Outcome.UNDECIDED:
        needed = more_rows(new, low, high, change.estimate, limit) if by_margin else math.ceil(new * (reach**2 - 1))
    finite = math.isfinite(low) and math.isfinite(high)
    evidence = Evidence(
        estimate=change.estimate,
        low=low if finite else None,
        high=high if finite else None,
        level=1 - 2 * alpha if finite else None,
        p_value=p_value,
        limit=limit,
        n=new + seen,
        method="Welch's t, delta method",
        detectable=limit + reach if math.isfinite(reach) else None,
        rows_needed=needed,
    )
    remedy = {
        Outcome.FAIL: "make the model simpler or give it more rows; does a feature say which row it is?",
        Outcome.UNDECIDED: "give more unseen rows",
    }
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=gap.claim,
        reason=f"{gap.beside}: {_told(outcome, evidence, by_margin, alpha)}",
        evidence=evidence,
        remedy=remedy.get(outcome, ""),
        alpha=alpha,
    )


def _told(outcome: Outcome, evidence: Evidence, by_margin: bool, alpha: float) -> str:
    p = f"p = {number(evidence.p_value)}"
    if outcome is Outcome.FAIL:
        return f"a {'larger fall' if by_margin else 'greater loss'} is shown, {p} is at most alpha {number(alpha)}"
    if by_margin:
        return "a larger fall is ruled out" if outcome is Outcome.PASS else "the interval of the fall is astride"
    if outcome is Outcome.UNDECIDED:
        return f"not even the loss of all of it would show at alpha {number(alpha)}"
    return f"no greater loss is shown, {p} is above alpha {number(alpha)}"
