"""Rows of kinds that a reference has not shown: how many may come by chance, and how many may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

__all__ = ["Set", "fewest_unseen", "lost_chance", "newcomer_rows_tail", "richness", "unseen_p_value"]

# fitted to 1,790 columns of text of about 700 real tables, 200 to 5,000 rows a side
_FLOOR, _RARE = 0.02, 45.0
_STEPS = 400
_LOOKS = (1, 2, 4, 8, 16, 32, 64)  # rows of a category

Counts = NDArray[np.int64]


class Set(NamedTuple):
    """A column's set of categories: values in reference and current, and its `richness`."""

    n: int
    m: int
    rich: float


def richness(rarest: int) -> float:
    """Return how rich in unseen categories a set is whose rarest known one has so many rows.

    Parameters
    ----------
    rarest : int of at least 1

    Returns
    -------
    float
        Parameter of the log-series: the expected number of categories with j
        rows is `richness` / j where j is below `rarest`.

    Notes
    -----
    The rarer the rarest known category, the more there may be below it, as in
    Good [1]_; how many in fact was counted over columns of real tables, split
    at random into reference and current. The curve lies at or above what was
    counted for a rarest category of 3 to 500 rows. One that holds a single
    value tells little of what else there is, and is not described by it.

    References
    ----------
    .. [1] Good, I. J. (1953), The population frequencies of species and the
       estimation of population parameters, Biometrika 40, 237-264.

    Examples
    --------
    >>> richness(10) > richness(100)
    True
    """
    return _FLOOR + _RARE / float(rarest) ** 2


def unseen_p_value(unseen: int, sets: Sequence[Set]) -> float:
    """Bound the chance of so many current rows in unseen categories of any one of several columns.

    Parameters
    ----------
    unseen : int of at least 0
        Such rows of the column that has the most.
    sets : list of Set
        All columns that are asked.

    Returns
    -------
    float in [0, 1]

    Notes
    -----
    Categories whose shares are log-series distributed [1]_ and absent from the
    reference fill a negative binomial number of current rows, with parameters
    `rich` and ``m / (n + m)``. Unlike a test given the pooled counts it rests
    on what such columns are like, so ten rows can tell. Summed over the columns
    at one number of rows: poor sets cost less than an equal share.

    References
    ----------
    .. [1] Fisher, R. A., Corbet, A. S. and Williams, C. B. (1943), The
       relation between the number of species and the number of individuals in
       a random sample, Journal of Animal Ecology 12, 42-58.

    Examples
    --------
    >>> unseen_p_value(10, [Set(1000, 1000, richness(200))] * 10) < 1e-4
    True
    >>> unseen_p_value(0, [Set(1000, 1000, 0.1)])
    1.0
    """
    if unseen <= 0:
        return 1.0
    n, m, rich = np.array(sets, dtype=np.float64).reshape(-1, 3).T
    return float(min(1.0, betainc(unseen, rich, m / (n + m)).sum()))


def fewest_unseen(sets: Sequence[Set], level: float) -> int:
    """Return the fewest unseen rows of one column that come by chance with a probability of at most `level`.

    Parameters
    ----------
    sets : list of Set
        All columns that are asked; at least one.
    level : float in (0, 1)

    Returns
    -------
    int
        One more than the rows of the longest column where not even all of them
        would be too many.

    Examples
    --------
    >>> fewest_unseen([Set(1000, 1000, richness(200))], 1e-5), fewest_unseen([Set(1000, 10, richness(200))], 1e-5)
    (9, 2)
    """
    low, high = 1, 1 + max(found.m for found in sets)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if unseen_p_value(middle, sets) <= level else (middle + 1, high)
    return low


def newcomer_rows_tail(x: Counts, y: Counts, n: int, m: int) -> float:
    """Bound the chance of so many rows in categories that only the second sample has.

    Sees many rare newcomers, none of which would tell alone: a tenth of a
    column of towns in upper case, say.

    Parameters
    ----------
    x, y : array, shape (k,), int
        Rows of each category in the first and in the second sample.
    n, m : int
        All rows of each sample.

    Returns
    -------
    float in [0, 1]

    Notes
    -----
    Where rows are exchangeable, a category of c pooled rows is a newcomer with
    a chance of at most ``(m / (n + m)) ** c``, and newcomers are negatively
    associated [1]_: the Chernoff bound of independent ones holds. Bonferroni
    over looks at categories of at most 1, 2, 4, ... 64 pooled rows; larger ones
    are left to :func:`mlqa.stats.counts.newcomer_test`.

    References
    ----------
    .. [1] Joag-Dev, K. and Proschan, F. (1983), Negative association of random
       variables with applications, Annals of Statistics 11, 286-295.

    Examples
    --------
    >>> known, new = np.full(50, 10), np.zeros(50, dtype=int)
    >>> newcomer_rows_tail(np.append(known, new), np.append(known, new + 1), n=500, m=550) < 1e-4
    True
    """
    pooled = np.asarray(x, dtype=np.int64) + np.asarray(y, dtype=np.int64)
    share, new = m / (n + m), np.asarray(x) == 0
    looks = [_tail_of_rows(pooled, new, share, most) for most in _LOOKS]
    return min(1.0, len(_LOOKS) * min(looks))


def _tail_of_rows(pooled: Counts, new: NDArray[np.bool_], share: float, most: int) -> float:
    """Bound the chance of the rows of newcomers of at most so many rows each."""
    small = (pooled > 0) & (pooled <= most)
    rows = int(pooled[small & new].sum())
    if rows == 0:
        return 1.0
    sizes, counts = np.unique(pooled[small], return_counts=True)
    chance = share ** sizes.astype(np.float64)
    # a tilt much beyond -log(share) makes too much of the largest
    tilt = np.linspace(0.0, 40.0 / sizes.max() - np.log(share), _STEPS)[:, None]
    log_mean = (counts * np.log1p(chance * np.expm1(tilt * sizes))).sum(axis=1)
    return float(np.exp(min(0.0, np.min(log_mean - tilt[:, 0] * rows))))


def lost_chance(present: float, n: int, m: int) -> float:
    """Return the chance that all of a column's values came to lie in the first of two samples.

    Parameters
    ----------
    present : float of at least 0
        Values, over both samples.
    n, m : int of at least 1
        Rows of each.

    Examples
    --------
    >>> lost_chance(10, 500, 500)
    0.0009765625
    """
    return float((n / (n + m)) ** present)
