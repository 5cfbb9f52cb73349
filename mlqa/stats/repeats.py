"""Rows that repeat within one of two tables: more than dealing all rows at random would leave there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize
from scipy.special import gammaln

__all__ = ["chance_repeats", "repeats_seen", "repeats_tail"]

_STEEPEST = math.log(40.0)  # of the tilt's logarithm: exp(-40) is past double precision
_FURTHEST = 100.0
_WIDE = 8.0  # points of the transform for each deviation: aliases lie that far out
_CERTAIN = 1e-12
_LEAST = 1e-300
_NOTHING = -60.0

Floats = NDArray[np.float64]


def chance_repeats(sizes: ArrayLike, counts: ArrayLike, n_ref: int, n_cur: int) -> float:
    """Return how many current rows would repeat another of them, were all rows dealt at random.

    Parameters
    ----------
    sizes : array of int of at least 1, shape (k,)
        Distinct sizes of the groups of equal rows, over both tables.
    counts : array of int, shape (k,)
        Groups of each size.
    n_ref, n_cur : int of at least 1
        Rows of each table.

    Returns
    -------
    float
        Rows of current less the groups that reach it, in expectation.

    Examples
    --------
    >>> round(chance_repeats([1, 2], [90, 5], 50, 50), 3)
    1.237
    """
    size, count = np.asarray(sizes, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    total = n_ref + n_cur
    # a group of g misses current with chance C(N - g, m) / C(N, m)
    fits = np.minimum(size, n_ref)
    log_missed = gammaln(total - fits + 1) - gammaln(n_ref - fits + 1) + gammaln(n_ref + 1) - gammaln(total + 1)
    missed = np.where(size <= n_ref, np.exp(log_missed), 0.0)
    return max(0.0, n_cur - float((count * (1.0 - missed)).sum()))


def repeats_tail(sizes: ArrayLike, counts: ArrayLike, repeats: int, n_ref: int, n_cur: int) -> float:
    """Bound the chance that so many rows of current repeat another of them.

    Parameters
    ----------
    sizes : array of int of at least 1, shape (k,)
        Distinct sizes of the groups of equal rows, over both tables, single
        rows (size 1) included.
    counts : array of int, shape (k,)
        Groups of each size; all rows together are ``n_ref + n_cur``.
    repeats : int
        Rows of current less the distinct ones among them.
    n_ref, n_cur : int of at least 1

    Returns
    -------
    float in [0, 1]
        An upper bound of ``P(D >= repeats)`` where the rows were dealt to the
        tables at random, whatever their sizes.

    Notes
    -----
    Given the groups, ``n_cur`` of all rows are drawn; D adds up
    ``max(c - 1, 0)`` over the groups, where c is the group's share of the draw.
    Chernoff's bound ``E[exp(s D)] exp(-s repeats)``, at the s that makes it
    smallest [1]_. The expectation given the size of the draw is exact: it is a
    coefficient of the product over groups of
    ``exp(-s) (1 + exp(s) z)^g + 1 - exp(-s)``, over the binomial coefficient, by
    a discrete Fourier transform on the circle through the saddle point, whose
    aliases have positive terms and so can only raise it. Groups so large that
    they reach current for certain (but for 1e-12) are counted as one.

    References
    ----------
    .. [1] Chernoff, H. (1952), A measure of asymptotic efficiency for tests of
       a hypothesis based on the sum of observations, Annals of Mathematical
       Statistics 23, 493-507.

    Examples
    --------
    >>> round(repeats_tail([1, 2], [1900, 50], 30, 1000, 1000), 9)
    6.41e-07
    >>> repeats_tail([1, 2], [1900, 50], 5, 1000, 1000)
    1.0
    """
    if repeats <= chance_repeats(sizes, counts, n_ref, n_cur):
        return 1.0
    log_mean = _log_mean(sizes, counts, n_ref, n_cur)
    return float(min(1.0, math.exp(min(0.0, _least(lambda tilt: log_mean(tilt) - tilt * repeats))) + _CERTAIN))


def repeats_seen(sizes: ArrayLike, counts: ArrayLike, n_ref: int, n_cur: int, alpha: float) -> float:
    """Return the repeats in current from which :func:`repeats_tail` is at most `alpha`.

    Parameters
    ----------
    sizes, counts, n_ref, n_cur
        As in :func:`repeats_tail`.
    alpha : float in (0, 1)

    Returns
    -------
    float
        More than the rows there are where nothing would be seen.

    Examples
    --------
    >>> round(repeats_seen([1, 2], [1900, 50], 1000, 1000, 1e-4), 2)
    26.43
    """
    log_mean = _log_mean(sizes, counts, n_ref, n_cur)
    return _least(lambda tilt: (log_mean(tilt) - math.log(alpha)) / tilt)


def _log_mean(sizes: ArrayLike, counts: ArrayLike, n_ref: int, n_cur: int) -> Callable[[float], float]:
    """Return a bound of the logarithm of ``E[exp(s D)]`` given the rows drawn, as a function of s."""
    groups = _grouped(sizes, counts, n_ref / (n_ref + n_cur))
    whole = float(gammaln(n_ref + n_cur + 1) - gammaln(n_ref + 1) - gammaln(n_cur + 1))
    return lambda tilt: groups.log_coefficient(tilt, n_cur) - whole


def _least(value: Callable[[float], float]) -> float:
    """Return the smallest value over the tilts."""
    options = {"xatol": 1e-2}
    found = optimize.minimize_scalar(
        lambda log_tilt: value(math.exp(log_tilt)), bounds=(-9.0, _STEEPEST), method="bounded", options=options
    )
    return float(found.fun)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups of equal rows by size: those of several rows that current may miss, single rows, and all others."""

    size: Floats
    count: Floats
    single: float
    certain_rows: float
    certain_groups: float

    def log_coefficient(self, tilt: float, wanted: int) -> float:
        """Bound the logarithm of the coefficient of ``z ** wanted`` in the product over the groups."""
        at = self._saddle(tilt, wanted)
        steep = 1.0 + math.exp(tilt + at)
        points = math.ceil(_WIDE * math.sqrt(self._variance(tilt, at))) + 2
        angles = 2.0 * math.pi * np.arange(points // 2 + 1) / points
        # angles and their negatives give conjugates; the first, and the last of an even number, are their own
        twice = np.full(angles.size, 2.0)
        twice[0] = 1.0
        twice[-1] = 1.0 if points % 2 == 0 else 2.0
        turn = np.exp(1j * angles)
        # every factor relative to its value on the real axis, so that nothing overflows
        turned = np.log((1.0 + math.exp(tilt + at) * turn) / steep)
        log_phase = turned * self.certain_rows
        log_phase += self.single * np.log((1.0 + math.exp(at) * turn) / (1.0 + math.exp(at)))
        telling = log_phase.real > _NOTHING  # no other factor is above one
        kept = self._kept(tilt, at)
        log_phase, turned, angles = log_phase[telling], turned[telling], angles[telling]
        log_phase += (np.log1p(kept * np.expm1(turned[:, None] * self.size)) * self.count).sum(axis=1)
        phase = np.exp(log_phase - 1j * wanted * angles).real
        share = float((twice[telling] * phase).sum()) / points
        top = float((self.count * (self._height(tilt, at) - np.log(kept))).sum())
        top += self.single * math.log1p(math.exp(at)) + self.certain_rows * math.log(steep) - tilt * self.certain_groups
        return top - wanted * at + math.log(max(share, _LEAST))

    def _height(self, tilt: float, at: float) -> Floats:
        """Logarithm of ``exp(-s) (1 + exp(s) z)^g`` on the real axis."""
        height: Floats = self.size * np.logaddexp(0.0, tilt + at) - tilt
        return height

    def _kept(self, tilt: float, at: float) -> Floats:
        """Return the share of that in the whole factor."""
        rest = math.log(-math.expm1(-tilt)) if tilt > 0.0 else -math.inf
        kept: Floats = np.exp(-np.logaddexp(0.0, rest - self._height(tilt, at)))
        return kept

    def _drawn(self, tilt: float, at: float) -> float:
        """Return the rows drawn in expectation, tilted."""
        grouped = float((self.count * self._kept(tilt, at) * self.size).sum()) + self.certain_rows
        return _logistic(tilt + at) * grouped + _logistic(at) * self.single

    def _variance(self, tilt: float, at: float) -> float:
        """Return the variance of the rows drawn, tilted."""
        inside, alone = _logistic(tilt + at), _logistic(at)
        kept = self._kept(tilt, at)
        mean = self.size * inside
        spread = kept * (mean * (1.0 - inside) + (1.0 - kept) * mean**2)
        free = self.certain_rows * inside * (1.0 - inside) + self.single * alone * (1.0 - alone)
        return float((self.count * spread).sum()) + free

    def _saddle(self, tilt: float, wanted: int) -> float:
        """Return the logarithm of the radius at which as many rows are drawn as wanted, in expectation."""
        return float(optimize.brentq(lambda at: self._drawn(tilt, at) - wanted, -_FURTHEST, _FURTHEST, xtol=1e-9))


def _grouped(sizes: ArrayLike, counts: ArrayLike, share_ref: float) -> _Groups:
    """Part the groups that may miss current from those that cannot."""
    size, count = np.asarray(sizes, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    # the chance that one of them misses, in all; dealing without replacement makes it smaller still
    order = np.argsort(-size)
    missed = np.empty_like(size)
    missed[order] = np.cumsum((count * share_ref**size)[order])
    single, certain = size == 1.0, (missed <= _CERTAIN) & (size > 1.0)
    open_ = ~single & ~certain
    together = (count[single].sum(), (size * count)[certain].sum(), count[certain].sum())
    return _Groups(size[open_], count[open_], *(float(number) for number in together))


def _logistic(at: float) -> float:
    return 1.0 / (1.0 + math.exp(-at))
