"""The metrics known by name: their value, and how each row moves it.

The influence of a row is how far it moves the value, times n: what the delta
method needs in place of n evaluations. Every input here was read by `paired`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.stats.delong import placements

__all__ = ["METRICS", "Metric"]

_Floats = NDArray[np.float64]
_Parts = tuple[float, _Floats]
_SMALLEST = 2.0**-52


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric by name.

    Attributes
    ----------
    name : str
    takes : str
        What the predictions are: ``labels``, ``classes`` (two labels),
        ``scores``, ``probabilities``, ``values``, or ``any``.
    parts : callable
        ``(y, prediction) -> (value, influence)``; influence has shape (n,) and
        mean 0.
    greater_is_better : bool
    mean : bool
        Whether the value is the mean of something per row.
    gross : float or None
        A fall that no one may miss; None takes the baseline's own value.
    """

    name: str
    takes: str
    parts: Callable[[Any, Any], _Parts]
    greater_is_better: bool = True
    mean: bool = False
    gross: float | None = 0.5


def _mean_of(per_row: Callable[[Any, Any], _Floats]) -> Callable[[Any, Any], _Parts]:
    def parts(y: Any, prediction: Any) -> _Parts:
        values = per_row(y, prediction).astype(np.float64)
        return float(values.mean()), values - values.mean()

    return parts


def _correct(y: Any, label: Any) -> _Floats:
    return np.asarray(y == label, dtype=np.float64)


def _log_loss(y: Any, probability: Any) -> _Floats:
    chosen = probability[np.arange(y.size), y]
    return np.asarray(-np.log(np.clip(chosen, _SMALLEST, 1 - _SMALLEST)))


def _brier(y: Any, probability: Any) -> _Floats:
    if probability.shape[1] == 2:
        return np.asarray((probability[:, 1] - y) ** 2)
    return np.asarray(((probability - np.eye(probability.shape[1])[y]) ** 2).sum(axis=1))


def _absolute(y: Any, value: Any) -> _Floats:
    return np.asarray(np.abs(value - y))


def _squared(y: Any, value: Any) -> _Floats:
    return np.asarray((value - y) ** 2)


def _rmse(y: Any, value: Any) -> _Parts:
    squares = _squared(y, value)
    root = float(np.sqrt(squares.mean()))
    return root, (squares - squares.mean()) / (2 * root) if root > 0 else np.zeros(squares.size)


def _r2(y: Any, value: Any) -> _Parts:
    residual, total = _squared(y, value), (y - y.mean()) ** 2
    share = float(residual.mean() / total.mean())
    return 1 - share, (share * total - residual) / total.mean()


def _share(counted: _Floats, among: _Floats) -> _Parts:
    """Divide a share by the share it is among; 0 where there are none, as scikit-learn has it."""
    if among.mean() == 0:
        return 0.0, np.zeros(among.size)
    share = float(counted.mean() / among.mean())
    return share, (counted - share * among) / among.mean()


def _precision(y: Any, label: Any) -> _Parts:
    return _share(np.asarray(y & label, dtype=np.float64), label.astype(np.float64))


def _recall(y: Any, label: Any) -> _Parts:
    return _share(np.asarray(y & label, dtype=np.float64), y.astype(np.float64))


def _f1(y: Any, label: Any) -> _Parts:
    return _share(2.0 * np.asarray(y & label), y.astype(np.float64) + label)


def _balanced_accuracy(y: Any, label: Any) -> _Parts:
    shares = [_share(np.asarray((y == k) & (label == k), float), np.asarray(y == k, float)) for k in np.unique(y)]
    influence = np.mean([part for _, part in shares], axis=0)
    return float(np.mean([value for value, _ in shares])), np.asarray(influence)


def _roc_auc(y: Any, score: Any) -> _Parts:
    of_yes, of_no = placements(y, score)
    area = float(of_yes.mean())
    influence = np.empty(y.size)
    influence[y] = (of_yes[0] - area) * y.size / y.sum()
    influence[~y] = (of_no[0] - area) * y.size / (~y).sum()
    return area, influence


def _average_precision(y: Any, score: Any) -> _Parts:
    """Mean precision at the score of each positive; each row moves its own term and those below it."""
    _, place = np.unique(score, return_inverse=True)
    hits, rows = np.bincount(place, weights=y), np.bincount(place)
    found, above = np.cumsum(hits[::-1])[::-1], np.cumsum(rows[::-1])[::-1]
    precision = found / above
    area = float(np.sum(hits * precision) / y.sum())
    # Terms of positives at or below a row's score shrink with every row above them.
    once, times = np.cumsum(hits / above), np.cumsum(hits * precision / above)
    own = np.where(y, precision[place] - area, 0.0)
    return area, (own + np.where(y, once[place], 0.0) - times[place]) * y.size / y.sum()


_ALL = (
    Metric(name="accuracy", takes="labels", parts=_mean_of(_correct), mean=True),
    Metric(name="average_precision", takes="scores", parts=_average_precision),
    Metric(name="balanced_accuracy", takes="labels", parts=_balanced_accuracy),
    Metric(name="brier", takes="probabilities", parts=_mean_of(_brier), mean=True, greater_is_better=False, gross=None),
    Metric(name="f1", takes="classes", parts=_f1),
    Metric(
        name="log_loss",
        takes="probabilities",
        parts=_mean_of(_log_loss),
        mean=True,
        greater_is_better=False,
        gross=None,
    ),
    Metric(name="mae", takes="values", parts=_mean_of(_absolute), mean=True, greater_is_better=False, gross=None),
    Metric(name="mse", takes="values", parts=_mean_of(_squared), mean=True, greater_is_better=False, gross=None),
    Metric(name="precision", takes="classes", parts=_precision),
    Metric(name="r2", takes="values", parts=_r2, gross=1.0),
    Metric(name="recall", takes="classes", parts=_recall),
    Metric(name="rmse", takes="values", parts=_rmse, greater_is_better=False, gross=None),
    Metric(name="roc_auc", takes="scores", parts=_roc_auc),
)

METRICS = {metric.name: metric for metric in _ALL}
