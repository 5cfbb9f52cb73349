"""Tables in the form a library wants: a frame of pandas, or one matrix of numbers."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

__all__ = ["as_matrix", "as_pandas", "named_columns"]


def as_pandas(table: Any) -> Any:
    """Return a table as a frame of pandas; an array's columns are numbered."""
    if nw.dependencies.is_pandas_dataframe(table):
        return table
    if nw.dependencies.is_into_dataframe(table):
        return nw.from_native(table, eager_only=True).to_pandas()
    import pandas as pd

    return pd.DataFrame(table)


def as_matrix(table: Any, dtype: Any) -> NDArray[Any]:
    """Return a table as one array.

    Raises
    ------
    ValueError
        Of numpy, if a value is no such number.
    """
    if nw.dependencies.is_into_dataframe(table):
        table = nw.from_native(table, eager_only=True).to_numpy()
    return np.asarray(table, dtype=dtype)


def named_columns(table: Any) -> list[str] | None:
    """Return the names of a table's columns; None of an array or of one whose names are no text."""
    if not nw.dependencies.is_into_dataframe(table):
        return None
    names = list(table.column_names if hasattr(table, "column_names") else table.columns)
    return names if all(isinstance(name, str) for name in names) else None
