"""Tables compared cell by cell: pandas' and polars' HTML, and what they print as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from mlqa.ipynb.comparison.difference import Difference, apart_by, brief
from mlqa.ipynb.comparison.numbers import number_of
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.texts import same_words

__all__ = ["PART", "Table", "compare_tables", "table_in_text"]

_SHAPE = re.compile(r"^(?:shape: \((\d[\d_,]*), (\d+)\)|\[?(\d+) rows [x\u00d7] (\d+) columns\]?)$")
_BOX = re.compile(r"^[┌╞└├─═╪┬┴┼┐┤╡┘+\-=:|]+$")
_GAP = re.compile(r"\s{2,}|\s+(?=[-+]?[\d.])")
_CUT = {"...", "…", "⋮", "⋯"}
PART = "shown in part: what '...' hides was not compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is shown.

    Attributes
    ----------
    head : list of list of str
        Its header rows; names of columns, dtypes.
    rows : list of list of str
    labels : int
        How many leading columns are labels of rows.
    said : list of str
        Lines beside it: its shape, its dtype.
    """

    head: list[list[str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    labels: int = 0
    said: list[str] = field(default_factory=list)

    def column(self, at: int) -> str:
        """Name a column."""
        return next((row[at] for row in self.head if at < len(row) and row[at]), f"column {at + 1}")

    def row(self, at: int) -> str:
        """Name a row by its labels."""
        label = " / ".join(cell for cell in self.rows[at][: self.labels] if cell) if at < len(self.rows) else ""
        return label or str(at)

    def is_cut(self) -> bool:
        """Tell whether only a part of the table is shown."""
        return any(cell in _CUT for row in (*self.head, *self.rows) for cell in row)


def compare_tables(stored: Table, new: Table, rules: Rules) -> list[Difference]:
    """Compare two tables as they are shown.

    Returns
    -------
    list of Difference
        First what the whole table is: its shape, columns and dtypes; then the
        cells that moved. Of a table shown in part only that part can be compared.

    Examples
    --------
    >>> old, new = (Table(head=[["", "a"]], rows=[["x", value]], labels=1) for value in ("1.0", "2.0"))
    >>> [(one.where, one.off) for one in compare_tables(old, new, Rules())]
    [("row 'x', column 'a'", 0.5)]
    """
    found = [*_said(stored.said, new.said, rules), *_heads(stored, new)]
    if len(stored.rows) != len(new.rows) and not any("shape" in one.where for one in found):
        found.append(Difference(where="rows shown", stored=str(len(stored.rows)), new=str(len(new.rows))))
    widths = {len(row) for table in (stored, new) for row in table.rows}
    if len(stored.rows) != len(new.rows) and len(widths) == 1:
        return [*found, *_rows_apart(stored, new, rules)]
    if any("columns" in one.where for one in found):
        return found
    moved = [one for at, pair in enumerate(zip(stored.rows, new.rows)) for one in _cells(stored, at, *pair, rules)]
    found += _gathered(moved, min(len(stored.rows), len(new.rows)))
    return [replace(one, note=PART) for one in found] if stored.is_cut() or new.is_cut() else found


def table_in_text(text: str) -> Table | None:
    """Read a table that pandas or polars printed; None where the text is none.

    Examples
    --------
    >>> table = table_in_text("     a    b" + chr(10) + "x  1.0  2.0" + chr(10) + "y  3.0  4.0")
    >>> table.head, table.rows[1]
    ([['', 'a', 'b']], ['y', '3.0', '4.0'])
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if any(line.lstrip().startswith(("┌", "+--")) for line in lines):
        return _boxed(lines)
    said = [line.strip() for line in lines if _SHAPE.match(line.strip())]
    lines = [line for line in lines if not _SHAPE.match(line.strip())]
    # pandas indents the names of the columns by the width of the labels
    if len(lines) < 2 or not lines[0].startswith(" ") or any(line.startswith(" ") for line in lines[1:2]):
        return None
    head = lines[0].split()
    rows = [[part for part in _GAP.split(line) if part] for line in lines[1:]]
    if not head or any(len(row) != len(head) + 1 for row in rows):
        return None
    return Table(head=[["", *head]], rows=rows, labels=1, said=said)


def _boxed(lines: Sequence[str]) -> Table:
    """Read polars' box: names, a rule, dtypes, a double rule, rows."""
    said = [line.strip() for line in lines if not line.lstrip().startswith(tuple("┌╞└├│|+"))]
    head: list[list[str]] = []
    rows: list[list[str]] = []
    into = head
    for line in lines:
        if line.lstrip().startswith(("╞", "+==")):
            into = rows
        elif line.lstrip().startswith(("│", "|")) and not _BOX.match(line.strip()):
            cells = [cell.strip() for cell in re.split(r"[│┆|]", line.strip()[1:-1])]
            if set(cells) != {"---"}:
                into.append(cells)
    return Table(head=head, rows=rows, said=said)


def _said(stored: Sequence[str], new: Sequence[str], rules: Rules) -> Iterator[Difference]:
    for left, right in zip_longest(stored, new, fillvalue=""):
        if not same_words(left, right, rules):
            where = "shape" if _SHAPE.match(left) or _SHAPE.match(right) else "beside the table"
            yield Difference(where=where, stored=brief(left), new=brief(right))


def _heads(stored: Table, new: Table) -> Iterator[Difference]:
    """Compare names of columns and dtypes, word for word."""
    empty: list[str] = []
    for at, (left, right) in enumerate(zip_longest(stored.head, new.head, fillvalue=empty)):
        if len(left) != len(right):
            gone, come = ([c for c in a if c not in b] for a, b in ((left, right), (right, left)))
            yield Difference(where="columns", stored=brief(", ".join(gone)), new=brief(", ".join(come)))
            continue
        for column, (old, now) in enumerate(zip(left, right)):
            if old != now:
                where = f"header, column {column + 1}" if at == 0 else f"dtype of column {stored.column(column)!r}"
                yield Difference(where=where, stored=brief(old), new=brief(now))


def _cells(table: Table, at: int, left: Sequence[str], right: Sequence[str], rules: Rules) -> Iterator[Difference]:
    for column, (old, now) in enumerate(zip_longest(left, right, fillvalue="")):
        if not same_words(old, now, rules):
            where = f"row {table.row(at)!r}, column {table.column(column)!r}"
            if column < table.labels:
                where = f"label of row {at + 1}"
            values = number_of(old), number_of(now)
            off = None if None in values else apart_by(*(value for value in values if value is not None))
            yield Difference(where=where, stored=brief(old), new=brief(now), off=off)


def _rows_apart(stored: Table, new: Table, rules: Rules) -> Iterator[Difference]:
    """Name the rows that came and went, where rows have labels; compare the others."""
    names = [[table.row(at) for at in range(len(table.rows))] for table in (stored, new)]
    if any(len(set(side)) != len(side) for side in names):
        return
    for at, name in enumerate(names[0]):
        if name in names[1]:
            yield from _cells(stored, at, stored.rows[at], new.rows[names[1].index(name)], rules)
        else:
            yield Difference(where=f"row {name!r}, gone", stored=brief(" | ".join(stored.rows[at])), new="")
    for at, name in enumerate(names[1]):
        if name not in names[0]:
            yield Difference(where=f"row {name!r}, added", stored="", new=brief(" | ".join(new.rows[at])))


def _gathered(moved: Sequence[Difference], rows: int) -> list[Difference]:
    """Tell once of a column whose values are the same but written as another type's."""
    columns: dict[str, list[Difference]] = {}
    for one in moved:
        columns.setdefault(one.where.rpartition(", ")[2], []).append(one)
    found = []
    for column, group in columns.items():
        retyped = [one for one in group if one.off == 0]
        if len(retyped) > rows / 2:
            first = retyped[0]
            found.append(Difference(where=f"dtype of {column}", stored=first.stored, new=first.new))
        found += [one for one in group if one.off != 0 or len(retyped) <= rows / 2]
    order = {one.where: at for at, one in enumerate(moved)}
    return sorted(found, key=lambda one: order.get(one.where, -1))
