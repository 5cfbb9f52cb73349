"""What is wrong with one column, by its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from mlqa.checks.quality.schema import Column, rows_not_read, rows_with_fractions
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.values import LONGEST
from mlqa.wording import listed, number

__all__ = ["Fault", "faults_of"]

Fault = dict[str, Any]

_LONGEST_SHOWN = 40
_MOST_SHOWN = 50


def faults_of(column: Column, found: ColumnProfile, allowed: Mapping[str, int], *, filled: bool) -> Iterator[Fault]:
    """Yield what is wrong with a column that is there.

    Parameters
    ----------
    column : Column
        What it should be.
    found : ColumnProfile
    allowed : mapping of str to int
        Rows that may go against ``'categories'``, ``'whole'`` and ``'reads'``.
    filled : bool
        Whether it may not be entirely missing.
    """
    if found.nulls and not column.nullable:
        yield {"column": found.name, "fault": f"{_rows(found.nulls)} missing a value", "rows": found.nulls}
    if found.present == 0:
        if filled:
            yield {"column": found.name, "fault": "entirely missing", "rows": found.nulls}
        return
    if column.kind is not None and found.kind != column.kind:
        yield {"column": found.name, "fault": _other_kind(column.kind, found)}
        return
    yield from _outside_categories(column, found, allowed.get("categories", 0))
    yield from _outside_range(column, found)
    yield from _other_shape(column, found, allowed)


def _other_kind(kind: str, found: ColumnProfile) -> str:
    """Say which kind it is, and of numbers or times that came as text how many cannot be read."""
    told = f"kind is {found.kind}, should be {kind}"
    what = {"numeric": "number", "time": "date"}.get(kind)
    bad = rows_not_read(found, what) if found.kind == "category" and what else 0
    return f"{told}: {_rows(bad)} of {found.present} read as no {what}" if bad else told


def _outside_categories(column: Column, found: ColumnProfile, allowed: int) -> Iterator[Fault]:
    """Yield the values outside a closed set, the most frequent first."""
    if column.categories is None:
        return
    known = {category[:LONGEST] for category in column.categories}
    unseen = [(rows, value) for value, rows in _values_of(found) if value not in known]
    rows = sum(count for count, _ in unseen)
    if rows <= allowed:
        return
    unseen.sort(key=lambda pair: (-pair[0], pair[1]))
    shown = listed([_short(value) for _, value in unseen[:_MOST_SHOWN]])
    told = f"{_rows(rows)} outside the closed categories: {shown}"
    yield {"column": found.name, "fault": told, "rows": rows, "value": unseen[0][1]}


def _values_of(found: ColumnProfile) -> list[tuple[str, int]]:
    """Return the values of a column as text, with their rows."""
    if found.values is not None:
        return list(zip(found.values.labels, found.values.counts.tolist()))
    if found.grid is None:
        return []
    kept = found.grid.distinct
    values = pl.Series(kept.values)
    if found.dtype.startswith(("Int", "UInt")):
        values = values.cast(pl.Int64, strict=False)
    elif found.dtype.startswith("Date"):
        values = values.cast(pl.Int64).cast(pl.Datetime("us"))
        values = values.cast(pl.Date) if found.dtype == "Date" else values
    return list(zip(values.cast(pl.String).fill_null("").to_list(), kept.counts.tolist()))


def _outside_range(column: Column, found: ColumnProfile) -> Iterator[Fault]:
    """Yield the ends of a range that rows lie beyond."""
    if found.kind != "numeric" or found.grid is None:
        return
    grid = found.grid
    for side, limit, far in (("below", column.low, grid.low), ("above", column.high, grid.high)):
        if limit is None or not (far < limit if side == "below" else far > limit):
            continue
        outside = grid.values < limit if side == "below" else grid.values > limit
        beyond = max(1, int(grid.counts[outside].sum()))
        told = f"{_rows(beyond)} {side} {number(limit)} ({'least' if side == 'below' else 'most'} {number(far)})"
        yield {"column": found.name, "fault": told, "rows": beyond, "value": far}


def _other_shape(column: Column, found: ColumnProfile, allowed: Mapping[str, int]) -> Iterator[Fault]:
    """Yield fractions among whole numbers, and texts that cannot be read as all others can."""
    fractions = rows_with_fractions(found) if column.whole and found.kind == "numeric" else 0
    if fractions > allowed.get("whole", 0):
        told = f"{_rows(fractions)} with a fraction, all were whole numbers"
        yield {"column": found.name, "fault": told, "rows": fractions, "value": _first_fraction(found)}
    bad = rows_not_read(found, column.reads) if column.reads is not None and found.kind == "category" else 0
    if bad > allowed.get("reads", 0):
        told = f"{_rows(bad)} of {found.present} read as no {column.reads}, all did"
        yield {"column": found.name, "fault": told, "rows": bad}


def _first_fraction(found: ColumnProfile) -> float | None:
    """Return the smallest number that is no whole one."""
    values = np.zeros(0) if found.grid is None else found.grid.distinct.values
    broken = values[np.isfinite(values) & (np.trunc(values) != values)]
    return float(broken[0]) if broken.size else None


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 3] + "..."


def _rows(count: int) -> str:
    """Count rows in words."""
    return "1 row" if count == 1 else f"{count} rows"
