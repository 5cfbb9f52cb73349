"""The worst rows of a search, and the smallest counterexample among them, in plain values and in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.search import Search
from mlqa.checks.invariance.smallest import Smallest, smallest
from mlqa.subjects.block import cell, names

__all__ = ["plain_cell", "story_of", "worst_rows"]

_MOST_WORST = 10
_MOST_CELLS = 5
_LONGEST_CELL = 60


def worst_rows(search: Search) -> tuple[list[dict[str, Any]], Smallest | None]:
    """Return the worst rows, and the first one's smallest counterexample.

    Largest change first; among equals the one with the fewest changed cells,
    then the first row.
    """
    hits = search.hits
    if not hits.any():
        return [], None
    by = np.argmax(np.where(hits, search.amount, -1.0), axis=0)
    rows = np.flatnonzero(hits.any(axis=0))
    amounts = _evened(search.amount[by[rows], rows])
    sizes = np.array([int(search.changes[by[row]].cells[row].sum()) for row in rows])
    order = np.lexsort((rows, sizes, -amounts))[:_MOST_WORST]
    worst = [_entry(search, int(rows[at]), int(by[rows[at]])) for at in order]
    first = int(rows[order[0]])
    small = smallest(search, first, int(by[first]))
    worst[0] |= _said(*small.said)
    for column, (old, new) in list(_cells(small).items())[:_MOST_CELLS]:
        worst[0] |= {f"{column!r} before": old, f"{column!r} after": new}
    worst[0]["cells changed"] = int(small.cells.cells.sum())
    return worst, small


def story_of(small: Smallest) -> tuple[str, tuple[str, ...]]:
    """Tell a counterexample in one sentence, and name its columns."""
    cells = _cells(small)
    shown = [f"{name!r} {_arrow(old, new, '->')}" for name, (old, new) in list(cells.items())[:_MOST_CELLS]]
    if len(cells) > _MOST_CELLS:
        shown.append(f"{len(cells) - _MOST_CELLS} more cells")
    said = _said(*small.said)
    which = f" (class {said['class']})" if "class" in said else ""
    turned = f"turns {_arrow(said['prediction before'], said['prediction after'], 'into')}{which}"
    told = f"row {small.row}, {small.name!r}"
    if not cells:
        return f"{told}: no cell of the row changes, and that {turned}: it depends on the other rows", ()
    told = f"{told}: {', '.join(shown)} {turned}"
    if not small.cells.reproduced:
        told += ", but not when asked again alone: the prediction depends on other rows or on chance"
    elif small.cells.minimal:
        told += "; reverting any one cell restores the prediction"
    return told, tuple(cells)


def plain_cell(value: Any) -> Any:
    """Turn a cell into what JSON can hold, a long text cut."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float)):
        return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN
    text = str(value)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 3] + "..."


def _evened(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make changes equal that differ by rounding, so that the first row is shown."""
    finite = amounts[np.isfinite(amounts)]
    unit = float(finite.max(initial=0.0)) * 1e-9
    return np.round(amounts / unit) if unit else amounts


def _entry(search: Search, row: int, k: int) -> dict[str, Any]:
    """Describe one changed row in plain values."""
    entry: dict[str, Any] = {"row": row, "perturb": search.changes[k].name}
    entry |= _said(search.before[row], search.after[k][row])
    entry["cells changed"] = int(search.changes[k].cells[row].sum())
    return entry


def _said(old: Any, new: Any) -> dict[str, Any]:
    """Return a prediction before and after; of several classes, the one that moved most."""
    entry: dict[str, Any] = {}
    if np.ndim(old):
        at = int(np.argmax(np.abs(np.nan_to_num(new - old)))) if old.dtype.kind in "iuf" else int(np.argmax(new != old))
        entry["class"] = at
        old, new = old[at], new[at]
    return entry | {"prediction before": plain_cell(old), "prediction after": plain_cell(new)}


def _cells(small: Smallest) -> dict[str, tuple[Any, Any]]:
    """Return the cells that are left, by column, with their values before and after."""
    known = names(small.before)
    at = [int(column) for column in np.flatnonzero(small.cells.cells)]
    return {known[j]: (plain_cell(cell(small.before, 0, j)), plain_cell(cell(small.after, 0, j))) for j in at}


def _arrow(old: Any, new: Any, word: str) -> str:
    """Write two values, with just enough digits to tell them apart."""
    for digits in (4, 8):
        short = [f"{value:.{digits}g}" if isinstance(value, float) else repr(value) for value in (old, new)]
        if short[0] != short[1]:
            return f"{short[0]} {word} {short[1]}"
    return f"{old!r} {word} {new!r}"
