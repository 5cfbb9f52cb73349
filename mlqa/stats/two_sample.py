"""Kolmogorov-Smirnov for two samples: distance, p-value and interval from counts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["ks_distance", "ks_interval", "ks_p_value", "ks_test"]

_MOST_EXACT = 400


def ks_distance(x: NDArray[np.int64], y: NDArray[np.int64]) -> float:
    """Return the largest distance between two distribution functions.

    Parameters
    ----------
    x, y : array, shape (v,), int
        Rows of each sample at each of the ascending pooled values; each sample
        has at least one row.

    Examples
    --------
    >>> ks_distance(np.array([2, 2, 0]), np.array([0, 2, 2]))
    0.5
    """
    below_x, below_y = np.cumsum(x), np.cumsum(y)
    return float(np.abs(below_x / below_x[-1] - below_y / below_y[-1]).max())


def ks_test(x: NDArray[np.int64], y: NDArray[np.int64]) -> tuple[float, float]:
    """Test whether two samples come from one distribution, whatever it is.

    Parameters
    ----------
    x, y : array, shape (v,), int
        Rows of each sample at each of the ascending pooled values.

    Returns
    -------
    distance : float in [0, 1]
    p_value : float in [0, 1]
        Valid under exchangeability; conservative where values are tied.

    Examples
    --------
    >>> ks_test(np.array([1, 1, 1, 0, 0, 0]), np.array([0, 0, 0, 1, 1, 1]))
    (1.0, 0.1)
    """
    n, m = int(x.sum()), int(y.sum())
    lattice = int(np.abs(np.cumsum(x) * m - np.cumsum(y) * n).max())
    return lattice / (n * m), ks_p_value(lattice, n, m)


def ks_p_value(lattice: int, n: int, m: int) -> float:
    """Return the probability of a distance of at least ``lattice / (n * m)``.

    Parameters
    ----------
    lattice : int
        The distance times `n` times `m`, a whole number, so that no rounding
        decides whether two distances are equal.
    n, m : int of at least 1
        Sizes of the samples.

    Notes
    -----
    Up to 400 rows in all: lattice paths that touch the boundary are counted,
    all terms positive, so the tail has no cancellation [1]_. Beyond: the bound
    ``2 exp(-2 n m d**2 / (n + m))``, proved for equal sizes of at least 458
    [2]_ and the first term of Kolmogorov's limit otherwise.

    References
    ----------
    .. [1] Hodges, J. L. (1958), The significance probability of the Smirnov
       two-sample test, Arkiv foer Matematik 3, 469-486.
    .. [2] Wei, F. and Dudley, R. M. (2012), Two-sample Dvoretzky-Kiefer-
       Wolfowitz inequalities, Statistics and Probability Letters 82, 636-644.

    Examples
    --------
    >>> round(ks_p_value(9, 3, 3), 6)
    0.1
    """
    if n + m <= _MOST_EXACT:
        return _paths_outside(lattice, n, m)
    distance = lattice / (n * m)
    return min(1.0, 2.0 * math.exp(-2.0 * n * m / (n + m) * distance**2))


def ks_interval(distance: float, n: int, m: int, level: float = 0.95) -> tuple[float, float]:
    """Return an interval of the true distance, at any distributions.

    Parameters
    ----------
    distance : float in [0, 1]
        As measured.
    n, m : int
        Sizes of the samples.
    level : float in (0, 1)

    Notes
    -----
    The sum of two Dvoretzky-Kiefer-Wolfowitz bands with Massart's constant,
    half the error each: conservative, closed form.

    References
    ----------
    .. [1] Massart, P. (1990), The tight constant in the Dvoretzky-Kiefer-
       Wolfowitz inequality, Annals of Probability 18, 1269-1283.

    Examples
    --------
    >>> low, high = ks_interval(0.3, 1000, 1000)
    >>> round(low, 3), round(high, 3)
    (0.206, 0.394)
    """
    width = math.sqrt(math.log(4.0 / (1.0 - level)) / 2.0) * (n**-0.5 + m**-0.5)
    return max(0.0, distance - width), min(1.0, distance + width)


def _paths_outside(lattice: int, n: int, m: int) -> float:
    """Share of the lattice paths from (0, 0) to (n, m) that reach the boundary."""
    steps = np.arange(m + 1)
    every = np.ones(m + 1)
    touched = np.where(np.maximum.accumulate(steps * n >= lattice), 1.0, 0.0)
    for i in range(1, n + 1):
        every = np.cumsum(every)
        inside = np.flatnonzero(np.abs(i * m - steps * n) < lattice)
        after = every.copy()
        if inside.size:
            low, high = int(inside[0]), int(inside[-1]) + 1
            before = every[low - 1] if low else 0.0
            after[low:high] = before + np.cumsum(touched[low:high])
        touched = after
    return float(min(1.0, touched[m] / every[m]))
