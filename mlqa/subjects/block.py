"""Blocks of rows in the caller's own kind: cut, stack, compare, mix.

A model is given what its user gives it: pandas where pandas came in, numpy
where numpy came in. Knows no check and no model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.table import read_table

__all__ = [
    "as_block",
    "cell",
    "changed_cells",
    "cut",
    "height",
    "mixed",
    "names",
    "own",
    "picked",
    "put",
    "same_types",
    "stacked",
    "taken",
]


def as_block(source: Any, *, name: str = "X") -> Any:
    """Return the rows in a kind that can be cut and stacked, without copying them.

    Parameters
    ----------
    source : DataFrame, 2-D array or path
        pandas, polars, pyarrow and numpy stay what they are; lazy tables and
        paths become polars frames.

    Raises
    ------
    UsageError
        If it is neither, or has no row, no column or two columns of one name.
    """
    if isinstance(source, np.ndarray):
        if source.ndim != 2 or 0 in source.shape:
            wanted = "an array of shape (rows, columns) with at least one of each"
            raise UsageError(
                name, source, wanted, "reshape it: X.reshape(-1, 1) for one column", f"shape {source.shape}"
            )
        return source
    table = read_table(source, name=name)
    if isinstance(source, (str, Path)) or not nw.dependencies.is_into_dataframe(source):
        return table
    return source


def height(block: Any) -> int:
    """Return the number of rows."""
    return int(block.shape[0]) if hasattr(block, "shape") else len(block)


def names(block: Any) -> list[str]:
    """Return the names of the columns; an array's are ``'0'``, ``'1'``, ..."""
    if isinstance(block, np.ndarray):
        return [str(column) for column in range(block.shape[1])]
    if hasattr(block, "column_names"):
        return list(block.column_names)
    return [str(column) for column in block.columns]


def own(block: Any) -> Any:
    """Return rows that may be written to: a copy, unless the kind cannot be changed in place."""
    if isinstance(block, (pl.DataFrame, pl.Series)):
        return block.clone()  # shares the values, which cannot be changed; columns can be
    return block.copy() if hasattr(block, "copy") else block


def cut(block: Any, start: int, stop: int) -> Any:
    """Return rows ``start:stop``."""
    if _is_pandas(block):
        return block.iloc[start:stop]
    if isinstance(block, (np.ndarray, list)):
        return block[start:stop]
    return nw.from_native(block, eager_only=True, allow_series=True)[start:stop].to_native()


def taken(block: Any, rows: NDArray[np.intp]) -> Any:
    """Return rows by their positions, in that order; one may come several times."""
    if isinstance(block, np.ndarray):
        return block[rows]
    if isinstance(block, list):
        return [block[row] for row in rows]
    if hasattr(block, "iloc"):
        return block.iloc[rows]
    return nw.from_native(block, eager_only=True, allow_series=True)[rows.tolist()].to_native()


def picked(block: Any, positions: list[int]) -> Any:
    """Return some of the columns."""
    if isinstance(block, np.ndarray):
        return block[:, positions]
    if _is_pandas(block):
        return block.iloc[:, positions]
    return block.select([names(block)[at] for at in positions])


def put(block: Any, positions: list[int], part: Any) -> Any:
    """Return the block with some columns replaced by those of `part`, in order."""
    if isinstance(block, np.ndarray):
        whole = block.astype(np.result_type(block.dtype, part.dtype))
        whole[:, positions] = part
        return whole
    if _is_pandas(block):
        whole = block.copy(deep=False)
        for j, at in enumerate(positions):
            whole.isetitem(at, part.iloc[:, j].array)  # a new column: that of the block stays as it is
        return whole
    frame = nw.from_native(part, eager_only=True)
    return nw.from_native(block, eager_only=True).with_columns(*frame.iter_columns()).to_native()


def stacked(blocks: list[Any]) -> Any:
    """Put blocks of the same types under each other."""
    if len(blocks) == 1:
        return blocks[0]
    if isinstance(blocks[0], np.ndarray):
        return np.concatenate(blocks)
    if _is_pandas(blocks[0]):
        import pandas as pd

        return pd.concat(blocks, ignore_index=True)
    if nw.dependencies.is_pyarrow_table(blocks[0]):
        import pyarrow as pa

        return pa.concat_tables(blocks, promote_options="permissive")  # string under large_string
    return nw.concat([nw.from_native(block, eager_only=True) for block in blocks]).to_native()


