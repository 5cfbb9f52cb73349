"""The worst of what a perturbation may do to a few rows, searched for coordinate by coordinate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.applied import Perturbed
from mlqa.checks.invariance.expectation import Ask
from mlqa.checks.invariance.search import MOST_ROWS, Search, like, predictions, with_change
from mlqa.errors import MlqaError
from mlqa.subjects.block import changed_cells, height, names, taken
from mlqa.subjects.perturb.column import with_column
from mlqa.subjects.perturb.marks import Choice

__all__ = ["climbed"]

_MOST_CLIMBERS = 32
_GRID = np.linspace(0.0, 1.0, 9)
_ROUNDS = 4

Height = Callable[[Any, NDArray[np.intp]], NDArray[np.float64]]


def climbed(search: Search, guide: Ask | None, rng: np.random.Generator) -> Search:
    """Climb from the rows that every perturbation with a choice moved furthest.

    Parameters
    ----------
    search : Search
        What the first moves, drawn by chance, gave.
    guide : callable or None
        Probabilities to climb by, where predictions are labels; None: the size
        of the change itself.
    rng : Generator
        Of the places the climbs start from.

    Returns
    -------
    Search
        With one perturbation more, of at most 32 rows, for each that has a
        choice. About ten calls of the model for each.
    """
    for change in list(search.changes):
        columns = [name for name in names(search.block) if name in change.marks.choices]
        # where only some columns are perturbed, only those may be chosen
        if columns and not change.around:
            search = _climb(search, change, {name: change.marks.choices[name] for name in columns}, guide, rng)
    return search


def _climb(
    search: Search, change: Perturbed, choices: dict[str, Choice], guide: Ask | None, rng: np.random.Generator
) -> Search:
    """Climb from the worst rows of one perturbation."""
    most = max(1, min(_MOST_CLIMBERS, MOST_ROWS // (len(choices) * len(_GRID))))
    height_of = _heights(search, guide)
    at = search.changes.index(change)
    touched = np.flatnonzero(change.touches)
    first = search.amount[at][touched] if guide is None else height_of(taken(change.block, touched), touched)
    rows = touched[np.argsort(-first, kind="stable")[:most]]
    base = taken(search.block, rows)
    found = _best(base, rows, choices, height_of, rng)
    if not (found >= 0).all():
        return search
    moved = _moved(base, choices, found)
    cells = np.zeros_like(change.cells)
    cells[rows] = changed_cells(base, moved)
    place = np.full(len(cells), -1, dtype=np.intp)
    place[rows] = np.arange(len(rows))
    return with_change(search, Perturbed(change.name, moved, cells, change.seeded, change.marks, place), rows)


def _best(
    base: Any, rows: NDArray[np.intp], choices: dict[str, Choice], height_of: Height, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the worst choice found for each row, shape (rows, columns).

    Each round tries every value of a grid in every column alone, then the best
    of all columns at once, which is the worst there is where columns add up.
    """
    m, c = len(rows), len(choices)
    here = rng.random((m, c))
    high = height_of(_moved(base, choices, here), rows)
    for _ in range(_ROUNDS):
        tried = np.repeat(here[None], c * len(_GRID), axis=0)
        for j in range(c):
            tried[j * len(_GRID) : (j + 1) * len(_GRID), :, j] = _GRID[:, None]
        seen = _asked(base, rows, choices, tried, height_of).reshape(c, len(_GRID), m)
        together = np.where((seen.max(axis=1) >= high).T, _GRID[seen.argmax(axis=1)].T, here)
        flat = seen.reshape(-1, m)
        alone = tried[flat.argmax(axis=0), np.arange(m)]
        pair = np.stack([here, alone, together])
        heights = np.stack([high, flat.max(axis=0), height_of(_moved(base, choices, together), rows)])
        best = heights.argmax(axis=0)
        new = heights.max(axis=0)
        here = pair[best, np.arange(m)]
        if not (new > high).any():
            break
        high = new
    return here


def _asked(
    base: Any, rows: NDArray[np.intp], choices: dict[str, Choice], tried: NDArray[np.float64], height_of: Height
) -> NDArray[np.float64]:
    """Ask for all choices of all rows in one batch, shape (choices, rows)."""
    k, m, c = tried.shape
    again = np.tile(np.arange(m), k)
    block = _moved(taken(base, again), choices, tried.reshape(k * m, c))
    return height_of(block, rows[again]).reshape(k, m)


def _moved(base: Any, choices: dict[str, Choice], u: NDArray[np.float64]) -> Any:
    """Return rows with the chosen values, shape (n, d), of u, shape (n, columns)."""
    known = names(base)
    for j, (name, choice) in enumerate(choices.items()):
        base = with_column(base, known.index(name), partial(choice, u=u[:, j]))
    return base


def _heights(search: Search, guide: Ask | None) -> Height:
    """Return how far rows are from what was predicted of them, the further the higher."""
    if guide is None:

        def moved(block: Any, rows: NDArray[np.intp]) -> NDArray[np.float64]:
            amount, _ = search.differ(search.before[rows], predictions(search.ask, [block]))
            return np.nan_to_num(amount, posinf=np.finfo(np.float64).max)

        return moved
    try:
        sure = predictions(guide, [search.block])
    except MlqaError:  # it need not give probabilities for its labels to be asked
        return _heights(search, None)
    guide = like(guide, sure)
    # the class that was likeliest, and how unlikely it has become
    top = sure.argmax(axis=1) if sure.ndim == 2 else None

    def unlikely(block: Any, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        now = predictions(guide, [block])
        if top is None:
            return np.asarray(np.abs(now - sure[rows]), dtype=np.float64)
        others = now.copy()
        others[np.arange(height(block)), top[rows]] = -np.inf
        return np.asarray(others.max(axis=1) - now[np.arange(height(block)), top[rows]], dtype=np.float64)

    return unlikely
