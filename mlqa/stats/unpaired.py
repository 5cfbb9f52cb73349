"""A share of rows beside a score that is only known as a number: exact tails, no pairs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from mlqa.stats.studentized import Studentized

__all__ = ["KnownShare", "OtherShare", "apart"]

_EDGE = 1e-12


@dataclass(frozen=True, slots=True)
class KnownShare:
    """A share beside a number that has no error of its own: exact binomial tails.

    Attributes
    ----------
    right, n : int
        Rows that count, of all.
    target : float in [0, 1]

    References
    ----------
    .. [1] Clopper, C. J., Pearson, E. S. (1934), The use of confidence or
       fiducial limits illustrated in the case of the binomial, Biometrika 26,
       404-413.

    Examples
    --------
    >>> change = KnownShare(80, 100, 0.9)
    >>> round(change.estimate, 3), round(change.p_below(0.0), 5)
    (-0.1, 0.00198)
    """

    right: int
    n: int
    target: float

    @property
    def estimate(self) -> float:
        """The share less the number."""
        return self.right / self.n - self.target

    @property
    def least_p(self) -> float:
        """P-value if no row counted."""
        return float(max(1 - self.target, 0.0) ** self.n)

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`"."""
        return float(stats.binom.cdf(self.right, self.n, min(max(self.target + bound, 0.0), 1.0)))

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`"."""
        return float(stats.binom.sf(self.right - 1, self.n, min(max(self.target + bound, 0.0), 1.0)))

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``."""
        low = stats.beta.ppf(alpha, self.right, self.n - self.right + 1) if self.right else 0.0
        high = stats.beta.isf(alpha, self.right + 1, self.n - self.right) if self.right < self.n else 1.0
        return float(low) - self.target, float(high) - self.target

    def detectable(self, alpha: float, power: float = 0.8) -> float:
        """Smallest drop seen with `power`, by the normal approximation."""
        return _reach(self.target * (1 - self.target) / self.n, 1 / self.n, alpha, power)


@dataclass(frozen=True, slots=True)
class OtherShare:
    """A share beside the share of other rows.

    Attributes
    ----------
    right, n : int
    right_before, n_before : int

    Notes
    -----
    Without a bound Fisher's exact test. With one the score test whose variance
    keeps to the bound [1]_, half a row nearer to the null.

    References
    ----------
    .. [1] Farrington, C. P., Manning, G. (1990), Test statistics and sample
       size formulae for comparative binomial trials with null hypothesis of
       non-zero risk difference or non-unity relative risk, Statistics in
       Medicine 9, 1447-1454.

    Examples
    --------
    >>> change = OtherShare(80, 100, 95, 100)
    >>> round(change.estimate, 3), change.p_below(0.0) < 0.01
    (-0.15, True)
    """

    right: int
    n: int
    right_before: int
    n_before: int

    @property
    def estimate(self) -> float:
        """The share less the other share."""
        return self.right / self.n - self.right_before / self.n_before

    @property
    def least_p(self) -> float:
        """P-value if all of these rows were wrong and all of the others right."""
        return float(stats.hypergeom.cdf(0, self.n + self.n_before, self.n_before, self.n))

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`"."""
        if bound == 0:
            both = self.right + self.right_before
            return float(stats.hypergeom.cdf(self.right, self.n + self.n_before, both, self.n))
        return _score_tail(self.n - self.right, self.n, self.n_before - self.right_before, self.n_before, -bound)

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`"."""
        if bound == 0:
            both = self.right + self.right_before
            return float(stats.hypergeom.sf(self.right - 1, self.n + self.n_before, both, self.n))
        return _score_tail(self.right, self.n, self.right_before, self.n_before, bound)

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``."""
        low = _root(lambda bound: alpha - self.p_above(bound), self.estimate, -1.0)
        return low, _root(lambda bound: alpha - self.p_below(bound), self.estimate, 1.0)

    def detectable(self, alpha: float, power: float = 0.8) -> float:
        """Smallest drop seen with `power`, by the normal approximation."""
        pooled = (self.right + self.right_before) / (self.n + self.n_before)
        each = 1 / self.n + 1 / self.n_before
        return _reach(pooled * (1 - pooled) * each, each, alpha, power)


def apart(new: Studentized, baseline: float, error: float, df: float, share: float = 1.0) -> Studentized:
    """Compare a value with one of other rows, known by its error (Welch).

    Parameters
    ----------
    new : Studentized
        The value itself, in the direction of gain.
    baseline, error, df : float
        The other value in the same direction, its standard error and its
        degrees of freedom.
    share : float
        Of the baseline that is taken away.

    Examples
    --------
    >>> change = apart(Studentized(0.8, 0.03, 99.0), 0.9, 0.04, 99.0)
    >>> round(change.estimate, 3), change.error, round(change.df)
    (-0.1, 0.05, 184)
    """
    parts = np.array([new.error**2, (share * error) ** 2])
    variance = float(parts.sum())
    free = 1 / float(np.sum((parts / variance) ** 2 / np.array([new.df, df]))) if variance > 0 else new.df
    shrink = (parts[0] / variance) ** 1.5 if variance > 0 else 1.0  # of the skewness of a sum with a symmetric part
    return Studentized(
        new.estimate - share * baseline,
        variance**0.5,
        max(free, 1.0),
        new.least_p,
        new.skew * shrink,
        new.doubt * shrink,
    )


def _score_tail(x: int, n: int, y: int, m: int, rise: float) -> float:
    """P-value of "the share x / n is above y / m by at most `rise`"."""
    rise = min(max(rise, -1 + _EDGE), 1 - _EDGE)
    excess = x / n - y / m - rise
    nearer = math.copysign(max(abs(excess) - 0.5 * (1 / n + 1 / m), 0.0), excess)
    p = _likeliest(x, n, y, m, rise)
    variance = (p + rise) * (1 - p - rise) / n + p * (1 - p) / m
    if variance <= _EDGE**2:
        return 0.5 if nearer == 0 else float(nearer < 0)
    return float(special.ndtr(-nearer / math.sqrt(variance)))


def _likeliest(x: int, n: int, y: int, m: int, rise: float) -> float:
    """Maximum likelihood of the second share, if the first is higher by `rise`."""
    low, high = max(0.0, -rise) + _EDGE, min(1.0, 1 - rise) - _EDGE

    def slope(p: float) -> float:
        q = p + rise
        return x / q - (n - x) / (1 - q) + y / p - (m - y) / (1 - p)

    if low >= high or slope(low) <= 0:
        return low
    if slope(high) >= 0:
        return high
    return float(optimize.brentq(slope, low, high, xtol=1e-13))


def _reach(noise: float, each: float, alpha: float, power: float) -> float:
    z = float(special.ndtri(power) - special.ndtri(alpha))
    return z * math.sqrt(max(noise, each * each))


def _root(gap: Callable[[float], float], inside: float, end: float) -> float:
    """Where `gap` turns positive on the way from the estimate to the end of the scale."""
    end = math.copysign(1 - _EDGE, end)
    if gap(end) <= 0 or abs(end - inside) < _EDGE:
        return round(end)
    return inside if gap(inside) >= 0 else float(optimize.brentq(gap, inside, end, xtol=1e-10))
