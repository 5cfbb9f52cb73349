"""How much a metric changed between two predictions of the same rows, and how surely."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from mlqa.checks.regression.callables import resampled
from mlqa.checks.regression.change import Change
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.paired import Paired
from mlqa.stats.bootstrap import Resampled
from mlqa.stats.delong import area_change, placements
from mlqa.stats.paired_mean import linear_change, linear_contrast, paired_mean
from mlqa.stats.paired_proportions import PairedProportions
from mlqa.stats.sign_flips import SignFlips
from mlqa.stats.studentized import Studentized
from mlqa.stats.worst_error import WorstError
from mlqa.verdict import Evidence

__all__ = [
    "CHECK",
    "LEAST_UNITS",
    "At",
    "Change",
    "alone",
    "change_of",
    "comparison_of",
    "metric_of",
    "score_of",
    "units_of",
    "value_of",
]

CHECK = "regression.not_worse"
LEAST_UNITS = 30
_SCORE_LEVEL = 0.95

# A share of the baseline -> the change of new less that share, in the direction of gain.
At = Callable[[float], Change]


def value_of(metric: Metric, rows: Paired, which: int = 0) -> float:
    """Evaluate the metric on one of the predictions."""
    return float(metric.parts(rows.y, rows.predictions[which])[0])


def units_of(rows: Paired) -> int:
    """How many rows, or groups, tell something of their own."""
    return len(rows.y) if rows.groups is None else int(rows.groups.max()) + 1


def comparison_of(metric: Metric, rows: Paired, seed: int) -> tuple[At | None, str]:
    """Measure new minus baseline, in the direction of gain: a fall is negative.

    Parameters
    ----------
    metric : Metric
    rows : Paired
        Predictions are the new ones, then the baseline's.
    seed : int
        Used by callables only.

    Returns
    -------
    at : callable or None
        ``at(1.0)`` is the change; ``at(share)`` compares with a share of the
        baseline. None if a callable has too few rows or groups for any tail.
    method : str
        Name of the test.
    """
    if metric.takes == "any":
        if units_of(rows) < LEAST_UNITS:
            return None, ""
        return _of_draws(metric, resampled(metric, rows, seed)), _named("paired bootstrap error, t tail", rows)
    if metric.test == "worst":
        return _of_worst(rows), _named("largest errors counted", rows)
    if metric.zero_one and rows.groups is None:
        return _of_shares(metric, rows), "McNemar mid-p, Tango score"
    if metric.test == "area" and rows.groups is None:
        placed = placements(rows.y, np.stack(rows.predictions))
        # Sorted: rounding then depends on the values only, not on the order of the rows.
        gains = [np.sort(part[0] - part[1]) for part in placed]
        return lambda share: area_change(*(gains if share == 1.0 else placed), share=share), "paired DeLong"
    at = _of_parts(metric, rows)
    plain = "paired t" if metric.mean else "delta method"
    return at, _named("exact sign flips" if isinstance(at(1.0), SignFlips) else plain, rows)


def change_of(metric: Metric, rows: Paired, seed: int) -> tuple[Change | None, str]:
    """Measure new minus baseline, and name the test: :func:`comparison_of` with the whole baseline."""
    at, method = comparison_of(metric, rows, seed)
    return None if at is None else at(1.0), method


def alone(metric: Metric, rows: Paired, seed: int) -> tuple[Studentized | SignFlips | None, str]:
    """Measure one prediction's value with its error, in the direction of gain."""
    if metric.takes == "any":
        if units_of(rows) < LEAST_UNITS:
            return None, ""
        return resampled(metric, rows, seed).combined([metric.sign]).studentized(), _named(
            "bootstrap error, t tail", rows
        )
    rows = rows.sorted()
    if metric.test == "area" and rows.groups is None:
        return area_change(*placements(rows.y, rows.predictions[0])), "DeLong"
    value, influence = metric.parts(rows.y, rows.predictions[0])
    change = linear_change(metric.sign * value, metric.sign * influence, rows.groups, skewed=not metric.mean)
    return change, _named("t" if metric.mean else "delta method", rows)


