"""The largest error of two predictions: an exact test that counts the errors beyond it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["WorstError"]


@dataclass(frozen=True, slots=True, eq=False)
class WorstError:
    """The change of the largest error, in the direction of gain: larger errors are a fall.

    No row but one decides a maximum, so neither a standard error nor a
    bootstrap describes it. But if it does not matter which model made which of
    a row's two errors, then k rows beyond the other model's largest error all
    belong to one model with a chance of ``2**-k``.

    Attributes
    ----------
    new, baseline : array, shape (k,)
        Largest error of each row or group, none negative.
    share : float of at least 0
        The baseline's errors times this are compared.

    References
    ----------
    .. [1] Fisher, R. A. (1935), The design of experiments, section 21: the
       randomization test, here of the maximum, in closed form.

    Examples
    --------
    >>> change = WorstError(np.array([9.0, 8, 7, 1]), np.array([1.0, 2, 1, 3]))
    >>> change.estimate, change.p_below(0.0), change.p_below(-5.0)
    (-6.0, 0.125, 0.5)
    """

    new: NDArray[np.float64]
    baseline: NDArray[np.float64]
    share: float = 1.0

    @property
    def estimate(self) -> float:
        """The baseline's largest error less the new one's."""
        return float(self.share * self.baseline.max() - self.new.max())

    @property
    def least_p(self) -> float:
        """Smallest p-value that this many rows can give."""
        return float(0.5**self.new.size)

    def p_below(self, bound: float) -> float:
        """P-value of "the change is at least `bound`": small if new errors lie beyond it."""
        return float(0.5 ** np.sum(self.new + bound > self.share * self.baseline.max()))

    def p_above(self, bound: float) -> float:
        """P-value of "the change is at most `bound`": small if the baseline's errors lie beyond it."""
        return float(0.5 ** np.sum(self.share * self.baseline - bound > self.new.max()))

    def interval(self, alpha: float) -> tuple[float, float]:
        """Both one-sided ends at level ``1 - alpha``; infinite where the rows are too few."""
        k = _needed(alpha)
        if k > self.new.size:
            return -np.inf, np.inf
        low = self.share * _kth(self.baseline, k) - float(self.new.max())
        return low, self.share * float(self.baseline.max()) - _kth(self.new, k)

    def detectable(self, alpha: float, power: float = 0.8) -> float:  # noqa: ARG002 - as every change
        """How much all new errors would have to grow for enough of them to lie beyond."""
        k = _needed(alpha)
        if k > self.new.size:
            return float("inf")
        return max(self.share * float(self.baseline.max()) - _kth(self.new, k), 0.0)


def _needed(alpha: float) -> int:
    """Rows that must lie beyond for a p-value of at most `alpha`."""
    return int(np.ceil(-np.log2(alpha) - 1e-12))


def _kth(values: NDArray[np.float64], k: int) -> float:
    """Return the k-th largest."""
    return float(np.partition(values, values.size - k)[values.size - k])
