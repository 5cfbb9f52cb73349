"""Spark frames: partitions worked on by the executors, whose Python needs mlqa."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from typing import Any, TypeVar

import polars as pl

from mlqa.subjects.agreed import canonical_frame
from mlqa.subjects.arrow_frames import as_frame
from mlqa.subjects.pieces import resized

__all__ = ["spark_pieces", "spark_reduced"]

T = TypeVar("T")


def spark_pieces(source: Any) -> Iterator[pl.DataFrame]:
    """Yield the batches, one partition at a time."""
    yield as_frame(source.limit(0).toArrow())
    for row in source.mapInArrow(_written, "batch binary").toLocalIterator():
        yield pl.read_ipc_stream(bytes(row["batch"]))


def spark_reduced(source: Any, work: Callable[[Iterable[pl.DataFrame]], T], merge: Callable[[T, T], T]) -> T | None:
    """Work on every partition on its executor, and merge here; None where no partition has a row."""
    rows = source.mapInArrow(partial(_worked, work), "part long, made binary").collect()
    ordered = sorted(rows, key=lambda row: int(row["part"]))
    made = [pickle.loads(bytes(row["made"])) for row in ordered]  # noqa: S301  # our own workers wrote it
    return reduce(merge, made) if made else None


def _worked(work: Callable[[Iterable[pl.DataFrame]], Any], batches: Iterable[Any]) -> Iterator[Any]:
    """Make a value of one partition; none of one without rows."""
    import pyarrow as pa
    from pyspark import TaskContext

    frames = (canonical_frame(as_frame(batch)) for batch in batches if batch.num_rows)
    pieces = list(resized(frames))
    if pieces:
        context = TaskContext.get()
        part = pa.array([0 if context is None else context.partitionId()])
        made = pa.array([pickle.dumps(work(pieces))], pa.binary())
        yield pa.RecordBatch.from_arrays([part, made], names=["part", "made"])


def _written(batches: Iterable[Any]) -> Iterator[Any]:
    """Write each batch as bytes."""
    import pyarrow as pa

    for batch in batches:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        whole = pa.array([sink.getvalue().to_pybytes()], pa.binary())
        yield pa.RecordBatch.from_arrays([whole], names=["batch"])
