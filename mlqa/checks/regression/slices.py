"""Parts of the rows that are judged each on its own: values of columns, ranges of numbers, or masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import UsageError
from mlqa.subjects.table import kind_of, pick, read_table
from mlqa.wording import number

__all__ = ["Slice", "slices_of"]

_MOST_VALUES = 20
_RANGES = 4
_MOST_SLICES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Some of the rows, by a name that a person can read.

    Attributes
    ----------
    name : str
        ``region = 'north'``, or as the caller named a mask.
    column : str
        Which column made it; of a mask its name.
    rows : bool array, shape (n,)
    """

    name: str
    column: str
    rows: NDArray[np.bool_]


def slices_of(slices: Any, X: Any, n: int) -> list[Slice]:
    """Read slices.

    Parameters
    ----------
    slices : mapping, list of column names, text or None
        Name -> mask of the n rows; or columns of `X`, all of them by default: a
        slice a value of up to 20 values (the others together), or a quarter of
        the rows by size where a column holds more different numbers.
    X : table or None
        With n rows.
    n : int

    Raises
    ------
    UsageError
        If a mask is none, a column is not there, or there is no table.

    Examples
    --------
    >>> [part.name for part in slices_of(["a"], pl.DataFrame({"a": ["x", "y", "x"]}), 3)]
    ["a = 'x'", "a = 'y'"]
    """
    if isinstance(slices, Mapping):
        return [_masked(name, mask, n) for name, mask in slices.items()] or _refused(slices)
    if X is None:
        hint = "pass X=, a table of the same rows, or a mapping of names to masks"
        raise UsageError("slices", slices, "a mapping of names to masks, or columns of X", hint, "no table X")
    frame = read_table(X, name="X")
    if frame.height != n:
        raise UsageError("X", X, f"{n} rows, as y has", "use the same rows in the same order", f"{frame.height} rows")
    wanted = [slices] if isinstance(slices, str) else frame.columns if slices is None else slices
    if not isinstance(wanted, Sequence) or isinstance(wanted, bytes):
        _refused(slices)
    found = [part for name in pick(frame, wanted, name="slices") for part in _of_column(frame[name])]
    if not found or len(found) > _MOST_SLICES:
        hint = "name the columns to look at"
        raise UsageError("slices", slices, f"1 to {_MOST_SLICES} slices", hint, f"{len(found)} slices")
    return found


def _refused(slices: Any) -> list[Slice]:
    raise UsageError("slices", slices, "a mapping of names to masks, or columns of X", "pass slices={'north': mask}")


def _masked(name: Any, mask: Any, n: int) -> Slice:
    rows = rows_of(f"slices[{name!r}]", mask, n)
    if rows.ndim != 1 or not np.isin(rows, (0, 1)).all() or rows.dtype.kind == "U":
        hint = "pass a mask: (X['region'] == 'north'), say"
        raise UsageError(f"slices[{name!r}]", mask, "a truth value a row", hint, "other values")
    return Slice(str(name), str(name), rows.astype(np.bool_))


def _of_column(column: pl.Series) -> Iterator[Slice]:
    """Cut the rows by the values of a column; nulls are a slice of their own."""
    name, missing = column.name, column.is_null().to_numpy()
    values = column.drop_nulls()
    if kind_of(column) == "numeric" and values.n_unique() > _MOST_VALUES:
        yield from _ranges(name, column.cast(pl.Float64).to_numpy(), missing)
    else:
        texts = column.cast(pl.String, strict=False)
        counted = texts.drop_nulls().value_counts(sort=True)
        kept = sorted(counted[name][:_MOST_VALUES].to_list())
        if len(kept) > 1 or missing.any():
            array = texts.fill_null("").to_numpy()
            for value in kept:
                yield Slice(f"{name} = {_shown(value)}", name, (array == value) & ~missing)
            if counted.height > len(kept):
                rare = ~np.isin(array, kept) & ~missing
                yield Slice(f"{name} has any of {counted.height - len(kept)} rarer values", name, rare)
    if missing.any() and values.len():
        yield Slice(f"{name} is missing", name, missing)


def _ranges(name: str, values: NDArray[np.float64], missing: NDArray[np.bool_]) -> Iterator[Slice]:
    ends = np.unique(np.quantile(values[~missing], np.linspace(0, 1, _RANGES + 1)[1:-1], method="lower"))
    place = np.searchsorted(ends, values)
    for number_of in range(ends.size + 1):
        rows = (place == number_of) & ~missing
        if not rows.any():
            continue
        low = f"{number(float(ends[number_of - 1]))} < " if number_of else ""
        high = f" <= {number(float(ends[number_of]))}" if number_of < ends.size else ""
        yield Slice(f"{low}{name}{high}", name, rows)


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:37]}...")
