"""hypothesis strategies that draw like a table: real rows, so that columns stay what they are to each other.

For property tests of code that makes features. Imports hypothesis, so it is
loaded when first used; knows no check.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.block import as_block, cell, height, names, taken
from mlqa.subjects.perturb.column import is_missing, values_of, with_column

__all__ = ["rows", "tables", "values"]

_MOST_ROWS = 50


def values(column: Any) -> st.SearchStrategy[Any]:
    """Draw values that a column holds, missing ones too where it has some.

    Parameters
    ----------
    column : Series, array of shape (n,) or list
        Of at least one value.

    Returns
    -------
    SearchStrategy
        Of plain values; shrinks toward the value that is simplest to read:
        few digits, few letters, first in order.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(values([12.25, 30.0, 1.5]), lambda value: value > 2)
    30.0
    """
    is_series = nw.dependencies.is_into_series(column)
    listed = nw.from_native(column, series_only=True).to_list() if is_series else None
    if listed is None:
        fine = isinstance(column, (list, tuple)) or (isinstance(column, np.ndarray) and column.ndim == 1)
        if not fine:
            raise UsageError("column", column, "a Series, an array of shape (n,) or a list", "pass table['name']")
        listed = list(column.tolist() if isinstance(column, np.ndarray) else column)
    if not listed:
        raise UsageError("column", column, "a column with at least one value", "draw from a table with rows", "none")
    numbers = all(isinstance(value, (int, float)) for value in listed if not is_missing(value))
    plain = [None if is_missing(value) and not (numbers and isinstance(value, float)) else value for value in listed]
    return st.sampled_from([plain[at] for at in _simplest_first(plain)])


def rows(like: Any, *, mutate: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Draw rows of a table as dicts from column to value.

    Parameters
    ----------
    like : table or array, shape (n, d)
        Of any kind; an array's columns are ``'0'``, ``'1'``, ...
    mutate : int of at least 0
        Most cells exchanged for a value that another row has in the same
        column.

    Returns
    -------
    SearchStrategy
        Shrinks toward the first row, as it is in the table, with as few
        exchanged cells as still fail.

    Examples
    --------
    >>> import polars as pl
    >>> from hypothesis import find
    >>> people = pl.DataFrame({"age": [31, 47, 58], "plan": ["basic", "plus", "plus"]})
    >>> find(rows(people), lambda row: row["plan"] == "plus")
    {'age': 47, 'plan': 'plus'}
    >>> find(rows(people, mutate=2), lambda row: row["age"] == 31 and row["plan"] == "plus")
    {'age': 31, 'plan': 'plus'}
    """
    block, known = _read(like, mutate)

    def as_dict(table: Any) -> dict[str, Any]:
        return {name: cell(table, 0, j) for j, name in enumerate(known)}

    return _drawn(block, 1, 1, mutate).map(as_dict)


def tables(like: Any, *, min_size: int = 1, max_size: int | None = None, mutate: int = 0) -> st.SearchStrategy[Any]:
    """Draw tables of rows of a table, in its own kind and types.

    Rows are drawn whole, with replacement: what holds between columns in
    `like` holds in what is drawn.

    Parameters
    ----------
    like : table or array, shape (n, d)
    min_size, max_size : int of at least 0
        Fewest and most rows; at most 50 by default. A row may come twice.
    mutate : int of at least 0
        Most cells exchanged for a value that another row has in the same
        column.

    Returns
    -------
    SearchStrategy
        Shrinks toward few rows, early ones, and few exchanged cells.

    Examples
    --------
    >>> import polars as pl
    >>> from hypothesis import find
    >>> people = pl.DataFrame({"age": [31, 47, 58], "plan": ["basic", "plus", "plus"]})
    >>> find(tables(people), lambda table: table["age"].max() > 50).rows()
    [(58, 'plus')]
    """
    block, _ = _read(like, mutate)
    most = max(_MOST_ROWS, min_size) if max_size is None else max_size
    for name, value in (("min_size", min_size), ("max_size", most)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise UsageError(name, value, "a whole number of at least 0", "leave it out for 1 to 50 rows")
    if most < min_size:
        raise UsageError("max_size", max_size, f"at least min_size, {min_size}", "leave it out")
    return _drawn(block, min_size, most, mutate)


def _read(like: Any, mutate: int) -> tuple[Any, list[str]]:
    """Return the table in a kind that can be cut, and its columns."""
    if isinstance(mutate, bool) or not isinstance(mutate, int) or mutate < 0:
        raise UsageError("mutate", mutate, "a whole number of at least 0", "leave it out for real rows only")
    block = as_block(like, name="like")
    return block, names(block)


def _drawn(block: Any, fewest: int, most: int, mutate: int) -> st.SearchStrategy[Any]:
    """Draw rows by position, then which cells take another row's value."""
    columns = range(len(names(block))) if mutate else ()
    return _table(block, fewest, most, mutate, [_simplest_first(values_of(block, j).tolist()) for j in columns])


@st.composite
def _table(draw: st.DrawFn, block: Any, fewest: int, most: int, mutate: int, donors: list[list[int]]) -> Any:
    """Draw a table; a value, not a recipe, so that hypothesis prints it as it is."""
    at = draw(st.lists(st.integers(0, height(block) - 1), min_size=fewest, max_size=most))
    if not mutate or not at:
        return taken(block, np.array(at, dtype=np.intp))
    cells = st.tuples(st.integers(0, len(at) - 1), st.integers(0, len(donors) - 1))
    spots = draw(st.lists(cells, max_size=mutate, unique=True))
    return _exchanged(block, at, [(spot, draw(st.sampled_from(donors[spot[1]]))) for spot in spots])


def _exchanged(block: Any, at: list[int], made: Sequence[tuple[tuple[int, int], int]]) -> Any:
    """Return rows with some cells taken from other rows."""
    table = taken(block, np.array(at, dtype=np.intp))
    for column in sorted({spot[1] for spot, _ in made}):
        given = values_of(block, column)
        source = np.array(at, dtype=np.intp)
        for (row, there), donor in made:
            if there == column:
                source[row] = donor
        table = with_column(table, column, partial(_taken_over, given[source]))
    return table


def _taken_over(new: NDArray[Any], _old: NDArray[Any]) -> NDArray[Any]:
    return new


def _simplest_first(listed: list[Any]) -> list[int]:
    """Return the position of each distinct value, those that are short to write first, missing ones last."""
    first: dict[Any, int] = {}
    for at, value in enumerate(listed):
        key = "missing" if is_missing(value) else (type(value).__name__, repr(value))
        first.setdefault(key, at)

    def plainness(key: Any) -> tuple[bool, int, Any]:
        value = listed[first[key]]
        if key == "missing":
            return True, 0, ""
        return (
            False,
            len(repr(value).removesuffix(".0")),
            (abs(value) if isinstance(value, (int, float)) else 0, repr(value)),
        )

    return [first[key] for key in sorted(first, key=plainness)]
