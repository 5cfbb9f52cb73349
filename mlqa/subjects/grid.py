"""Numbers counted over a nested grid: exact while few, and merged exactly in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.subjects.hashing import float_bits, hash_bits
from mlqa.subjects.kept import EVERYTHING, ascending

__all__ = ["Grid", "ValueSample", "grid_of", "joined"]

MOST_CELLS = 4096
_MOST_SAMPLED = 2048
_LOWER = np.int64(0x7FFFFFFFFFFFFFFF)
_NOTHING = np.zeros(0, dtype=np.int64)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ValueSample:
    """Distinct values, chosen by hash where there are too many, with their exact counts.

    Attributes
    ----------
    values : array, shape (k,), ascending
    counts : array, shape (k,), int64
    limit : int
        Every value whose hash is below it is here; ``2**64`` where all are.
    """

    values: Floats
    counts: Ints
    limit: int

    @property
    def complete(self) -> bool:
        """Whether every distinct value is here."""
        return self.limit == EVERYTHING

    def below(self, limit: int) -> ValueSample:
        """Return the values whose hash is below a limit: what two samples with this limit share a rule for."""
        if limit >= self.limit:
            return self
        chosen = hash_bits(float_bits(self.values)) < np.uint64(limit)
        return ValueSample(values=self.values[chosen], counts=self.counts[chosen], limit=limit)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grid:
    """Rows in each cell of a grid over the numbers.

    Attributes
    ----------
    keys : array, shape (c,), int64, ascending
        The 64 bits of a float in the order of the numbers, less the `shift`
        lowest: cells of equal relative width, that of a half where `shift` is
        one more. At most 4,096 cells.
    counts : array, shape (c,), int64
    shift : int in 0..63
        0: each cell is one exact value.
    low, high : float
        Exact smallest and largest value; NaN where there is none.
    distinct : ValueSample

    Notes
    -----
    The shift is the smallest that leaves 4,096 cells, so it depends on the
    values alone: the grid of two tables is the merge of theirs, exactly.
    """

    keys: Ints
    counts: Ints
    shift: int
    low: float
    high: float
    sampled: ValueSample | None = None

    @property
    def n(self) -> int:
        """Values counted."""
        return int(self.counts.sum())

    @property
    def values(self) -> Floats:
        """One value for each cell: exact, or the middle of the cell, never beyond the extremes."""
        if self.shift == 0 or self.keys.size == 0:
            return _floats(self.keys)
        middle = (self.keys << self.shift) | np.int64(1 << (self.shift - 1))
        ends = _ordered(np.array([self.low, self.high]))
        return _floats(np.clip(middle, ends[0], ends[1]))

    @property
    def distinct(self) -> ValueSample:
        """Distinct values with their exact counts; all of them where the cells are values."""
        if self.sampled is None:
            return ValueSample(values=self.values, counts=self.counts, limit=EVERYTHING)
        return self.sampled

    def merge(self, other: Grid) -> Grid:
        """Count the values of both."""
        if other.keys.size == 0 or self.keys.size == 0:
            return self if other.keys.size == 0 else other
        shift = max(self.shift, other.shift)
        cells, counts = _added(*((grid.keys >> (shift - grid.shift), grid.counts) for grid in (self, other)))
        keys, counts, shift = _coarse(cells, counts, shift)
        low, high = min(self.low, other.low), max(self.high, other.high)
        sampled = None if shift == 0 else _merged(self.distinct, other.distinct)
        return Grid(keys=keys, counts=counts, shift=shift, low=low, high=high, sampled=sampled)


def grid_of(values: Floats, rows: Ints | None = None) -> Grid:
    """Count numbers.

    Parameters
    ----------
    values : array, shape (n,)
        Without NaN; infinities are numbers like others.
    rows : array, shape (n,), int64, optional
        How often each occurs; once by default.

    Examples
    --------
    >>> grid = grid_of(np.array([2.0, -1.0, 2.0]))
    >>> grid.values.tolist(), grid.counts.tolist(), grid.shift
    ([-1.0, 2.0], [1, 2], 0)
    """
    keys = _ordered(values)
    if rows is None:
        cells, counts = _runs(ascending(keys), None)
    else:
        order = np.argsort(keys, kind="stable")
        cells, counts = _runs(keys[order], rows[order])
    if cells.size == 0:
        return Grid(keys=_NOTHING, counts=_NOTHING, shift=0, low=np.nan, high=np.nan)
    low, high = _floats(cells[[0, -1]]).tolist()
    if cells.size <= MOST_CELLS:
        return Grid(keys=cells, counts=counts, shift=0, low=low, high=high)
    sampled = _sampled(_floats(cells), counts, EVERYTHING)
    keys, counts, shift = _coarse(cells, counts, 0)
    return Grid(keys=keys, counts=counts, shift=shift, low=low, high=high, sampled=sampled)


def joined(first: Grid, second: Grid) -> tuple[Floats, Ints, Ints]:
    """Return two grids over their pooled cells.

    Returns
    -------
    values : array, shape (v,), ascending
    x, y : array, shape (v,), int64
        Rows of the first and of the second.

    Examples
    --------
    >>> [part.tolist() for part in joined(grid_of(np.array([1.0, 2.0])), grid_of(np.array([2.0])))]
    [[1.0, 2.0], [1, 1], [0, 1]]
    """
    shift = max(first.shift, second.shift)
    cells, x, y = _pooled(first, second)
    low, high = (min(first.low, second.low), max(first.high, second.high))
    if first.keys.size == 0 or second.keys.size == 0:
        low, high = (first.low, first.high) if second.keys.size == 0 else (second.low, second.high)
    return Grid(keys=cells, counts=x, shift=shift, low=low, high=high).values, x, y


def _pooled(first: Grid, second: Grid) -> tuple[Ints, Ints, Ints]:
    """Put two grids on the coarser of their shifts."""
    shift = max(first.shift, second.shift)
    left, right = (grid.keys >> (shift - grid.shift) for grid in (first, second))
    cells = np.union1d(left, right)
    x = np.bincount(np.searchsorted(cells, left), first.counts, cells.size).astype(np.int64)
    y = np.bincount(np.searchsorted(cells, right), second.counts, cells.size).astype(np.int64)
    return cells, x, y


def _coarse(cells: Ints, counts: Ints, shift: int) -> tuple[Ints, Ints, int]:
    """Drop as few bits as leave no more cells than can be kept."""
    fewest, most = 0, 63 - shift
    while fewest < most:
        middle = (fewest + most) // 2
        wide = cells >> middle
        if 1 + int(np.count_nonzero(wide[1:] != wide[:-1])) <= MOST_CELLS:
            most = middle
        else:
            fewest = middle + 1
    return *_runs(cells >> fewest, counts), shift + fewest


def _runs(in_order: NDArray[Any], rows: Ints | None) -> tuple[NDArray[Any], Ints]:
    """Distinct keys and how often each occurs."""
    if in_order.size == 0:
        return _NOTHING, _NOTHING
    first = np.flatnonzero(np.concatenate(([True], in_order[1:] != in_order[:-1])))
    if rows is None:
        return in_order[first], np.diff(np.append(first, in_order.size))
    return in_order[first], np.add.reduceat(rows, first)


def _sampled(values: Floats, counts: Ints, limit: int) -> ValueSample:
    """Keep the values of smallest hash, of ascending ones whose hash is below the limit."""
    if values.size > _MOST_SAMPLED:
        hashes = hash_bits(float_bits(values))
        limit = min(limit, int(np.partition(hashes, _MOST_SAMPLED)[_MOST_SAMPLED]))
        chosen = np.flatnonzero(hashes < np.uint64(limit))
        values, counts = values[chosen], counts[chosen]
    return ValueSample(values=values, counts=counts, limit=limit)


def _merged(first: ValueSample, second: ValueSample) -> ValueSample:
    """Add up the counts of two samples below the smaller limit."""
    limit = min(first.limit, second.limit)
    values, counts = _added(*((side.values, side.counts) for side in (first.below(limit), second.below(limit))))
    return _sampled(values, counts, limit)


def _added(first: tuple[NDArray[Any], Ints], second: tuple[NDArray[Any], Ints]) -> tuple[NDArray[Any], Ints]:
    """Add up two counts of things in order."""
    things, counts = (np.concatenate(both) for both in zip(first, second))
    order = np.argsort(things, kind="stable")  # of two runs already in order: one walk along both
    return _runs(things[order], counts[order])


def _ordered(values: Floats) -> Ints:
    """Return the bits of floats as integers in the order of the numbers."""
    bits = float_bits(values).view(np.int64)
    return bits ^ ((bits >> 63) & _LOWER)


def _floats(ordered: Ints) -> Floats:
    """Undo :func:`_ordered`."""
    return (ordered ^ ((ordered >> 63) & _LOWER)).view(np.float64)
