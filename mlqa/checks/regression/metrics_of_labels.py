"""Metrics of labels: right or wrong, and what follows from the table of classes.

Rows are added up by class, never in a table of rows by classes: ten thousand
classes cost no more than two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mlqa.checks.regression.metric import Floats, Metric, Parts, by_row, negated, ratio, share

__all__ = ["METRICS_OF_LABELS"]

# What a row adds to its classes: (class of each row, amount).
_Entries = list[tuple[Any, Floats]]
_Shares = Callable[[Any, Any], tuple[_Entries, _Entries]]


def _correct(y: Any, label: Any) -> Floats:
    return np.asarray(y == label, dtype=np.float64)


def _f1(y: Any, label: Any) -> tuple[_Entries, _Entries]:
    one = np.ones(y.size)
    return [(y, 2 * _correct(y, label))], [(y, one), (label, one)]


def _precision(y: Any, label: Any) -> tuple[_Entries, _Entries]:
    return [(y, _correct(y, label))], [(label, np.ones(y.size))]


def _recall(y: Any, label: Any) -> tuple[_Entries, _Entries]:
    return [(y, _correct(y, label))], [(y, np.ones(y.size))]


def _jaccard(y: Any, label: Any) -> tuple[_Entries, _Entries]:
    return [(y, _correct(y, label))], [(y, np.ones(y.size)), (label, 1 - _correct(y, label))]


def _binary(shares: _Shares) -> Callable[[Any, Any], Parts]:
    """Take the share of the positive class."""

    def parts(y: Any, label: Any) -> Parts:
        counted, among = (
            np.sum([np.where(of, amount, 0.0) for of, amount in side], axis=0) for side in shares(y, label)
        )
        return share(counted, among)

    return parts


def _by_class(shares: _Shares, y: Any, label: Any) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Return each class's share, and a function from the weights of the classes to the influence of their sum."""
    counted, among = shares(y, label)
    k = int(max(y.max(), label.max())) + 1
    over, under = (
        np.sum([np.bincount(of, weights=amount, minlength=k) for of, amount in side], axis=0)
        for side in (counted, among)
    )
    some = under > 0
    value = np.where(some, over / np.where(some, under, 1.0), 0.0)

    def influence(weights: Floats) -> Floats:
        scale = np.where(some, weights / np.where(some, under, 1.0), 0.0) * y.size
        moved = np.zeros(y.size)
        for of, amount in counted:
            moved += scale[of] * amount
        for of, amount in among:
            moved -= (scale * value)[of] * amount
        return moved

    return value, influence


def _macro(shares: _Shares, *, of_targets: bool = False) -> Callable[[Any, Any], Parts]:
    """Mean over the classes of targets and predictions, or of the targets only."""

    def parts(y: Any, label: Any) -> Parts:
        value, influence = _by_class(shares, y, label)
        there = np.bincount(y, minlength=value.size) > 0
        if not of_targets:
            there |= np.bincount(label, minlength=value.size) > 0
        weights = there / there.sum()
        return float(weights @ value), influence(weights)

    return parts


def _weighted(shares: _Shares) -> Callable[[Any, Any], Parts]:
    """Mean over the classes by their rows; the weights move with the rows too."""

    def parts(y: Any, label: Any) -> Parts:
        value, influence = _by_class(shares, y, label)
        weights = np.bincount(y, minlength=value.size) / y.size
        mean = float(weights @ value)
        return mean, influence(weights) + value[y] - mean

    return parts


def _micro(shares: _Shares) -> Callable[[Any, Any], Parts]:
    """Take the share over all classes at once."""

    def parts(y: Any, label: Any) -> Parts:
        counted, among = (np.sum([amount for _, amount in side], axis=0) for side in shares(y, label))
        return share(counted, among)

    return parts


def _matthews(y: Any, label: Any) -> Parts:
    k = int(max(y.max(), label.max())) + 1
    true, said = (np.bincount(of, minlength=k) / y.size for of in (y, label))
    hit = _correct(y, label)
    over = float(hit.mean() - true @ said)
    spread_true, spread_said = 1 - float(true @ true), 1 - float(said @ said)
    if spread_true <= 0 or spread_said <= 0:
        return 0.0, np.zeros(y.size)
    root = (spread_true * spread_said) ** 0.5
    moved = hit - said[y] - true[label] + over * (true[y] / spread_true + said[label] / spread_said)
    return over / root, (moved - moved.mean()) / root


def _likelihood(*, positive: bool) -> Callable[[Any, Any], Parts]:
    """How much likelier a positive (or negative) prediction is where it is right than where it is wrong."""

    def parts(y: Any, label: Any) -> Parts:
        said = label if positive else ~label
        over, under = (share(np.asarray(said & of, float), np.asarray(of, float)) for of in (y, ~y))
        return ratio(over, under)

    return parts


def _labels(name: str, **given: Any) -> Metric:
    fields: dict[str, Any] = {"name": name, "takes": "labels", "bounded": True}
    return Metric(**fields | given)


_SHARES: dict[str, _Shares] = {"f1": _f1, "jaccard": _jaccard, "precision": _precision, "recall": _recall}
_RIGHT = {**by_row(_correct), "zero_one": True}
# Over all classes at once a row counts once whatever is asked: these are accuracy.
_ACCURACY = ("accuracy", "f1_micro", "precision_micro", "recall_micro", "recall_weighted")
_NEGATIVE = _labels(
    "", parts=_likelihood(positive=False), takes="classes", bounded=False, greater_is_better=False, gross=None
)

METRICS_OF_LABELS = (
    *(_labels(name, **_RIGHT) for name in _ACCURACY),
    *(_labels(name, parts=_binary(shares), takes="classes") for name, shares in _SHARES.items()),
    *(_labels(f"{name}_macro", parts=_macro(shares)) for name, shares in _SHARES.items()),
    *(_labels(f"{name}_weighted", parts=_weighted(shares)) for name, shares in _SHARES.items() if name != "recall"),
    _labels("jaccard_micro", parts=_micro(_jaccard)),
    _labels("balanced_accuracy", parts=_macro(_recall, of_targets=True)),
    _labels("matthews_corrcoef", parts=_matthews, bounded=False),
    _labels("positive_likelihood_ratio", parts=_likelihood(positive=True), takes="classes", bounded=False, gross=None),
    negated(_NEGATIVE, "neg_negative_likelihood_ratio"),
)
