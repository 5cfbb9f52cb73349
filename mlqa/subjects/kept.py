"""Counts of more things than can be kept: those of smallest hash stay, with their exact counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["EVERYTHING", "HashCounts", "LabelCounts", "ascending", "count_hashes", "count_labels", "keep_lowest"]

EVERYTHING = 2**64
_MOST = 32_768
_MANY = 50_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HashCounts:
    """How often each hash occurs.

    Attributes
    ----------
    hashes : array, shape (k,), uint64, ascending
        At most 32,768.
    counts : array, shape (k,), int64
        Rows of each: exact.
    limit : int
        Every hash below it is here; ``2**64`` where all are.
    rows : int
        In all, also of hashes that are not kept.

    Notes
    -----
    Those kept are a random sample of the distinct hashes, the same whatever
    the order or the partition of the rows: a distinct sample [1]_. Two tables
    are compared below the smaller of their limits.

    References
    ----------
    .. [1] Gibbons, P. B. (2001), Distinct sampling for highly-accurate answers
       to distinct values queries and event reports, VLDB, 541-550.
    """

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]
    limit: int
    rows: int

    @property
    def complete(self) -> bool:
        """Whether every distinct hash is here."""
        return self.limit == EVERYTHING

    def merge(self, other: HashCounts) -> HashCounts:
        """Count the rows of both."""
        limit = min(self.limit, other.limit)
        hashes, place = np.unique(np.concatenate((self.hashes, other.hashes)), return_inverse=True)
        counts = np.bincount(place, np.concatenate((self.counts, other.counts)), hashes.size).astype(np.int64)
        inside, limit = keep_lowest(hashes, limit, _MOST)
        return HashCounts(hashes=hashes[inside], counts=counts[inside], limit=limit, rows=self.rows + other.rows)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LabelCounts(HashCounts):
    """How often each hash of features occurs, and whether its rows differ in their label.

    Attributes
    ----------
    labels_low, labels_high : array, shape (k,), uint64
        Smallest and largest hash of a label among the rows; different where
        labels conflict.
    """

    labels_low: NDArray[np.uint64]
    labels_high: NDArray[np.uint64]

    def merge(self, other: HashCounts) -> LabelCounts:
        """Count the rows of both."""
        if not isinstance(other, LabelCounts):
            raise TypeError("the other counts hold no labels")
        limit = min(self.limit, other.limit)
        hashes, place = np.unique(np.concatenate((self.hashes, other.hashes)), return_inverse=True)
        counts = np.bincount(place, np.concatenate((self.counts, other.counts)), hashes.size).astype(np.int64)
        low, high = np.full(hashes.size, EVERYTHING - 1, dtype=np.uint64), np.zeros(hashes.size, dtype=np.uint64)
        np.minimum.at(low, place, np.concatenate((self.labels_low, other.labels_low)))
        np.maximum.at(high, place, np.concatenate((self.labels_high, other.labels_high)))
        inside, limit = keep_lowest(hashes, limit, _MOST)
        return LabelCounts(
            hashes=hashes[inside],
            counts=counts[inside],
            limit=limit,
            rows=self.rows + other.rows,
            labels_low=low[inside],
            labels_high=high[inside],
        )


def ascending(values: NDArray[Any]) -> NDArray[Any]:
    """Sort numbers; polars does many of them in half the time of numpy."""
    if values.size < _MANY:
        return np.sort(values)
    return pl.Series(values).sort().to_numpy()


def keep_lowest(lowest: NDArray[np.uint64], limit: int, most: int) -> tuple[slice, int]:
    """Return which of the ascending distinct hashes stay, and the limit below which all are there."""
    below = lowest.size if limit == EVERYTHING else int(np.searchsorted(lowest, np.uint64(limit)))
    if below <= most:
        return slice(0, below), limit
    return slice(0, most), int(lowest[most])


def count_hashes(hashes: NDArray[np.uint64]) -> HashCounts:
    """Count one hash for each row.

    Examples
    --------
    >>> counted = count_hashes(np.array([7, 5, 7], dtype=np.uint64))
    >>> counted.hashes.tolist(), counted.counts.tolist(), counted.complete
    ([5, 7], [1, 2], True)
    """
    in_order = ascending(hashes)
    starts = np.concatenate((np.ones(min(hashes.size, 1), dtype=bool), in_order[1:] != in_order[:-1]))
    first = np.flatnonzero(starts)
    counts = np.diff(np.append(first, hashes.size)).astype(np.int64)
    distinct = in_order[first]
    inside, limit = keep_lowest(distinct, EVERYTHING, _MOST)
    return HashCounts(hashes=distinct[inside], counts=counts[inside], limit=limit, rows=hashes.size)


def count_labels(features: NDArray[np.uint64], labels: NDArray[np.uint64]) -> LabelCounts:
    """Count one hash of features and one of a label for each row.

    Examples
    --------
    >>> features, labels = np.array([5, 7, 7], dtype=np.uint64), np.array([1, 1, 2], dtype=np.uint64)
    >>> counted = count_labels(features, labels)
    >>> (counted.labels_low != counted.labels_high).tolist()
    [False, True]
    """
    counted = count_hashes(features)
    there = features < np.uint64(counted.limit) if not counted.complete else np.ones(features.size, dtype=bool)
    place = np.searchsorted(counted.hashes, features[there])
    low = np.full(counted.hashes.size, EVERYTHING - 1, dtype=np.uint64)
    high = np.zeros(counted.hashes.size, dtype=np.uint64)
    np.minimum.at(low, place, labels[there])
    np.maximum.at(high, place, labels[there])
    return LabelCounts(
        hashes=counted.hashes,
        counts=counted.counts,
        limit=counted.limit,
        rows=counted.rows,
        labels_low=low,
        labels_high=high,
    )
