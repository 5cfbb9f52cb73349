"""Holes in a series of times: longer than its own gaps lead one to expect, or empty where another sample has rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST_GAPS", "Hole", "holes", "new_holes", "usual_limit"]

FEWEST_GAPS = 30
_FEWEST_BESIDE = 20  # rows on either side: a stray time at an end is no hole
_BY_CHANCE = 1e-3  # of a gap beyond the limit, in a series like this one
_CHANCE_OF_RUN = 1e-6
_LEAST_FACTOR = 3.0
_MOST_FACTOR = 8.0  # of the reference's longest gap: no tail is trusted further
_MOST_HOLES = 8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of time without a row.

    Attributes
    ----------
    start, stop : float
        The times on either side.
    limit : float or None
        Longest gap that would have been usual; None where the rows of the
        other sample speak.
    rows : int
        Rows that another sample has in it.
    """

    start: float
    stop: float
    limit: float | None
    rows: int = 0

    @property
    def length(self) -> float:
        """From one side to the other."""
        return self.stop - self.start


def usual_limit(gaps: Floats, *, more: float = 1.0) -> float:
    """Return how long a gap may be before it stands out among the others.

    Parameters
    ----------
    gaps : array, shape (n,)
        Positive; at least `FEWEST_GAPS`.
    more : float above 0
        How many times as many gaps the limit is for.

    Returns
    -------
    float
        In the unit of the gaps; at least three times the k-th longest.

    Notes
    -----
    The tail beyond the k-th longest gap (k is a tenth of them, 8 to 20) is
    taken as a power law with Hill's estimate [1]_ of its index; the longest
    quarter of the k is left out of it, since these may be the holes. The limit
    is where one such series in a thousand would have a gap. Gaps that are
    multiples of the shortest (days) are known to half of it: ties are spread
    evenly, or a few gaps of two days would make a tail as heavy as any. A
    regular series, whose long gaps are all alike (week-ends), has index 0.

    References
    ----------
    .. [1] Hill, B. M. (1975), A simple general approach to inference about the
       tail of a distribution, Annals of Statistics 3, 1163-1174.

    Examples
    --------
    >>> usual_limit(np.array([1.0, 1.0, 1.0, 1.0, 3.0] * 40))
    9.0
    """
    longest, left_out = _longest(gaps)
    least = _LEAST_FACTOR * float(longest[-1])
    if longest[left_out] > longest[-1]:
        longest = _longest(_untied(gaps))[0]
    k, usual = longest.size, float(longest[-1])
    ranks = np.arange(left_out + 1, k)
    # mean of log(g_j / g_k) over the ranks kept, per unit of the index
    share = float(((ranks - left_out) / ranks).sum()) / ranks.size
    index = float(np.log(longest[left_out:-1] / usual).mean()) / share
    return max(least, usual * float((k * max(more, 1.0) / _BY_CHANCE) ** index))


