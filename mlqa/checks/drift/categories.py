"""Columns of categories: the share of each, exactly, and how far they moved together."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.drift.moves import Column, Move, Sides
from mlqa.stats.counts import attainable_p, fisher_test, newcomer_test, total_variation, variation_interval

__all__ = ["UNIT", "compare_categories", "count_categories", "nearly_all_distinct"]

UNIT = "total variation"
_RARE = "(all rarer ones)"
_HOPELESS = 0.01
_FEW = 20
_BARS = 10
# of the level, kept for categories that the reference has not
_NEWCOMERS = 0.25
_LONGEST = 40

Counts = NDArray[np.int64]


def count_categories(series: pl.Series) -> pl.DataFrame:
    """Count the values of a column without nulls: columns ``value`` (text) and ``rows``."""
    counted = series.rename("value").value_counts(name="rows")
    return counted.with_columns(pl.col("value").cast(pl.String), pl.col("rows").cast(pl.Int64))


def nearly_all_distinct(counted: pl.DataFrame, rows: int) -> bool:
    """Say whether a column reads like free text or an id."""
    return counted.height > max(_FEW, rows // 2)


def compare_categories(name: str, before: pl.DataFrame, after: pl.DataFrame, *, level: float) -> Column:
    """Test each category's share and those that are new, each test exact given the pooled counts.

    Parameters
    ----------
    name : str
    before, after : polars.DataFrame
        From `count_categories`; at least one row each.
    level : float in (0, 1)
        Of the interval of the distance.
    """
    labels, x, y = _merged(before, after)
    n, m = int(x.sum()), int(y.sum())
    distance = total_variation(x, y)
    low, high = variation_interval(distance, n, m, x.size, level)
    # Which categories are tested rests on pooled counts alone, so the tests stay valid.
    shown = attainable_p(x + y, n, m) <= _HOPELESS
    names = [*(label for label, kept in zip(labels, shown) if kept), _RARE]
    few_x, few_y = np.append(x[shown], x[~shown].sum()), np.append(y[shown], y[~shown].sum())
    tests = few_x.size / (1.0 - _NEWCOMERS)
    shares = fisher_test(few_x, few_y, n, m) * tests
    newcomers = newcomer_test(few_x, few_y, n, m) / _NEWCOMERS
    p_values = np.minimum(1.0, np.minimum(shares, newcomers))
    # Worst first: the smallest p-value, then the largest change.
    order = np.lexsort((-np.abs(few_y / m - few_x / n), p_values))[:_BARS]
    moves = tuple(
        _move(names[i], float(p_values[i]), distance, float(few_x[i] / n), float(few_y[i] / m)) for i in order
    )
    return Column(
        name=name,
        unit=UNIT,
        effect=distance,
        low=low,
        high=high,
        rows=(n, m),
        tests=math.ceil(tests),
        moves=moves,
        sides=_bars(names, few_x / n, few_y / m, order),
    )


def _merged(before: pl.DataFrame, after: pl.DataFrame) -> tuple[list[str], Counts, Counts]:
    """Return the counts of either side over all categories, in the order of their names."""
    left, right = (dict(zip(side["value"].to_list(), side["rows"].to_list())) for side in (before, after))
    labels = sorted(left.keys() | right.keys())
    x, y = (np.array([side.get(label, 0) for label in labels], dtype=np.int64) for side in (left, right))
    return labels, x, y


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
