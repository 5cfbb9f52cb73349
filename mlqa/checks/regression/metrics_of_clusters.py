"""Metrics of groupings: labels that need not be called alike, compared by the table of both.

Every value is a function of the shares of the table's cells, so a row moves it
by the derivative at its cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlqa.checks.regression.metric import Floats, Metric, Parts, ratio

__all__ = ["METRICS_OF_CLUSTERS"]


@dataclass(frozen=True, slots=True, eq=False)
class _Shares:
    """Shares of rows like each row: in its cell, its class, its cluster."""

    cell: Floats
    of_class: Floats
    of_cluster: Floats

    @property
    def n(self) -> int:
        return self.cell.size


def _shares(y: Any, label: Any) -> _Shares:
    _, cell = np.unique(np.asarray(y, np.int64) * (int(label.max()) + 1) + label, return_inverse=True)
    return _Shares(*(np.bincount(of)[of] / y.size for of in (cell.reshape(-1), y, label)))


def _mean(values: Floats) -> Parts:
    return float(values.mean()), values - values.mean()


def _pairs(values: Floats) -> Parts:
    """Share of pairs of rows that are alike, a row with itself not counted."""
    n, together = values.size, float(values.mean())
    return (n * together - 1) / max(n - 1, 1), 2 * (values - together) * n / max(n - 1, 1)


def _information(shares: _Shares) -> Parts:
    return _mean(np.log(shares.cell / (shares.of_class * shares.of_cluster)))


def _entropy(values: Floats) -> Parts:
    return _mean(-np.log(values))


def _mutual(y: Any, label: Any) -> Parts:
    value, influence = _information(_shares(y, label))
    return max(value, 0.0), influence


def _one_if_nothing(over: Parts, under: Parts) -> Parts:
    """Divide; nothing to tell apart was told apart, as scikit-learn has it."""
    return (1.0, np.zeros(over[1].size)) if under[0] <= 0 else ratio(over, under)


def _homogeneity(y: Any, label: Any) -> Parts:
    shares = _shares(y, label)
    return _one_if_nothing(_information(shares), _entropy(shares.of_class))


def _completeness(y: Any, label: Any) -> Parts:
    shares = _shares(y, label)
    return _one_if_nothing(_information(shares), _entropy(shares.of_cluster))


def _half_of(one: Parts, other: Parts) -> Parts:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _normalized(y: Any, label: Any) -> Parts:
    """Mutual information over the mean entropy; the v-measure is the same."""
    shares = _shares(y, label)
    return _one_if_nothing(_information(shares), _half_of(_entropy(shares.of_class), _entropy(shares.of_cluster)))


def _adjusted_mutual(y: Any, label: Any) -> Parts:
    """Take what chance would give as known: it moves by 1/n only."""
    from sklearn.metrics import adjusted_mutual_info_score

    shares = _shares(y, label)
    value = float(adjusted_mutual_info_score(y, label))
    told = _information(shares)
    most = _half_of(_entropy(shares.of_class), _entropy(shares.of_cluster))
    if value >= 1.0 or most[0] <= told[0]:
        return value, np.zeros(y.size)
    chance = (told[0] - value * most[0]) / (1 - value)
    return value, (told[1] - value * most[1]) / (most[0] - chance)


def _rand(y: Any, label: Any) -> Parts:
    both, one, other = (_pairs(part) for part in _three(y, label))
    return 1 + 2 * both[0] - one[0] - other[0], 2 * both[1] - one[1] - other[1]


def _adjusted_rand(y: Any, label: Any) -> Parts:
    both, one, other = (_pairs(part) for part in _three(y, label))
    chance = one[0] * other[0], one[0] * other[1] + other[0] * one[1]
    over = both[0] - chance[0], both[1] - chance[1]
    most = _half_of(one, other)
    return _one_if_nothing(over, (most[0] - chance[0], most[1] - chance[1]))


def _fowlkes(y: Any, label: Any) -> Parts:
    both, one, other = (_pairs(part) for part in _three(y, label))
    if both[0] <= 0:
        return 0.0, np.zeros(y.size)
    value = both[0] / (one[0] * other[0]) ** 0.5
    return value, value * (both[1] / both[0] - (one[1] / one[0] + other[1] / other[0]) / 2)


def _three(y: Any, label: Any) -> tuple[Floats, Floats, Floats]:
    shares = _shares(y, label)
    return shares.cell, shares.of_class, shares.of_cluster


def _clusters(name: str, parts: Callable[[Any, Any], Parts], *, bounded: bool = True, needs: str = "") -> Metric:
    return Metric(name=name, takes="clusters", parts=parts, bounded=bounded, needs=needs)


METRICS_OF_CLUSTERS = (
    _clusters("adjusted_mutual_info_score", _adjusted_mutual, bounded=False, needs="scikit-learn"),
    _clusters("adjusted_rand_score", _adjusted_rand, bounded=False),
    _clusters("completeness_score", _completeness),
    _clusters("fowlkes_mallows_score", _fowlkes),
    _clusters("homogeneity_score", _homogeneity),
    _clusters("mutual_info_score", _mutual, bounded=False),
    _clusters("normalized_mutual_info_score", _normalized),
    _clusters("rand_score", _rand),
    _clusters("v_measure_score", _normalized),
)
