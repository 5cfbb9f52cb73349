"""Tables of any kind with a column more, or with some cells replaced."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlqa.subjects.block import height, names

__all__ = ["holds_texts", "with_column", "with_missing", "with_text"]


def with_column(block: Any, name: str, values: NDArray[np.float64], *, first: bool) -> Any:
    """Return a table with a column of numbers more.

    Examples
    --------
    >>> import polars as pl
    >>> with_column(pl.DataFrame({"a": [1]}), "b", np.zeros(1), first=True).columns
    ['b', 'a']
    """
    if nw.dependencies.is_pandas_dataframe(block):
        wide = block.copy()
        wide.insert(0 if first else block.shape[1], name, values)
        return wide
    frame = nw.from_native(block, eager_only=True)
    series = nw.new_series(name, values, backend=frame.implementation)
    order = [name, *frame.columns] if first else [*frame.columns, name]
    return frame.with_columns(series).select(order).to_native()


def holds_texts(block: Any) -> list[int]:
    """Return places of the columns that hold texts or categories.

    Examples
    --------
    >>> import polars as pl
    >>> holds_texts(pl.DataFrame({"a": [1], "b": ["x"]}))
    [1]
    """
    return [at for at in range(len(names(block))) if _first_text(block, at)]


def with_missing(block: Any, marks: NDArray[np.bool_]) -> Any:
    """Return a table with the marked cells missing, as the kind of table writes it; whole numbers become floats.

    Parameters
    ----------
    block : table or array, shape (n, d)
    marks : bool array, shape (n, d)

    Examples
    --------
    >>> with_missing(np.ones((1, 2)), np.array([[True, False]])).tolist()
    [[nan, 1.0]]
    """
    if isinstance(block, np.ndarray):
        room = block.astype(np.float64) if block.dtype.kind in "biu" else block.astype(object)
        made = block.copy() if block.dtype.kind == "f" else room
        made[marks] = None if made.dtype == object else np.nan
        return made
    if nw.dependencies.is_pandas_dataframe(block):
        return _pandas(block, marks, lambda series, at: series.mask(at))
    return _narwhals(block, marks, None)


def with_text(block: Any, marks: NDArray[np.bool_], text: str) -> Any:
    """Return a table with the marked cells holding a text; for columns of texts or categories.

    Examples
    --------
    >>> import polars as pl
    >>> with_text(pl.DataFrame({"a": ["x", "y"]}), np.array([[False], [True]]), "new")["a"].to_list()
    ['x', 'new']
    """
    if isinstance(block, np.ndarray):
        made = block.astype(object)
        made[marks] = text
        return made
    if nw.dependencies.is_pandas_dataframe(block):
        return _pandas(block, marks, lambda series, at: _written(series, at, text))
    return _narwhals(block, marks, text)


def _first_text(block: Any, place: int) -> bool:
    """Tell whether a column's values are texts."""
    if isinstance(block, np.ndarray):
        if block.dtype.kind != "O":
            return block.dtype.kind in "UT"
        values = [value for value in block[:, place].tolist() if value is not None]
    elif nw.dependencies.is_pandas_dataframe(block):
        series = block.iloc[:, place]
        values = (series.cat.categories if hasattr(series, "cat") else series.dropna()).tolist()
    else:
        column = nw.from_native(block, eager_only=True)[names(block)[place]]
        return isinstance(column.dtype, (nw.String, nw.Categorical))
    return bool(values) and isinstance(values[0], str)


def _pandas(block: Any, marks: NDArray[np.bool_], change: Any) -> Any:
    import pandas as pd

    columns = [
        change(block.iloc[:, at], marks[:, at]) if marks[:, at].any() else block.iloc[:, at]
        for at in range(block.shape[1])
    ]
    return pd.concat(columns, axis=1).set_axis(block.columns, axis=1)


def _written(series: Any, at: NDArray[np.bool_], text: str) -> Any:
    """Write a text into a pandas column; a categorical one learns it."""
    if hasattr(series, "cat"):
        series = series.cat.add_categories([text])
    return series.mask(at, text)


def _narwhals(block: Any, marks: NDArray[np.bool_], value: str | None) -> Any:
    frame = nw.from_native(block, eager_only=True)
    changed = []
    for at, name in enumerate(frame.columns):
        if marks[:, at].any():
            where = nw.new_series("where", marks[:, at], nw.Boolean, backend=frame.implementation)
            changed.append(_replaced(frame[name], where, value))
    return frame.with_columns(*changed).to_native() if changed and height(block) else block


def _replaced(series: Any, where: Any, value: str | None) -> Any:
    """Replace some values of a column of polars or Arrow, in its own type."""
    texts = series.to_list()
    made = [value if hit else text for text, hit in zip(texts, where.to_list())]
    dtype = nw.Categorical if isinstance(series.dtype, nw.Categorical) else series.dtype
    return nw.new_series(series.name, made, dtype, backend=series.implementation)
