"""What every test of a change answers, and the same asked in shares of the baseline's value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from scipy import optimize

__all__ = ["Change", "Relative"]

_MOST = 1e6


class Change(Protocol):
    """A change and the tails of its tests, as every file of `stats` gives it."""

    @property
    def estimate(self) -> float:
        """New minus baseline, in the direction of gain."""

    @property
    def least_p(self) -> float:
        """Smallest p-value these rows can give."""

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`"."""

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`"."""

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``."""

    def detectable(self, alpha: float, power: float = 0.8) -> float:
        """Smallest drop seen with `power`."""


@dataclass(frozen=True, slots=True, eq=False)
class Relative:
    """A change whose bounds are shares of the baseline's value, times the value that was seen.

    "The change is at least a share b of the baseline" is linear in both values,
    so it is tested without dividing by an estimate (Fieller).

    Attributes
    ----------
    at : callable
        ``share -> Change``: new less `share` times the baseline, in the
        direction of gain.
    baseline : float
        The value seen, not 0.
    sign : float
        1 where greater is better, else -1.

    References
    ----------
    .. [1] Fieller, E. (1954), Some problems in interval estimation, Journal of
       the Royal Statistical Society B 16, 175-185.
    """

    at: Callable[[float], Change]
    baseline: float
    sign: float

    @property
    def estimate(self) -> float:
        """New minus baseline, in the direction of gain."""
        return self.at(1.0).estimate

    @property
    def least_p(self) -> float:
        """Smallest p-value these rows can give."""
        return self.at(1.0).least_p

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`"."""
        return self._at(bound).p_below(0.0)

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`"."""
        return self._at(bound).p_above(0.0)

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``; infinite where no share is excluded."""
        return self._end(self.p_above, alpha, -1.0), self._end(self.p_below, alpha, 1.0)

    def detectable(self, alpha: float, power: float = 0.8) -> float:
        """Smallest drop seen with `power`."""
        return self.at(1.0).detectable(alpha, power)

    def _at(self, bound: float) -> Change:
        # new - baseline >= b * |baseline|, both in the direction of gain
        return self.at(1.0 + self.sign * bound / self.baseline)

    def _end(self, p_of: Callable[[float], float], alpha: float, way: float) -> float:
        """Walk away from the estimate until the bound is excluded, then halve."""
        if p_of(self.estimate) <= alpha:  # exact tests may jump there
            return self.estimate
        inside, step = self.estimate, max(abs(self.baseline) * 1e-3, 1e-300)
        while p_of(self.estimate + way * step) > alpha:
            inside, step = self.estimate + way * step, 2 * step
            if step > _MOST * abs(self.baseline):
                return math.copysign(math.inf, way)
        outside = self.estimate + way * step
        return float(optimize.brentq(lambda bound: p_of(bound) - alpha, inside, outside, xtol=abs(step) * 1e-6))
