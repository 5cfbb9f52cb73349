"""One column, counted once: everything that checks of a column ask."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.grid import Grid, grid_of
from mlqa.subjects.hashing import hash_bits, hash_column, hash_texts, salt_of
from mlqa.subjects.table import kind_of
from mlqa.subjects.text import TextShape, numbers_in, text_shape
from mlqa.subjects.values import ValueCounts, count_values

__all__ = ["ColumnProfile", "profile_column"]

Hashes = NDArray[np.uint64]

_NARROW = 1 << 16


@dataclass(frozen=True, slots=True, eq=False, kw_only=True, weakref_slot=True)
class ColumnProfile:
    """What a column holds.

    Attributes
    ----------
    name : str
    kind : {'numeric', 'boolean', 'time', 'category', 'other'}
    dtype : str
        As polars writes it.
    rows, nulls : int
    grid : Grid or None
        Numbers, truth values (0 and 1), times (microseconds since 1970, or of
        the span); of a category those values that read as a number.
    values : ValueCounts or None
        Of a category or boolean.
    text : TextShape or None
        Of a category.
    """

    name: str
    kind: str
    dtype: str
    rows: int
    nulls: int
    grid: Grid | None = None
    values: ValueCounts | None = None
    text: TextShape | None = None

    @property
    def present(self) -> int:
        """Rows with a value."""
        return self.rows - self.nulls

    def merge(self, other: ColumnProfile) -> ColumnProfile:
        """Count the rows of both.

        Raises
        ------
        UsageError
            If both hold values, of different kinds.
        """
        rows, nulls = self.rows + other.rows, self.nulls + other.nulls
        if self.present == 0 or other.present == 0:
            return replace(other if self.present == 0 else self, rows=rows, nulls=nulls)
        if self.kind != other.kind:
            wanted = f"a part where {self.name!r} is {self.kind}"
            raise UsageError("other", other.name, wanted, "cast the column before it is cut in parts", other.kind)
        return ColumnProfile(
            name=self.name,
            kind=self.kind,
            dtype=self.dtype if self.dtype == other.dtype else "Float64" if self.kind == "numeric" else self.dtype,
            rows=rows,
            nulls=nulls,
            grid=None if self.grid is None or other.grid is None else self.grid.merge(other.grid),
            values=None if self.values is None or other.values is None else self.values.merge(other.values),
            text=None if self.text is None or other.text is None else self.text.merge(other.text),
        )


def profile_column(series: pl.Series) -> tuple[ColumnProfile, Hashes]:
    """Count a column, and hash its value in every row.

    Parameters
    ----------
    series : polars.Series
        In canonical form, of at least one row.

    Returns
    -------
    ColumnProfile
    array, shape (n,), uint64
        Equal where rows are equal in this column; differs from column to
        column for the same value.
    """
    kind = kind_of(series)
    made = ColumnProfile(
        name=series.name, kind=kind, dtype=str(series.dtype), rows=len(series), nulls=series.null_count()
    )
    salt = salt_of(series.name)
    if made.present == 0:
        return made, np.full(len(series), salt, dtype=np.uint64)
    if kind == "category":
        made, hashes = _category(made, series)
    elif kind == "other":
        written = [None if value is None else repr(value) for value in series.to_list()]
        hashes = hash_texts(pl.Series(written, dtype=pl.String).fill_null(""))
    else:
        made, hashes = _numbers(made, series)
    mixed = hash_bits(hashes ^ salt)
    if made.nulls:
        mixed[series.is_null().to_numpy()] = salt
    return made, mixed


def _numbers(made: ColumnProfile, series: pl.Series) -> tuple[ColumnProfile, Hashes]:
    """Count numbers, times and truth values."""
    present = series.drop_nulls() if made.nulls else series
    if made.kind == "time":
        present = _microseconds(present)
    grid = _few_whole(present) or grid_of(present.to_physical().cast(pl.Float64).to_numpy())
    values = None
    if made.kind == "boolean":
        values = count_values(pl.Series(["false", "true"])[grid.values.astype(int).tolist()], grid.counts)
    return replace(made, grid=grid, values=values), hash_column(series)


def _few_whole(present: pl.Series) -> Grid | None:
    """Count whole numbers of a narrow range without sorting them; None where they are not that."""
    if not present.dtype.is_integer():
        return None
    low, high = present.min(), present.max()
    if not isinstance(low, int) or not isinstance(high, int) or high - low >= _NARROW:
        return None
    counts = np.bincount((present.cast(pl.Int64) - low).to_numpy()) if high < 2**62 else np.zeros(0, dtype=np.int64)
    there = np.flatnonzero(counts)
    return grid_of((there + low).astype(np.float64), counts[there].astype(np.int64)) if there.size else None


def _microseconds(series: pl.Series) -> pl.Series:
    """Return times as whole microseconds, whatever unit the library kept them in."""
    if series.dtype == pl.Time:
        return series.to_physical() // 1000
    if series.dtype == pl.Duration:
        return series.dt.total_microseconds()
    return series.cast(pl.Datetime("us")).to_physical()


def _category(made: ColumnProfile, series: pl.Series) -> tuple[ColumnProfile, Hashes]:
    """Count texts: everything is asked of the distinct ones, once each."""
    present = (series.drop_nulls() if made.nulls else series).cast(pl.String)
    labels = present.unique()
    hashes = hash_texts(labels)
    if len(labels) * 2 < len(series):
        codes = present.cast(pl.Enum(labels)).to_physical().to_numpy()
        counts = np.bincount(codes, minlength=len(labels)).astype(np.int64)
        in_rows = hashes[codes]
    else:
        in_rows = hash_texts(present)
        ascending, rows = np.unique(in_rows, return_counts=True)
        counts = rows[np.searchsorted(ascending, hashes)].astype(np.int64)
    every = in_rows
    if made.nulls:
        every = np.zeros(len(series), dtype=np.uint64)
        every[series.is_not_null().to_numpy()] = in_rows
    numbers = numbers_in(labels)
    readable = np.isfinite(numbers)
    return (
        replace(
            made,
            grid=grid_of(numbers[readable], counts[readable]),
            values=count_values(labels, counts, hashes),
            text=text_shape(labels, counts, numbers),
        ),
        every,
    )
