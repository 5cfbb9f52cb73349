"""The smallest counterexample of one row: fewest cells, then round and real values, then fewest cells again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.round_values import roundest
from mlqa.checks.invariance.search import Search
from mlqa.checks.invariance.shrink import Shrunk, shrunk
from mlqa.errors import MlqaError
from mlqa.subjects.block import cell, cut, mixed, names, same_types, stacked, taken
from mlqa.subjects.perturb.column import values_of, with_column

__all__ = ["Smallest", "smallest"]

_MOST_ROUNDED = 8
_MOST_REAL = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Smallest:
    """A row before and after, and what is known of the step between.

    Attributes
    ----------
    row : int
    name : str
        Of the perturbation.
    before, after : blocks of shape (1, d)
    cells : Shrunk
    said : tuple
        The predictions of the two.
    """

    row: int
    name: str
    before: Any
    after: Any
    cells: Shrunk
    said: tuple[Any, Any]


def smallest(search: Search, row: int, k: int) -> Smallest:
    """Shrink one counterexample."""
    change = search.changes[k]
    before = cut(search.block, row, row + 1)
    known = Smallest(
        row=row,
        name=change.name,
        before=before,
        after=before if change.around else change.row(row),
        cells=Shrunk(change.cells[row], minimal=False, reproduced=True),
        said=(search.before[row], search.after[k][row]),
    )
    if change.around:
        return known
    try:
        small = _fewest(search, known)
        if small.cells.reproduced and change.marks.between:
            small = _rounded(search, small, change.marks.between)
        return _asked_again(search, small) if small.cells.reproduced else small
    except MlqaError:  # the model refuses rows that are half changed
        return known


def _fewest(search: Search, known: Smallest) -> Smallest:
    """Drop the cells that need not change."""

    def violates(masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        # the row as it was goes in the same batch, so that both are rounded alike
        rows = np.vstack([np.zeros_like(masks[:1]), masks])
        said = search.ask(mixed(known.before, known.after, rows))
        as_it_was = np.repeat(said[:1], len(masks), axis=0)
        return search.differ(as_it_was, said[1:])[1]

    cells = shrunk(known.cells.cells, violates)
    if not cells.cells.any():  # nothing changed, and yet it violates: the answer is by chance
        return replace(known, cells=Shrunk(known.cells.cells, minimal=False, reproduced=False))
    return replace(known, after=mixed(known.before, known.after, cells.cells[None, :]), cells=cells)


def _rounded(search: Search, small: Smallest, between: frozenset[str]) -> Smallest:
    """Give the changed numbers, one after the other, the roundest value that will do."""
    known, after = names(search.block), small.after
    at = [int(j) for j in np.flatnonzero(small.cells.cells) if known[j] in between][:_MOST_ROUNDED]
    for j in at:
        old, new = (cell(block, 0, j) for block in (small.before, after))
        if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (old, new)):
            continue
        real = values_of(search.block, j)
        whole = real.dtype.kind in "iu"
        held = np.unique(_numbers(real[:_MOST_REAL]))
        value = roundest(
            float(old),
            float(new),
            held,
            whole and isinstance(new, int),
            partial(_tried, search, small.before, after, j),
        )
        after = _set(after, j, np.array([value]))
    if after is small.after:
        return small
    # a rounder value may need other cells less
    return _fewest(search, replace(small, after=after))


def _tried(
    search: Search, before: Any, after: Any, position: int, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Ask for a row with one cell at each of the values."""
    return _judged(search, before, _set(after, position, values))


def _set(after: Any, position: int, values: NDArray[np.float64]) -> Any:
    """Return one row several times, with one cell at each of the values, in the cell's own type where it fits."""
    rows = taken(after, np.zeros(len(values), dtype=np.intp))

    def change(old: NDArray[Any]) -> NDArray[Any]:
        fits = old.dtype.kind in "iuf" and (values.astype(old.dtype) == values).all()
        return values.astype(old.dtype) if fits else values

    return with_column(rows, position, change)


def _judged(search: Search, before: Any, tried: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Compare rows with the row as it was, in one batch where their types allow."""
    if same_types(before, tried):
        said = search.ask(stacked([before, tried]))
        was, now = said[:1], said[1:]
    else:
        was, now = search.ask(before), search.ask(tried)
    return search.differ(np.repeat(was, len(now), axis=0), now)


def _asked_again(search: Search, small: Smallest) -> Smallest:
    """Ask once more for what is left, so that the story tells its own predictions."""
    return replace(small, said=(search.ask(small.before)[0], search.ask(small.after)[0]))


def _numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the finite numbers of a column."""
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError):
        return np.empty(0)
    return numbers[np.isfinite(numbers)]
