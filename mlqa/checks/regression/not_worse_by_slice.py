"""Whether the new model is as good as the baseline in every part of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.regression.answer import Asked, answer
from mlqa.checks.regression.arrays import codes_of, refuse_other_rows, rows_of
from mlqa.checks.regression.compared import measured
from mlqa.checks.regression.margin import margin_of
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.needs import check_needs
from mlqa.checks.regression.paired import Paired, paired
from mlqa.checks.regression.slices import Slice, slices_of
from mlqa.errors import SubjectError, UsageError
from mlqa.stats.multiple import holm
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["not_worse_by_slice"]

_CHECK = "regression.not_worse_by_slice"
_WORST = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """A slice and what was found in it; `rows` of all."""

    part: Slice
    rows: int
    found: Verdict
    p_value: float = 1.0

    @property
    def outcome(self) -> Outcome:
        return self.found.outcome


def not_worse_by_slice(
    new: Any,
    baseline: Any,
    y: Any,
    *,
    metric: str | Callable[[Any, Any], float],
    X: Any = None,
    slices: Mapping[str, Any] | Sequence[str] | str | None = None,
    margin: float | str = 0.0,
    groups: Any = None,
    greater_is_better: bool | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Check that the new predictions are not worse than the baseline's in any slice of the rows.

    FAILs if a loss (beyond the margin) is shown in any slice, with one level
    for all of them together. UNDECIDED if none is shown, but some slice is too
    small to tell: its rows are counted in ``evidence.worst``.

    Parameters
    ----------
    new, baseline : sequence, Series or array, shape (n,) or (n, classes)
        As of :func:`mlqa.not_worse`; the baseline has to be predictions.
    y : sequence, Series or array, shape (n,)
    metric : str or callable
        As of :func:`mlqa.not_worse`.
    X : table, optional
        Columns of the same rows, from which slices are made.
    slices : mapping, list of column names, optional
        Name -> mask, shape (n,); or columns of `X`, all by default: a slice for
        each of up to 20 values, or for each quarter of a column of numbers.
    margin : float of at least 0, or text
        Accepted in each slice; ``"5%"`` of the baseline's value there.
    groups : sequence, shape (n,), optional
        Rows of one group may depend on each other.
    greater_is_better : bool, optional
        Of a callable.
    alpha : float in (0, 0.5), optional
        Probability that any slice alarms where none is worse.
    seed : int
        Of the resampling of a callable.

    Returns
    -------
    Verdict
        ``columns`` are those whose slices are at fault, worst first (of masks
        their names): slices that only share rows with a worse one are left out.
        ``evidence.worst`` are slices, with their rows, change and p-value after
        Holm's correction; ``evidence.estimate`` is the change in the first.

    Raises
    ------
    UsageError
        If an argument cannot be used.

    Notes
    -----
    The test of :func:`mlqa.not_worse` in each slice, and Holm's correction over
    all of them, whichever overlap. Where no loss is shown, a slice PASSes as it
    would alone: all of them have to.

    References
    ----------
    .. [1] Holm, S. (1979), A simple sequentially rejective multiple test
       procedure, Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> y = np.tile([0, 1], 500)
    >>> here = np.arange(1000) < 200
    >>> new = np.where(here, 1 - y, y)
    >>> verdict = not_worse_by_slice(new, y, y, metric="accuracy", slices={"new": here, "old": ~here})
    >>> verdict.outcome, verdict.columns
    (<Outcome.FAIL: 'fail'>, ('new',))
    """
    alpha, seed, given = level_of(alpha), seed_of(seed), margin_of(margin)
    refuse_other_rows(y=y, new=new, baseline=baseline, groups=groups)
    target = rows_of("y", y)
    known = metric_of(metric, greater_is_better, columns=target.ndim == 2)
    parts = {name: rows_of(name, part, len(target)) for name, part in (("new", new), ("baseline", baseline))}
    codes = None if groups is None else codes_of(rows_of("groups", groups, len(target)))
    rows = paired(known.takes, target, parts, codes)
    every = slices_of(slices, X, len(target))
    asked = Asked(metric=known, given=given, alpha=alpha, check=_CHECK)
    judged = _judge(asked, rows, every, seed)
    return _answer(asked, judged, _at_fault(asked, rows, judged, seed), len(target))


def _judge(asked: Asked, rows: Paired, slices: list[Slice], seed: int) -> list[_Judged]:
    """Measure each slice, correct over all, and decide each at the level that is left for it."""
    found = [_measure(asked, rows, part.rows, seed) for part in slices]
    p_values = [1.0 if isinstance(one, Verdict) else one[1].p_below(-one[0].margin) for one in found]
    judged = []
    for part, one, p, corrected in zip(slices, found, p_values, holm(p_values), strict=True):
        size = int(part.rows.sum())
        if isinstance(one, Verdict):
            judged.append(_Judged(part, size, one))
            continue
        question, change, values, method = one
        # Holm's correction is a level of its own for each slice: the one at which its own p-value decides alike.
        level = min(asked.alpha * p / corrected, asked.alpha) if corrected > 0 else asked.alpha / len(slices)
        only = rows.only(part.rows)
        seen = answer(
            replace(question, alpha=level), only, values, change, method, seed if asked.metric.takes == "any" else None
        )
        shown = corrected <= asked.alpha
        outcome = Outcome.FAIL if shown else _alone(seen, question, change, only, values, method)
        judged.append(_Judged(part, size, replace(seen, outcome=outcome), float(corrected)))
    return sorted(judged, key=lambda one: (one.p_value, -one.rows, one.part.name))


