"""Metrics of many labels a row: targets and predictions are tables of true and false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mlqa.checks.regression.metric import Floats, Metric, Parts, average, by_row, share
from mlqa.checks.regression.metrics_of_scores import area, average_precision

__all__ = ["METRICS_OF_INDICATORS"]

_Shares = Callable[[Any, Any], tuple[Floats, Floats]]


def _f1(y: Any, label: Any) -> tuple[Floats, Floats]:
    return 2.0 * (y & label), y.astype(np.float64) + label


def _precision(y: Any, label: Any) -> tuple[Floats, Floats]:
    return 1.0 * (y & label), 1.0 * label


def _recall(y: Any, label: Any) -> tuple[Floats, Floats]:
    return 1.0 * (y & label), 1.0 * y


def _jaccard(y: Any, label: Any) -> tuple[Floats, Floats]:
    return 1.0 * (y & label), 1.0 * (y | label)


def _same(y: Any, label: Any) -> Floats:
    return np.asarray(np.all(y == label, axis=1), dtype=np.float64)


def _samples(shares: _Shares) -> dict[str, Any]:
    """Mean over the rows of each row's own share."""

    def per_row(y: Any, label: Any) -> Floats:
        counted, among = (part.sum(axis=1) for part in shares(y, label))
        return np.asarray(np.divide(counted, among, out=np.zeros(len(y)), where=among > 0))

    return by_row(per_row)


def _micro(shares: _Shares) -> Callable[[Any, Any], Parts]:
    def parts(y: Any, label: Any) -> Parts:
        counted, among = shares(y, label)
        return share(counted.sum(axis=1), among.sum(axis=1))

    return parts


def _each(shares: _Shares, y: Any, label: Any) -> list[Parts]:
    counted, among = shares(y, label)
    return [share(counted[:, of], among[:, of]) for of in range(y.shape[1])]


def _macro(shares: _Shares) -> Callable[[Any, Any], Parts]:
    return lambda y, label: average(_each(shares, y, label))


def _weighted(shares: _Shares) -> Callable[[Any, Any], Parts]:
    """Mean over the labels by their rows; the weights move with the rows too."""

    def parts(y: Any, label: Any) -> Parts:
        sizes = y.mean(axis=0)
        if not sizes.any():
            return 0.0, np.zeros(len(y))
        each = _each(shares, y, label)
        mean, influence = average(each, sizes)
        gaps = np.array([value for value, _ in each]) - mean
        return mean, influence + y @ gaps / sizes.sum()

    return parts


def _by_label(one: Callable[[Any, Any], Parts]) -> Callable[[Any, Any], Parts]:
    return lambda y, score: average([one(y[:, of], score[:, of]) for of in range(y.shape[1])])


def _labels(name: str, **given: Any) -> Metric:
    fields: dict[str, Any] = {"name": name, "takes": "indicators", "bounded": True}
    return Metric(**fields | given)


_SHARES: dict[str, _Shares] = {"f1": _f1, "jaccard": _jaccard, "precision": _precision, "recall": _recall}

METRICS_OF_INDICATORS = (
    _labels("accuracy", **by_row(_same), zero_one=True),
    *(_labels(f"{name}_samples", **_samples(shares)) for name, shares in _SHARES.items()),
    *(_labels(f"{name}_micro", parts=_micro(shares)) for name, shares in _SHARES.items()),
    *(_labels(f"{name}_macro", parts=_macro(shares)) for name, shares in _SHARES.items()),
    *(_labels(f"{name}_weighted", parts=_weighted(shares)) for name, shares in _SHARES.items()),
    *(
        _labels(name, parts=_by_label(one), takes="label_scores", needs="every label")
        for name, one in (("roc_auc", area), ("average_precision", average_precision))
    ),
)
