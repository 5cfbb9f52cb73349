"""Arrow tables, streams and data sets, and DuckDB relations, in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from mlqa.subjects.native import names_of, refuse_twice
from mlqa.subjects.pieces import rows_at_once

__all__ = ["arrow_pieces", "as_frame", "duckdb_pieces"]


def as_frame(batch: Any) -> pl.DataFrame:
    """Return an Arrow table or batch as a frame, without copying what need not be.

    Raises
    ------
    TypeError
        If a column is of months, days and nanoseconds, which polars has not and panics at.
    """
    import pyarrow as pa

    odd = [field.name for field in batch.schema if pa.types.is_interval(field.type)]
    if odd:
        raise TypeError(f"{odd[0]!r} holds intervals of months and days; cast it to a number of days")
    frame = pl.from_arrow(batch)
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def arrow_pieces(source: Any, name: str) -> Iterator[pl.DataFrame] | None:
    """Cut a table or batch, take the batches of a reader, scanner or data set as they come; None of anything else."""
    import pyarrow as pa

    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        refuse_twice(list(source.column_names), name, source)
        rows = rows_at_once(source.num_columns)
        return (as_frame(source.slice(start, rows)) for start in range(0, max(1, source.num_rows), rows))
    if hasattr(source, "scanner"):  # a data set
        source = source.scanner()
    if hasattr(source, "to_reader"):
        source = source.to_reader()
    return _read(source, name) if isinstance(source, pa.RecordBatchReader) else None


def duckdb_pieces(source: Any, name: str) -> Iterator[pl.DataFrame] | None:
    """Fetch a relation as a stream of Arrow batches; None of anything else."""
    fetch = getattr(source, "to_arrow_reader", None) or getattr(source, "fetch_record_batch", None)
    if fetch is None or not hasattr(source, "columns"):
        return None
    refuse_twice(names_of(source), name, source)
    return _read(fetch(rows_at_once(len(source.columns))), name)


def _read(reader: Any, name: str) -> Iterator[pl.DataFrame]:
    with reader:  # DuckDB answers nothing else on the connection while a result is open
        refuse_twice(list(reader.schema.names), name, reader)
        yield as_frame(reader.schema.empty_table())
        for batch in reader:
            yield as_frame(batch)
