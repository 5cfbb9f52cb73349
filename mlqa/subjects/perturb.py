"""Changes that should not matter: each maker returns a plain function from table to table.

Every function works on whole columns, keeps the table's kind, leaves its input
as it is, and leaves missing values missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError, nearest
from mlqa.subjects.block import names, own

__all__ = ["Perturb", "blanked", "cased", "noise", "scaled", "spaced", "swapped"]

Perturb = Callable[[Any], Any]


def noise(column: str, scale: float, *, seed: int = 0) -> Perturb:
    """Add Gaussian noise to a numeric column.

    Parameters
    ----------
    column : str
        An array's columns are named ``'0'``, ``'1'``, ...
    scale : float, above 0
        Standard deviation, in the column's own unit: the error of measurement,
        say.
    seed : int of at least 0
        Same seed, same column, same number of rows: same noise.

    Examples
    --------
    >>> X = np.zeros((2, 1))
    >>> bool((noise("0", 0.1)(X) != X).all())
    True
    """
    _refuse_no_number("scale", scale, "a finite number above 0", above=0.0)
    key = hashlib.sha256(f"perturb.noise\0{column}\0{seed}".encode()).digest()

    def change(values: NDArray[Any]) -> NDArray[Any]:
        drawn = np.random.Generator(np.random.PCG64(int.from_bytes(key[:16], "little"))).standard_normal(len(values))
        return _floats(values, column) + scale * drawn

    return _named(f"noise({column}, {scale:g})", column, change)


def scaled(column: str, factor: float) -> Perturb:
    """Multiply a numeric column: another unit, another currency.

    Parameters
    ----------
    column : str
    factor : float

    Examples
    --------
    >>> scaled("0", 100)(np.array([[1.5], [2.0]])).tolist()
    [[150.0], [200.0]]
    """
    _refuse_no_number("factor", factor, "a finite number")
    return _named(f"scaled({column}, {factor:g})", column, lambda values: _floats(values, column) * factor)


def swapped(column: str, mapping: Mapping[Any, Any]) -> Perturb:
    """Replace categories by others: names of one gender by the other's, say.

    Parameters
    ----------
    column : str
    mapping : dict
        Old category to new; all are replaced at once, so ``{'f': 'm', 'm':
        'f'}`` exchanges the two. Other categories stay.

    Examples
    --------
    >>> import polars as pl
    >>> swapped("sex", {"f": "m", "m": "f"})(pl.DataFrame({"sex": ["f", "m", None]}))["sex"].to_list()
    ['m', 'f', None]
    """
    if not isinstance(mapping, Mapping) or not mapping:
        raise UsageError("mapping", mapping, "a dict from old to new categories", "pass {'old': 'new'}")
    replaced = dict(mapping)
    return _named(f"swapped({column})", column, lambda values: _each(values, lambda value: replaced.get(value, value)))


def blanked(column: str) -> Perturb:
    """Make every value of a column missing.

    Examples
    --------
    >>> blanked("1")(np.array([[1.0, 2.0]])).tolist()
    [[1.0, nan]]
    """
    return _named(f"blanked({column})", column, lambda values: np.full(len(values), None, dtype=object))


def cased(column: str) -> Perturb:
    """Turn a text column's lower case into upper case and the other way.

    Examples
    --------
    >>> import pandas as pd
    >>> cased("plan")(pd.DataFrame({"plan": ["Basic", None]}))["plan"].tolist()[0]
    'bASIC'
    """
    return _named(f"cased({column})", column, lambda values: _each(values, str.swapcase, of=str))


def spaced(column: str) -> Perturb:
    """Put a space before and after every text of a column.

    Examples
    --------
    >>> import polars as pl
    >>> spaced("plan")(pl.DataFrame({"plan": ["basic"]}))["plan"].to_list()
    [' basic ']
    """
    return _named(f"spaced({column})", column, lambda values: _each(values, lambda text: f" {text} ", of=str))


def _named(name: str, column: str, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Perturb:
    """Make the function that changes one column of a table of any kind."""
    if not isinstance(column, str):
        raise UsageError("column", column, "a column's name as text", f"write {str(column)!r}")

    def perturb(table: Any) -> Any:
        known = names(table)
        if column not in known:
            raise UsageError("column", column, "a column of the table", nearest(column, known), "no such column")
        return _with_column(table, known.index(column), change)

    perturb.__name__ = perturb.__qualname__ = name
    return perturb


def _with_column(table: Any, position: int, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Any:
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
    after = change(np.array(before.to_list(), dtype=object) if not before.dtype.is_numeric() else before.to_numpy())
    plain = [None if _is_missing(value) else value for value in after.tolist()]
    keeps = before.dtype if after.dtype == object else None
    series = nw.new_series(before.name, plain, keeps, backend=frame.implementation)
    return frame.with_columns(series).to_native()


def _with_pandas_column(table: Any, position: int, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Any:
    """Change one column; a categorical one stays categorical and learns the new categories."""
    import pandas as pd

    before = table.iloc[:, position]
    plain = isinstance(before.dtype, np.dtype) and before.dtype.kind in "iufb"
    values = before.to_numpy() if plain else before.to_numpy(dtype=object, na_value=None)
    after = pd.Series(change(values), index=before.index)
    if isinstance(before.dtype, pd.CategoricalDtype):
        known = before.cat.categories
        new = [value for value in after.dropna().unique() if value not in known]
        after = after.astype(pd.CategoricalDtype([*known, *new], before.dtype.ordered))
    elif after.dtype == object and plain:
        after = after.astype("float64")
    elif after.dtype == object:
        after = after.where(after.notna(), None).astype(before.dtype)
    columns = [after if j == position else table.iloc[:, j] for j in range(table.shape[1])]
    return pd.concat(columns, axis=1).set_axis(table.columns, axis=1)


def _room_for(table: NDArray[Any], after: NDArray[Any]) -> Any:
    """Find the type that holds the old values and the new, so that nothing is cut off."""
    if after.dtype == object and table.dtype.kind in "iufb":
        return np.result_type(table.dtype, np.float64) if all(value is None for value in after) else object
    return np.result_type(table.dtype, after.dtype)


def _floats(values: NDArray[Any], column: str) -> NDArray[np.float64]:
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        hint = "use swapped, cased or spaced for texts"
        raise UsageError("column", column, "a numeric column", hint, f"values of type {values.dtype}") from error


def _each(values: NDArray[Any], change: Callable[[Any], Any], *, of: type = object) -> NDArray[Any]:
    """Change each distinct value once; missing values stay."""
    seen: dict[Any, Any] = {}
    for value in values.tolist():
        if value not in seen and not _is_missing(value):
            seen[value] = change(value) if isinstance(value, of) else value
    return np.array([seen.get(value, value) for value in values.tolist()], dtype=object)


def _is_missing(value: Any) -> bool:
    return value is None or value is not value or bool(value != value)  # noqa: PLR0124 - NaN differs from itself


def _refuse_no_number(name: str, value: object, wanted: str, *, above: float = -np.inf) -> None:
    fine = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fine or not above < value < np.inf:  # type: ignore[operator]  # a number, as just seen
        raise UsageError(name, value, wanted, "pass a plain number, in the column's unit")
