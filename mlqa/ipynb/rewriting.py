"""A notebook file changed in single places: every other byte of it stays as it is."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.files import write_atomically
from mlqa.ipynb.cells import Cell, read_notebook

__all__ = ["accept_outputs", "add_tags"]

_BLANK = re.compile(r"[ \t\r\n]*")
_INDENT = re.compile(r"\{\r?\n([ \t]+)")
_Edit = tuple[int, int, str]


def accept_outputs(
    path: str | Path, cell: Cell, outputs: Sequence[Mapping[str, Any]], count: int | None = None
) -> None:
    """Put new outputs in a cell of a notebook file.

    Parameters
    ----------
    path : path
        Written whole or not at all; other processes that do the same wait.
    cell : Cell
        As read from the file. Its execution count stays, where it has one.
    outputs : sequence of dict
        In nbformat 4 shape.
    count : int, optional
        Execution count of a cell that has none.

    Raises
    ------
    NotebookError
        If the file is not of nbformat 4, or the cell has changed since it was read.
    """
    number = cell.execution_count if cell.execution_count is not None else count

    def edits(text: str, at: int, style: _Style) -> Iterator[_Edit]:
        places = _members(text, at)
        kept = [_stored(output, number, style) for output in outputs]
        yield _edit(text, places, at, "outputs", kept, style)
        if cell.execution_count is None and number is not None:
            yield _edit(text, places, at, "execution_count", number, style)

    _changed(Path(path), cell, edits)


def add_tags(path: str | Path, cell: Cell, tags: Sequence[str]) -> None:
    """Add tags to a cell of a notebook file; one that sets the same limit is replaced.

    Parameters
    ----------
    path : path
    cell : Cell
    tags : sequence of str

    Raises
    ------
    NotebookError
        If the file is not of nbformat 4, or the cell has changed since it was read.
    """
    names = {tag.partition("=")[0] for tag in tags if "=" in tag}
    wanted = [tag for tag in cell.tags if tag not in tags and tag.partition("=")[0] not in names]

    def edits(text: str, at: int, style: _Style) -> Iterator[_Edit]:
        places = _members(text, at)
        if "metadata" not in places:
            yield _edit(text, places, at, "metadata", {"tags": [*wanted, *tags]}, style)
            return
        inner = places["metadata"][0]
        yield _edit(text, _members(text, inner), inner, "tags", [*wanted, *tags], style)

    _changed(Path(path), cell, edits)


class _Style:
    """How a file is written; a class because five habits of a writer go together."""

    def __init__(self, text: str) -> None:
        found = _INDENT.search(text)
        self.indent = found.group(1) if found else None
        self.separators = (",", ":") if self.indent is None and '": ' not in text else None
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.ascii = text.isascii() and "\\u" in text
        self.lines = re.search(r'"(?:source|text|text/plain)"\s*:\s*\[', text) is not None

    def written(self, value: Any, depth: int) -> str:
        """Write a value that begins at a depth of the file."""
        text = json.dumps(
            value, indent=self.indent, ensure_ascii=self.ascii, sort_keys=True, separators=self.separators
        )
        return text.replace("\n", self.newline + (self.indent or "") * depth)


def _changed(path: Path, cell: Cell, edits: Callable[[str, int, _Style], Iterator[_Edit]]) -> None:
    """Apply the edits of one cell to the file as it is now."""
    target = path.resolve()
    with _alone(target):
        now = {one.id: one for one in read_notebook(target).cells}.get(cell.id)
        if now is None or now.source != cell.source:
            raise NotebookError(f"{path}: cell {cell.id} has changed since it was read; run again")
        mode = target.stat().st_mode
        text = target.read_bytes().decode("utf-8")
        begin = _begin_of(text, path, now.index)
        found = sorted(edits(text, begin, _Style(text)), reverse=True)
        for start, end, new in found:
            text = text[:start] + new + text[end:]
        json.loads(text)  # never write what cannot be read
        write_atomically(target, text.encode("utf-8"))
        target.chmod(mode)


def _begin_of(text: str, path: Path, index: int) -> int:
    """Find where the object of a code cell begins."""
    start = 1 if text.startswith("\ufeff") else 0
    places = _members(text, _BLANK.match(text, start).end())  # type: ignore[union-attr]  # always matches
    if "cells" not in places:
        raise NotebookError(f"{path}: only notebooks of nbformat 4 can be written; open and save it in Jupyter first")
    code = [
        begin
        for begin, end in _items(text, places["cells"][0])
        if json.loads(text[begin:end]).get("cell_type") == "code"
    ]
    return code[index]


def _members(text: str, at: int) -> dict[str, tuple[int, int]]:
    """Return where the values of the object at a place stand, by key."""
    found: dict[str, tuple[int, int]] = {}
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = json.JSONDecoder().raw_decode(text, at)
        begin = _skip(text, _skip(text, at) + 1)
        end = _end_of(text, begin)
        found[key] = (begin, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield where the items of the list at a place stand."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        end = _end_of(text, at)
        yield at, end
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _end_of(text: str, at: int) -> int:
    return json.JSONDecoder().raw_decode(text, at)[1]


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]  # always matches


def _edit(text: str, places: Mapping[str, tuple[int, int]], at: int, key: str, value: Any, style: _Style) -> _Edit:
    """Replace the value of a key of the object at a place, or put the key first in it."""
    depth = _depth(text, at, style) + 1
    if key in places:
        return (*places[key], style.written(value, depth))
    inside = _skip(text, at + 1)
    gap = style.newline + style.indent * depth if style.indent else ""
    close = style.newline + style.indent * (depth - 1) if style.indent and not places else ""
    comma = "," + (gap or " ") if places else close
    return at + 1, inside, f"{gap}{json.dumps(key)}: {style.written(value, depth)}{comma}"


def _depth(text: str, at: int, style: _Style) -> int:
    """Count how deep the line of an object is indented."""
    if not style.indent:
        return 0
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return (len(line) - len(line.lstrip(" \t"))) // len(style.indent)


def _stored(output: Mapping[str, Any], count: int | None, style: _Style) -> dict[str, Any]:
    """Bring an output to the form of a file."""
    kept = {key: value for key, value in output.items() if key != "transient"}
    if kept.get("output_type") == "execute_result":
        kept["execution_count"] = count
    if style.lines and isinstance(kept.get("text"), str):
        kept["text"] = kept["text"].splitlines(keepends=True)
    if style.lines and isinstance(kept.get("data"), Mapping):
        kept["data"] = {kind: _in_lines(kind, value) for kind, value in kept["data"].items()}
    return kept


def _in_lines(kind: str, value: Any) -> Any:
    """Part a text into lines, as Jupyter stores all but pictures in base64."""
    is_text = isinstance(value, str) and (not kind.startswith("image/") or kind == "image/svg+xml")
    return value.splitlines(keepends=True) if is_text else value


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process of ours writes the file."""
    name = hashlib.sha256(str(path).encode("utf-8", "replace")).hexdigest()[:24]
    file = Path(tempfile.gettempdir()) / f"mlqa-{getattr(os, 'getuid', int)()}-{name}.lock"
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            import fcntl
        except ImportError:  # Windows: the file is still replaced whole
            pass
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
