"""Pieces of one table that came apart: what type each column has in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.native import canonical

__all__ = ["agreed", "canonical_frame", "canonical_schema", "conformed"]

Schema = Mapping[str, pl.DataType]


def agreed(schemas: Sequence[Schema], *, name: str = "table", given: object = None) -> dict[str, pl.DataType]:
    """Return for every column the type that holds it in every piece.

    The same type stays; numbers of several types become the type that holds
    them all; a piece without values says nothing; whatever else differs
    becomes text, as a column does that mixes types within one piece.

    Parameters
    ----------
    schemas : sequence of mapping
        Of pieces in canonical form; one at least.
    name, given
        What the caller calls the table, and what was passed; shown in errors.

    Raises
    ------
    UsageError
        If the pieces do not have the same columns. Their order may differ.

    Examples
    --------
    >>> agreed([{"a": pl.Int64(), "b": pl.Null()}, {"a": pl.Float64(), "b": pl.Date()}])
    {'a': Float64, 'b': Date}
    """
    first = schemas[0]
    for schema in schemas[1:]:
        odd = [column for column in {**first, **schema} if column not in first or column not in schema]
        if odd:
            got = f"{odd[0]!r} in some of them only"
            raise UsageError(name, given, "the same columns in every piece", "make the pieces alike", got)
    return {column: _common([schema[column] for schema in schemas]) for column in first}


def _common(types: list[pl.DataType]) -> pl.DataType:
    present = list(dict.fromkeys(dtype for dtype in types if dtype != pl.Null))
    if not present:
        return pl.Null()
    if len(present) == 1:
        return present[0]
    if all(dtype.is_numeric() for dtype in present):
        empty = [pl.DataFrame(schema={"x": dtype}) for dtype in present]
        return canonical(pl.concat(empty, how="vertical_relaxed").to_series()).dtype
    return pl.String()


def canonical_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame in the one form that checks meet."""
    # by name: polars renames a column without one where it is given a list
    return pl.DataFrame({series.name: canonical(series) for series in frame.get_columns()})


def canonical_schema(schema: Schema) -> dict[str, pl.DataType]:
    """Return the types that columns of these types have in canonical form."""
    return dict(canonical_frame(pl.DataFrame(schema=dict(schema))).schema)


def conformed(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Return a canonical frame with the agreed columns, in their order and of their types."""
    if dict(frame.schema) == dict(schema) and frame.columns == list(schema):
        return frame
    return pl.DataFrame({column: _cast(frame.get_column(column), dtype) for column, dtype in schema.items()})


def _cast(series: pl.Series, dtype: pl.DataType) -> pl.Series:
    if series.dtype == dtype:
        return series
    if dtype == pl.String and not (series.dtype.is_numeric() or series.dtype == pl.Null):
        values = [None if value is None else str(value) for value in series.to_list()]
        return pl.Series(series.name, values, dtype=pl.String)
    cast = series.cast(dtype)
    if dtype.is_integer() and series.dtype.is_float() and not (cast.cast(series.dtype) == series).all():
        raise ValueError(f"{series.name!r} has fractions in one piece and is {dtype} in the others")
    return cast