def _alone(seen: Verdict, asked: Asked, change: Any, rows: Paired, values: tuple[float, float], method: str) -> Outcome:
    """Whether a slice without a loss passes: every one has to, so each is asked at the full level."""
    if asked.margin:
        return Outcome.PASS if change.p_above(-asked.margin) <= asked.alpha else Outcome.UNDECIDED
    return seen.outcome if seen.outcome is not Outcome.FAIL else Outcome.PASS


def _at_fault(asked: Asked, rows: Paired, judged: list[_Judged], seed: int) -> list[_Judged]:
    """Slices whose loss is more than that of rows which a worse slice holds: a loss in one shows in all it crosses."""
    kept: list[_Judged] = []
    level = asked.alpha / len(judged)
    rest = np.ones(len(rows.y), dtype=np.bool_)
    for one in (one for one in judged if one.outcome is Outcome.FAIL):
        again = _measure(asked, rows, one.part.rows & rest, seed) if kept else None
        if again is None or (not isinstance(again, Verdict) and again[1].p_below(-again[0].margin) <= level):
            kept.append(one)
            rest &= ~one.part.rows
    return kept


def _measure(asked: Asked, rows: Paired, mask: NDArray[np.bool_], seed: int) -> Any:
    """Measure a slice; a verdict instead where the metric says nothing about it."""
    try:
        if not mask.any():
            raise UsageError("slices", "a slice", "at least one row", "leave it out", "no row")
        only = _told_apart(asked, rows.only(mask))
        return measured(asked, check_needs(asked.metric, only, ("new", "baseline")), seed)
    except (UsageError, SubjectError) as error:
        why = getattr(error, "got", "") or str(error).splitlines()[0]
        return Verdict(
            check=_CHECK,
            outcome=Outcome.UNDECIDED,
            claim=asked.claim,
            reason=f"{asked.metric.name} says nothing of this slice: {why}",
            evidence=Evidence(n=int(mask.sum())),
            alpha=asked.alpha,
        )


def _told_apart(asked: Asked, rows: Paired) -> Paired:
    """Refuse a slice with fewer than two rows of either class, where two are ranked."""
    if asked.metric.takes == "scores" and min(int(rows.y.sum()), int((~rows.y).sum())) < 2:
        got = f"{int(rows.y.sum())} positive and {int((~rows.y).sum())} negative rows"
        raise UsageError("slices", "a slice", "at least two rows of each class", "leave it out", got)
    return rows


def _answer(asked: Asked, judged: list[_Judged], fault: list[_Judged], n: int) -> Verdict:
    bad = fault + [one for one in judged if one.outcome is Outcome.FAIL and one not in fault]
    small = [one for one in judged if one.outcome is Outcome.UNDECIDED]
    outcome = Outcome.FAIL if bad else Outcome.UNDECIDED if small else Outcome.PASS
    shown = bad or small or judged
    first = shown[0].found.evidence
    needed = [one.found.evidence.rows_needed for one in small]
    reach = [one.found.evidence.detectable for one in judged]
    evidence = Evidence(
        estimate=first.estimate,
        low=first.low,
        high=first.high,
        level=first.level,
        p_value=min(one.p_value for one in judged),
        limit=first.limit,
        n=n,
        method=f"{first.method or 'nothing to test'} in each of {len(judged)} slices, Holm",
        seed=first.seed,
        detectable=None if None in reach else max((one for one in reach if one is not None), default=None),
        rows_needed=max((rows for rows in needed if rows), default=None) if outcome is Outcome.UNDECIDED else None,
        worst=tuple(_row(asked, one) for one in (shown if outcome is not Outcome.PASS else judged)[:_WORST]),
    )
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"{asked.claim} in each of {len(judged)} slices",
        reason=_reason(asked, outcome, bad, fault, small, len(judged)),
        evidence=evidence,
        columns=tuple(dict.fromkeys(one.part.column for one in fault)),
        remedy=_REMEDY.get(outcome, ""),
        alpha=asked.alpha,
    )


_REMEDY = {
    Outcome.FAIL: "look at what the new model gets wrong there; more rows of such kind in training may help",
    Outcome.UNDECIDED: "give more rows of the slices named, or leave them out",
}


def _row(asked: Asked, one: _Judged) -> dict[str, Any]:
    evidence = one.found.evidence
    return {
        "slice": one.part.name,
        "rows": one.rows,
        f"{asked.metric.name}_change": evidence.estimate,
        "p_value": one.p_value,
        "outcome": one.outcome.value,
        "rows_needed": evidence.rows_needed,
    }


def _reason(
    asked: Asked, outcome: Outcome, bad: list[_Judged], fault: list[_Judged], small: list[_Judged], slices: int
) -> str:
    if outcome is Outcome.PASS:
        return f"no slice of {slices} shows a loss at alpha {number(asked.alpha)}"
    if outcome is Outcome.UNDECIDED:
        names = listed([one.part.name for one in small], most=3)
        return f"{len(small)} of {slices} slices are too small to tell: {names}"
    worst = bad[0]
    way = "falls" if asked.metric.greater_is_better else "rises"
    change = number(abs(worst.found.evidence.estimate or 0.0))
    more = f", and in {len(fault) - 1} more" if len(fault) > 1 else ""
    more += f"; {len(bad) - len(fault)} that cross it fall with it" if len(bad) > len(fault) else ""
    where = f"where {worst.part.name} ({worst.rows} rows, p = {number(worst.p_value)})"
    return f"{asked.metric.name} {way} by {change} {where}{more}"
