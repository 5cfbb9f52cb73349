"""What a table must look like: a value that can be learned, written by hand, saved and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import polars as pl

from mlqa.errors import UsageError, nearest
from mlqa.subjects.table import kind_of, read_table

__all__ = ["Column", "Schema", "learn_schema"]

KINDS = ("numeric", "boolean", "time", "category", "other")
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
    filled : float in (0, 1] or None
        Share of values present in the table it was learned from: such a column
        must not turn entirely missing.
    """

    kind: str | None = None
    nullable: bool = True
    categories: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    filled: float | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise UsageError("kind", self.kind, "a kind of column", nearest(str(self.kind), KINDS))
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
    table : DataFrame or path
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
    frame = read_table(table)
    learned = {series.name: _learned(series, ranges, series.name in open_columns) for series in frame.get_columns()}
    return Schema(columns=learned, rows=frame.height)


def _learned(series: pl.Series, ranges: bool, is_open: bool) -> Column:
    """Learn one column."""
    present = len(series) - series.null_count()
    if present == 0:
        return Column()
    kind = kind_of(series)
    bounded = ranges and kind == "numeric"
    low, high = (series.min(), series.max()) if bounded else (None, None)
    return Column(
        kind=kind,
        categories=None if is_open or kind != "category" else _closed(series),
        low=None if low is None else float(str(low)),
        high=None if high is None else float(str(high)),
        filled=present / len(series),
    )


def _closed(series: pl.Series) -> tuple[str, ...] | None:
    """Return the categories where none is rare and they are few."""
    # a text column has thousands of values: the head of it tells, without counting them all
    if series.head(10_000).n_unique() > _MOST_CATEGORIES + 1:
        return None
    counts = series.drop_nulls().alias("value").value_counts(name="rows")
    rarest = counts.get_column("rows").min()
    if counts.height > _MOST_CATEGORIES or not isinstance(rarest, int) or rarest < _FEWEST_OF_A_CATEGORY:
        return None
    return tuple(sorted(counts.get_column("value").to_list()))
