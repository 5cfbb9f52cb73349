"""Few units: the exact test that flips the sign of each one's difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["MOST_UNITS", "SignFlips"]

MOST_UNITS = 19


@dataclass(frozen=True, slots=True, eq=False)
class SignFlips:
    """The mean of a few units' differences, tested by all 2**k sign flips.

    Exact where each unit's difference from the bound is as likely up as down;
    so k units can give no p-value below 2**-k.

    Attributes
    ----------
    totals : array, shape (k,)
        Sum of the differences in each unit; k is at most 19.
    rows : array, shape (k,)
        Rows in each unit.

    References
    ----------
    .. [1] Fisher, R. A. (1935), The design of experiments, section 21.
    .. [2] Canay, I., Romano, J., Shaikh, A. (2017), Randomization tests under
       an approximate symmetry assumption, Econometrica 85, 1013-1030.

    Examples
    --------
    >>> change = SignFlips(np.array([-3.0, -1.0, -2.0]), np.ones(3))
    >>> change.estimate, change.p_below(0.0)
    (-2.0, 0.125)
    """

    totals: NDArray[np.float64]
    rows: NDArray[np.float64]

    @property
    def estimate(self) -> float:
        """Mean difference of a row."""
        return float(self.totals.sum() / self.rows.sum())

    @property
    def least_p(self) -> float:
        """The smallest p-value there is."""
        return float(0.5**self.totals.size)

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`": small if it is lower."""
        return _share_as_low(self.totals - bound * self.rows)

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`": small if it is higher."""
        return _share_as_low(bound * self.rows - self.totals)

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``; infinite where the units are too few."""
        if alpha < self.least_p:
            return -np.inf, np.inf
        means = self.totals / self.rows
        low, high = float(means.min()), float(means.max())
        return _edge(self.p_above, alpha, low, self.estimate), _edge(self.p_below, alpha, high, self.estimate)

    def detectable(self, alpha: float, power: float = 0.8) -> float:
        """Smallest drop seen with `power`, by the t test of the same units."""
        if alpha < self.least_p:
            return float("inf")
        k = self.totals.size
        residual = self.totals - self.estimate * self.rows
        error = np.sqrt(k / (k - 1) * np.sum(residual**2)) / self.rows.sum()
        return float((stats.t.isf(alpha, k - 1) + stats.t.ppf(power, k - 1)) * error)


def _edge(p_of: Callable[[float], float], alpha: float, outside: float, inside: float) -> float:
    """Halve the way to the last bound that is not rejected; 40 steps reach 1e-12 of the range."""
    for _ in range(40):
        middle = (outside + inside) / 2
        if p_of(middle) > alpha:
            inside = middle
        else:
            outside = middle
    return outside


def _share_as_low(differences: NDArray[np.float64]) -> float:
    """Share of the sign flips whose sum is as low as the one seen, which is among them."""
    sums = np.zeros(1)
    for value in np.abs(differences):
        sums = np.concatenate([sums + value, sums - value])
    # Sums of the same numbers in another order differ by rounding: those are ties.
    slack = 1e-12 * float(np.abs(differences).sum())
    return float(np.mean(sums <= differences.sum() + slack))
