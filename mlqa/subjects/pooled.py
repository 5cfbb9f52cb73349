"""Sample rows of one or two tables as one frame, in an order that only the rows decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.hashing import hash_bits, salt_of
from mlqa.subjects.remembered import memory_of
from mlqa.subjects.table import kind_of

__all__ = ["Pooled", "comparable", "lowest_keys", "pooled", "row_keys"]

_LARGE = 0.02
_MOST_CELLS = 1 << 25  # of which the ranks are remembered: 128 MB
_SIDES = np.array([1, 2], dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Rows of both tables together.

    Attributes
    ----------
    frame : polars.DataFrame
        Reference and current rows mixed, ordered by their hash; equal rows of
        both tables in no order that tells them apart.
    current : array of bool, shape (n,)
        Which rows are of the current table.
    places : array of int, shape (n,)
        Each row's place in its own sample.
    codes : array of int of at least 0, shape (n, columns)
        0 for missing values, larger numbers for larger values of a column.
    hashes : array of uint64, shape (n,)
        Of each row's values: equal rows have equal hashes.
    """

    frame: pl.DataFrame
    codes: NDArray[np.int64]
    current: NDArray[np.bool_]
    places: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    def part(self, rows: NDArray[np.bool_]) -> Pooled:
        """Return some of the rows."""
        frame = self.frame.filter(pl.Series(rows))
        return Pooled(frame, self.codes[rows], self.current[rows], self.places[rows], self.hashes[rows])

    def column(self, name: str) -> NDArray[np.int64]:
        """Return the codes of a column."""
        found: NDArray[np.int64] = self.codes[:, self.frame.get_column_index(name)]
        return found

    def in_table(self, positions: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return each current row's place in its table; `positions` are those of its sample. -1 for other rows."""
        places = positions[np.where(self.current, self.places, 0)].astype(np.int64)
        return np.where(self.current, places, -1)

    @property
    def fold(self) -> NDArray[np.int64]:
        """One of five folds for each row.

        Equal rows share theirs, so that a copied row does not tell its own
        label, but for groups of more than 2 % of all rows, which would leave
        the other folds with nothing to learn from.
        """
        first = np.flatnonzero(np.concatenate(([True], self.hashes[1:] != self.hashes[:-1])))
        sizes = np.diff(np.append(first, self.hashes.size))
        within = np.arange(self.hashes.size) - np.repeat(first, sizes)
        large = np.repeat(sizes > _LARGE * self.hashes.size, sizes)
        folds: NDArray[np.int64] = (hash_bits(self.hashes) % np.uint64(5)).astype(np.int64)
        return np.where(large, (folds + within) % 5, folds)  # in a small table every row is a large group


def comparable(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """Return the columns of one kind in both tables that hold numbers, times, truth values or texts.

    Examples
    --------
    >>> comparable(pl.DataFrame({"a": [1], "b": ["x"]}), pl.DataFrame({"a": [1.5], "b": [1]}))
    ['a']
    """
    there = set(after.columns)
    return [name for name in before.columns if name in there and _alike(before[name], after[name])]


def _alike(one: pl.Series, other: pl.Series) -> bool:
    """Tell whether values of two columns can be equal."""
    if kind_of(one) == "time" and one.dtype.base_type() != other.dtype.base_type():
        return {one.dtype.base_type(), other.dtype.base_type()} == {pl.Date, pl.Datetime}
    return kind_of(one) == kind_of(other) != "other"


def pooled(before: pl.DataFrame | None, after: pl.DataFrame, names: list[str], *, most: int) -> Pooled:
    """Put the rows of one or two tables together.

    Parameters
    ----------
    before, after : polars.DataFrame
        In canonical form; the columns that both have are of one kind each.
        Not to be changed in place: their ranks are remembered as long as they live.
    names : list of str
        Columns of `after`; those that `before` lacks are missing in its rows.
    most : int
        Rows of each table at most, chosen by their hash.

    Examples
    --------
    >>> both = pooled(pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2.0, 3.0]}), ["a"], most=10)
    >>> both.frame.height, int(both.current.sum())
    (3, 2)
    """
    shared = [name for name in names if before is None or name in before.columns]
    sides = (
        [_plain(after.select(names))]
        if before is None
        else [_plain(before.select(shared)), _plain(after.select(names))]
    )
    frame = pl.concat(sides, how="diagonal_relaxed").select(names)
    codes = _codes(before, after, frame)
    current = np.arange(frame.height) >= frame.height - after.height
    places = np.concatenate([np.arange(side.height) for side in sides])
    hashes = np.zeros(frame.height, dtype=np.uint64)
    for name in shared:
        hashes += hash_bits(codes[name].astype(np.uint64) ^ salt_of(name))
    hashes = hash_bits(hashes)
    order = np.argsort(hashes, kind="stable")
    keys = np.empty_like(hashes)
    keys[order] = row_keys(hashes[order], current[order], _SIDES)
    kept = lowest_keys(keys, current, most)
    kept = kept[np.lexsort((keys[kept], hashes[kept]))]
    chosen = np.column_stack([codes[name][kept].astype(np.int64) for name in names])
    return Pooled(frame[kept], chosen, current[kept], places[kept], hashes[kept])


def row_keys(hashes: NDArray[np.uint64], current: NDArray[np.bool_], salt: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash each row with its table and the number of rows equal to it that its table has before it.

    Parameters
    ----------
    hashes : array, shape (n,), uint64, ascending
    current : array of bool, shape (n,)
    salt : array, shape (2,), uint64
        Of current and of the reference: were the table left out, equal rows of
        both would always go together, and never tell independent stories.

    Examples
    --------
    >>> hashes, salt = np.array([5, 5, 5], dtype=np.uint64), np.array([1, 2], dtype=np.uint64)
    >>> np.unique(row_keys(hashes, np.array([True, False, True]), salt)).size
    3
    """
    keys = np.empty_like(hashes)
    for side, own in zip((current, ~current), salt):
        mine = hashes[side]
        place = np.arange(mine.size)
        starts = np.concatenate((np.ones(min(mine.size, 1), dtype=bool), mine[1:] != mine[:-1]))
        before = place - np.maximum.accumulate(np.where(starts, place, 0))
        keys[side] = hash_bits(mine + hash_bits(before.astype(np.uint64) ^ own))
    return keys


def lowest_keys(keys: NDArray[np.uint64], current: NDArray[np.bool_], most: int) -> NDArray[np.intp]:
    """Return the rows of smallest key of each table, in order.

    Examples
    --------
    >>> lowest_keys(np.array([3, 1, 2], dtype=np.uint64), np.array([True, True, False]), 1).tolist()
    [1, 2]
    """
    chosen = [np.flatnonzero(side)[np.argsort(keys[side], kind="stable")[:most]] for side in (current, ~current)]
    return np.sort(np.concatenate(chosen))


def _codes(before: pl.DataFrame | None, after: pl.DataFrame, frame: pl.DataFrame) -> dict[str, NDArray[np.uint32]]:
    """Rank the values of every column of the joined frame, all columns at once; those ranked before are remembered."""
    memory = memory_of(before, after)
    with memory.lock:
        known = memory.known
        new = [name for name in frame.columns if name not in known]
        ranked = frame.select(pl.col(new).rank("dense").fill_null(0).cast(pl.UInt32)) if new else frame.select()
        found = {name: ranked[name].to_numpy() for name in new}
        codes = {name: known[name] if name in known else found[name] for name in frame.columns}
        if (len(known) + len(new)) * frame.height <= _MOST_CELLS:
            known.update(found)
    return codes


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return numbers and times as floats, truth values as 0.0 and 1.0, texts as they are."""
    return frame.with_columns(_plain_column(name, dtype) for name, dtype in frame.schema.items())


def _plain_column(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return times in microseconds, whatever unit they came in."""
    column, base = pl.col(name), dtype.base_type()
    if base in (pl.Date, pl.Datetime):
        return column.cast(pl.Datetime("us")).to_physical().cast(pl.Float64)
    if base in (pl.String, pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    return (column.to_physical() if dtype.is_temporal() else column).cast(pl.Float64)
