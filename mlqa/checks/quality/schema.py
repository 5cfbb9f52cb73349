"""What a table must look like: a value that can be learned, written by hand, saved and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from mlqa.errors import UsageError, nearest
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import profile

__all__ = ["Column", "Schema", "learn_schema", "rows_not_read", "rows_with_fractions"]

KINDS = ("numeric", "boolean", "time", "category", "other")
TEXTS = ("number", "date")
_FEWEST_OF_A_CATEGORY = 8
_MOST_CATEGORIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column must look like; None asks for nothing.

    Attributes
    ----------
    kind : {'numeric', 'boolean', 'time', 'category', 'other'} or None
        Integers and floats are one kind.
    nullable : bool
        Whether values may be missing.
    categories : tuple of str or None
        The closed set of values.
    low, high : float or None
        Range of a numeric column, ends included.
    whole : bool
        Whether every number is a whole one.
    reads : {'number', 'date'} or None
        As what every text reads, but those that spell 'no value'.
    filled : float in (0, 1] or None
        Share of values present in the table it was learned from: such a column
        must not turn entirely missing.
    rarest : int or None
        Rows of the rarest category there: the more, the surer the set is closed.
    """

    kind: str | None = None
    nullable: bool = True
    categories: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    reads: str | None = None
    filled: float | None = None
    rarest: int | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise UsageError("kind", self.kind, "a kind of column", nearest(str(self.kind), KINDS))
        if self.reads is not None and self.reads not in TEXTS:
            raise UsageError("reads", self.reads, "what texts read as", nearest(str(self.reads), TEXTS))
        if isinstance(self.categories, str):
            raise UsageError("categories", self.categories, "a list of values", f"write [{self.categories!r}]")
        if self.categories is not None:
            object.__setattr__(self, "categories", tuple(str(value) for value in self.categories))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a table must look like: a frozen value.

    Attributes
    ----------
    columns : mapping of str to Column
        In order. A plain mapping of the fields of :class:`Column` will do, or
        the name of a kind.
    rows : int of at least 0
        Rows it was learned from; 0 for one written by hand, which is taken at
        its word.

    Examples
    --------
    >>> schema = Schema(columns={"plan": {"categories": ["basic", "plus"]}, "age": {"kind": "numeric", "low": 0}})
    >>> schema.columns["plan"].categories
    ('basic', 'plus')
    >>> Schema.from_dict(schema.to_dict()) == schema
    True
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    rows: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.columns, Mapping) or not self.columns:
            raise UsageError("columns", self.columns, "a mapping of column names to what they hold", "name one column")
        made = {str(name): _column(str(name), entry) for name, entry in self.columns.items()}
        object.__setattr__(self, "columns", made)
        if isinstance(self.rows, bool) or not isinstance(self.rows, int) or self.rows < 0:
            raise UsageError("rows", self.rows, "a number of rows", "leave it out of a schema written by hand")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON or TOML; what asks for nothing is left out."""
        columns = {}
        for name, column in self.columns.items():
            entry: dict[str, Any] = {}
            for part in fields(column):
                value = getattr(column, part.name)
                if value != part.default:
                    entry[part.name] = list(value) if isinstance(value, tuple) else value
            columns[name] = entry
        return {"columns": columns, "rows": self.rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Schema:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        UsageError
            If a key is unknown or a value cannot be used.
        """
        for key in data:
            if key not in ("columns", "rows"):
                raise UsageError(key, data[key], "a key of a schema", nearest(str(key), ("columns", "rows")))
        return cls(columns=data.get("columns", {}), rows=data.get("rows", 0))


def _column(name: str, entry: Any) -> Column:
    """Make a Column of what a schema written by hand may hold."""
    if isinstance(entry, Column):
        return entry
    if isinstance(entry, str):
        return Column(kind=entry)
    known = tuple(part.name for part in fields(Column))
    if not isinstance(entry, Mapping):
        raise UsageError(f"columns[{name!r}]", entry, "a kind or a mapping", f"use the keys {', '.join(known)}")
    for key in entry:
        if key not in known:
            raise UsageError(f"columns[{name!r}][{key!r}]", entry[key], "a known key", nearest(str(key), known))
    return Column(**entry)


def learn_schema(table: Any, *, ranges: bool = False, open_columns: Sequence[str] = ()) -> Schema:
    """Learn what a table looks like.

    A set of categories is closed only where the table gives reason to believe
    that it holds them all: at most 50, and none seen fewer than 8 times.

    Parameters
    ----------
    table : DataFrame, path or Profile
    ranges : bool
        Whether smallest and largest number become limits. Off by default: the
        next table of the same kind exceeds one of them as often as not.
    open_columns : list of str
        Columns, such as identifiers, whose set of values is never closed.

    Returns
    -------
    Schema

    Raises
    ------
    UsageError
        If it is no table.

    Examples
    --------
    >>> import polars as pl
    >>> schema = learn_schema(pl.DataFrame({"plan": ["basic", "plus"] * 50}))
    >>> schema.columns["plan"].categories
    ('basic', 'plus')
    """
    made = profile(table)
    learned = {name: _learned(column, ranges, name in open_columns) for name, column in made.columns.items()}
    return Schema(columns=learned, rows=made.rows)


def _learned(column: ColumnProfile, ranges: bool, is_open: bool) -> Column:
    """Learn one column."""
    if column.present == 0:
        return Column()
    grid = column.grid
    bounded = ranges and column.kind == "numeric" and grid is not None and grid.n > 0
    categories, rarest = (None, None) if is_open else _closed(column)
    return Column(
        kind=column.kind,
        categories=categories,
        rarest=rarest,
        low=grid.low if bounded and grid is not None else None,
        high=grid.high if bounded and grid is not None else None,
        whole=column.kind == "numeric" and rows_with_fractions(column) == 0,
        reads=_reads(column),
        filled=column.present / column.rows,
    )


def _closed(column: ColumnProfile) -> tuple[tuple[str, ...] | None, int | None]:
    """Return the categories and the rows of the rarest, where none is rare and they are few."""
    found = column.values
    if column.kind != "category" or found is None or not found.complete or len(found.labels) > _MOST_CATEGORIES:
        return None, None
    rarest = int(found.counts.min())
    if rarest < _FEWEST_OF_A_CATEGORY:
        return None, None
    return tuple(sorted(found.labels)), rarest


def _reads(column: ColumnProfile) -> str | None:
    """Tell as what every text of a column reads, if as one thing."""
    return next((what for what in TEXTS if column.text is not None and rows_not_read(column, what) == 0), None)


def rows_with_fractions(column: ColumnProfile) -> int:
    """Count the rows whose number is no whole one; of a long column, among the values that its profile keeps."""
    if column.grid is None or column.dtype.startswith(("Int", "UInt")):
        return 0
    kept = column.grid.distinct
    return int(kept.counts[np.isfinite(kept.values) & (np.trunc(kept.values) != kept.values)].sum())


def rows_not_read(column: ColumnProfile, what: str) -> int:
    """Count the texts that read neither as what they should nor as 'no value'; all of them where none does."""
    if column.text is None:
        return column.present
    read = column.text.numbers if what == "number" else column.text.dates
    return column.present - (read + sum(column.text.nulls.values()) if read else 0)
