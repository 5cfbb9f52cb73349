"""The best constant prediction, the metric to beat it by, and the share of its error a model spares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.paired import Paired, paired
from mlqa.errors import UsageError
from mlqa.stats.delong import placements

__all__ = ["Skill", "best_value", "judged_by", "naive_of", "nothing_to_tell", "skill_of", "usual_metric"]

_MOST_CLASSES = 50
_ONE_SIDED = ("precision", "recall")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Skill:
    """Share of the naive rule's shortfall that a model spares: 0 is naive, 1 is perfect.

    Attributes
    ----------
    value : float of at most 1
    influence : array, shape (n,)
        How far each row moves it, times n.
    metric, naive : float
        Value of the metric, of the model and of the naive rule.
    moved : array, shape (n,)
        How far each row moves the model's value, times n.
    """

    value: float
    influence: Floats
    metric: float
    naive: float
    moved: Floats


def usual_metric(prediction: NDArray[Any], y: NDArray[Any]) -> str:
    """Choose a metric for which the naive rule is worth exactly nothing.

    Areas under the curve for scores and probabilities, balanced accuracy for
    labels, the mean squared error for values.

    Examples
    --------
    >>> usual_metric(np.array([0.2, 0.7]), np.array(["no", "yes"]))
    'roc_auc'
    >>> usual_metric(np.array([1.5, 2.0]), np.array([1.0, 2.5]))
    'mse'
    """
    if prediction.ndim == 2:
        return "roc_auc" if prediction.shape[1] == 2 else _BY_CLASS.name
    if prediction.dtype.kind == "U":
        return "balanced_accuracy"
    classes = np.unique(y)
    whole = y.dtype.kind in "Ubiu" or bool(np.all(y == np.floor(y)))
    if y.dtype.kind != "U" and whole and classes.size <= _MOST_CLASSES and np.isin(prediction, classes).all():
        return "balanced_accuracy"
    return "roc_auc" if whole and (classes.size <= 2 or y.dtype.kind in "Ub") else "mse"


def judged_by(metric: Any, prediction: NDArray[Any], y: NDArray[Any], greater_is_better: bool | None = None) -> Metric:
    """Return the metric asked for, or the usual one.

    Raises
    ------
    UsageError
        If it is unknown.
    """
    if metric is None:
        metric = usual_metric(prediction, y)
    return _BY_CLASS if metric == _BY_CLASS.name else metric_of(metric, greater_is_better)


def naive_of(metric: Metric, y: NDArray[Any], source: NDArray[Any], naive: Any, width: int) -> NDArray[Any]:
    """Return the prediction of the best constant for every row of `y`.

    Parameters
    ----------
    metric : Metric
    y, source : array
        Targets to predict, and those the constant is learnt from.
    naive : label, number, or array of predictions, optional
        In place of the best constant.
    width : int
        Columns of the model's probabilities.

    Raises
    ------
    UsageError
        If a constant has no meaning with this metric.
    """
    n = len(y)
    if naive is not None:
        single = isinstance(naive, (str, bool)) or np.ndim(naive) == 0
        return rows_of("naive", [naive] * n if single else naive, n)
    if metric.name in _ONE_SIDED:
        hint = "use 'f1', 'balanced_accuracy' or 'accuracy'"
        raise UsageError("metric", metric.name, "a metric that no constant can have at its best", hint)
    if metric.takes == "any":
        raise UsageError("naive", naive, "predictions of a naive rule, with a callable metric", "pass a constant")
    if metric.takes == "scores":
        return np.zeros(n)
    if metric.takes == "probabilities":
        return np.tile(_shares(source, width), (n, 1))
    if metric.takes == "values":
        centre = np.median(source) if metric.name == "mae" else np.mean(source)
        return np.full(n, float(centre))
    return np.full(n, _best_label(metric, source))


def nothing_to_tell(metric: Metric, *targets: NDArray[Any]) -> str:
    """Say why no model could show any skill on these targets; empty where one could."""
    for y in targets:
        counts = np.unique(y, return_counts=True)[1]
        if counts.size < 2:
            return "all targets are the same: there is nothing to tell apart"
        if metric.takes == "scores" and counts.min() < 2:
            return "one class has a single row: no order of the rows shows anything"
    return ""


def best_value(metric: Metric) -> float:
    """Return the value of a perfect prediction."""
    return 1.0 if metric.greater_is_better else 0.0


def skill_of(metric: Metric, rows: Paired) -> Skill:
    """Measure the skill of the first prediction over the second, the naive one."""
    (value, moved), (naive, stayed) = (metric.parts(rows.y, part) for part in rows.predictions)
    room = best_value(metric) - naive
    if room == 0:
        return Skill(0.0, np.zeros(rows.y.size), value, naive, moved)
    skill = (value - naive) / room
    return Skill(skill, (moved - stayed + skill * stayed) / room, value, naive, moved)


def _best_label(metric: Metric, source: NDArray[Any]) -> Any:
    """Return the class that does best when it is said of every row."""
    classes, counts = np.unique(source, return_counts=True)
    if metric.name == "f1":
        return classes[-1]
    return classes[int(np.argmax(counts))]


def _shares(source: NDArray[Any], width: int) -> Floats:
    classes, counts = np.unique(source, return_counts=True)
    if classes.size == width:
        return np.asarray(counts / counts.sum(), dtype=np.float64)
    codes = paired("probabilities", source, {"naive": np.full((source.size, width), 1 / width)}, None).y
    return np.asarray(np.bincount(codes, minlength=width) / source.size, dtype=np.float64)


def _area_by_class(y: NDArray[Any], probability: Floats) -> tuple[float, Floats]:
    """Mean area of each class against the others, weighted by its rows."""
    n, value, weight, influence = y.size, 0.0, 0.0, np.zeros(y.size)
    for k in range(probability.shape[1]):
        yes = y == k
        share = float(yes.mean())
        if min(yes.sum(), n - yes.sum()) < 2:
            continue
        of_yes, of_no = placements(yes, probability[:, k])
        area = float(of_yes.mean())
        value, weight = value + share * area, weight + share
        influence[yes] += share * (of_yes[0] - area) * n / yes.sum()
        influence[~yes] += share * (of_no[0] - area) * n / (~yes).sum()
    return (value / weight, influence / weight) if weight else (0.5, influence)


_BY_CLASS = Metric(name="roc_auc_by_class", takes="probabilities", parts=_area_by_class, bounded=True)
