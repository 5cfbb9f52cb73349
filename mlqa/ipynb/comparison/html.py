"""HTML compared: its tables cell by cell, the rest tag by tag and word by word."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mlqa.ipynb.comparison.difference import Difference
from mlqa.ipynb.comparison.noise import quiet
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.tables import Table, compare_tables
from mlqa.ipynb.comparison.texts import compare_lines

__all__ = ["compare_html"]

_ID = re.compile(r"""\b(?:id|data-root-id)\s*=\s*["']?([^"'\s>]*\d[^"'\s>]*)""")
_UNSEEN = {"style", "colgroup", "col"}
_VOID = {"br", "hr", "img", "input", "link", "meta", "col", "wbr", "source", "area", "base", "embed"}
_KEPT = ("href", "src", "class", "type", "value", "alt", "d", "points", "x", "y", "width", "height")


def compare_html(stored: str, new: str, rules: Rules) -> list[Difference]:
    """Compare two fragments of HTML.

    Generated ids are read as numbers in order of appearance; style sheets are
    passed over.

    Examples
    --------
    >>> one, other = (f"<div id='sk-{at}'>loss <b>0.5</b></div>" for at in (7, 8))
    >>> compare_html(one, other, Rules())
    []
    """
    left, right = (_read(text) for text in (stored, new))
    if len(left.tables) != len(right.tables):
        where = "number of tables"
        return [Difference(where=where, stored=str(len(left.tables)), new=str(len(right.tables)))]
    found = compare_lines(_words(left, rules), _words(right, rules), rules)
    for old, now in zip(left.tables, right.tables):
        found += compare_tables(old, now, rules)
    return found


def _words(reader: _Reader, rules: Rules) -> list[str]:
    """Return tags and texts outside tables, without noise, one a line."""
    lines = (line for word in reader.words for line in quiet(word, rules, printed=False).splitlines())
    return [" ".join(line.split()) for line in lines]


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(_renamed(text))
    reader.close()
    return reader


def _renamed(text: str) -> str:
    """Give generated ids the same names on both sides."""
    names = list(dict.fromkeys(_ID.findall(text)))
    if not names:
        return text
    found = {name: f"id-{at}" for at, name in enumerate(names)}
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![\w-])")
    return pattern.sub(lambda match: found[match.group()], text)


class _Reader(HTMLParser):
    """Tables and the words around them; a class because the standard library's parser calls methods."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.words: list[str] = []
        self._unseen = 0
        self._depth = 0
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1
        self._in_head = False
        self._leading = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell, or keep the tag."""
        if tag in _UNSEEN:
            self._unseen += tag not in _VOID
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append(Table())
        elif not self._depth:
            kept = [f"{name}={value}" for name, value in attrs if name in _KEPT]
            self.words.append(" ".join([f"<{tag}", *kept]))
        elif tag in {"thead", "tbody"}:
            self._in_head = tag == "thead"
        elif tag == "tr" and self._depth == 1:
            self._row, self._leading = [], True
        elif tag in {"td", "th"} and self._depth == 1 and self._row is not None:
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), 1000) if span.isascii() and span.isdigit() else 1
            self._leading = self._leading and tag == "th"
            if self._leading and not self._in_head and len(self._row) == self.tables[-1].labels == 0:
                self.tables[-1] = _with_labels(self.tables[-1], 1)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - (tag not in _VOID))
        elif tag == "table":
            self._depth = max(0, self._depth - 1)
        elif self._depth != 1:
            return
        elif tag in {"td", "th"} and self._cell is not None and self._row is not None:
            self._row += [" ".join("".join(self._cell).split()), *[""] * (self._span - 1)]
            self._cell = None
        elif tag == "tr" and self._row is not None:
            (self.tables[-1].head if self._in_head else self.tables[-1].rows).append(self._row)
            self._row = None

    def handle_data(self, data: str) -> None:
        """Keep a text that is seen."""
        if self._unseen or not data.strip():
            return
        if self._cell is not None:
            self._cell.append(data)
        elif not self._depth:
            self.words.append(data.strip())


def _with_labels(table: Table, labels: int) -> Table:
    return Table(head=table.head, rows=table.rows, labels=labels, said=table.said)
