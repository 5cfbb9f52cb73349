"""Frames of other libraries, converted column by column. Level 2: knows formats, not checks."""

from __future__ import annotations

import math
import numbers
from datetime import datetime
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from mlqa.errors import UsageError

__all__ = ["canonical", "from_native", "names_of", "refuse_patterns", "refuse_twice"]

_WIDE = {"Int128", "UInt128", "Decimal"}
_NESTED = (pl.List, pl.Array, pl.Struct, pl.Binary, pl.Null)
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)
_MOST_MILLISECONDS = (2**63 - 1) // 1000


def from_native(source: Any, name: str) -> pl.DataFrame:
    """Convert a frame of any library that narwhals knows.

    Parameters
    ----------
    source : DataFrame
        pandas, polars (lazy too), pyarrow, DuckDB relation, Dask, Spark.
    name : str
        What the caller calls it; named in errors.

    Raises
    ------
    UsageError
        If it is no table, cannot be read, or has two columns of one name, or
        names of several levels.
    """
    try:
        wrapped = nw.from_native(source)
    except TypeError as error:
        raise UsageError(
            name, source, "a table (pandas, polars, pyarrow, DuckDB) or a path", "pass a DataFrame"
        ) from error
    except Exception as error:
        # narwhals says in its own words that two columns share a name
        refuse_twice(names_of(source), name, source)
        raise UsageError(name, source, "a readable table", f"open it by hand ({error})", "damage") from error
    refuse_twice(names_of(source), name, source)
    levels = source.columns.nlevels if nw.dependencies.is_pandas_dataframe(source) else 1
    if levels > 1:
        hint = "join the levels: df.columns = ['_'.join(map(str, c)) for c in df.columns]"
        raise UsageError(name, source, "column names of one level", hint, f"a MultiIndex of {levels} levels")
    try:
        if isinstance(wrapped, nw.LazyFrame):
            wrapped = wrapped.collect(backend="polars")
        frame: pl.DataFrame = _from_pandas(source) if wrapped.implementation.is_pandas() else wrapped.to_polars()
    except Exception as error:
        # a query that fails only now, or a type of the library that polars has not
        raise UsageError(name, source, "a readable table", f"collect it by hand ({error})", "damage") from error
    return frame


def names_of(source: Any) -> list[str]:
    """Return the column names of a native frame, as text."""
    if isinstance(source, pl.LazyFrame):
        return list(source.collect_schema())
    found = getattr(source, "column_names", None)
    return [str(column) for column in (source.columns if found is None else found)]


def refuse_twice(columns: list[str], name: str, given: Any) -> None:
    """Raise if two columns have one name."""
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise UsageError(name, given, "column names that differ", "rename one of each", f"{twice!r} twice")


def refuse_patterns(columns: list[str], name: str, given: Any) -> None:
    """Raise if polars would read a column's name as a pattern for several: ``*`` or ``^...$``."""
    for column in columns:
        if column == "*" or (column.startswith("^") and column.endswith("$")):
            wanted = "column names that are no patterns"
            raise UsageError(name, given, wanted, "rename the column", f"{column!r}, which stands for several columns")


def canonical(series: pl.Series) -> pl.Series:
    """Return a column in the one form that checks meet.

    Categoricals and enums become text, objects become text as ``str`` writes
    them, decimals and 128-bit integers become floats, NaN becomes null, and
    times become naive UTC in microseconds, cut to the years 1 to 9999.
    """
    dtype = series.dtype
    if isinstance(dtype, pl.Datetime):
        instant = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else series
        return _within_calendar(instant).cast(pl.Datetime("us"))
    if dtype == pl.Date:
        return _within_calendar(series)
    if dtype == pl.Duration("ms"):
        whole = series.to_physical().clip(-_MOST_MILLISECONDS, _MOST_MILLISECONDS)
        return whole.cast(pl.Duration("ms")).cast(pl.Duration("us"))
    if dtype.is_float():
        return series.fill_nan(None) if series.is_nan().any() else series
    target = _target(dtype)
    if target is not None:
        return series.cast(target)
    return series if _known(dtype) else _text(series.name, series.to_list())


def _within_calendar(series: pl.Series) -> pl.Series:
    """Cut times that no calendar names, and polars cannot show, to the nearest it can."""
    whole = series.to_physical()
    dtype = series.dtype
    ends: tuple[Any, Any] = (_FIRST.date(), _LAST.date()) if dtype == pl.Date else (_FIRST, _LAST)
    if dtype == pl.Datetime("ns"):
        return series  # all of these lie between 1677 and 2262
    low, high = (pl.Series([end], dtype=dtype).to_physical().item() for end in ends)
    least, most = whole.min(), whole.max()
    if not isinstance(least, int) or not isinstance(most, int) or (least >= low and most <= high):
        return series
    return whole.clip(low, high).cast(dtype)


def _target(dtype: pl.DataType) -> pl.DataType | None:
    """Return what a dtype is cast to, or None where it stays."""
    if dtype in (pl.Categorical, pl.Enum):
        return pl.String()
    if dtype == pl.Duration:
        return pl.Duration("us")
    return pl.Float64() if dtype.base_type().__name__ in _WIDE else None


def _known(dtype: pl.DataType) -> bool:
    """Tell whether a dtype is one of polars' own."""
    plain = dtype.is_numeric() or dtype.is_temporal() or dtype in (pl.Boolean, pl.String)
    return plain or isinstance(dtype, _NESTED)


def _from_pandas(source: Any) -> pl.DataFrame:
    """Convert column by column, so that one mixed column never breaks the others."""
    columns = [_series_from_pandas(_writable(column), source.iloc[:, at]) for at, column in enumerate(source.columns)]
    return pl.DataFrame({series.name: series for series in columns})


def _series_from_pandas(name: str, values: Any) -> pl.Series:
    """Convert one column; what polars cannot hold becomes numbers, else text."""
    if hasattr(values, "cat"):
        codes = pl.Series(name, values.cat.codes.to_numpy()).cast(pl.Int64)
        labels = pl.Series(name, [_writable(_code(label)) for label in values.cat.categories], dtype=pl.String)
        return labels.gather(codes.set(codes < 0, None))
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iufb":
        return pl.Series(name, values.to_numpy())
    try:
        converted: Any = pl.from_pandas(values, nan_to_null=True)  # typed or not, as pandas' stubs are there or not
        series: pl.Series = converted.alias(name)
    except Exception:
        series = pl.Series(name, [], dtype=pl.Object)
    if _known(series.dtype):
        return series
    missing = values.isna().tolist()
    return _mixed(name, [None if gone else value for value, gone in zip(values.astype(object).tolist(), missing)])


def _mixed(name: str, values: list[Any]) -> pl.Series:
    """Make floats where every value is a number that is not a truth value, else text."""
    present = [value for value in values if value is not None]
    if all(isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, bool) for value in present):
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    return _text(name, values)


def _text(name: str, values: list[Any]) -> pl.Series:
    """Write every value as ``str`` does; missing stays missing."""
    return pl.Series(name, [None if _missing(value) else _writable(value) for value in values], dtype=pl.String)


def _writable(value: Any) -> str:
    """Write a value as text that is valid UTF-8: half a surrogate pair is written as its escape."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _code(label: Any) -> str:
    """Write a category; codes read the same whether a missing value made floats of them or not."""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def _missing(value: Any) -> bool:
    """Tell whether an object stands for no value."""
    return value is None or (isinstance(value, float) and math.isnan(value))
