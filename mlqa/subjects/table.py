"""Any table in, one form out: a polars frame with nulls for what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from mlqa.errors import UsageError, nearest
from mlqa.subjects.agreed import canonical_frame
from mlqa.subjects.batches import batches_of
from mlqa.subjects.native import refuse_patterns

__all__ = ["digest_of", "kind_of", "kinds_of", "known_names", "pick", "read_table"]

_EXACT_IN_FLOAT = 2**53
_SLICE = 1 << 20


def read_table(source: Any, *, name: str = "table", rows: bool = True) -> pl.DataFrame:
    """Read any table into a polars frame.

    Parameters
    ----------
    source : DataFrame, path, pattern or folder
        pandas, polars (lazy too), pyarrow (table, batch, reader, dataset),
        DuckDB relation, Dask or Spark frame; the path of a ``.parquet``,
        ``.csv``, ``.arrow`` or ``.feather`` file, a pattern (``data/*.parquet``)
        or a folder of such files. Not modified; a pandas index is ignored.
    name : str
        What the caller calls it; named in errors.
    rows : bool
        Whether a table without rows is refused.

    Returns
    -------
    polars.DataFrame
        In one form whatever it came from: NaN is null, categoricals are text,
        decimals are floats, times are naive UTC in microseconds. A column that
        mixes types is floats if all are numbers, else text as ``str`` writes
        it, so that no check meets a Python object.

    Raises
    ------
    UsageError
        If it is no table, cannot be read, has no column, no row, or two
        columns of one name.

    Notes
    -----
    In a CSV file an empty cell, ``NA``, ``N/A``, ``NaN``, ``nan``, ``null`` and
    ``NULL`` are missing, and ISO dates and times are times; what a column holds
    is decided by every value of every file.

    Examples
    --------
    >>> import polars as pl
    >>> read_table(pl.DataFrame({"a": [1.0, float("nan")]})).null_count().item()
    1
    """
    if isinstance(source, pl.DataFrame) and source.width and (source.height or not rows):
        refuse_patterns(source.columns, name, source)
        return canonical_frame(source)
    frames = list(batches_of(source, name=name, rows=rows))
    return frames[0] if len(frames) == 1 else pl.concat(frames)


def pick(frame: pl.DataFrame, columns: Sequence[str], *, name: str) -> list[str]:
    """Return `columns` as a list if the frame has them all.

    Raises
    ------
    UsageError
        If it is one text instead of a list, or naming the first column that
        is missing and the nearest one there is.

    Examples
    --------
    >>> import polars as pl
    >>> pick(pl.DataFrame({"a": [1], "b": [2]}), ["b"], name="columns")
    ['b']
    """
    return known_names(columns, frame.columns, name=name)


def known_names(
    columns: Any, known: Iterable[str], *, name: str = "columns", wanted: str = "a column of the table"
) -> list[str]:
    """Return column names as a list, if there are such columns.

    Parameters
    ----------
    columns : list of str
    known : iterable of str
        What there is.
    name : str
        What the caller calls `columns`.
    wanted : str
        What each of them has to be.

    Raises
    ------
    UsageError
        If it is no list, or naming the first that is not there and the nearest.

    Examples
    --------
    >>> known_names(("b", "a"), ["a", "b"])
    ['b', 'a']
    """
    if isinstance(columns, str) or not isinstance(columns, Iterable):
        raise UsageError(name, columns, "a list of column names", f"write [{str(columns)!r}]")
    there, asked = dict.fromkeys(known), list(columns)
    for column in asked:
        if not isinstance(column, str) or column not in there:
            raise UsageError(name, column, wanted, nearest(str(column), list(there)), "no such column")
    return asked


def kind_of(series: pl.Series) -> str:
    """Tell what a column holds: ``numeric``, ``boolean``, ``time``, ``category`` or ``other``.

    Strings, categoricals and enums are ``category``; lists, structs, bytes and
    columns without a type are ``other``.

    Examples
    --------
    >>> import polars as pl
    >>> kind_of(pl.Series([1.5])), kind_of(pl.Series(["a"]))
    ('numeric', 'category')
    """
    dtype = series.dtype
    if dtype.is_numeric():
        return "numeric"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_temporal():
        return "time"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "category"
    return "other"


def kinds_of(frame: pl.DataFrame) -> dict[str, str]:
    """Return the kind of every column, in order.

    Examples
    --------
    >>> import polars as pl
    >>> kinds_of(pl.DataFrame({"a": [1], "b": [True]}))
    {'a': 'numeric', 'b': 'boolean'}
    """
    return {series.name: kind_of(series) for series in frame.get_columns()}


def digest_of(frame: pl.DataFrame) -> str:
    """Return 32 hexadecimal digits that change with any name, kind, value or order of rows.

    The same data give the same digits whichever library it came from: integers
    equal floats of the same value, and a column without values has no type.

    Parameters
    ----------
    frame : polars.DataFrame
        As :func:`read_table` returns it.

    Examples
    --------
    >>> import polars as pl
    >>> digest_of(pl.DataFrame({"a": [1, 2]})) == digest_of(pl.DataFrame({"a": [1.0, 2.0]}))
    True
    """
    hasher = hashlib.sha256()
    for series in frame.get_columns():
        empty = series.null_count() == len(series)
        hasher.update(f"{series.name}\0{'null' if empty else kind_of(series)}\0{len(series)}\0".encode())
        for start in range(0, 0 if empty else len(series), _SLICE):
            hasher.update(_bytes_of(series.slice(start, _SLICE)))
    return hasher.hexdigest()[:32]


def _bytes_of(series: pl.Series) -> bytes:
    """Return a column's content as bytes that no chunking, library or version changes."""
    kind = kind_of(series)
    if kind in ("numeric", "boolean", "time"):
        return series.is_null().to_numpy().tobytes() + _number_bytes(series, kind)
    if kind == "other":
        series = pl.Series(
            series.name, [None if value is None else repr(value) for value in series.to_list()], pl.String
        )
    text = series.cast(pl.String)
    lengths = text.str.len_bytes().cast(pl.Int64).fill_null(-1)
    joined: str = text.str.join("").item() or ""
    return lengths.to_numpy().tobytes() + joined.encode()


def _number_bytes(series: pl.Series, kind: str) -> bytes:
    """Return numbers as 64-bit floats, and as integers too where a float would not tell them apart."""
    if series.dtype == pl.Date:
        series = series.cast(pl.Datetime("us"))
    whole = series.to_physical()
    floats = (whole.cast(pl.Float64).fill_null(0.0) + 0.0).to_numpy().tobytes()  # + 0.0 drops the sign of zero
    if not whole.dtype.is_integer() or kind == "boolean":
        return floats
    low, high = whole.min(), whole.max()
    if isinstance(low, int) and isinstance(high, int) and max(-low, high) > _EXACT_IN_FLOAT:
        return floats + whole.fill_null(0).to_numpy().tobytes()
    return floats
