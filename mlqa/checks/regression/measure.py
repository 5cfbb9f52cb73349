"""How much a metric changed between two predictions of the same rows, and how surely."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from mlqa.checks.regression.arrays import digest_of
from mlqa.checks.regression.metrics import METRICS, Metric
from mlqa.checks.regression.paired import Paired
from mlqa.errors import SubjectError, UsageError, nearest
from mlqa.stats.bootstrap import Resampled, resample
from mlqa.stats.delong import paired_delong
from mlqa.stats.paired_mean import linear_change, paired_mean
from mlqa.stats.paired_proportions import PairedProportions
from mlqa.stats.seeds import generator
from mlqa.stats.sign_flips import SignFlips
from mlqa.verdict import Evidence

__all__ = ["CHECK", "LEAST_UNITS", "Change", "change_of", "metric_of", "score_of", "value_of"]

CHECK = "regression.not_worse"
LEAST_UNITS = 30
_DRAWS = 499
_SCORE_LEVEL = 0.95


class Change(Protocol):
    """A change and the tails of its tests, as every file of `stats` gives it."""

    @property
    def estimate(self) -> float:
        """New minus baseline, in the direction of gain."""

    @property
    def least_p(self) -> float:
        """Smallest p-value these rows can give."""

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`"."""

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`"."""

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``."""

    def detectable(self, alpha: float, power: float = 0.8) -> float:
        """Smallest drop seen with `power`."""


def metric_of(metric: Any, greater_is_better: bool | None) -> Metric:
    """Look a metric up by name, or wrap a callable.

    Raises
    ------
    UsageError
        If the name is unknown, or the direction of a known metric is given.
    """
    if isinstance(metric, str):
        if metric not in METRICS:
            raise UsageError("metric", metric, "a known metric or a callable", nearest(metric, list(METRICS)))
        if greater_is_better not in (None, METRICS[metric].greater_is_better):
            hint = f"leave it out: mlqa knows {metric!r}"
            raise UsageError("greater_is_better", greater_is_better, "no direction for a named metric", hint)
        return METRICS[metric]
    if not callable(metric):
        raise UsageError("metric", metric, "a known metric or a callable", nearest("", list(METRICS)))
    direction = getattr(metric, "greater_is_better", True) if greater_is_better is None else greater_is_better
    name = getattr(metric, "__name__", type(metric).__name__)
    return Metric(
        name=name,
        takes="any",
        parts=lambda y, prediction: (_called(name, metric, y, prediction), np.zeros(0)),
        greater_is_better=bool(direction),
        gross=None,
    )


def value_of(metric: Metric, rows: Paired, which: int = 0) -> float:
    """Evaluate the metric on one of the predictions."""
    return float(metric.parts(rows.y, rows.predictions[which])[0])


def change_of(metric: Metric, rows: Paired, seed: int) -> tuple[Change | None, str]:
    """Measure new minus baseline, in the metric's own direction: a fall is negative.

    Parameters
    ----------
    metric : Metric
    rows : Paired
        Predictions are the new ones, then the baseline's.
    seed : int
        Used by callables only.

    Returns
    -------
    change : Change or None
        None if a callable has too few rows or groups for any tail.
    method : str
        Name of the test.
    """
    if metric.takes == "any":
        return _change_of_callable(metric, rows, seed)
    rows = rows.sorted()
    new, baseline = rows.predictions
    if metric.name == "accuracy" and rows.groups is None:
        right, before = rows.y == new, rows.y == baseline
        counts = int(np.sum(before & ~right)), int(np.sum(right & ~before)), rows.y.size
        return PairedProportions(*counts), "McNemar mid-p, Tango score"
    if metric.name == "roc_auc" and rows.groups is None:
        return paired_delong(rows.y, new, baseline), "paired DeLong"
    (now, moved), (then, stayed) = metric.parts(rows.y, new), metric.parts(rows.y, baseline)
    sign = 1.0 if metric.greater_is_better else -1.0
    if metric.mean:
        per_row = sign * ((moved + now) - (stayed + then))
        return _named(paired_mean(per_row, rows.groups), "paired t", rows)
    return _named(linear_change(sign * (now - then), sign * (moved - stayed), rows.groups), "delta method", rows)


def score_of(metric: Metric, rows: Paired, seed: int) -> Evidence:
    """Measure one prediction's value with its interval, for the record."""
    low, high = _score_interval(metric, rows, seed)
    return Evidence(estimate=value_of(metric, rows), low=low, high=high, level=_SCORE_LEVEL, n=rows.y.size)


def _score_interval(metric: Metric, rows: Paired, seed: int) -> tuple[float | None, float | None]:
    """Wilson's for a share of rows, BCa for a callable, else Student's, on the logit scale for values in [0, 1]."""
    tail = (1 - _SCORE_LEVEL) / 2
    if metric.takes == "any":
        if _units(rows) < LEAST_UNITS:
            return None, None
        return _resampled(metric, rows, seed, lambda y, parts: _quietly(metric, y, parts[0])).bca(_SCORE_LEVEL)
    rows = rows.sorted()
    value, influence = metric.parts(rows.y, rows.predictions[0])
    share = metric.gross is not None and metric.greater_is_better and metric.name != "r2"
    if share and (value in {0.0, 1.0} or (metric.name == "accuracy" and rows.groups is None)):
        wilson = stats.binomtest(round(value * _units(rows)), _units(rows)).proportion_ci(_SCORE_LEVEL, method="wilson")
        return float(wilson.low), float(wilson.high)
    low, high = linear_change(value, influence, rows.groups, skewed=not metric.mean).interval(tail)
    return _within_unit(value, low, high) if share else (low, high)


def _within_unit(value: float, low: float, high: float) -> tuple[float, float]:
    """Carry an interval to the logit scale and back: no share lies outside [0, 1]."""
    slope = value * (1.0 - value)
    ends = special.expit(special.logit(value) + (np.array([low, high]) - value) / slope)
    return float(ends[0]), float(ends[1])


def _named(change: Change, method: str, rows: Paired) -> tuple[Change, str]:
    if isinstance(change, SignFlips):
        method = "exact sign flips"
    if rows.groups is None:
        return change, method
    return change, f"{method} over {_units(rows)} groups"


def _units(rows: Paired) -> int:
    return rows.y.size if rows.groups is None else int(rows.groups.max()) + 1


def _change_of_callable(metric: Metric, rows: Paired, seed: int) -> tuple[Change | None, str]:
    """Bootstrap and block jackknife of the difference; the estimate from the rows as they came."""
    if _units(rows) < LEAST_UNITS:
        return None, ""
    sign = 1.0 if metric.greater_is_better else -1.0

    def difference(y: NDArray[Any], parts: tuple[NDArray[Any], ...]) -> float:
        return sign * (_quietly(metric, y, parts[0]) - _quietly(metric, y, parts[1]))

    method = "paired bootstrap error, t tail"
    return _named(_resampled(metric, rows, seed, difference).studentized(), method, rows)


def _resampled(
    metric: Metric, rows: Paired, seed: int, statistic: Callable[[NDArray[Any], tuple[NDArray[Any], ...]], float]
) -> Resampled:
    rows = rows.sorted()
    digest = "".join(digest_of(part) for part in (rows.y, *rows.predictions))

    def on(picked: NDArray[np.intp]) -> float:
        return statistic(rows.y[picked], tuple(part[picked] for part in rows.predictions))

    try:
        chance = generator(CHECK, digest, seed)
        return resample(on, rows.y.size, chance, groups=rows.groups, draws=_DRAWS)
    except ArithmeticError as error:
        message = f"metric {metric.name!r} fails on more than a tenth of the resamples of these rows"
        raise SubjectError(f"{message}.\nHint: give more rows of each class, or a metric by name") from error


def _quietly(metric: Metric, y: Any, prediction: Any) -> float:
    """Evaluate on resampled rows, where a class may be missing: not a number then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(metric.parts(y, prediction)[0])
        except (SubjectError, UsageError):
            return float("nan")


def _called(name: str, metric: Callable[[Any, Any], Any], y: Any, prediction: Any) -> float:
    """Call the user's metric; it must return one finite number."""
    try:
        given = metric(y, prediction)
    except Exception as error:
        message = f"metric {name!r} raised {type(error).__name__}: {error}"
        raise SubjectError(f"{message}\nHint: it is called as metric(y, prediction) with numpy arrays") from error
    try:
        value = float(given)
    except (TypeError, ValueError) as error:
        raise UsageError(
            "metric", metric, "a callable that returns one number", f"{name} returned {given!r:.60}"
        ) from error
    if not np.isfinite(value):
        raise UsageError("metric", metric, "a callable that returns a finite number", f"{name} returned {value}")
    return value