def same_types(one: Any, other: Any) -> bool:
    """Say whether stacking the two keeps every column's type."""
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype)
    if _is_pandas(one):
        return all(a == b for a, b in zip(one.dtypes, other.dtypes))
    if nw.dependencies.is_pyarrow_table(one):
        return bool(one.schema.types == other.schema.types)
    return bool(nw.from_native(one, eager_only=True).schema == nw.from_native(other, eager_only=True).schema)


def changed_cells(before: Any, after: Any) -> NDArray[np.bool_]:
    """Mark the cells that differ; a missing value equals a missing value.

    Parameters
    ----------
    before, after : blocks of shape (n, d), of the same kind and columns

    Returns
    -------
    bool array, shape (n, d)
    """
    if isinstance(before, np.ndarray):
        both_missing = (before != before) & (after != after)  # noqa: PLR0124 - NaN is what differs from itself
        return np.asarray((before != after) & ~both_missing, dtype=np.bool_)
    left, right = read_table(before, rows=False), read_table(after, rows=False)
    marks = [_differs(left.get_column(column), right.get_column(column)) for column in left.columns]
    return np.column_stack(marks)


def mixed(before: Any, after: Any, changed: NDArray[np.bool_]) -> Any:
    """Build rows whose cells come from one row or from another.

    Parameters
    ----------
    before, after : blocks of shape (1, d)
    changed : bool array, shape (k, d)
        Which cells to take from `after`.

    Returns
    -------
    block of shape (k, d), in the kind of `after`
    """
    if isinstance(after, np.ndarray):
        return np.where(changed, after, before)
    picked = changed.astype(np.intp)
    pair = stacked([_in_types_of(after, before), after])
    if _is_pandas(pair):
        import pandas as pd

        columns = {j: pair.iloc[:, j].array.take(picked[:, j]) for j in range(picked.shape[1])}
        return pd.DataFrame(columns).set_axis(pair.columns, axis=1)
    frame = nw.from_native(pair, eager_only=True)
    series = [frame[name][picked[:, j].tolist()] for j, name in enumerate(frame.columns)]
    return frame[[0] * len(picked)].with_columns(*series).to_native()


def _in_types_of(after: Any, before: Any) -> Any:
    """Return rows with the types that their columns became."""
    if _is_pandas(before) or same_types(before, after):
        return before
    old, new = (nw.from_native(block, eager_only=True) for block in (before, after))
    other = [name for name in old.columns if old.schema[name] != new.schema[name]]
    try:
        return old.with_columns(*(old[name].cast(new.schema[name]) for name in other)).to_native()
    except Exception as error:  # each library has errors of its own
        hint = "keep the type of a column"
        raise SubjectError(f"perturb: {other[0]!r} became {new.schema[other[0]]}.\nHint: {hint}") from error


def cell(block: Any, row: int, column: int) -> Any:
    """Return one cell as a plain value."""
    if _is_pandas(block):
        value = block.iloc[row, column]
    elif isinstance(block, np.ndarray):
        value = block[row, column]
    else:
        value = nw.from_native(block, eager_only=True).item(row, column)
    return value.item() if isinstance(value, np.generic) else value


def _is_pandas(block: Any) -> bool:
    return nw.dependencies.is_pandas_dataframe(block)


def _differs(one: pl.Series, other: pl.Series) -> NDArray[np.bool_]:
    """Compare two columns, whatever became of their type."""
    texts = (pl.Categorical, pl.Enum, pl.String)
    if one.dtype in texts and other.dtype in texts:
        one, other = one.cast(pl.String), other.cast(pl.String)
    comparable = one.dtype == other.dtype or (one.dtype.is_numeric() and other.dtype.is_numeric())
    if comparable and one.dtype != pl.Object:
        return one.ne_missing(other).to_numpy()
    return np.array([bool(a != b) for a, b in zip(one.to_list(), other.to_list())], dtype=np.bool_)
