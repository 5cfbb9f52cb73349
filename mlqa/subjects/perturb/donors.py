"""Real values of a column put into other rows: any of them, or one next to the row's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.block import as_block
from mlqa.subjects.perturb.column import drawn, floats, is_missing, on_column, position_of, values_of
from mlqa.subjects.perturb.marks import Marks, Perturb

__all__ = ["neighbouring", "resampled"]

_MOST = 1000


def resampled(column: str, like: Any, *, seed: int = 0) -> Perturb:
    """Give each row some value that the column really holds; a search looks for the worst.

    Parameters
    ----------
    column : str
        Of values that have an order, or of texts.
    like : table or array
        Whose values are given: all distinct ones, or a thousand evenly spaced
        among them.
    seed : int of at least 0
        Of the values that are tried first.

    Examples
    --------
    >>> import polars as pl
    >>> people = pl.DataFrame({"age": [31, 47, 58]})
    >>> resampled("age", people)(people)["age"].is_in([31, 47, 58]).all()
    True
    """
    known = _known(column, like)

    def chosen(values: NDArray[Any], u: NDArray[np.float64]) -> NDArray[Any]:
        at = np.minimum((u * len(known)).astype(np.intp), len(known) - 1)
        there = np.array([not is_missing(value) for value in values.tolist()], dtype=np.bool_)
        return np.where(there, known[at], values)

    def change(values: NDArray[Any]) -> NDArray[Any]:
        return chosen(values, drawn("resampled", column, seed).random(len(values)))

    return on_column(f"resampled({column})", column, change, Marks(choices={column: chosen}))


def neighbouring(column: str, like: Any, *, steps: int = 1, seed: int = 0) -> Perturb:
    """Move each number to one that the column really holds, few steps up or down; a search looks for the worst.

    Parameters
    ----------
    column : str
        Of numbers.
    like : table or array
        Whose distinct values are the steps.
    steps : int of at least 1
        Farthest move, in distinct values.
    seed : int of at least 0
        Of the moves that are tried first.

    Examples
    --------
    >>> import polars as pl
    >>> ages = pl.DataFrame({"age": [31, 47, 58, 90]})
    >>> neighbouring("age", ages)(pl.DataFrame({"age": [31]}))["age"].is_in([31, 47]).all()
    True
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise UsageError("steps", steps, "a whole number of at least 1", "leave it out for 1")
    known = _known(column, like, most=None)
    numbers = floats(known, column)

    def chosen(values: NDArray[Any], u: NDArray[np.float64]) -> NDArray[Any]:
        given = floats(values, column)
        here = np.searchsorted(numbers, given)
        moves = np.minimum((u * (2 * steps + 1)).astype(np.intp), 2 * steps) - steps
        at = np.clip(here + moves, 0, len(known) - 1)
        return np.where(np.isfinite(given), known[at], values)

    def change(values: NDArray[Any]) -> NDArray[Any]:
        return chosen(values, drawn("neighbouring", column, seed).random(len(values)))

    return on_column(f"neighbouring({column}, {steps})", column, change, Marks(choices={column: chosen}))


def _known(column: str, like: Any, *, most: int | None = _MOST) -> NDArray[Any]:
    """Return the distinct values of a column in order."""
    block = as_block(like, name="like")
    values = values_of(block, position_of(block, column))
    listed = [value for value in values.tolist() if not is_missing(value)]
    try:
        ordered = sorted(set(listed))
    except TypeError as error:
        hint = "pass a column of numbers, dates or texts"
        raise UsageError("column", column, "a column whose values have an order", hint, "several types") from error
    if not ordered:
        raise UsageError("column", column, "a column with a value", "choose another column", "missing values only")
    if most is not None and len(ordered) > most:
        ordered = [ordered[at] for at in np.linspace(0, len(ordered) - 1, most).round().astype(np.intp)]
    known = np.empty(len(ordered), dtype=values.dtype)
    known[:] = ordered
    return known