def _longest(gaps: Floats) -> tuple[Floats, int]:
    """Return the k longest gaps, longest first, and how many of them may be holes."""
    k = int(np.clip(gaps.size // 10, 8, 20))
    return np.sort(gaps)[::-1][:k], k // 4


def _untied(gaps: Floats) -> Floats:
    """Spread equal gaps over half the shortest gap on either side."""
    _, at, rows = np.unique(gaps, return_inverse=True, return_counts=True)
    order = np.argsort(gaps, kind="stable")
    place = np.empty(gaps.size)
    place[order] = np.arange(gaps.size) - np.repeat(np.cumsum(rows) - rows, rows)
    return gaps + float(gaps.min()) * ((place + 0.5) / rows[at] - 0.5)


def _light_limit(gaps: Floats) -> float:
    """Return a limit as `usual_limit` does, of an exponential tail: the least that a series' own gaps ask for."""
    longest, left_out = _longest(gaps)
    k, usual = longest.size, float(longest[-1])
    ranks = np.arange(left_out + 1, k)
    share = float(((ranks - left_out) / ranks).sum()) / ranks.size
    mean = float((longest[left_out:-1] - usual).mean()) / share
    return max(_LEAST_FACTOR * usual, usual + mean * float(np.log(k / _BY_CHANCE)))


def holes(times: Floats, rows: Ints) -> tuple[list[Hole], float | None]:
    """Find the gaps of a series that stand out among its own.

    Parameters
    ----------
    times : array, shape (v,), ascending
        Distinct.
    rows : array, shape (v,), int64
        Rows at each.

    Returns
    -------
    list of Hole
        Longest first.
    float or None
        The limit; None where there are too few gaps to have one.

    Examples
    --------
    >>> days = np.concatenate((np.arange(100.0), np.arange(130.0, 200.0)))
    >>> [(hole.start, hole.stop, hole.limit) for hole in holes(days, np.ones(170, dtype=np.int64))[0]]
    [(99.0, 130.0, 3.0)]
    """
    with np.errstate(over="ignore"):
        gaps = np.diff(times)
    if gaps.size < FEWEST_GAPS:
        return [], None
    limit = usual_limit(gaps)
    at = np.flatnonzero((gaps > limit) & _has_rows_beside(rows))
    return _sorted([Hole(float(times[i]), float(times[i + 1]), limit) for i in at]), limit


def new_holes(values: Floats, x: Ints, y: Ints, *, series: int = 1) -> tuple[list[Hole], float | None]:
    """Find the gaps of one sample that another has not.

    Parameters
    ----------
    values : array, shape (v,), ascending
        Pooled times.
    x, y : array, shape (v,), int64
        Rows of the reference and of the sample in question at each.
    series : int
        Pairs looked at in all.

    Returns
    -------
    list of Hole
        Longest first.
    float or None
        The limit by length.

    Notes
    -----
    A gap is a hole by its length, or by the rows the reference has in it. By
    length: it is beyond the usual limit of the reference's gaps, though that
    is taken as three to eight times the longest of them, corrected for how
    dense the two samples are; and beyond an exponential tail of the sample's
    own gaps. A hole is then no witness of its own usualness. (Of a reference of
    too few gaps: beyond the sample's own usual limit and three times the
    longest.) By rows: given the pooled rows in order of time, k in a row are all the
    reference's with probability at most ``(n / N)^k``, times the places where
    such a run can begin; a hole where that is at most one in a million. More
    than eight of these are the rhythm of the sample, and no holes.

    Examples
    --------
    >>> values, x = np.arange(300.0), np.ones(300, dtype=np.int64)
    >>> y = np.where((values > 100) & (values < 140), 0, 1)
    >>> [(hole.start, hole.stop, hole.rows) for hole in new_holes(values, x, y)[0]]
    [(100.0, 140.0, 39)]
    """
    mine, theirs = np.flatnonzero(y > 0), np.flatnonzero(x > 0)
    times = values[mine]
    with np.errstate(over="ignore"):
        gaps = np.diff(times)
    if gaps.size < FEWEST_GAPS or theirs.size < 2:
        return [], None
    before = np.diff(values[theirs])
    limit = _limit_by(before, gaps)
    filled = np.append(0, np.cumsum(x))
    inside = filled[mine[1:]] - filled[mine[:-1] + 1]
    n_ref, n_cur = int(x.sum()), int(y.sum())
    log_chance = np.log(series * (n_cur + 1.0)) + inside * np.log(n_ref / (n_ref + n_cur))
    emptied = log_chance <= np.log(_CHANCE_OF_RUN)
    if np.count_nonzero(emptied) > _MOST_HOLES:
        emptied[:] = False  # nights and Sundays: what recurs is the sample's own rhythm
    long = (gaps > limit) & _has_rows_beside(y[mine])
    found = [
        Hole(float(times[i]), float(times[i + 1]), None if emptied[i] else limit, int(inside[i]))
        for i in np.flatnonzero(emptied | long)
    ]
    return _sorted(found), limit


def _has_rows_beside(rows: Ints) -> NDArray[np.bool_]:
    """Tell of each gap whether enough rows lie on either side."""
    until = np.cumsum(rows)[:-1]
    return np.asarray((until >= _FEWEST_BESIDE) & (rows.sum() - until >= _FEWEST_BESIDE))


def _limit_by(before: Floats, gaps: Floats) -> float:
    """Return how long a gap may be by the reference's gaps and the sample's own rhythm."""
    sparser, longest = _sparser(gaps, before), float(before.max())
    if before.size < FEWEST_GAPS:
        return max(usual_limit(gaps), _LEAST_FACTOR * longest * sparser)
    usual = usual_limit(before, more=gaps.size / before.size)
    allowed = float(np.clip(usual, _LEAST_FACTOR * longest, _MOST_FACTOR * longest))
    return max(allowed * sparser, _light_limit(gaps))


def _sparser(gaps: Floats, before: Floats) -> float:
    """Return how much longer a typical gap is than before; at least 1."""
    return max(1.0, float(np.median(gaps)) / float(np.median(before)))


def _sorted(found: list[Hole]) -> list[Hole]:
    return sorted(found, key=lambda hole: (-hole.length, hole.start))
