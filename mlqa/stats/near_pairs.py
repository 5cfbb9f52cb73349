"""Pairs of rows that lie much nearer to each other than to any other row."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlqa.stats.straddling import straddling_tail

__all__ = ["LOOKS", "near_pairs_test", "nearest_pairs", "pairs_seen"]

_BLOCK = 512
_STEP = 1024.0  # places are rounded to so many steps for a unit: sums of squares are exact in any order
_FURTHEST = 16.0
# closest pairs looked at: each look a third larger than the last
LOOKS = tuple(math.ceil(14 * (4 / 3) ** step) for step in range(20))

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def nearest_pairs(points: Floats) -> tuple[Places, Places, Floats]:
    """Return the pairs of rows that are each other's nearest.

    Parameters
    ----------
    points : array, shape (n, d)
        Coordinates of about unit spread; rounded to 1/1024, cut at 16. In an
        order that does not know whose row is whose: ties go to the first.

    Returns
    -------
    first, second : array, shape (pairs,)
        Rows; none is in two pairs.
    closeness : array, shape (pairs,), in [0, 1]
        Distance of the two, divided by that to the next row of either: near 0
        for copies. Pairs are ascending by it.

    Notes
    -----
    All pairs of rows, a block of rows at a time, by whole numbers in floating
    point: exact, so that neither blocks nor threads nor the order of a sum
    change a distance.

    Examples
    --------
    >>> first, second, closeness = nearest_pairs(np.array([[0.0], [9.0], [0.5], [2.5]]))
    >>> first.tolist(), second.tolist(), closeness.tolist()
    ([0], [2], [0.25])
    """
    n = len(points)
    if n < 3:
        return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)
    nearest, one, two = _two_nearest(np.round(np.clip(points, -_FURTHEST, _FURTHEST) * _STEP))
    rows = np.arange(n)
    first = rows[(nearest[nearest] == rows) & (rows < nearest)]
    second = nearest[first]
    next_one = np.minimum(two[first], two[second])
    closeness = np.where(next_one > 0.0, np.sqrt(one[first] / np.maximum(next_one, 1.0)), 1.0)
    order = np.argsort(closeness, kind="stable")
    return first[order], second[order], closeness[order]


def _two_nearest(places: Floats) -> tuple[Places, Floats, Floats]:
    """Return each row's nearest other row, and the squared distances to it and to the next."""
    n = len(places)
    length = (places**2).sum(axis=1)
    # |y|^2 - 2 x y by one product; |x|^2 is the same for all of a row
    right = np.ascontiguousarray(np.column_stack([-2.0 * places, length]).T)
    left = np.column_stack([places, np.ones(n)])
    nearest, one, two = np.empty(n, np.intp), np.empty(n), np.empty(n)
    for start in range(0, n, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, n))
        here = np.arange(rows.size)
        squares = left[rows] @ right
        squares[here, rows] = np.inf
        nearest[rows] = squares.argmin(axis=1)
        one[rows] = squares[here, nearest[rows]] + length[rows]
        squares[here, nearest[rows]] = np.inf
        two[rows] = squares.min(axis=1) + length[rows]
    return nearest, one, two


def near_pairs_test(straddles: NDArray[np.bool_], n: int, m: int) -> tuple[int, int, float]:
    """Test whether the closest pairs lie in both tables more often than chance would deal them.

    Parameters
    ----------
    straddles : array of bool, shape (pairs,)
        Whether a pair has a row of each table; the closest pair first.
    n, m : int of at least 1
        Rows of the tables among which the pairs were found.

    Returns
    -------
    looked_at, straddling : int
        The closest pairs that say most.
    p_value : float in [0, 1]
        Valid where rows are exchangeable: which rows make a pair, and how close
        it is, does not depend on whose they are. Bonferroni over the looks.

    Notes
    -----
    The idea of counting whose the nearest neighbour is [1]_ [2]_, one-sided and
    for the closest pairs only, which are disjoint: the tail is that of
    :func:`mlqa.stats.straddling.straddling_tail`.

    References
    ----------
    .. [1] Schilling, M. F. (1986), Multivariate two-sample tests based on
       nearest neighbors, JASA 81, 799-806.
    .. [2] Henze, N. (1988), A multivariate two-sample test based on the number
       of nearest neighbor type coincidences, Annals of Statistics 16, 772-783.

    Examples
    --------
    >>> looked_at, straddling, p_value = near_pairs_test(np.ones(40, dtype=bool), 1000, 1000)
    >>> looked_at, straddling, p_value < 1e-8
    (34, 34, True)
    """
    looks = [look for look in LOOKS if look <= straddles.size]
    inside = np.cumsum(straddles)
    found = [(straddling_tail([2], [look], int(inside[look - 1]), n, m), look, int(inside[look - 1])) for look in looks]
    if not found:
        return 0, 0, 1.0
    tail, look, straddling = min(found)
    return look, straddling, min(1.0, len(found) * tail)


def pairs_seen(pairs: int, n: int, m: int, level: float) -> int | None:
    """Return the fewest close pairs that would show at a level, if all of them straddle; None where none do.

    Parameters
    ----------
    pairs : int
        Pairs found.
    n, m : int of at least 1
    level : float in (0, 1)

    Examples
    --------
    >>> pairs_seen(300, 1000, 1000, 1e-4)
    19
    """
    looks = [look for look in LOOKS if look <= pairs]
    return next((look for look in looks if len(looks) * straddling_tail([2], [look], look, n, m) <= level), None)
