"""One column of two tables: which tests it takes, or why it is left out."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.drift.categories import UNIT as SHARES
from mlqa.checks.drift.categories import compare_categories, count_categories, nearly_all_distinct
from mlqa.checks.drift.moves import Column, Move
from mlqa.checks.drift.numbers import compare_numbers
from mlqa.stats.counts import fisher_test, variation_interval
from mlqa.subjects.table import kind_of

__all__ = ["measure"]


def measure(before: pl.Series, after: pl.Series, *, times: bool, level: float) -> Column | str:
    """Compare one column of reference and current.

    Parameters
    ----------
    before, after : polars.Series
        Of one name.
    times : bool
        Whether a column of times is compared (as numbers) or left out.
    level : float in (0, 1)
        Of the interval of the distance.

    Returns
    -------
    Column or str
        The reason, in a few words, if the column is left out.
    """
    if before.null_count() == len(before):
        return "no value in the reference"
    if after.null_count() == len(after):
        # A move like others: chance may empty a column that was nearly empty.
        kept = len(before) - before.null_count()
        return _one_share(before.name, "emptied", "share with a value", [kept, 0], (len(before), len(after)), level)
    kinds = kind_of(before), kind_of(after)
    if "other" in kinds:
        return "neither numbers nor categories"
    if kinds == ("time", "time") and not times:
        return "a time"
    return _compared(before.drop_nulls(), after.drop_nulls(), kinds, level)


def _compared(first: pl.Series, second: pl.Series, kinds: tuple[str, str], level: float) -> Column | str:
    """Compare the values of a column by what they are."""
    if kinds == ("time", "time"):
        return _times(first, second, level)
    if kinds[0] == kinds[1] != "numeric":
        return _categories(first, second, level)
    if set(kinds) <= {"numeric", "boolean"}:
        return compare_numbers(first.name, _floats(first), _floats(second), level=level)
    if set(kinds) == {"numeric", "category"}:
        return _unreadable(first, second, level)
    return f"a {kinds[0]} in the reference, a {kinds[1]} in current (ask schema_holds)"


def _floats(series: pl.Series) -> NDArray[np.float64]:
    return series.cast(pl.Float64).to_numpy()


def _categories(first: pl.Series, second: pl.Series, level: float) -> Column | str:
    before, after = count_categories(first), count_categories(second)
    if nearly_all_distinct(before, len(first)) and nearly_all_distinct(after, len(second)):
        return "nearly every value distinct"
    return compare_categories(first.name, before, after, level=level)


def _times(first: pl.Series, second: pl.Series, level: float) -> Column | str:
    """Compare times as microseconds, shown as dates or spans."""
    kinds = {_time_kind(series) for series in (first, second)}
    if len(kinds) > 1:
        return f"{first.dtype} in the reference, {second.dtype} in current (ask schema_holds)"
    show = _date if kinds == {"date"} else _span
    before, after = (_floats(_microseconds(series)) for series in (first, second))
    return compare_numbers(first.name, before, after, level=level, show=show, wide=_span)


def _time_kind(series: pl.Series) -> str:
    """Tell dates (with or without the hour) from times of day and from durations."""
    return {pl.Time: "hour", pl.Duration: "span"}.get(series.dtype.base_type(), "date")


def _microseconds(series: pl.Series) -> pl.Series:
    """Return times as whole microseconds, whatever unit the library kept them in."""
    if series.dtype == pl.Time:
        return series.to_physical() // 1000
    if series.dtype == pl.Duration:
        return series.dt.total_microseconds()
    zone = getattr(series.dtype, "time_zone", None)
    return series.cast(pl.Datetime("us", zone)).to_physical()


def _date(microseconds: float) -> str:
    """Write an instant; a float may lie past the calendar's end by its rounding."""
    try:
        return (datetime(1970, 1, 1) + timedelta(microseconds=microseconds)).isoformat(" ", "seconds")
    except OverflowError:
        return "9999-12-31 23:59:59" if microseconds > 0 else "0001-01-01 00:00:00"


def _span(microseconds: float) -> str:
    return str(timedelta(microseconds=microseconds))


def _unreadable(first: pl.Series, second: pl.Series, level: float) -> Column:
    """Compare numbers on one side with text on the other: the share that is no number."""
    sides = [series.cast(pl.Float64, strict=False) for series in (first, second)]
    bad = [side.null_count() for side in sides]
    if not any(bad):
        return compare_numbers(first.name, _floats(sides[0]), _floats(sides[1]), level=level)
    n, m = len(first), len(second)
    return _one_share(first.name, "unreadable", "share that is no number", bad, (n, m), level)


def _one_share(name: str, test: str, what: str, counts: list[int], rows: tuple[int, int], level: float) -> Column:
    """Compare one share, which says all of this column."""
    (x, y), (n, m) = counts, rows
    was, now = x / n, y / m
    effect = abs(now - was)
    p_value = float(fisher_test([x], [y], n, m)[0])
    low, high = variation_interval(effect, n, m, 2, level)
    move = Move(test=test, p_value=p_value, effect=effect, what=what, reference=was, current=now)
    return Column(name=name, unit=SHARES, effect=effect, low=low, high=high, rows=rows, tests=1, moves=(move,))
