"""Metrics of scores and probabilities: areas, rankings, and what a probability costs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from mlqa.checks.regression.metric import Floats, Metric, Parts, average, by_row, mean_of, negated, ratio
from mlqa.stats.delong import placements

__all__ = ["METRICS_OF_SCORES", "area", "average_precision", "top"]

_SMALLEST = 2.0**-52


def area(y: Any, score: Any) -> Parts:
    """Area under the ROC curve; the influence is made of DeLong's components."""
    of_yes, of_no = placements(y, score)
    value = float(of_yes.mean())
    influence = np.empty(y.size)
    influence[y] = (of_yes[0] - value) * y.size / y.sum()
    influence[~y] = (of_no[0] - value) * y.size / (~y).sum()
    return value, influence


def average_precision(y: Any, score: Any) -> Parts:
    """Mean precision at the score of each positive; each row moves its own term and those below it."""
    _, place = np.unique(score, return_inverse=True)
    hits, rows = np.bincount(place, weights=y), np.bincount(place)
    found, above = np.cumsum(hits[::-1])[::-1], np.cumsum(rows[::-1])[::-1]
    precision = found / above
    value = float(np.sum(hits * precision) / y.sum())
    # Terms of positives at or below a row's score shrink with every row above them.
    once, times = np.cumsum(hits / above), np.cumsum(hits * precision / above)
    own = np.where(y, precision[place] - value, 0.0)
    return value, (own + np.where(y, once[place], 0.0) - times[place]) * y.size / y.sum()


def top(k: int) -> Metric:
    """Whether the true class is among the `k` with the highest scores; the later column wins a tie."""

    def among(y: Any, table: Any) -> Floats:
        own = table[np.arange(y.size), y][:, None]
        later = np.arange(table.shape[1]) > y[:, None]
        return np.asarray(np.sum((table > own) | ((table == own) & later), axis=1) < k, dtype=np.float64)

    return Metric(
        name="top_k_accuracy" if k == 2 else f"top_{k}_accuracy",
        takes="class_scores",
        **by_row(among),
        zero_one=True,
        bounded=True,
        needs=f"more than {k} classes",
    )


def _against_the_rest(*, weighted: bool) -> Callable[[Any, Any], Parts]:
    """Each class against all the others."""

    def parts(y: Any, table: Any) -> Parts:
        if table.shape[1] == 2:
            return area(y == 1, table[:, 1])
        each = [area(y == of, table[:, of]) for of in range(table.shape[1])]
        if not weighted:
            return average(each)
        sizes = np.bincount(y, minlength=len(each)) / y.size
        mean, influence = average(each, sizes)
        return mean, influence + np.array([value for value, _ in each])[y] - mean

    return parts


def _against_each_other(*, weighted: bool) -> Callable[[Any, Any], Parts]:
    """Each class against each other, both ways (Hand and Till 2001)."""

    def pair(y: Any, table: Any, one: int, other: int) -> Parts:
        rows = np.flatnonzero((y == one) | (y == other))
        first = area(y[rows] == one, table[rows, one])
        second = area(y[rows] == other, table[rows, other])
        value, moved = average([first, second])
        influence = np.zeros(y.size)
        influence[rows] = moved * y.size / rows.size
        return value, influence

    def parts(y: Any, table: Any) -> Parts:
        if table.shape[1] == 2:
            return area(y == 1, table[:, 1])
        pairs = list(combinations(range(table.shape[1]), 2))
        values, influence = np.empty(len(pairs)), np.zeros(y.size)
        sizes = np.bincount(y, minlength=table.shape[1]) / y.size
        weights = np.array([sizes[one] + sizes[other] for one, other in pairs]) if weighted else np.ones(len(pairs))
        weights = weights / weights.sum()
        for place, (one, other) in enumerate(pairs):
            values[place], moved = pair(y, table, one, other)
            influence += weights[place] * moved
        mean = float(weights @ values)
        if weighted:  # all weights together are the number of classes less 1; those of a class are its rows
            own = np.array(
                [sum(values[place] for place, two in enumerate(pairs) if of in two) for of in range(len(sizes))]
            )
            influence += own[y] / (len(sizes) - 1) - mean
        return mean, influence

    return parts


def _log_loss(y: Any, probability: Any) -> Floats:
    chosen = probability[np.arange(y.size), y]
    return np.asarray(-np.log(np.clip(chosen, _SMALLEST, 1 - _SMALLEST)))


def _brier(y: Any, probability: Any) -> Floats:
    if probability.shape[1] == 2:
        return np.asarray((probability[:, 1] - y) ** 2)
    return np.asarray((probability**2).sum(axis=1) - 2 * probability[np.arange(y.size), y] + 1)


def _surprise(y: Any, _probability: Any) -> Parts:
    """Log loss of the classes' own shares."""
    sizes = np.bincount(y) / y.size
    own = -np.log(sizes[y])
    return float(own.mean()), own - own.mean()


def _impurity(y: Any, probability: Any) -> Parts:
    """Brier score of the classes' own shares."""
    sizes = np.bincount(y) / y.size
    scale = 0.5 if probability.shape[1] == 2 else 1.0
    squares = float(sizes @ sizes)
    return scale * (1 - squares), scale * 2 * (squares - sizes[y])


def _explained(loss: Callable[[Any, Any], Floats], naive: Callable[[Any, Any], Parts]) -> Callable[[Any, Any], Parts]:
    def parts(y: Any, probability: Any) -> Parts:
        left, influence = ratio(mean_of(loss)(y, probability), naive(y, probability))
        return 1 - left, -influence

    return parts


def _probabilities(name: str, **given: Any) -> Metric:
    fields: dict[str, Any] = {"name": name, "takes": "probabilities"}
    return Metric(**fields | given)


_LOSS: dict[str, Any] = {"greater_is_better": False, "gross": None}
_BRIER = _probabilities("brier", **by_row(_brier), **_LOSS)
_LOG_LOSS = _probabilities("log_loss", **by_row(_log_loss), **_LOSS)
_EVERY: dict[str, Any] = {"bounded": True, "needs": "every class"}

METRICS_OF_SCORES = (
    Metric(name="roc_auc", takes="scores", parts=area, bounded=True, test="area"),
    Metric(name="average_precision", takes="scores", parts=average_precision, bounded=True),
    top(2),
    _BRIER,
    _LOG_LOSS,
    negated(_BRIER, "neg_brier_score"),
    negated(_LOG_LOSS, "neg_log_loss"),
    _probabilities("d2_brier_score", parts=_explained(_brier, _impurity), gross=1.0, needs="two classes"),
    _probabilities("d2_log_loss_score", parts=_explained(_log_loss, _surprise), gross=1.0, needs="two classes"),
    _probabilities("roc_auc_ovr", parts=_against_the_rest(weighted=False), **_EVERY),
    _probabilities("roc_auc_ovr_weighted", parts=_against_the_rest(weighted=True), **_EVERY),
    _probabilities("roc_auc_ovo", parts=_against_each_other(weighted=False), **_EVERY),
    _probabilities("roc_auc_ovo_weighted", parts=_against_each_other(weighted=True), **_EVERY),
)
