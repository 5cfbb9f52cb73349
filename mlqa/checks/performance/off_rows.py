"""What is off in each row of a model's predictions, beyond what the row's own difficulty explains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mlqa.checks.performance.naive import usual_metric
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.metrics import METRICS
from mlqa.checks.regression.paired import paired
from mlqa.errors import UsageError, nearest
from mlqa.stats.event_sums import events_p_value
from mlqa.stats.paired_proportions import PairedProportions
from mlqa.stats.slices import Signal
from mlqa.stats.systematic import lifted, student_mean

__all__ = ["avoidable", "row_losses"]

_MOST_CLASSES = 5
_CLIP = 6.0
_LEAST_SPREAD = 1e-12
_HALF = 5.0
_VALUES = 10.0  # errors of values are counted in their spread, of which a tenth is little
_BINS = 10
_LEAST_ROWS = 20
_LEAST_PART = 0.1

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def avoidable(prediction: NDArray[Any], y: NDArray[Any], least: float) -> list[Signal]:
    """Return what could be off in a slice: systematic error, beyond that of the whole.

    Parameters
    ----------
    prediction : array, shape (n,) or (n, classes)
        Probabilities, values or labels.
    y : array, shape (n,)
    least : float
        Mean excess that is accepted; for values in units of ten times the
        errors' spread.

    Raises
    ------
    UsageError
        If the prediction does not fit `y`.
    """
    kind = usual_metric(prediction, y)
    if kind == "mse":
        rows = paired("values", y, {"prediction": prediction}, None)
        return _of_values(rows.y, rows.predictions[0], least)
    if kind == "balanced_accuracy":
        rows = paired("labels", y, {"prediction": prediction}, None)
        return _of_labels(rows.y, rows.predictions[0], least)
    if prediction.ndim == 1 and (prediction.min() < 0 or prediction.max() > 1):
        hint = "pass probabilities or labels: a score says nothing about how often it is right"
        raise UsageError("prediction", prediction, "probabilities, labels or values", hint, "scores outside [0, 1]")
    rows = paired("probabilities", y, {"prediction": prediction}, None)
    return _of_probabilities(rows.y, rows.predictions[0], least)


def row_losses(prediction: NDArray[Any], y: NDArray[Any], metric: str | None, margin: float) -> tuple[Signal, Metric]:
    """Return each row's loss by a metric that is a mean over rows, above the loss of the whole.

    Raises
    ------
    UsageError
        If it is no such metric.
    """
    usual = {"mse": "mse", "balanced_accuracy": "accuracy"}.get(usual_metric(prediction, y), "brier")
    name = usual if metric is None else metric
    means = [known for known, one in METRICS.items() if one.mean]
    if name not in means:
        raise UsageError("metric", metric, "a metric that is a mean over rows", nearest(str(metric), means))
    known = METRICS[name]
    rows = paired(known.takes, y, {"prediction": prediction}, None)
    _, influence = known.parts(rows.y, rows.predictions[0])
    excess = np.asarray(-influence if known.greater_is_better else influence, dtype=np.float64)
    whole = float(np.mean(rows.y != rows.predictions[0])) if name == "accuracy" else 0.0

    def tail(mask: Mask) -> float:
        if name == "accuracy":
            wrong = int(np.sum(excess[mask] > 0))
            return float(stats.binom.sf(wrong - 1, int(mask.sum()), min(whole + margin, 1.0)))
        return student_mean(excess[mask]).p_above(margin)

    variance = np.full(excess.size, max(float(excess.var()), _LEAST_SPREAD))
    return Signal(name=f"{name} is worse", excess=excess, variance=variance, accepted=margin, tail=tail), known


def _events(name: str, happened: NDArray[np.bool_], chance: Floats, least: float, *, own: bool = True) -> Signal:
    """Events that happen more often than their chances say; `own`: more than they do in the whole."""
    excess = happened - chance
    accepted = least + (max(float(excess.mean()), 0.0) if own else 0.0)

    def tail(mask: Mask) -> float:
        return events_p_value(happened[mask], lifted(chance[mask], accepted))

    return Signal(name=name, excess=excess, variance=chance * (1 - chance), accepted=accepted, tail=tail)


def _of_probabilities(y: NDArray[np.int64], table: Floats, least: float) -> list[Signal]:
    if table.shape[1] > 2:
        top = table.argmax(axis=1)
        signals = [_events("more errors than its own probabilities expect", top != y, 1 - table.max(axis=1), least)]
        common = np.argsort(-np.bincount(y, minlength=table.shape[1]), kind="stable")[:_MOST_CLASSES]
        return signals + [
            _events(f"class {k} is more frequent than said", y == k, table[:, k], least)
            for k in sorted(int(one) for one in common)
        ]
    p, seen = table[:, 1], y == 1
    apart = p - float(p.mean())
    surprise, odds = np.where(apart > 0, ~seen, seen), np.where(apart > 0, 1 - p, p)
    # Where rows are told apart less than is said, the chance of a surprise lies nearer to that of the mean.
    lost = _lost_share(surprise - odds, np.abs(apart), least)
    return [
        _events("positives are more frequent than said", seen, p, least),
        _events("positives are less frequent than said", ~seen, 1 - p, least),
        _events("rows are told apart less than said", surprise, odds + lost * np.abs(apart), least / 2, own=False),
    ]


def _lost_share(excess: Floats, apart: Floats, least: float) -> float:
    """Share of what predictions tell rows apart that may be lost: that of the whole, and half of what is left."""
    told = float(apart.sum())
    whole = min(max(float(excess.sum()) / told, 0.0), 1.0) if told > 0 else 0.0
    return whole + (1 - whole) * min(_HALF * least, 1.0)


def _of_values(y: Floats, f: Floats, least: float) -> list[Signal]:
    scale = np.maximum(_local_spread(y - f, f), _LEAST_PART * float(y.std()))
    error = (y - f) / scale
    centre = float(np.median(error))
    # clipped, so that one huge error is not a slice
    clipped = np.clip(error - centre, -_CLIP, _CLIP) + centre
    if not np.ptp(clipped):
        return []
    apart = (f - float(np.median(f))) / scale
    turned = np.where(apart > 0, -clipped, clipped)
    turned = turned - _lost_share(turned, np.abs(apart), least) * np.minimum(np.abs(apart), _CLIP)
    return [
        _mean("predictions are too low", clipped, least * _VALUES),
        _mean("predictions are too high", -clipped, least * _VALUES),
        _mean("rows are told apart less than said", turned, least / 2, own=False),
    ]


def _local_spread(error: Floats, f: Floats) -> Floats:
    """Spread of the errors among rows of like predictions: large values have large errors, and that is no fault."""
    whole = _spread(error) or float(error.std()) or 1.0
    spread = np.full(error.size, whole)
    bins = np.searchsorted(np.unique(np.quantile(f, np.arange(1, _BINS) / _BINS)), f)
    for k in np.unique(bins):
        rows = bins == k
        spread[rows] = max(_spread(error[rows]), whole * _LEAST_PART) if rows.sum() >= _LEAST_ROWS else whole
    return spread


def _spread(error: Floats) -> float:
    """Return the standard deviation of the middle four fifths, as of a normal distribution."""
    return float(np.subtract(*np.quantile(error, [0.9, 0.1]))) / 2.563


def _mean(name: str, excess: Floats, least: float, *, own: bool = True) -> Signal:
    accepted = least + (max(float(excess.mean()), 0.0) if own else 0.0)

    def tail(mask: Mask) -> float:
        return student_mean(excess[mask]).p_above(accepted)

    variance = np.full(excess.size, float(excess.var()))
    return Signal(name=name, excess=excess, variance=variance, accepted=accepted, tail=tail)


def _of_labels(y: NDArray[np.int64], label: NDArray[np.int64], least: float) -> list[Signal]:
    """Ask where always saying one class would do better than the model."""
    common = np.argsort(-np.bincount(y), kind="stable")[:_MOST_CLASSES]
    return [_beaten(int(k), y, label, least) for k in common]


def _beaten(k: int, y: NDArray[np.int64], label: NDArray[np.int64], least: float) -> Signal:
    lost, won = (y == k) & (label != k), (y != k) & (label == y)

    def tail(mask: Mask) -> float:
        return PairedProportions(int(lost[mask].sum()), int(won[mask].sum()), int(mask.sum())).p_below(-least)

    excess = lost.astype(np.float64) - won
    return Signal(
        name=f"always saying class {k} does better", excess=excess, variance=np.abs(excess), accepted=least, tail=tail
    )
