"""Groups of identical rows split between two tables: more than chance would split."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal, stats

__all__ = ["split_chance", "straddling_tail"]

_RARE = 1e-290


def split_chance(size: ArrayLike, share: float) -> NDArray[np.float64]:
    """Return the chance that a group has rows on both sides.

    Parameters
    ----------
    size : array of int of at least 1, shape (k,)
        Rows of each group.
    share : float in (0, 1)
        Share of all rows that lie in the current table.

    Returns
    -------
    array, shape (k,), in [0, 1]

    Examples
    --------
    >>> split_chance([1, 2, 3], 0.5).tolist()
    [0.0, 0.5, 0.75]
    """
    g = np.asarray(size, dtype=np.float64)
    return np.where(g > 1, np.clip(1.0 - (1.0 - share) ** g - share**g, 0.0, 1.0), 0.0)


def straddling_tail(sizes: ArrayLike, counts: ArrayLike, straddling: int, n_ref: int, n_cur: int) -> float:
    """Bound the chance that at least so many groups of identical rows straddle two tables.

    Parameters
    ----------
    sizes : array of int of at least 2, shape (k,)
        Distinct sizes of the groups counted.
    counts : array of int, shape (k,)
        Groups of each size, over both tables.
    straddling : int
        Groups with rows in both tables.
    n_ref, n_cur : int of at least 1
        All rows of each table, single ones included.

    Returns
    -------
    float in [0, 1]
        An upper bound of ``P(S >= straddling)`` where the rows were dealt to
        the tables at random.

    Notes
    -----
    Deal every row to current by a coin of chance ``q = n_cur / N``. Groups are
    then independent and S is Poisson-binomial: a binomial for every size,
    convolved [1]_. The real deal is this one given that current gets exactly
    ``n_cur`` rows. With R the rows that belong to no counted group, dealt
    apart from the groups,

        P(S >= s | T = m) = P(S >= s) P(T = m | S >= s) / P(T = m)
                         <= P(S >= s) max_k P(Bin(R, q) = k) / P(Bin(N, q) = m),

    since given the groups' deal, T = m asks one value of Bin(R, q). The factor
    is about ``sqrt(N / R)``: near 1 where most rows are single.

    References
    ----------
    .. [1] Hong, Y. (2013), On computing the distribution function for the
       Poisson binomial distribution, Computational Statistics and Data
       Analysis 59, 41-51.

    Examples
    --------
    >>> round(straddling_tail([2], [20], 20, 1000, 1000), 9)
    9.63e-07
    >>> straddling_tail([2], [20], 0, 1000, 1000)
    1.0
    """
    size, count = np.asarray(sizes, dtype=np.int64), np.asarray(counts, dtype=np.int64)
    total = n_ref + n_cur
    share = n_cur / total
    free = int(total - (size * count).sum())
    tail = _poisson_binomial_tail(split_chance(size, share), count, straddling)
    mode = float(stats.binom.pmf(int((free + 1) * share), free, share)) if free > 0 else 1.0
    factor = mode / float(stats.binom.pmf(n_cur, total, share))
    return float(min(tail * max(factor, 1.0), 1.0))


def _poisson_binomial_tail(chance: NDArray[np.float64], count: NDArray[np.int64], at_least: int) -> float:
    """Return P(sum of binomials >= at_least)."""
    if at_least <= 0:
        return 1.0
    if at_least > int(count.sum()):
        return 0.0
    if chance.size == 1:
        return float(stats.binom.sf(at_least - 1, count[0], chance[0]))
    start, mass = 0, np.ones(1)
    for p, n in zip(chance, count):
        first, part = _binomial_pmf(int(n), float(p))
        start, mass = start + first, signal.convolve(mass, part)
    exact = float(np.clip(mass[max(at_least - start, 0) :], 0.0, None).sum())
    # convolution by FFT is good to about 1e-15: below, a Chernoff bound says no less than the truth
    return exact if exact > 1e-11 else min(max(exact, 1e-11), _chernoff(chance, count, at_least))


def _binomial_pmf(n: int, p: float) -> tuple[int, NDArray[np.float64]]:
    """Return the part of a binomial that carries all but 1e-30 of its mass, and where it starts."""
    reach = 12.0 * np.sqrt(n * p * (1.0 - p)) + 80.0
    low, high = int(max(np.floor(n * p - reach), 0)), int(min(np.ceil(n * p + reach), n))
    return low, stats.binom.pmf(np.arange(low, high + 1), n, p)


def _chernoff(chance: NDArray[np.float64], count: NDArray[np.int64], at_least: int) -> float:
    """Return min over t of E[exp(tS)] exp(-t s), on a grid: each point is a bound."""
    t = np.linspace(0.0, 40.0, 801)[:, None]
    log_mgf = (count * np.log1p(chance * np.expm1(t))).sum(axis=1)
    return float(max(np.exp(min(np.min(log_mgf - t[:, 0] * at_least), 0.0)), _RARE))
