"""Columns of numbers: shape, location, spread, range and single values, in one pass over a sort."""

from __future__ import annotations

import numpy as np

from mlqa.checks.drift.conversion import likely_change
from mlqa.checks.drift.moves import Column, Move, Sides
from mlqa.checks.drift.paired import Numbers, shown
from mlqa.checks.drift.times import Show
from mlqa.stats.attainable import holm_attainable
from mlqa.stats.counts import attainable_p, fisher_test
from mlqa.stats.linear import CLIPPED, mean_test
from mlqa.stats.ranks import precedence_test, rank_sum_test, spread_test
from mlqa.stats.tally import Tally, quantile
from mlqa.stats.two_sample import ks_interval, ks_test

__all__ = ["UNIT", "compare_numbers", "deciles"]

UNIT = "KS distance"
_TESTS = 6
_MOST_VALUES = 12
_BARS = 10


def compare_numbers(numbers: Numbers, *, level: float) -> Column:
    """Run the tests of one numeric column, each valid if rows are exchangeable.

    Parameters
    ----------
    numbers : Numbers
    level : float in (0, 1)
        Of the interval of the distance.
    """
    counted, show = numbers.counted, numbers.show
    distance, p_shape = ks_test(counted.x, counted.y)
    p_location, p_spread = rank_sum_test(counted.x, counted.y)[1], spread_test(counted)[1]
    low, high = ks_interval(distance, *numbers.rows, level)
    middle, width = _sides_at(counted, 0.5, show), _widths(counted, numbers.wide)
    moves = (
        _move("location", p_location, distance, "median", middle),
        _move("spread", p_spread, distance, "interquartile range", width),
        _move("shape", p_shape, distance, *_widest_gap(counted, show)),
        _move("mean", mean_test(counted), distance, "clipped mean", _means(counted, show)),
        _range(counted, show),
        _value(counted, distance, show, numbers.exact),
    )
    return Column(
        name=numbers.name,
        unit=UNIT,
        effect=distance,
        low=low,
        high=high,
        rows=numbers.rows,
        tests=_TESTS,
        moves=moves,
        sides=deciles(counted, show),
        change=likely_change(counted, distance),
    )


def _move(test: str, p: float, effect: float | None, what: str, sides: tuple[float | str, float | str]) -> Move:
    """Bonferroni over the column's tests."""
    reference, current = sides
    p_value = min(1.0, _TESTS * p)
    return Move(test=test, p_value=p_value, effect=effect, what=what, reference=reference, current=current)


def _sides_at(counted: Tally, share: float, show: Show) -> tuple[float | str, float | str]:
    """Return a quantile of either side."""
    x, y = (quantile(counted.values, side, share) for side in (counted.x, counted.y))
    return show(float(x)), show(float(y))


def _widths(counted: Tally, wide: Show) -> tuple[float | str, float | str]:
    """Return the interquartile range of either side."""
    with np.errstate(invalid="ignore", over="ignore"):
        x, y = (np.diff(quantile(counted.values, side, [0.25, 0.75]))[0] for side in (counted.x, counted.y))
    return wide(float(x)), wide(float(y))


def _means(counted: Tally, show: Show) -> tuple[float | str, float | str]:
    """Return the mean of either side, its values clipped as the test clips them."""
    ends = quantile(counted.values, counted.x + counted.y, [CLIPPED, 1.0 - CLIPPED])
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.clip(counted.values, *ends)
        x, y = (float(np.dot(values, side / side.sum())) for side in (counted.x, counted.y))
    return show(x), show(y)


def _widest_gap(counted: Tally, show: Show) -> tuple[str, tuple[float, float]]:
    """Say where the distribution functions lie furthest apart."""
    below_x, below_y = np.cumsum(counted.x), np.cumsum(counted.y)
    share_x, share_y = below_x / below_x[-1], below_y / below_y[-1]
    at = int(np.abs(share_x - share_y).argmax())
    return f"share up to {shown(show(float(counted.values[at])))}", (float(share_x[at]), float(share_y[at]))


def _range(counted: Tally, show: Show) -> Move:
    """Rows of current beyond the reference: exempt from `min_effect`, a range never seen is news at any share."""
    beyond, p = precedence_test(counted.x, counted.y)
    what, end = ("largest value", -1) if beyond >= 0 else ("smallest value", 0)
    extremes = [float(counted.values[np.flatnonzero(side)[end]]) for side in (counted.x, counted.y)]
    return _move("range", p, None, what, (show(extremes[0]), show(extremes[1])))


def _value(counted: Tally, distance: float, show: Show, exact: bool) -> Move:
    """Shares of the most frequent values: sentinels, stuck sensors, imputation."""
    n, m = int(counted.x.sum()), int(counted.y.sum())
    pooled = counted.x + counted.y
    repeated = np.flatnonzero(pooled > 1)
    often = repeated[np.argsort(-pooled[repeated], kind="stable")[:_MOST_VALUES]]
    if often.size == 0:
        return _move("value", 1.0, 0.0, "share of any one value", (0.0, 0.0))
    p_values = fisher_test(counted.x[often], counted.y[often], n, m)
    first = int(p_values.argmin())
    at = often[first]
    shares = (float(counted.x[at] / n), float(counted.y[at] / m))
    effect = max(distance, abs(shares[1] - shares[0]))
    what = f"share {'of' if exact else 'near'} {shown(show(float(counted.values[at])))}"
    p = float(holm_attainable(p_values, attainable_p(pooled[often], n, m)).min())
    return _move("value", p, effect, what, shares)


def deciles(counted: Tally, show: Show) -> Sides:
    """Return the shares of rows between the deciles of the pooled values."""
    pooled = counted.x + counted.y
    edges = np.unique(quantile(counted.values, pooled, np.arange(1, _BARS + 1) / _BARS))
    bins = np.searchsorted(edges, counted.values)
    x, y = (np.bincount(bins, weights=side, minlength=edges.size) / side.sum() for side in (counted.x, counted.y))
    labels = tuple(f"up to {shown(show(float(edge)))}" for edge in edges)
    return Sides(labels=labels, reference=tuple(x.round(6).tolist()), current=tuple(y.round(6).tolist()))
