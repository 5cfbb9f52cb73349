"""The times of a table as ascending series, one for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.rules.broken_rows import keyed
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import Grid, joined

__all__ = ["Series", "counted_series", "pooled", "series_by_group"]

_MANTISSA = 52

Times = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Series:
    """Distinct times and the rows at each.

    Attributes
    ----------
    times : array, shape (v,), ascending, unit: microseconds since 1970, or steps
    rows : array, shape (v,), int64
    width : float
        How far a time may be from where it stands: 0 unless it comes from a
        profile of many times.
    grid : Grid or None
        Where they come from a profile.
    """

    times: Times
    rows: Rows
    width: float
    grid: Grid | None = None


def counted_series(column: ColumnProfile) -> Series:
    """Return the times of a profile's column as one series."""
    grid = column.grid
    if grid is None or not np.isfinite([grid.low, grid.high]).all():
        values, counts = (np.zeros(0), np.zeros(0, dtype=np.int64)) if grid is None else (grid.values, grid.counts)
        finite = np.isfinite(values)
        return Series(values[finite], counts[finite], 0.0)
    width = max(abs(grid.low), abs(grid.high)) * 2.0 ** (grid.shift - _MANTISSA) if grid.shift else 0.0
    return Series(grid.values, grid.counts, width, grid)


def series_by_group(frame: pl.DataFrame, time: str, group: Sequence[str]) -> dict[str, Series]:
    """Return the times of every group's rows, by the group's label; empty for one series of all rows."""
    series = frame.get_column(time)
    whole = series if series.dtype.is_numeric() else series.cast(pl.Datetime("us")).to_physical()
    times = whole.cast(pl.Float64).alias("time")
    times = times.set(times.is_infinite(), None)
    if not group:
        return {"": _sorted(times.drop_nulls().to_numpy())}
    keys = keyed(frame[list(group)]).rename({name: f"key{at}" for at, name in enumerate(group)})
    rows = keys.with_columns(times).drop_nulls("time").group_by(keys.columns, maintain_order=True).agg("time")
    labels = [", ".join("missing" if part is None else str(part) for part in key) for key in rows.drop("time").rows()]
    return {label: _sorted(found.to_numpy()) for label, found in zip(labels, rows.get_column("time"))}


def _sorted(times: Times) -> Series:
    distinct, rows = np.unique(times, return_counts=True)
    return Series(distinct, rows.astype(np.int64), 0.0)


def pooled(before: Series, series: Series) -> tuple[Times, Rows, Rows]:
    """Return the distinct times of two series, and the rows of each there."""
    if before.grid is not None and series.grid is not None:
        return joined(before.grid, series.grid)
    values = np.union1d(before.times, series.times)
    x, y = (np.zeros(values.size, dtype=np.int64) for _ in range(2))
    x[np.searchsorted(values, before.times)] = before.rows
    y[np.searchsorted(values, series.times)] = series.rows
    return values, x, y
