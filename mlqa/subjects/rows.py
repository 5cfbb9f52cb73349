"""A few rows of a table, chosen by what they hold: the same ones however the table is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.hashing import hash_bits
from mlqa.subjects.kept import ascending

__all__ = ["SAMPLE_ROWS", "Rows", "choose_rows"]

SAMPLE_ROWS = 10_000

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rows:
    """A sample of rows.

    Attributes
    ----------
    frame : polars.DataFrame, shape (r, columns)
        In the order of the table; all of a table of at most 10,000 rows.
    keys : array, shape (r,), uint64
        The smallest are kept.
    positions : array, shape (r,), uint64
        Place of each row in the table.
    """

    frame: pl.DataFrame
    keys: Hashes
    positions: Hashes

    @property
    def highest(self) -> np.uint64 | None:
        """The largest key of a full sample: rows of larger keys have no room; None while there is room."""
        return None if self.keys.size < SAMPLE_ROWS else self.keys.max()

    def only(self, names: Sequence[str]) -> Rows:
        """Return the same rows with these columns."""
        if [*names] == self.frame.columns:
            return self  # and what is remembered of it
        return replace(self, frame=self.frame.select(names))

    def merge(self, other: Rows, rows: int) -> Rows:
        """Keep the rows of smallest key of both; `rows` is how many the table of the first has."""
        keys = np.concatenate((self.keys, other.keys))
        positions = np.concatenate((self.positions, other.positions + np.uint64(rows)))
        frame = pl.concat([self.frame, other.frame], how="vertical_relaxed") if other.keys.size else self.frame
        if keys.size <= SAMPLE_ROWS:
            return Rows(frame=frame, keys=keys, positions=positions)
        lowest = _lowest(keys)
        return Rows(frame=frame[lowest], keys=keys[lowest], positions=positions[lowest])


def choose_rows(frame: pl.DataFrame, hashes: Hashes, below: np.uint64 | None = None) -> Rows:
    """Choose rows by hash; of equal rows, by which of them they are.

    Parameters
    ----------
    frame : polars.DataFrame, shape (n, columns)
    hashes : array, shape (n,), uint64
        Of all values of each row.
    below : int, optional
        Choose only rows of smaller keys: what other parts of the table leave room for.

    Examples
    --------
    >>> import polars as pl
    >>> choose_rows(pl.DataFrame({"x": [3, 4]}), np.array([9, 2], dtype=np.uint64)).frame.height
    2
    """
    keys = _keys(hashes)
    if below is None and keys.size <= SAMPLE_ROWS:
        # a frame of our own: the caller's may be changed in place
        return Rows(frame=frame.clone(), keys=keys, positions=np.arange(keys.size, dtype=np.uint64))
    lowest = _lowest(keys) if below is None else np.flatnonzero(keys < below)
    return Rows(frame=frame[lowest], keys=keys[lowest], positions=lowest.astype(np.uint64))


def _lowest(keys: Hashes) -> NDArray[np.intp]:
    """Return the places of the smallest keys, ascending by place."""
    return np.sort(np.argpartition(keys, SAMPLE_ROWS)[:SAMPLE_ROWS])


def _keys(hashes: Hashes) -> Hashes:
    """Hash each row together with the number of equal rows before it."""
    lowest = ascending(hashes)
    if not (lowest[1:] == lowest[:-1]).any():
        return hash_bits(hashes + hash_bits(np.zeros(1, dtype=np.uint64)))
    order = np.argsort(hashes, kind="stable")
    starts = np.concatenate((np.ones(min(order.size, 1), dtype=bool), lowest[1:] != lowest[:-1]))
    place = np.arange(order.size)
    before = place - np.maximum.accumulate(np.where(starts, place, 0))
    keys = np.empty_like(hashes)
    keys[order] = hash_bits(lowest + hash_bits(before.astype(np.uint64)))
    return keys
