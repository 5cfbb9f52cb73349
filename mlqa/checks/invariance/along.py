"""Predictions along a column: each row with the column's values from small to large, and the worst pair of them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.applied import Perturbed
from mlqa.checks.invariance.expectation import Ask
from mlqa.checks.invariance.search import MOST_ROWS
from mlqa.errors import UsageError
from mlqa.subjects.block import changed_cells, height, taken
from mlqa.subjects.perturb.column import is_missing, position_of, values_of, with_column
from mlqa.subjects.perturb.marks import Marks

__all__ = ["worst_pairs"]


def worst_pairs(ask: Ask, block: Any, column: str, direction: int, points: int) -> tuple[Any, Perturbed] | None:
    """Find, for each row, the two values of a column between which its prediction moves the wrong way most.

    Parameters
    ----------
    ask : callable
        From a block to one number per row.
    block : table or array, shape (n, d)
    column : str
        Of numbers, dates or times; rows where it is missing stay as they are.
    direction : {1, -1}
        1: predictions should not fall as the column grows.
    points : int of at least 2
        Values of the column tried: all distinct ones where no more, else
        evenly spaced among them.

    Returns
    -------
    (block, Perturbed) or None
        The rows at the smaller value, and at the larger; None where the column
        has fewer than two values.

    Notes
    -----
    ``n * points`` predictions, 100,000 a call.
    """
    position = position_of(block, column)
    values = values_of(block, position)
    grid = _grid(values, column, points)
    if len(grid) < 2:
        return None
    there = np.array([not is_missing(value) for value in values.tolist()], dtype=np.bool_)
    low, high = _worst(ask, block, position, values[grid], there, direction)
    base, after = (_at(block, position, values[grid], there, picks) for picks in (low, high))
    marks = Marks(between=frozenset({column}))
    return base, Perturbed(column, after, changed_cells(base, after), seeded=False, marks=marks)


def _grid(values: NDArray[Any], column: str, points: int) -> NDArray[np.intp]:
    """Return where the grid's values stand in the column, from the smallest to the largest."""
    at: dict[Any, int] = {}
    for row, value in enumerate(values.tolist()):
        if isinstance(value, str) or not isinstance(value, Hashable):
            raise _unordered(column, type(value).__name__)
        if not is_missing(value):
            at.setdefault(value, row)
    try:
        ordered = sorted(at)
    except TypeError as error:
        raise _unordered(column, "values of several types") from error
    chosen = np.unique(np.linspace(0, len(ordered) - 1, min(points, len(ordered))).round().astype(np.intp))
    return np.array([at[ordered[place]] for place in chosen] if ordered else [], dtype=np.intp)


def _unordered(column: str, held: str) -> UsageError:
    hint = "for categories pass a perturbation instead: mlqa.subjects.perturb.swapped"
    return UsageError("perturb", column, "a column of numbers, dates or times", hint, f"a column that holds {held}")


def _worst(
    ask: Ask, block: Any, position: int, grid: NDArray[Any], there: NDArray[np.bool_], direction: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, for each row, the places in the grid before and after the largest move the wrong way."""
    n, g = height(block), len(grid)
    low, high = np.zeros(n, dtype=np.intp), np.full(n, g - 1, dtype=np.intp)
    step = max(1, MOST_ROWS // g)
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
        picks = np.tile(np.arange(g), len(rows))
        spread = _at(taken(block, np.repeat(rows, g)), position, grid, np.repeat(there[rows], g), picks)
        curve = direction * ask(spread).reshape(len(rows), g)
        best = np.maximum.accumulate(np.nan_to_num(curve, nan=-np.inf), axis=1)
        fall = np.where(np.isnan(curve), -np.inf, best - curve)
        high[rows] = np.where(fall.max(axis=1) > 0, fall.argmax(axis=1), g - 1)
        reached = np.where(np.arange(g) <= high[rows, None], np.nan_to_num(curve, nan=-np.inf), -np.inf)
        low[rows] = np.where(fall.max(axis=1) > 0, reached.argmax(axis=1), 0)
    return low, high


def _at(block: Any, position: int, grid: NDArray[Any], there: NDArray[np.bool_], picks: NDArray[np.intp]) -> Any:
    """Return rows with the column at given places of the grid; a missing value stays missing."""

    def change(values: NDArray[Any]) -> NDArray[Any]:
        return np.where(there, grid[picks], values)

    return with_column(block, position, change)