def score_of(metric: Metric, rows: Paired, seed: int) -> Evidence:
    """Measure one prediction's value with its interval, for the record."""
    low, high = _score_interval(metric, rows, seed)
    return Evidence(estimate=value_of(metric, rows), low=low, high=high, level=_SCORE_LEVEL, n=len(rows.y))


def _of_draws(metric: Metric, both: Resampled) -> At:
    return lambda share: both.combined([metric.sign, -metric.sign * share]).studentized()


def _of_parts(metric: Metric, rows: Paired) -> At:
    if metric.per_row is not None and rows.groups is None:
        each = [metric.sign * metric.per_row(rows.y, part) for part in rows.predictions]
        plain: Change = paired_mean(np.sort(each[0] - each[1]))  # sorted: rounding depends on the values only
        contrast = _contrast_of(*each)
        return lambda share: plain if share == 1.0 else contrast()(share)
    rows = rows.sorted()
    (now, moved), (then, stayed) = (metric.parts(rows.y, part) for part in rows.predictions)
    signed = metric.sign * moved, metric.sign * stayed
    return linear_contrast((metric.sign * now, metric.sign * then), signed, rows.groups, skewed=not metric.mean)


def _of_shares(metric: Metric, rows: Paired) -> At:
    """Right or wrong per row: exact where the baseline's share is taken whole."""
    if metric.per_row is None:
        raise LookupError(f"{metric.name} has nothing per row")
    right, before = (metric.per_row(rows.y, part) for part in rows.predictions)
    counts = int(np.sum(before > right)), int(np.sum(right > before)), right.size
    contrast = _contrast_of(right, before)
    return lambda share: PairedProportions(*counts) if share == 1.0 else contrast()(share)


def _contrast_of(new: NDArray[np.float64], baseline: NDArray[np.float64]) -> Callable[[], At]:
    """Sum up the numbers of each row when first asked, for any share of the baseline."""

    @lru_cache(1)
    def summed() -> At:
        means = float(new.mean()), float(baseline.mean())
        return linear_contrast(means, (new - means[0], baseline - means[1]), skewed=False)

    return summed


def _of_worst(rows: Paired) -> At:
    errors = [_largest(np.abs(part - rows.y), rows) for part in rows.predictions]
    return lambda share: WorstError(errors[0], errors[1], share)


def _largest(errors: NDArray[np.float64], rows: Paired) -> NDArray[np.float64]:
    """Return the largest error of each group."""
    if rows.groups is None:
        return errors
    most = np.zeros(units_of(rows))
    np.maximum.at(most, rows.groups, errors)
    return most


def _score_interval(metric: Metric, rows: Paired, seed: int) -> tuple[float | None, float | None]:
    """Wilson's for a share of rows, BCa for a callable, else Student's, on the logit scale for values in [0, 1]."""
    tail = (1 - _SCORE_LEVEL) / 2
    if metric.test == "worst":
        return None, None
    if metric.takes == "any":
        return (
            resampled(metric, rows, seed).combined([1.0]).bca(_SCORE_LEVEL)
            if units_of(rows) >= LEAST_UNITS
            else (None, None)
        )
    rows = rows.sorted()
    value, influence = metric.parts(rows.y, rows.predictions[0])
    if metric.bounded and (value in {0.0, 1.0} or (metric.zero_one and rows.groups is None)):
        units = units_of(rows)
        wilson = stats.binomtest(round(value * units), units).proportion_ci(_SCORE_LEVEL, method="wilson")
        return float(wilson.low), float(wilson.high)
    low, high = linear_change(value, influence, rows.groups, skewed=not metric.mean).interval(tail)
    return _within_unit(value, low, high) if metric.bounded else (low, high)


def _within_unit(value: float, low: float, high: float) -> tuple[float, float]:
    """Carry an interval to the logit scale and back: no share lies outside [0, 1]."""
    slope = value * (1.0 - value)
    ends = special.expit(special.logit(value) + (np.array([low, high]) - value) / slope)
    return float(ends[0]), float(ends[1])


def _named(method: str, rows: Paired) -> str:
    return method if rows.groups is None else f"{method} over {units_of(rows)} groups"
