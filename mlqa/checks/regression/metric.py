"""A metric as a value: what it takes, how each row moves it, which way is better.

The influence of a row is how far it moves the value, times n: what the delta
method needs in place of n evaluations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Metric", "Parts", "average", "by_row", "mean_of", "negated", "ratio", "share"]

Floats = NDArray[np.float64]
Parts = tuple[float, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric.

    Attributes
    ----------
    name : str
    takes : str
        What the predictions are: ``labels``, ``classes`` (two labels),
        ``indicators`` (a column a label, true or false), ``clusters``,
        ``scores``, ``class_scores``, ``probabilities``, ``values``, or ``any``.
    parts : callable
        ``(y, prediction) -> (value, influence)``; influence has shape (n,) and
        mean 0.
    greater_is_better : bool
    zero_one : bool
        Whether the value is the share of rows that are right, or wrong.
    gross : float or None
        A fall that no one may miss; None takes the baseline's own value.
    bounded : bool
        Whether the value lies between 0 and 1.
    test : str
        ``delta``, or ``area`` (DeLong), ``worst`` (the largest error).
    needs : str
        What `paired` asks of the numbers beyond `takes`.
    per_row : callable or None
        ``(y, prediction) -> numbers, shape (n,)``, where the value is their mean.
    weighted : callable or None
        ``metric(y, prediction, sample_weight)`` of a callable that takes
        weights: then equal rows are evaluated once.
    """

    name: str
    takes: str
    parts: Callable[[Any, Any], Parts]
    greater_is_better: bool = True
    zero_one: bool = False
    gross: float | None = 0.5
    bounded: bool = False
    test: str = "delta"
    needs: str = ""
    per_row: Callable[[Any, Any], Floats] | None = None
    weighted: Callable[[Any, Any, Any], float] | None = None

    @property
    def mean(self) -> bool:
        """Whether the value is the mean of something per row."""
        return self.per_row is not None

    @property
    def sign(self) -> float:
        """1 where greater is better, else -1."""
        return 1.0 if self.greater_is_better else -1.0


def negated(metric: Metric, name: str) -> Metric:
    """Return a loss as scikit-learn's scorers have it: ``neg_...``, greater is better."""

    def parts(y: Any, prediction: Any) -> Parts:
        value, influence = metric.parts(y, prediction)
        return -value, -influence

    own = metric.per_row
    per_row = None if own is None else lambda y, prediction: -np.asarray(own(y, prediction))
    return replace(metric, name=name, parts=parts, per_row=per_row, greater_is_better=True)


def mean_of(per_row: Callable[[Any, Any], Floats]) -> Callable[[Any, Any], Parts]:
    """Turn a number per row into value and influence of its mean."""

    def parts(y: Any, prediction: Any) -> Parts:
        values = np.asarray(per_row(y, prediction), dtype=np.float64)
        return float(values.mean()), values - values.mean()

    return parts


def by_row(per_row: Callable[[Any, Any], Floats]) -> dict[str, Any]:
    """Give a metric that is the mean of a number per row the fields that say so."""
    return {"parts": mean_of(per_row), "per_row": per_row}


def share(counted: Floats, among: Floats) -> Parts:
    """Divide a share by the share it is among; 0 where there are none, as scikit-learn has it."""
    if among.mean() == 0:
        return 0.0, np.zeros(among.size)
    value = float(counted.mean() / among.mean())
    return value, (counted - value * among) / among.mean()


def ratio(over: Parts, under: Parts) -> Parts:
    """Divide one value by another; not a number where the latter is 0."""
    if under[0] == 0:
        return float("nan"), np.zeros(over[1].size)
    value = over[0] / under[0]
    return value, (over[1] - value * under[1]) / under[0]


def average(parts: list[Parts], weights: Floats | None = None) -> Parts:
    """Average values and their influences, with fixed weights."""
    every = np.full(len(parts), 1 / len(parts)) if weights is None else weights / weights.sum()
    influence = np.zeros(parts[0][1].size)
    for weight, (_, part) in zip(every, parts, strict=True):
        influence += weight * part
    return float(sum(weight * value for weight, (value, _) in zip(every, parts, strict=True))), influence
