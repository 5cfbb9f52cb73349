"""pandas frames in pieces that convert alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from mlqa.subjects.native import from_native, names_of, refuse_twice

__all__ = ["pandas_pieces", "settled"]

_SETTLED = {"CategoricalDtype", "StringDtype", "DatetimeTZDtype", "BooleanDtype", "Float32Dtype", "Float64Dtype"}
_SETTLED |= {f"{sign}Int{bits}Dtype" for sign in ("", "U") for bits in (8, 16, 32, 64)}
_SETTLED_ARROW = ("int", "uint", "float", "double", "bool", "string", "large_string", "timestamp", "date", "decimal128")


def settled(dtype: Any) -> bool:
    """Tell whether a pandas dtype says all about a column, so that any part of it converts alike."""
    if isinstance(dtype, np.dtype):
        return dtype.kind in "iufbmM"
    if type(dtype).__name__ == "ArrowDtype":
        return str(dtype).startswith(_SETTLED_ARROW)
    return type(dtype).__name__ in _SETTLED


def pandas_pieces(source: Any, name: str, rows: int) -> Iterator[pl.DataFrame]:
    """Cut a frame; a column of objects is converted whole, as its type lies in its values.

    Parameters
    ----------
    source : pandas.DataFrame
    name : str
        What the caller calls it; named in errors.
    rows : int of at least 1
        Of each piece.
    """
    refuse_twice(names_of(source), name, source)
    columns = from_native(source.iloc[:0], name).columns
    plain = [at for at, dtype in enumerate(source.dtypes) if settled(dtype)]
    others = sorted({*range(len(columns))} - {*plain})
    whole = from_native(source.iloc[:, others], name)
    for start in range(0, max(1, len(source)), rows):
        cut = from_native(source.iloc[start : start + rows, plain], name)
        found = {series.name: series for series in [*cut.get_columns(), *whole.slice(start, rows).get_columns()]}
        yield pl.DataFrame({column: found[column] for column in columns})
