"""Where the lines of a cell stand in the notebook's file: what GitHub and editors of text can point at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from mlqa.ipynb.cells import Cell

__all__ = ["line_in_file"]


def line_in_file(path: Path, cells: Sequence[Cell], cell_id: str, line: int) -> int:
    """Return the line of the file, from 1, that holds a line of a cell; 1 where it cannot be told.

    Parameters
    ----------
    path : pathlib.Path
    cells : sequence of Cell
    cell_id : str
    line : int
        In the cell, from 1.
    """
    try:
        text = _text(path, path.stat().st_mtime_ns)
    except OSError:
        return 1
    at, number = 0, 1
    for cell in cells:
        mine = cell.source.splitlines()
        for index, words in enumerate(mine, 1):
            found = _find(text, words, at)
            if found < 0:
                continue
            number += text.count("\n", at, found)
            at = found
            if cell.id == cell_id and index == line:
                return number
        if cell.id == cell_id:
            return number
    return 1


def _find(text: str, words: str, start: int) -> int:
    """Find a line as JSON has it, with or without letters escaped."""
    if not words.strip():
        return -1
    places = [text.find(json.dumps(words, ensure_ascii=plain)[1:-1], start) for plain in (False, True)]
    return min((place for place in places if place >= 0), default=-1)


@cache
def _text(path: Path, changed: int) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
