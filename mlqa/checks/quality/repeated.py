"""Groups of equal rows of one table, or of a table and its reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.column_profile import profile_column
from mlqa.subjects.kept import EVERYTHING, HashCounts
from mlqa.subjects.pooled import comparable
from mlqa.subjects.profile import Profile, is_profile, profile
from mlqa.subjects.table import pick, read_table

__all__ = ["Repeated", "examples", "repeated_in", "sides"]

Counts = NDArray[np.int64]
_MOST_EXAMPLES = 3
_MOST_VALUES = 4
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Repeated:
    """Groups of equal rows over both tables by size, and what repeats within current.

    Attributes
    ----------
    sizes, counts : array, shape (k,)
        Rows of a group, ascending, and how many groups have as many.
    repeats, repeats_ref : int
        Rows of current less the different ones among them; the same of the
        reference.
    n_ref, n_cur : int
        Rows counted: all, or those whose hash is kept.
    """

    sizes: Counts
    counts: Counts
    repeats: int
    repeats_ref: int
    n_ref: int
    n_cur: int

    @property
    def share(self) -> float:
        """Share of current rows that repeat another."""
        return self.repeats / max(1, self.n_cur)

    def with_copies(self, copies: int) -> tuple[Counts, Counts]:
        """Return the groups as they would be had so many single rows been overwritten by copies of others."""
        by_size = dict(zip(self.sizes.tolist(), self.counts.tolist()))
        single = min(2 * copies, by_size.get(1, 0))
        by_size[1] = by_size.get(1, 0) - single
        by_size[2] = by_size.get(2, 0) + single // 2
        kept = {size: count for size, count in sorted(by_size.items()) if count}
        return np.array([*kept], dtype=np.int64), np.array([*kept.values()], dtype=np.int64)


def sides(current: Any, reference: Any, columns: Sequence[str] | None) -> tuple[Profile, Profile | None] | str:
    """Profile one or two tables over the same columns; the reason, in a few words, where that is not possible.

    Raises
    ------
    UsageError
        If either is no table, lacks a column, or is a profile over others than `columns`.
    """
    after, before = (_read(side, name) for side, name in ((current, "current"), (reference, "reference")))
    made = [side for side in (before, after) if isinstance(side, Profile)]
    names = list(made[0].hashed) if made else _names(after, before, columns)
    if made and columns is not None and set(columns) != set(names):
        raise UsageError("columns", columns, f"the columns of the profile, {names[:4]}", "pass the table instead")
    if not names:
        return "the two tables share no column of the same kind"
    if any(isinstance(side, Profile) and list(side.hashed) != names for side in (before, after)):
        return "the two profiles tell rows apart by different columns"
    if any(isinstance(side, pl.DataFrame) and not set(names) <= set(side.columns) for side in (before, after)):
        return "the table lacks a column by which the profile tells rows apart"
    profiled = [
        side if side is None or isinstance(side, Profile) else profile(side, hashed=names) for side in (after, before)
    ]
    return profiled[0], profiled[1]  # type: ignore[return-value]  # current is never None


def _read(side: Any, name: str) -> pl.DataFrame | Profile | None:
    """Read a table or a saved profile."""
    if side is None and name == "reference":
        return None
    return profile(side, name=name) if is_profile(side) else read_table(side, name=name)


def _names(after: Any, before: Any, columns: Sequence[str] | None) -> list[str]:
    """Return the columns of two frames, or of one, by which rows are told apart, in alphabetical order."""
    both = [side for side in (before, after) if side is not None]
    for side in both:
        if columns is not None:
            pick(side, columns, name="columns")
    alike = after.columns if before is None else comparable(before, after)
    return sorted(alike if columns is None else set(columns) & set(alike))


def repeated_in(before: Profile | None, after: Profile) -> Repeated:
    """Group equal rows, over the hashes that both tables keep.

    Examples
    --------
    >>> found = repeated_in(None, profile(pl.DataFrame({"x": [1, 1, 2]})))
    >>> found.sizes.tolist(), found.counts.tolist(), found.repeats
    ([1, 2], [1, 1], 1)
    """
    limit = min(side.row_counts.limit for side in (before, after) if side is not None)
    hashes, now = _below(after.row_counts, limit)
    there, was = (hashes[:0], now[:0]) if before is None else _below(before.row_counts, limit)
    different, place = np.unique(np.concatenate((hashes, there)), return_inverse=True)
    pooled = np.bincount(place, np.concatenate((now, was)), different.size).astype(np.int64)
    sizes, counts = np.unique(pooled, return_counts=True)
    return Repeated(
        sizes, counts.astype(np.int64), int((now - 1).sum()), int((was - 1).sum()), int(was.sum()), int(now.sum())
    )


def _below(counted: HashCounts, limit: int) -> tuple[NDArray[np.uint64], Counts]:
    """Return the hashes below a limit, and the rows of each."""
    kept = counted.hashes.size if limit == EVERYTHING else int(np.searchsorted(counted.hashes, np.uint64(limit)))
    return counted.hashes[:kept], counted.counts[:kept]


def examples(table: Profile) -> tuple[dict[str, Any], ...]:
    """Show the rows that repeat most often: where the first of them is, how many there are, a few of their values.

    Returns
    -------
    tuple of dict
        At most three; none of a profile that holds no rows.

    Examples
    --------
    >>> examples(profile(pl.DataFrame({"x": [7, 5, 5], "k": ["a", "b", "b"]})))
    ({'current_row': 1, 'rows': 2, 'values': "x = 5, k = 'b'"},)
    """
    sample = table.sample
    if sample is None or not set(table.hashed) <= set(sample.columns):
        return ()
    hashes = np.zeros(sample.height, dtype=np.uint64)
    for name in table.hashed:
        hashes += profile_column(sample[name])[1]
    first = np.unique(hashes, return_index=True)[1]
    place = np.searchsorted(table.row_counts.hashes, hashes[first]).clip(max=max(0, table.row_counts.hashes.size - 1))
    known = table.row_counts.hashes[place] == hashes[first]
    rows = np.where(known, table.row_counts.counts[place], 0)
    order = np.lexsort((table.positions[first], -rows))[:_MOST_EXAMPLES]
    return tuple(
        {
            "current_row": int(table.positions[first[at]]),
            "rows": int(rows[at]),
            "values": _values(sample.row(int(first[at]), named=True), table.hashed),
        }
        for at in order
        if rows[at] > 1
    )


def _values(row: dict[str, Any], names: Sequence[str]) -> str:
    """Write a few values of a row in the order of its table, none of them long."""
    shown = [f"{name} = {repr(value)[:_LONGEST]}" for name, value in row.items() if name in names]
    return ", ".join(shown[:_MOST_VALUES]) + (", ..." if len(shown) > _MOST_VALUES else "")
