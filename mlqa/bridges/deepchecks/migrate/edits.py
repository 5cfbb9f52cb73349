"""Changes of a text as values, applied at the end; what no change touches keeps its bytes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Edit", "Source", "applied"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes from `start` to `stop` become `text`."""

    start: int
    stop: int
    text: str


class Source:
    """A Python text and its tree.

    A class because positions of the tree count bytes of lines, and both are
    needed wherever a node is looked at.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(_quieted(text))
        self._starts = [0]
        for line in self.data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        lines = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        columns = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        return self._starts[lines[0] - 1] + columns[0], self._starts[lines[1] - 1] + columns[1]

    def of(self, node: ast.AST) -> str:
        """Return a node's own text."""
        start, stop = self.span(node)
        return self.data[start:stop].decode()

    def lines_of(self, node: ast.AST) -> tuple[int, int]:
        """Return where the whole lines of a statement begin and end, if nothing else stands on them."""
        start, stop = self.span(node)
        line, end = self.data.rfind(b"\n", 0, start) + 1, self.data.find(b"\n", stop)
        end = len(self.data) if end < 0 else end + 1
        before, after = self.data[line:start].strip(), self.data[stop:end].strip()
        return (line, end) if not before and (not after or after.startswith(b"#")) else (start, stop)


def _quieted(text: str) -> str:
    """Make comments of a notebook's magic lines, byte for byte as long."""
    lines = text.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%"):
        return "".join("#" + line[1:] if line.strip() else line for line in lines)
    return "".join(
        line.replace(line.lstrip()[0], "#", 1) if line.lstrip()[:1] in ("%", "!", "?") else line for line in lines
    )


def applied(source: Source, edits: Iterable[Edit]) -> str:
    """Return the text with its changes; a change inside another one is dropped."""
    data, done = source.data, len(source.data) + 1
    outer: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.stop)):
        if not outer or edit.start >= outer[-1].stop:
            outer.append(edit)
    for edit in reversed(outer):
        assert edit.stop <= done  # noqa: S101 - sorted and disjoint
        data, done = data[: edit.start] + edit.text.encode() + data[edit.stop :], edit.start
    return data.decode()
