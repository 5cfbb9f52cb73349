"""Dask frames: partitions worked on where they lie, their types decided once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import polars as pl

from mlqa.subjects.agreed import agreed, canonical_frame, canonical_schema, conformed
from mlqa.subjects.native import from_native
from mlqa.subjects.pandas_frames import settled

__all__ = ["dask_pieces", "dask_reduced"]

T = TypeVar("T")
Schema = Mapping[str, pl.DataType]


def dask_pieces(source: Any, name: str) -> Iterator[pl.DataFrame]:
    """Yield the partitions, computed one after another."""
    schema = _schema(source, name)
    yield pl.DataFrame(schema=dict(schema))
    for part in source.to_delayed():
        yield _converted(part.compute(), schema, name)


def dask_reduced(
    source: Any, work: Callable[[Iterable[pl.DataFrame]], T], merge: Callable[[T, T], T], name: str
) -> T | None:
    """Work on every partition where it lies, and merge neighbours in pairs; None where no partition has a row."""
    from dask import delayed

    schema = _schema(source, name)
    made = [delayed(_worked)(part, schema, work, name) for part in source.to_delayed()]
    while len(made) > 1:
        pairs = [made[at : at + 2] for at in range(0, len(made), 2)]
        made = [delayed(_both)(merge, *pair) if len(pair) > 1 else pair[0] for pair in pairs]
    result: T | None = made[0].compute()
    return result


def _worked(part: Any, schema: Schema, work: Callable[[Iterable[pl.DataFrame]], T], name: str) -> T | None:
    """Make a value of one partition; None of one without rows."""
    frame = _converted(part, schema, name)
    return work([frame]) if frame.height else None


def _both(merge: Callable[[T, T], T], one: T | None, other: T | None) -> T | None:
    if one is None or other is None:
        return one if other is None else other
    return merge(one, other)


def _schema(source: Any, name: str) -> Schema:
    """Decide types once: by dtype where it says all, else by the values of every partition."""
    import pandas as pd
    from dask import compute, delayed

    dtypes = dict(source.dtypes)
    known = pd.DataFrame({column: pd.Series([], dtype=dtype) for column, dtype in dtypes.items()})
    schema = canonical_schema(from_native(known, name).schema)
    unsettled = [column for column, dtype in dtypes.items() if not settled(dtype)]
    if unsettled:
        schemas = compute(*(delayed(_types)(part, name) for part in source[unsettled].to_delayed()))
        schema |= agreed(schemas, name=name, given=source)
    return schema


def _types(part: Any, name: str) -> Schema:
    return canonical_schema(from_native(part, name).schema)


def _converted(part: Any, schema: Schema, name: str) -> pl.DataFrame:
    """Convert one partition to the types that all have."""
    frame = canonical_frame(from_native(part, name))
    for at, column in enumerate(frame.columns):
        if schema[column] == pl.String and frame.schema[column] not in {pl.String, pl.Null}:
            written = from_native(part.iloc[:, [at]].map(str, na_action="ignore"), name)
            frame = frame.with_columns(written.to_series().cast(pl.String))
    return conformed(frame, schema)
