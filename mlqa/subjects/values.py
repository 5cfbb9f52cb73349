"""Categories counted: all of them while few, else those of smallest hash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.hashing import hash_texts
from mlqa.subjects.kept import EVERYTHING, keep_lowest

__all__ = ["ValueCounts", "count_values", "joined_values"]

MOST_VALUES = 16_384
LONGEST = 200


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ValueCounts:
    """Rows of each category.

    Attributes
    ----------
    labels : tuple of str
        Cut at 200 characters; the hash is of the whole.
    counts : array, shape (k,), int64
    hashes : array, shape (k,), uint64, ascending
    limit : int
        Every category whose hash is below it is here; ``2**64`` where all are.
    rows : int
        In all, also of categories that are not kept.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    limit: int
    rows: int

    @property
    def complete(self) -> bool:
        """Whether every category is here."""
        return self.limit == EVERYTHING

    def merge(self, other: ValueCounts) -> ValueCounts:
        """Count the rows of both."""
        limit = min(self.limit, other.limit)
        hashes, x, y, labels = _pooled(self, other)
        inside, limit = keep_lowest(hashes, limit, MOST_VALUES)
        return ValueCounts(
            labels=tuple(labels[inside]),
            counts=(x + y)[inside],
            hashes=hashes[inside],
            limit=limit,
            rows=self.rows + other.rows,
        )


def count_values(labels: pl.Series, counts: NDArray[np.int64], hashes: NDArray[np.uint64] | None = None) -> ValueCounts:
    """Keep the counts of distinct categories.

    Parameters
    ----------
    labels : polars.Series of String, shape (k,)
        Distinct, without null.
    counts : array, shape (k,), int64
    hashes : array, shape (k,), uint64, optional
        Of the labels.

    Examples
    --------
    >>> counted = count_values(pl.Series(["a", "b"]), np.array([3, 1]))
    >>> sorted(zip(counted.labels, counted.counts.tolist()))
    [('a', 3), ('b', 1)]
    """
    hashes = hash_texts(labels) if hashes is None else hashes
    order = np.argsort(hashes)
    inside, limit = keep_lowest(hashes[order], EVERYTHING, MOST_VALUES)
    chosen = order[inside]
    return ValueCounts(
        labels=tuple(label[:LONGEST] for label in labels.gather(chosen).to_list()),
        counts=counts[chosen].astype(np.int64),
        hashes=hashes[chosen],
        limit=limit,
        rows=int(counts.sum()),
    )


def joined_values(first: ValueCounts, second: ValueCounts) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Return the categories that two counts can be compared over, and the rows of each, the most frequent first.

    Examples
    --------
    >>> first, second = (count_values(pl.Series(list(labels)), np.array([2, 1])) for labels in ("ab", "bc"))
    >>> labels, x, y = joined_values(first, second)
    >>> labels, x.tolist(), y.tolist()
    (['b', 'a', 'c'], [1, 2, 0], [2, 0, 1])
    """
    hashes, x, y, labels = _pooled(first, second)
    limit = min(first.limit, second.limit)
    inside = slice(0, hashes.size if limit == EVERYTHING else int(np.searchsorted(hashes, np.uint64(limit))))
    labels, x, y = labels[inside], x[inside], y[inside]
    order = sorted(range(len(labels)), key=lambda at: (-int(x[at] + y[at]), labels[at]))
    return [labels[at] for at in order], x[order], y[order]


def _pooled(
    first: ValueCounts, second: ValueCounts
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Line up two counts by hash."""
    hashes = np.union1d(first.hashes, second.hashes)
    sides, labels = [], [""] * hashes.size
    for side in (first, second):
        place = np.searchsorted(hashes, side.hashes)
        counts = np.zeros(hashes.size, dtype=np.int64)
        counts[place] = side.counts
        sides.append(counts)
        for at, label in zip(place.tolist(), side.labels):
            labels[at] = label
    return hashes, sides[0], sides[1], labels
