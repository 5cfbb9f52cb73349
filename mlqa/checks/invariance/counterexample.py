"""The worst rows of a search, and the smallest counterexample among them, in plain values and in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.search import Search
from mlqa.checks.invariance.shrink import Shrunk, shrunk
from mlqa.errors import SubjectError
from mlqa.subjects.block import cell, cut, mixed, names

__all__ = ["worst_rows"]

_MOST_WORST = 10
_MOST_CELLS = 5


def worst_rows(search: Search) -> tuple[tuple[dict[str, Any], ...], str, tuple[str, ...]]:
    """Return the worst rows, the first one's story and its columns.

    Largest change first; among equals the one with the fewest changed cells,
    then the first row.
    """
    hits = search.hits
    if not hits.any():
        return (), "", ()
    by = np.argmax(np.where(hits, search.amount, -1.0), axis=0)
    rows = np.flatnonzero(hits.any(axis=0))
    amounts = search.amount[by[rows], rows]
    sizes = np.array([int(search.changes[by[row]].cells[row].sum()) for row in rows])
    order = np.lexsort((rows, sizes, -amounts))[:_MOST_WORST]
    worst = [_entry(search, int(rows[at]), int(by[rows[at]])) for at in order]
    first, k = int(rows[order[0]]), int(by[rows[order[0]]])
    small = _shrink(search, first, k)
    columns, pairs = _cells(search, first, k, small)
    for column, (old, new) in list(zip(columns, pairs))[:_MOST_CELLS]:
        worst[0] |= {f"{column!r} before": old, f"{column!r} after": new}
    worst[0]["cells changed"] = len(columns)
    return tuple(worst), _story(worst[0], columns, pairs, small), tuple(columns)


def _entry(search: Search, row: int, k: int) -> dict[str, Any]:
    """Describe one changed row in plain values."""
    old, new = search.before[row], search.after[k][row]
    entry: dict[str, Any] = {"row": row, "perturb": search.changes[k].name}
    if np.ndim(old):
        at = int(np.argmax(np.abs(np.nan_to_num(new - old)))) if old.dtype.kind in "iuf" else int(np.argmax(new != old))
        entry["class"] = at
        old, new = old[at], new[at]
    entry |= {"prediction before": _plain(old), "prediction after": _plain(new)}
    entry["cells changed"] = int(search.changes[k].cells[row].sum())
    return entry


def _shrink(search: Search, row: int, k: int) -> Shrunk:
    """Find the fewest cells of one row that still change its prediction."""
    one, other = cut(search.block, row, row + 1), cut(search.changes[k].block, row, row + 1)
    cells = search.changes[k].cells[row]

    def violates(masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        # the row as it was goes in the same batch, so that both are rounded alike
        rows = np.vstack([np.zeros_like(masks[:1]), masks])
        said = search.ask(mixed(one, other, rows))
        as_it_was = np.repeat(said[:1], len(masks), axis=0)
        return search.differ(as_it_was, said[1:])[1]

    try:
        return shrunk(cells, violates)
    except SubjectError:  # the model refuses rows that are half changed
        return Shrunk(cells, minimal=False, reproduced=True)


def _cells(search: Search, row: int, k: int, small: Shrunk) -> tuple[list[str], list[tuple[Any, Any]]]:
    """Name the cells that are left, with their values before and after."""
    known, after = names(search.block), search.changes[k].block
    at = [int(column) for column in np.flatnonzero(small.cells)]
    pairs = [(_plain(cell(search.block, row, j)), _plain(cell(after, row, j))) for j in at]
    return [known[j] for j in at], pairs


def _story(entry: dict[str, Any], columns: list[str], pairs: list[tuple[Any, Any]], small: Shrunk) -> str:
    """Tell the counterexample in one sentence."""
    shown = [f"{name!r} {_arrow(old, new, '->')}" for name, (old, new) in zip(columns[:_MOST_CELLS], pairs)]
    if len(columns) > _MOST_CELLS:
        shown.append(f"{len(columns) - _MOST_CELLS} more cells")
    which = f" (class {entry['class']})" if "class" in entry else ""
    turned = _arrow(entry["prediction before"], entry["prediction after"], "into")
    told = f"row {entry['row']}, {entry['perturb']!r}: {', '.join(shown)} turns {turned}{which}"
    if not small.reproduced:
        return f"{told}, but not when asked again alone: the prediction depends on other rows or on chance"
    return f"{told}; reverting any one cell restores the prediction" if small.minimal else told


def _arrow(old: Any, new: Any, word: str) -> str:
    """Write two values, with just enough digits to tell them apart."""
    for digits in (4, 8):
        short = [f"{value:.{digits}g}" if isinstance(value, float) else repr(value) for value in (old, new)]
        if short[0] != short[1]:
            return f"{short[0]} {word} {short[1]}"
    return f"{old!r} {word} {new!r}"


def _plain(value: Any) -> Any:
    """Turn a cell into what JSON can hold, a long text cut."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float)):
        return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
