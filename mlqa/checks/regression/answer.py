"""From a measured change to a verdict: the outcomes, and their words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from mlqa.checks.regression.change import Change
from mlqa.checks.regression.margin import Margin
from mlqa.checks.regression.measure import CHECK, LEAST_UNITS, units_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import Paired
from mlqa.stats.power import POWER
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["Asked", "answer", "identical", "no_share", "skipped", "too_few", "undefined", "unrecorded"]

_MOST_ROWS = 10**12
_WORST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question, as it was put.

    Attributes
    ----------
    metric : Metric
    given : Margin
        The loss that is accepted.
    alpha : float in (0, 0.5)
    source : str
        What the baseline is called.
    baseline : float
        Its value, which a relative margin is a share of.
    check : str
        Id of the check that asks.
    """

    metric: Metric
    given: Margin
    alpha: float
    source: str = "the baseline"
    baseline: float = 0.0
    check: str = CHECK

    @property
    def margin(self) -> float:
        """The margin in the metric's unit."""
        return self.given.within(self.baseline)

    @property
    def limit(self) -> float:
        """The line not to cross, in the metric's own direction."""
        return (-self.margin if self.metric.greater_is_better else self.margin) if self.margin else 0.0

    @property
    def claim(self) -> str:
        """What should hold, with the direction of the metric."""
        way, side = ("falls", "lower") if self.metric.greater_is_better else ("rises", "higher")
        if self.given.amount:
            return f"{self.metric.name} {way} by at most {self.given.words} against {self.source}"
        return f"{self.metric.name} is not {side} than {self.source}" + (
            "'s" if self.source.endswith("baseline") else ""
        )


def answer(
    asked: Asked, rows: Paired, values: tuple[float, float], change: Change, method: str, seed: int | None
) -> Verdict:
    """Decide.

    Parameters
    ----------
    asked : Asked
    rows : Paired
    values : tuple of float
        The metric of the new predictions, then the baseline's.
    change : Change
        In the direction of gain: a loss is negative.
    method : str
    seed : int or None
        Where random numbers were used.
    """
    sign = asked.metric.sign
    outcome, needed = _decided(asked, rows, values[1], change)
    ends = sorted(sign * end for end in change.interval(asked.alpha))
    evidence = Evidence(
        estimate=values[0] - values[1] if asked.metric.takes == "any" else sign * change.estimate,
        low=ends[0],
        high=ends[1],
        level=1 - 2 * asked.alpha,
        p_value=change.p_below(-asked.margin),
        limit=asked.limit,
        n=len(rows.y),
        method=method,
        seed=seed,
        detectable=_detectable(asked, change),
        rows_needed=needed,
        worst=_worst_rows(asked.metric, rows) if outcome is Outcome.FAIL else (),
    )
    return _verdict(asked, outcome, _reason(asked, outcome, evidence), evidence)


def identical(asked: Asked, rows: Paired) -> Verdict:
    """Say that nothing changed."""
    evidence = Evidence(estimate=0.0, p_value=1.0, limit=asked.limit, n=len(rows.y), method="identical predictions")
    return _verdict(asked, Outcome.PASS, "the predictions are identical in every row", evidence)


def too_few(asked: Asked, rows: Paired, values: tuple[float, float]) -> Verdict:
    """Say that a callable needs more rows before its error can be trusted."""
    units = units_of(rows)
    needed = math.ceil(len(rows.y) * (LEAST_UNITS / units - 1))
    evidence = Evidence(estimate=values[0] - values[1], limit=asked.limit, n=len(rows.y), rows_needed=needed)
    kind = "rows" if rows.groups is None else "groups"
    reason = f"{units} {kind} are too few to know the error of a callable; it takes {LEAST_UNITS}"
    return _verdict(asked, Outcome.UNDECIDED, reason, evidence)


def undefined(asked: Asked, rows: Paired, whose: str) -> Verdict:
    """Say that the metric has no value on these rows: it divides by something there is none of."""
    reason = f"{asked.metric.name} of {whose} is not defined on these {len(rows.y)} rows: it divides by nothing"
    return _verdict(asked, Outcome.UNDECIDED, reason, Evidence(n=len(rows.y)))


def no_share(asked: Asked, rows: Paired, values: tuple[float, float]) -> Verdict:
    """Say that a share of the baseline's value means nothing, as the value may be 0."""
    evidence = Evidence(estimate=values[0] - values[1], n=len(rows.y))
    value = number(values[1])
    reason = (
        f"{asked.source} has {asked.metric.name} {value}, which may as well be 0: {asked.given.words} of it say nothing"
    )
    return _verdict(asked, Outcome.UNDECIDED, reason, evidence)


def skipped(asked: Asked, reason: str, remedy: str) -> Verdict:
    """Say why the question cannot be asked here."""
    return Verdict(
        check=asked.check, outcome=Outcome.SKIPPED, claim=asked.claim, reason=reason, remedy=remedy, alpha=asked.alpha
    )


