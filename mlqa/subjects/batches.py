"""Any table in pieces of bounded size, so that no more than one is held. Level 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.agreed import agreed, canonical_frame, canonical_schema, conformed
from mlqa.subjects.arrow_frames import arrow_pieces, duckdb_pieces
from mlqa.subjects.csv_files import csv_batches, csv_forms
from mlqa.subjects.dask_frames import dask_pieces
from mlqa.subjects.native import from_native, names_of, refuse_patterns, refuse_twice
from mlqa.subjects.pandas_frames import pandas_pieces
from mlqa.subjects.partitions import is_partitioned, is_spark
from mlqa.subjects.paths import files_of, kind_of_file
from mlqa.subjects.pieces import resized, rows_at_once
from mlqa.subjects.spark_frames import spark_pieces

__all__ = ["batches_of"]

_ROWS_OF_TEXT = 1 << 18
_ROWS_READ = 1 << 20  # more at once than are worked on: a part of a group of rows is read as the whole of it
_SCANS: dict[str, Callable[[Path], pl.LazyFrame]] = {"parquet": pl.scan_parquet, "arrow": pl.scan_ipc}


def batches_of(source: Any, *, name: str = "table", rows: bool = True) -> Iterator[pl.DataFrame]:
    """Read any table in pieces, each in the form that :func:`mlqa.subjects.table.read_table` gives.

    Parameters
    ----------
    source : DataFrame, path, pattern or folder
        pandas, polars (lazy too), pyarrow (table, batch, reader, dataset),
        DuckDB relation, Dask or Spark frame; the path of a ``.parquet``,
        ``.csv``, ``.arrow`` or ``.feather`` file, a pattern (``data/*.parquet``)
        or a folder of such files. Not modified. A reader is used up.
    name : str
        What the caller calls it; named in errors.
    rows : bool
        Whether a table without rows is refused.

    Returns
    -------
    iterator of polars.DataFrame
        At least one, each of at most about a quarter of a million rows and
        thirty million cells, in the order of the rows; of files in the order of their names.
        All have the same columns and types, decided over the whole source.

    Raises
    ------
    UsageError
        At once if it is no table, cannot be opened, has no column, no row, or
        two columns of one name; while it is read if it turns out damaged.

    Examples
    --------
    >>> import polars as pl
    >>> [piece.height for piece in batches_of(pl.DataFrame({"a": range(3)}).lazy())]
    [3]
    """
    pieces = _guarded(lambda: _pieces(source, name), source, name)
    first = next(pieces)
    refuse_patterns(first.columns, name, source)
    if first.width == 0:
        raise UsageError(name, source, "a table with at least one column", "check how it was loaded", "no column")
    while first.height == 0:
        following = next(pieces, None)
        if following is None:
            if not rows:
                return iter([first])
            raise UsageError(name, source, "a table with at least one row", "check the filter that made it", "0 rows")
        first = following
    return chain([first], (piece for piece in pieces if piece.height))


def _pieces(source: Any, name: str) -> Iterator[pl.DataFrame]:
    """Yield canonical frames, one at least; the first may have no rows."""
    if isinstance(source, (str, Path)):
        return _of_files(files_of(source, name=name), name, source)
    if isinstance(source, (pl.DataFrame, pl.LazyFrame)) or nw.dependencies.is_pandas_dataframe(source):
        refuse_patterns(names_of(source), name, source)
    if isinstance(source, pl.LazyFrame):
        return map(canonical_frame, _streamed(source))
    if isinstance(source, pl.DataFrame):
        return _sliced(source)
    pieces = _foreign(source, name)
    if pieces is None:
        return _sliced(from_native(source, name))
    return resized(map(canonical_frame, pieces))


def _foreign(source: Any, name: str) -> Iterator[pl.DataFrame] | None:
    """Return the pieces of a frame of another library, or None where it can be had as a whole only."""
    if nw.dependencies.is_pandas_dataframe(source):
        return pandas_pieces(source, name, rows_at_once(source.shape[1]))
    if is_partitioned(source):
        refuse_twice(names_of(source), name, source)
        return spark_pieces(source) if is_spark(source) else dask_pieces(source, name)
    home = type(source).__module__.partition(".")[0]
    if home in {"duckdb", "_duckdb"}:
        return duckdb_pieces(source, name)
    return arrow_pieces(source, name) if home == "pyarrow" else None


def _sliced(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut a frame that is in memory."""
    rows = rows_at_once(frame.width)
    for start in range(0, max(1, frame.height), rows):
        yield canonical_frame(frame.slice(start, rows))


def _streamed(query: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Run a query once, and yield its rows as they come."""
    schema = query.collect_schema()
    yield pl.DataFrame(schema=schema)
    for batch in query.collect_batches(chunk_size=rows_at_once(len(schema)), maintain_order=True):
        yield batch.rechunk()


def _of_files(files: list[Path], name: str, given: str | Path) -> Iterator[pl.DataFrame]:
    if kind_of_file(files[0]) == "csv":
        forms = csv_forms(files, _ROWS_OF_TEXT, name=name)
        return resized(map(canonical_frame, csv_batches(files, forms, _ROWS_OF_TEXT, name=name)))
    scans = [_SCANS[kind_of_file(file)](file) for file in files]
    schema = agreed([canonical_schema(scan.collect_schema()) for scan in scans], name=name, given=str(given))
    return resized(conformed(canonical_frame(piece), schema) for scan in scans for piece in _cut(scan))


def _cut(scan: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Read a file by ranges of rows, which costs less memory than letting a query run ahead."""
    rows = rows_at_once(len(scan.collect_schema()), _ROWS_READ)
    height = scan.select(pl.len()).collect().item()
    for start in range(0, max(1, height), rows):
        yield scan.slice(start, rows).collect()


def _guarded(start: Callable[[], Iterator[pl.DataFrame]], source: Any, name: str) -> Iterator[pl.DataFrame]:
    """Say in plain words what broke while a table was opened and read."""
    path = isinstance(source, (str, Path))
    try:
        yield from start()
    except UsageError:
        raise
    except pl.exceptions.NoDataError as error:
        wanted = "a table with at least one column"
        raise UsageError(name, str(source), wanted, "the file is empty", "no column") from error
    except (Exception, pl.exceptions.PanicException) as error:
        hint = f"{'open' if path else 'collect'} it by hand ({' '.join(str(error).split())[:300]})"
        wanted = f"a readable {Path(source).suffix} file" if path else "a readable table"
        raise UsageError(name, str(source) if path else source, wanted, hint, "damage") from error
