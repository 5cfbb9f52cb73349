"""Columns of categories: the share of each, exactly, and how far they moved together."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.drift.moves import Column, Move, Sides
from mlqa.stats.counts import attainable_p, fisher_test, newcomer_test, total_variation, variation_interval
from mlqa.subjects.values import ValueCounts, joined_values

__all__ = ["UNIT", "compare_categories", "nearly_all_distinct"]

UNIT = "total variation"
_RARE = "(all rarer ones)"
_HOPELESS = 0.01
_FEW = 20
_BARS = 10
# of the level, kept for categories that the reference has not
_NEWCOMERS = 0.25
_LONGEST = 40

Counts = NDArray[np.int64]


def nearly_all_distinct(values: ValueCounts) -> bool:
    """Say whether a column reads like free text or an id."""
    distinct = len(values.labels) * (2**64 / values.limit)
    return distinct > max(_FEW, values.rows // 2)


def compare_categories(name: str, before: ValueCounts, after: ValueCounts, *, level: float) -> Column:
    """Test each category's share and those that are new, each test exact given the pooled counts.

    Parameters
    ----------
    name : str
    before, after : ValueCounts
        At least one row each.
    level : float in (0, 1)
        Of the interval of the distance.
    """
    names, x, y = _joined(before, after)
    n, m = before.rows, after.rows
    distance = total_variation(x, y)
    low, high = variation_interval(distance, n, m, x.size, level)
    names, x, y = _frequent(names, x, y, n, m)
    p_values, tests = _p_values(x, y, n, m)
    # Worst first: the smallest p-value, then the largest change.
    order = np.lexsort((-np.abs(y / m - x / n), p_values))[:_BARS]
    moves = tuple(_move(names[i], float(p_values[i]), distance, float(x[i] / n), float(y[i] / m)) for i in order)
    return Column(
        name=name,
        unit=UNIT,
        effect=distance,
        low=low,
        high=high,
        rows=(n, m),
        tests=tests,
        moves=moves,
        sides=_bars(names, x / n, y / m, order),
    )


def _joined(before: ValueCounts, after: ValueCounts) -> tuple[list[str], Counts, Counts]:
    """Return the rows of either side over the categories, those that are not kept together as the last."""
    names, x, y = joined_values(before, after)
    rest = before.rows - int(x.sum()), after.rows - int(y.sum())
    return [*names, _RARE], np.append(x, rest[0]), np.append(y, rest[1])


def _frequent(names: list[str], x: Counts, y: Counts, n: int, m: int) -> tuple[list[str], Counts, Counts]:
    """Put the categories that could show nothing together; pooled counts alone say which."""
    shown = attainable_p(x + y, n, m) <= _HOPELESS
    shown[-1] = False
    kept = [*(label for label, kept in zip(names, shown) if kept), _RARE]
    few_x, few_y = np.append(x[shown], x[~shown].sum()), np.append(y[shown], y[~shown].sum())
    if few_x[-1] + few_y[-1] == 0 and few_x.size > 1:
        return kept[:-1], few_x[:-1], few_y[:-1]
    return kept, few_x, few_y


def _p_values(x: Counts, y: Counts, n: int, m: int) -> tuple[NDArray[np.float64], int]:
    """Return a p-value for each category, corrected over them, and over how many tests."""
    shares = fisher_test(x, y, n, m)
    if x.size == 2:
        return shares, 1  # the one is what the other is not
    pooled = x + y
    least = attainable_p(pooled, n, m)
    # a test that could not have shown as much costs nothing (Tarone)
    able = np.maximum(1, np.searchsorted(np.sort(least), shares, side="right"))
    newcomers = newcomer_test(x, y, n, m) / _NEWCOMERS
    p_values = np.minimum(1.0, np.minimum(shares * able / (1.0 - _NEWCOMERS), newcomers))
    return p_values, math.ceil(x.size / (1.0 - _NEWCOMERS))


def _move(label: str, p_value: float, distance: float, was: float, now: float) -> Move:
    """Return the move of one category; one that the reference has not is exempt from `min_effect`."""
    what = f"share of {_short(label)}"
    effect = None if was == 0.0 else distance
    return Move(test="category", p_value=p_value, effect=effect, what=what, reference=was, current=now)


def _bars(names: list[str], x: NDArray[np.float64], y: NDArray[np.float64], order: NDArray[np.intp]) -> Sides:
    """Return the shares of the few categories that moved most."""
    return Sides(
        labels=tuple(_short(names[i]) for i in order),
        reference=tuple(x[order].round(6).tolist()),
        current=tuple(y[order].round(6).tolist()),
    )


def _short(label: str) -> str:
    """Bound a category's name, quoted unless it is our own."""
    if label == _RARE:
        return label
    return repr(label if len(label) <= _LONGEST else f"{label[: _LONGEST - 3]}...")
