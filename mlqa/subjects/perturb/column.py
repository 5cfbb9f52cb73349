"""One column of a table of any kind changed, the table's kind and the column's type kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError, nearest
from mlqa.subjects.block import names, own
from mlqa.subjects.perturb.marks import Marks, Perturb, marked

__all__ = [
    "Change",
    "drawn",
    "each",
    "floats",
    "is_missing",
    "on_column",
    "position_of",
    "refuse_no_number",
    "values_of",
    "with_column",
]

Change = Callable[[NDArray[Any]], NDArray[Any]]


def on_column(name: str, column: str, change: Change, marks: Marks | None = None) -> Perturb:
    """Make the function that changes one column of a table of any kind."""
    if not isinstance(column, str):
        raise UsageError("column", column, "a column's name as text", f"write {str(column)!r}")

    def perturb(table: Any) -> Any:
        return with_column(table, position_of(table, column), change)

    return marked(perturb, name, marks or Marks())


def position_of(table: Any, column: str) -> int:
    """Find a column of a table, or say which one was meant."""
    known = names(table)
    if column not in known:
        raise UsageError("column", column, "a column of the table", nearest(column, known), "no such column")
    return known.index(column)


def with_column(table: Any, position: int, change: Change) -> Any:
    """Return the table with one column changed, in its own kind."""
    if isinstance(table, np.ndarray):
        after = change(table[:, position])
        block = table if after.dtype == table.dtype else table.astype(_room_for(table, after))
        block = own(block)
        block[:, position] = after
        return block
    if nw.dependencies.is_pandas_dataframe(table):
        return _with_pandas_column(table, position, change)
    frame = nw.from_native(table, eager_only=True)
    before = frame[frame.columns[position]]
    after = change(values_of(table, position))
    whole = after.dtype.kind in "iub" or (after.dtype.kind == "f" and not np.isnan(after).any())
    plain = after if whole else [None if is_missing(value) else value for value in after.tolist()]
    keeps = before.dtype if after.dtype == object and _fit(list(plain), before.dtype) else None
    series = nw.new_series(before.name, plain, keeps, backend=frame.implementation)
    result = frame.with_columns(series).to_native()
    return _typed_as_before(result, table, position) if keeps is not None else result


def _typed_as_before(result: Any, table: Any, position: int) -> Any:
    """Give a pyarrow column its exact type again: large_string is not string there."""
    if not nw.dependencies.is_pyarrow_table(table) or result.schema.field(position) == table.schema.field(position):
        return result
    field = table.schema.field(position)
    return result.set_column(position, field, result.column(position).cast(field.type))


def values_of(table: Any, position: int) -> NDArray[Any]:
    """Return a column's values: numbers as they are, anything else as Python objects, shape (n,)."""
    if isinstance(table, np.ndarray):
        return table[:, position]
    if nw.dependencies.is_pandas_dataframe(table):
        given = table.iloc[:, position]
        plain = isinstance(given.dtype, np.dtype) and given.dtype.kind in "iufb"
        return np.asarray(given.to_numpy() if plain else given.to_numpy(dtype=object, na_value=None))
    frame = nw.from_native(table, eager_only=True)
    column = frame[frame.columns[position]]
    if column.dtype.is_numeric():
        return np.asarray(column.to_numpy())
    values = np.empty(len(column), dtype=object)  # np.array would cut a list of lists open
    values[:] = column.to_list()
    return values


def _fit(values: list[Any], dtype: Any) -> bool:
    """Say whether the column's own type can hold the new values: closed categories hold no new ones."""
    if isinstance(dtype, nw.Enum):
        return set(values) <= {None, *dtype.categories}
    if not dtype.is_numeric():
        return True
    numbers = [value for value in values if value is not None]
    if not all(isinstance(value, (int, float)) for value in numbers):
        return False
    return dtype.is_float() or all(float(value).is_integer() for value in numbers)


def _with_pandas_column(table: Any, position: int, change: Change) -> Any:
    """Change one column; a categorical one stays categorical and learns the new categories."""
    import pandas as pd

    before = table.iloc[:, position]
    values = values_of(table, position)
    plain = values.dtype != object
    after = pd.Series(change(values), index=before.index)
    if isinstance(before.dtype, pd.CategoricalDtype):
        known = before.cat.categories
        new = [value for value in after.dropna().unique() if value not in known]
        after = after.astype(pd.CategoricalDtype([*known, *new], before.dtype.ordered))
    elif after.dtype == object and plain:
        after = _as_before(after, before)
    elif after.dtype == object:
        after = after.where(after.notna(), None).astype(before.dtype)
    columns = [after if j == position else table.iloc[:, j] for j in range(table.shape[1])]
    return pd.concat(columns, axis=1).set_axis(table.columns, axis=1)


def _as_before(after: Any, before: Any) -> Any:
    """Give numbers that went through Python objects their type again; missing ones need floats."""
    try:
        numbers = after.astype("float64")
    except (TypeError, ValueError):  # what came in is no number
        return after
    whole = before.dtype.kind == "f" or (not after.isna().any() and (after == after.astype(before.dtype)).all())
    return after.astype(before.dtype) if whole else numbers


def _room_for(table: NDArray[Any], after: NDArray[Any]) -> Any:
    """Find the type that holds the old values and the new, so that nothing is cut off."""
    if after.dtype == object and table.dtype.kind in "iufb":
        plain = np.array([np.nan if value is None else value for value in after.tolist()])
        return np.result_type(table.dtype, plain.dtype) if plain.dtype.kind in "iufb" else object
    return np.result_type(table.dtype, after.dtype)


def floats(values: NDArray[Any], column: str) -> NDArray[np.float64]:
    """Return numbers as floats, a missing one as NaN."""
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        hint = "use swapped, cased or spaced for texts"
        raise UsageError("column", column, "a numeric column", hint, f"values of type {values.dtype}") from error


def each(values: NDArray[Any], change: Callable[[Any], Any], *, of: type = object) -> NDArray[Any]:
    """Change each distinct value once; missing values stay."""
    seen: dict[Any, Any] = {}
    listed = values.tolist()
    for value in listed:
        if value not in seen and not is_missing(value):
            seen[value] = change(value) if isinstance(value, of) else value
    after = np.empty(len(listed), dtype=object)
    after[:] = [seen.get(value, value) for value in listed]
    return after


def is_missing(value: Any) -> bool:
    """Say whether a cell is missing: None, NaN, NaT or NA."""
    if value is None or value is not value:  # noqa: PLR0124 - NaN differs from itself
        return True
    differs = value != value  # noqa: PLR0124
    # pandas' NA answers neither, a list within a cell answers for each of its own
    return bool(differs) if isinstance(differs, (bool, np.bool_)) else type(value).__name__ == "NAType"


def drawn(what: str, column: str, seed: int) -> np.random.Generator:
    """Return the random numbers of one perturbation of one column."""
    key = hashlib.sha256(f"perturb.{what}\0{column}\0{seed}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(key[:16], "little")))


def refuse_no_number(name: str, value: object, wanted: str, *, above: float = -np.inf) -> None:
    """Raise unless an argument is a finite number above a bound."""
    fine = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fine or not above < value < np.inf:  # type: ignore[operator]  # a number, as just seen
        raise UsageError(name, value, wanted, "pass a plain number, in the column's unit")
