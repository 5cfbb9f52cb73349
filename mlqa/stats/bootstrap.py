"""Any statistic of rows: resampled for its interval, left out by blocks for its tail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mlqa.stats.studentized import Studentized, df_of, skew_of

__all__ = ["BLOCKS", "Resampled", "resample"]

BLOCKS = 100
_Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A statistic, its bootstrap draws and its values with one block left out.

    Attributes
    ----------
    estimate : float
        Or several, shape (m,), until they are :meth:`combined`.
    draws : array, shape (b,)
        On resampled rows (or groups).
    left_out : array, shape (k,)
        Without each of k blocks of rows (or groups).
    units : int
        Rows or groups that were resampled.
    times : int array, shape (k,), or None
        How often each of `left_out` counts: rows that are alike.
    """

    estimate: Any
    draws: NDArray[np.float64]
    left_out: NDArray[np.float64]
    units: int
    times: NDArray[np.int64] | None = None

    def bca(self, level: float) -> tuple[float, float]:
        """Bias-corrected and accelerated interval.

        Trust it down to tails of about ten draws: ``level <= 1 - 20 / b``.

        References
        ----------
        .. [1] Efron, B. (1987), Better bootstrap confidence intervals, Journal
           of the American Statistical Association 82, 171-185.
        """
        below = float(np.mean(self.draws < self.estimate) + 0.5 * np.mean(self.draws == self.estimate))
        shift = stats.norm.ppf(np.clip(below, 0.5 / self.draws.size, 1 - 0.5 / self.draws.size))
        weights, gaps = self._gaps()
        spread = float(weights @ gaps**2) ** 1.5
        bend = float(weights @ gaps**3) / (6 * spread) if spread > 0 else 0.0
        z = stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
        ends = stats.norm.cdf(shift + (shift + z) / (1 - bend * (shift + z)))
        low, high = np.quantile(self.draws, ends)
        return float(low), float(high)

    def studentized(self) -> Studentized:
        """Return the standard error, for tails that no bootstrap reaches.

        The larger of the block jackknife's and the bootstrap's error, with
        Student's tail at the jackknife's degrees of freedom: the jackknife
        alone fails for medians, the bootstrap alone has no tail at 1e-4.

        References
        ----------
        .. [1] Shao, J., Wu, C. (1989), A general theory for jackknife variance
           estimation, Annals of Statistics 17, 1176-1197.
        """
        weights, gaps = self._gaps()
        k = float(weights.sum())
        jackknife = ((k - 1) / k * float(weights @ gaps**2)) ** 0.5
        error = max(jackknife, float(self.draws.std(ddof=1)))
        # Blocks have evened out what single rows do; rows that are alike have not.
        df = k - 1 if self.times is None else max(min(k - 1, df_of(gaps, self.times)), 1.0)
        return Studentized(self.estimate, error, df, 0.5**self.units, *skew_of(gaps, self.times))

    def combined(self, weights: ArrayLike) -> Resampled:
        """Return a weighted sum of several statistics that were resampled together.

        Parameters
        ----------
        weights : array, shape (m,)
            For `draws` and `left_out` of shape (b, m) and (k, m).
        """
        by = np.asarray(weights, dtype=np.float64)
        return replace(
            self, estimate=float(np.dot(self.estimate, by)), draws=self.draws @ by, left_out=self.left_out @ by
        )

    def _gaps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How often each unit or block counts, and how far it moves the statistic."""
        weights = np.ones(len(self.left_out)) if self.times is None else self.times.astype(np.float64)
        return weights, weights @ self.left_out / weights.sum() - self.left_out


def resample(
    statistic: Callable[[_Rows], Any],
    n: int,
    generator: np.random.Generator,
    *,
    groups: ArrayLike | None = None,
    draws: int = 999,
) -> Resampled:
    """Evaluate a statistic on resampled rows, and without each block of rows.

    Parameters
    ----------
    statistic : callable
        Row numbers, with repeats, to a number or to an array of m numbers. One
        that is not finite is left out of the draws.
    n : int of at least 2
        Rows.
    generator : numpy.random.Generator
    groups : int array, shape (n,), optional
        Codes 0 to k - 1: whole groups are drawn and left out.
    draws : int
        Bootstrap draws; as many calls and at most `BLOCKS` more.

    Returns
    -------
    Resampled

    Raises
    ------
    ArithmeticError
        If more than a tenth of the values are not finite.

    Examples
    --------
    >>> values = np.arange(200.0)
    >>> seen = resample(lambda rows: values[rows].mean(), 200, np.random.default_rng(0))
    >>> seen.estimate, [round(end) for end in seen.bca(0.95)]
    (99.5, [92, 107])
    """
    members = _members(n, groups)
    units = n if members is None else len(members)
    drawn = np.array([statistic(_pick(generator.integers(units, size=units), members)) for _ in range(draws)])
    order = generator.permutation(units)
    everyone = np.arange(units)
    blocks = np.array_split(order, min(BLOCKS, units))
    left = np.array([statistic(_pick(np.delete(everyone, block), members)) for block in blocks])
    kept, stayed = drawn[_finite(drawn)], left[_finite(left)]
    if len(kept) < 0.9 * len(drawn) or len(stayed) < 0.9 * len(left):
        raise ArithmeticError("the statistic is not a finite number on more than a tenth of the resamples")
    full = statistic(np.arange(n))
    return Resampled(full if np.ndim(full) else float(full), kept, stayed, units)


def _finite(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(values).reshape(len(values), -1).all(axis=1))


def _members(n: int, groups: ArrayLike | None) -> list[_Rows] | None:
    """Row numbers of each group."""
    if groups is None:
        return None
    codes = np.asarray(groups)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1])


def _pick(units: NDArray[np.int64] | _Rows, members: list[_Rows] | None) -> _Rows:
    return units.astype(np.intp) if members is None else np.concatenate([members[unit] for unit in units])
