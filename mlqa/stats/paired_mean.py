"""The mean of per-row differences, or anything that behaves like one; rows may come in groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlqa.stats.sign_flips import MOST_UNITS, SignFlips
from mlqa.stats.studentized import Studentized

__all__ = ["linear_change", "paired_mean"]

_SURE = 3.0


def paired_mean(differences: ArrayLike, groups: ArrayLike | None = None) -> Studentized | SignFlips:
    """Test the mean of paired differences.

    Parameters
    ----------
    differences : array, shape (n,)
        New minus baseline, row by row.
    groups : int array, shape (n,), optional
        Codes 0 to k - 1: rows of one group may depend on each other.

    Returns
    -------
    Studentized or SignFlips
        The paired t test of n - 1 degrees of freedom, careful where the
        differences are plainly skewed; with groups the cluster-robust one;
        exact sign flips below 20 rows or groups.

    References
    ----------
    .. [1] Cameron, A. C., Miller, D. (2015), A practitioner's guide to
       cluster-robust inference, Journal of Human Resources 50, 317-372.

    Examples
    --------
    >>> change = paired_mean(np.sin(np.arange(50.0)) - 2)
    >>> round(change.estimate, 3), change.df
    (-1.997, 49.0)
    """
    values = np.asarray(differences, dtype=np.float64)
    return linear_change(float(values.mean()), values - values.mean(), groups, skewed=False)


def linear_change(
    estimate: float, influence: ArrayLike, groups: ArrayLike | None = None, *, skewed: bool = True
) -> Studentized | SignFlips:
    """Test a change from the influence that each row has on it (the delta method).

    Parameters
    ----------
    estimate : float
        The change.
    influence : array, shape (n,)
        How far each row moves the estimate, times n; the mean is 0.
    groups : int array, shape (n,), optional
        Codes 0 to k - 1.
    skewed : bool
        Whether few rows may carry the change (a share of rare rows): then the
        degrees of freedom follow from the kurtosis of `influence`.

    Returns
    -------
    Studentized or SignFlips
        Sign flips below 20 rows or groups.

    References
    ----------
    .. [1] Satterthwaite, F. (1946), An approximate distribution of estimates
       of variance components, Biometrics Bulletin 2, 110-114.
    .. [2] Carter, A., Schnepel, K., Steigerwald, D. (2017), Asymptotic
       behavior of a t-test robust to cluster heterogeneity, Review of
       Economics and Statistics 99, 698-709.

    Examples
    --------
    >>> linear_change(-0.5, np.resize([1.0, -1.0], 100), skewed=False).df
    99.0
    """
    influence = np.asarray(influence, dtype=np.float64)
    codes = None if groups is None else np.asarray(groups)
    rows = np.ones(influence.size) if codes is None else np.bincount(codes).astype(np.float64)
    totals = influence if codes is None else np.bincount(codes, weights=influence).astype(np.float64)
    if rows.size <= MOST_UNITS:
        return SignFlips(totals + estimate * rows, rows)
    units = rows.size
    error = float(np.sqrt(units / (units - 1) * np.sum(totals**2)) / influence.size)
    df = _equal_units(rows) - 1
    if skewed:
        df = min(df, _df_of_variance(totals))
    return Studentized(estimate, error, max(df, 1.0), 0.5**units, _skew(totals))


def _equal_units(rows: NDArray[np.float64]) -> float:
    """How many groups of one size would tell as much as these."""
    return float(np.sum(rows**2) ** 2 / np.sum(rows**4))


def _skew(totals: NDArray[np.float64]) -> float:
    """Skewness over the root of the units; 0 where it could be chance, so that the plain t test stays plain."""
    spread = float(np.sqrt(np.mean(totals**2)))
    skewness = float(np.mean((totals / spread) ** 3)) if spread > 0 else 0.0
    return skewness / totals.size**0.5 if abs(skewness) > _SURE * np.sqrt(6 / totals.size) else 0.0


def _df_of_variance(totals: NDArray[np.float64]) -> float:
    """Degrees of freedom of a variance from its own error: var(s2) / s2**2 = (kurtosis - 1) / units."""
    squares = np.sum(totals**2)
    if squares <= 0:
        return float(totals.size - 1)
    kurtosis = totals.size * float(np.sum(totals**4)) / float(squares) ** 2
    return 2 * totals.size / max(kurtosis - 1, 1e-9)
