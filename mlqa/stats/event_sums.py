"""Events of which each has a chance of its own: how likely are so many? Saddlepoint tails."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats
from scipy.special import expit, logit

__all__ = ["events_p_value", "weighted_p_value"]

_NEAR = 1e-3
_FLAT = 1e-12


def events_p_value(happened: ArrayLike, chance: ArrayLike) -> float:
    """Return the probability of at least as many events as happened.

    Parameters
    ----------
    happened : bool array, shape (n,)
    chance : array, shape (n,), in [0, 1]
        Of each event; they are independent.

    Returns
    -------
    float in [0, 1]
        Small: more happened than these chances allow.

    Notes
    -----
    The Poisson-binomial tail by the Lugannani-Rice formula with a correction
    for whole numbers [1]_: within a few per cent of the exact tail wherever it
    is, at 1e-8 as at 0.1, where a normal tail is off by powers of ten.

    References
    ----------
    .. [1] Daniels, H. E. (1987), Tail probability approximations,
       International Statistical Review 55, 37-48.

    Examples
    --------
    >>> round(events_p_value([True] * 9 + [False] * 91, [0.05] * 100), 3), stats.binom.sf(8, 100, 0.05).round(3)
    (0.063, np.float64(0.063))
    """
    seen, p = np.asarray(happened, dtype=bool), np.asarray(chance, dtype=np.float64)
    if np.any(seen & (p <= 0)):
        return 0.0
    open_ = (p > 0) & (p < 1)
    p, count = p[open_], int(seen.sum() - np.sum(p >= 1))
    if count <= 0:
        return 1.0
    if count >= p.size:
        return float(np.exp(np.sum(np.log(p)))) if count == p.size else 0.0
    return _whole_tail(p, count)


def weighted_p_value(weights: ArrayLike, happened: ArrayLike, chance: ArrayLike) -> float:
    """Return the probability that the weighted excess of events is at least what it is.

    Parameters
    ----------
    weights : array, shape (n,)
        Any sign.
    happened : bool array, shape (n,)
    chance : array, shape (n,), in [0, 1]

    Returns
    -------
    float in [0, 1]
        Upper tail of ``sum(weights * (happened - chance))``.

    References
    ----------
    .. [1] Lugannani, R., Rice, S. (1980), Saddle point approximation for the
       distribution of the sum of independent random variables, Advances in
       Applied Probability 12, 475-490.

    Examples
    --------
    >>> round(weighted_p_value(np.ones(400), np.arange(400) < 220, np.full(400, 0.5)), 3)
    0.023
    """
    w, p = np.asarray(weights, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    seen = np.asarray(happened, dtype=np.float64)
    if np.any((seen > 0) & (p <= 0) & (w > 0)) or np.any((seen < 1) & (p >= 1) & (w < 0)):
        return 0.0
    varies = (p > 0) & (p < 1) & (w != 0)
    w, p, seen = w[varies], p[varies], seen[varies]
    scale = float(np.sqrt(np.sum(w * w * p * (1 - p)))) if w.size else 0.0
    if scale <= _FLAT:
        return 1.0
    w = w / scale
    excess = float(np.sum(w * (seen - p)))
    if excess >= float(np.sum(np.where(w > 0, w * (1 - p), -w * p))) * (1 - 1e-9):
        return float(np.exp(np.sum(np.log(np.where(w > 0, p, 1 - p)))))
    if excess <= -8:
        return 1.0
    t = _root(lambda at: float(np.sum(w * (expit(logit(p) + at * w) - p))) - excess)
    curve = float(np.sum(np.logaddexp(np.log1p(-p), np.log(p) + t * w) - t * w * p))
    moved = expit(logit(p) + t * w)
    steep = t * math.sqrt(float(np.sum(w * w * moved * (1 - moved))))
    return _lugannani(math.copysign(math.sqrt(max(2 * (t * excess - curve), 0.0)), t), steep, excess)


def _whole_tail(p: NDArray[np.float64], count: int) -> float:
    """Upper tail of a sum of 0/1 events, with Daniels' second continuity correction."""
    mean, spread = float(p.sum()), math.sqrt(float(np.sum(p * (1 - p))))
    at = count - 0.5
    z = (at - mean) / spread
    odds = logit(p)
    t = _root(lambda s: float(np.sum(expit(odds + s))) - at)
    curve = float(np.sum(np.logaddexp(np.log1p(-p), np.log(p) + t)))
    moved = expit(odds + t)
    steep = 2 * math.sinh(t / 2) * math.sqrt(float(np.sum(moved * (1 - moved))))
    return _lugannani(math.copysign(math.sqrt(max(2 * (t * at - curve), 0.0)), t), steep, z)


def _lugannani(r: float, steep: float, z: float) -> float:
    if abs(r) < _NEAR or abs(steep) < _NEAR:  # the formula is 0 / 0 at the mean
        return float(stats.norm.sf(z))
    tail = float(stats.norm.sf(r) + stats.norm.pdf(r) * (1 / steep - 1 / r))
    return min(max(tail, 0.0), 1.0)


def _root(gap: Callable[[float], float]) -> float:
    """Find where an increasing function is 0, from brackets that widen."""
    low, high = -1.0, 1.0
    while gap(low) > 0 and low > -1e6:
        low *= 2
    while gap(high) < 0 and high < 1e6:
        high *= 2
    return float(optimize.brentq(gap, low, high, xtol=1e-10))
