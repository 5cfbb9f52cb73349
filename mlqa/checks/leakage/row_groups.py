"""Groups of equal rows over two tables: which lie in both, and what dealing all rows at random would give."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlqa.stats.power import GROSS
from mlqa.stats.straddling import split_chance, straddling_tail
from mlqa.subjects.kept import HashCounts

__all__ = ["Groups", "grouped"]

# a group that straddles as surely as this tells nothing
_SATURATED = 0.99


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Groups:
    """Groups of equal rows over both tables.

    Attributes
    ----------
    sizes, counts : array, shape (k,), int64
        Distinct sizes of the groups that can tell, and how many of each.
    straddling : int
        Those of them with rows in both tables.
    n_ref, n_cur : int
        All rows of the tables.
    seen_ref, seen_cur : int
        Rows looked at: all, or those of a sample of groups.
    single : int
        Current rows looked at that equal no other.
    shared_rows : int
        Current rows looked at that lie in both tables.
    saturated_rows : int
        Current rows looked at that have so many equals that they tell nothing.
    shared : array of uint64
        Hashes of the straddling groups that can tell.
    """

    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]
    straddling: int
    n_ref: int
    n_cur: int
    seen_ref: int
    seen_cur: int
    single: int
    shared_rows: int
    saturated_rows: int
    shared: NDArray[np.uint64]

    @property
    def repeats(self) -> bool:
        """Whether rows repeat so much that a copy looks like any other row."""
        return not self.counts.sum() and self.saturated_rows > _SATURATED * self.seen_cur

    def p_value(self, copied: int = 0) -> float:
        """Return the tail of what was found, or of `copied` rows copied into what is expected by chance."""
        if not copied:
            return straddling_tail(self.sizes, self.counts, self.straddling, self.n_ref, self.n_cur)
        sizes, counts = np.append(self.sizes, 2), np.append(self.counts, copied)
        return straddling_tail(sizes, counts, round(self.expected()) + copied, self.n_ref, self.n_cur)

    def expected(self) -> float:
        """Return how many groups straddle by chance."""
        share = self.n_cur / (self.n_ref + self.n_cur)
        return float((self.counts * split_chance(self.sizes, share)).sum())

    def fewest_seen(self, alpha: float) -> int | None:
        """Return the fewest copied rows that would be flagged; None where not even copies of all single rows are."""
        low, high = 1, self.single
        if high < 1 or self.p_value(high) > alpha:
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.p_value(middle) <= alpha else (middle + 1, high)
        return high

    def rows_needed(self, alpha: float) -> int | None:
        """Return about how many more current rows would show half of them being copies, if none repeats by nature."""
        share = self.n_cur / (self.n_ref + self.n_cur)
        wanted = math.ceil(math.log(alpha) / math.log(2 * share * (1 - share)) / GROSS)
        return wanted - self.n_cur if wanted > self.n_cur else None


def grouped(before: HashCounts, after: HashCounts) -> Groups:
    """Line up the rows of two tables by their hash.

    Parameters
    ----------
    before, after : HashCounts

    Notes
    -----
    Where a table has too many distinct rows for all of them to be kept, groups
    below the smaller limit of both: a sample of whole groups by their hash, the
    same in both tables. The rows of all others count as dealt apart from these.
    """
    limit = min(before.limit, after.limit)
    hashes = np.union1d(_below(before, limit).hashes, _below(after, limit).hashes)
    x, y = (_rows_at(hashes, _below(side, limit)) for side in (before, after))
    rows = x + y
    saturated = split_chance(rows, after.rows / (before.rows + after.rows)) > _SATURATED
    straddles = (x > 0) & (y > 0)
    telling = ~saturated & (rows > 1)
    sizes, counts = np.unique(rows[telling], return_counts=True)
    return Groups(
        sizes=sizes,
        counts=counts.astype(np.int64),
        straddling=int((straddles & telling).sum()),
        n_ref=before.rows,
        n_cur=after.rows,
        seen_ref=int(x.sum()),
        seen_cur=int(y.sum()),
        single=int(y[rows == 1].sum()),
        shared_rows=int(y[straddles].sum()),
        saturated_rows=int(y[saturated].sum()),
        shared=hashes[straddles & ~saturated],
    )


def _below(side: HashCounts, limit: int) -> HashCounts:
    """Return the part of the counts that both tables keep whole."""
    if limit >= side.limit:
        return side
    stop = int(np.searchsorted(side.hashes, np.uint64(limit)))
    return HashCounts(hashes=side.hashes[:stop], counts=side.counts[:stop], limit=limit, rows=side.rows)


def _rows_at(hashes: NDArray[np.uint64], side: HashCounts) -> NDArray[np.int64]:
    found = np.zeros(hashes.size, dtype=np.int64)
    found[np.searchsorted(hashes, side.hashes)] = side.counts
    return found