def unrecorded(asked: Asked, score: Evidence) -> Verdict:
    """Say that there is nothing to compare with yet."""
    return Verdict(
        check=asked.check,
        outcome=Outcome.FAIL,
        claim=asked.claim,
        reason="no baseline is recorded yet",
        evidence=score,
        remedy="accept it: pytest --mlqa-update -k <the test's name>",
    )


def _decided(asked: Asked, rows: Paired, baseline: float, change: Change) -> tuple[Outcome, int | None]:
    """Return the outcome, and the rows that an UNDECIDED one lacks."""
    margin, alpha = asked.margin, asked.alpha
    if change.p_below(-margin) <= alpha:
        return Outcome.FAIL, None
    if margin > 0:
        if change.p_above(-margin) <= alpha:
            return Outcome.PASS, None
        return Outcome.UNDECIDED, _rows_to_decide(change, rows, margin, alpha)
    if change.p_above(0.0) <= alpha:  # a gain is shown
        return Outcome.PASS, None
    named = asked.metric.takes != "any"
    gross = abs(baseline) if asked.metric.gross is None and named else asked.metric.gross
    reach = change.detectable(alpha, POWER)
    if change.least_p > alpha or (gross is not None and 0 < gross < reach):
        return Outcome.UNDECIDED, _rows_to_see(change, rows, reach, gross, alpha)
    return Outcome.PASS, None


def _detectable(asked: Asked, change: Change) -> float | None:
    """Smallest loss that would be shown; None where no loss on the metric's scale would."""
    reach = change.detectable(asked.alpha, POWER) + asked.margin
    return None if asked.metric.bounded and reach > 1.0 else reach


def _verdict(asked: Asked, outcome: Outcome, reason: str, evidence: Evidence) -> Verdict:
    accept = "accept it: pytest --mlqa-update" if "recorded" in asked.source else "pass a wider margin"
    remedy = {
        Outcome.FAIL: f"look at what the new model gets wrong; if it is intended, {accept}",
        Outcome.UNDECIDED: "give more rows, or a wider margin" if asked.given.amount else "give more rows",
    }
    return Verdict(
        check=asked.check,
        outcome=outcome,
        claim=asked.claim,
        reason=reason,
        evidence=evidence,
        remedy=remedy.get(outcome, ""),
        alpha=asked.alpha,
    )


def _reason(asked: Asked, outcome: Outcome, evidence: Evidence) -> str:
    margin, alpha = asked.margin, asked.alpha
    loss = "fall" if asked.metric.greater_is_better else "rise"
    p = f"p = {number(evidence.p_value)}"
    if outcome is Outcome.FAIL:
        beyond = f" beyond the margin {asked.given.words}" if margin else ""
        return f"a {loss}{beyond} is shown: {p} is at most alpha {number(alpha)}"
    if margin:
        inside = "is wholly within" if outcome is Outcome.PASS else "straddles"
        return f"the interval {inside} the margin {asked.given.words}"
    if outcome is Outcome.UNDECIDED:
        return f"not even a gross {loss} would show at alpha {number(alpha)} on {evidence.n} rows"
    return f"no {loss} is shown: {p} is above alpha {number(alpha)}"


def _rows_to_decide(change: Change, rows: Paired, margin: float, alpha: float) -> int | None:
    """About how many more rows put the margin outside the interval with 80 % power, at this estimate."""
    low, high = change.interval(alpha)
    gap = change.estimate + margin
    half = change.estimate - low if gap > 0 else high - change.estimate
    if not math.isfinite(half):
        return _rows_to_see(change, rows, math.inf, None, alpha)
    reach = half * (1 + stats.norm.ppf(POWER) / stats.norm.isf(alpha))
    return _more(rows, (reach / gap) ** 2 if gap else math.inf)


def _rows_to_see(change: Change, rows: Paired, reach: float, gross: float | None, alpha: float) -> int | None:
    """About how many more rows would show a gross loss."""
    if change.least_p > alpha:  # p halves, at best, with every row or group
        return _more(rows, math.log(alpha) / math.log(change.least_p) if change.least_p < 1 else math.inf)
    return _more(rows, (reach / gross) ** 2 if gross else math.inf)


def _more(rows: Paired, factor: float) -> int | None:
    needed = len(rows.y) * (factor - 1)
    return max(math.ceil(needed), 1) if needed < _MOST_ROWS else None


def _worst_rows(metric: Metric, rows: Paired) -> tuple[dict[str, Any], ...]:
    """Rows that cost the most, where the metric is a mean over rows."""
    if not metric.mean or len(rows.predictions) < 2:
        return ()
    (now, moved), (then, stayed) = (metric.parts(rows.y, part) for part in rows.predictions)
    gains = metric.sign * ((moved + now) - (stayed + then))
    first = np.argsort(gains, kind="stable")[:_WORST]
    return tuple({"row": int(row), f"{metric.name}_change": metric.sign * float(gains[row])} for row in first)
