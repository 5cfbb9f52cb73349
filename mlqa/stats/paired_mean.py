"""The mean of per-row differences, or anything that behaves like one; rows may come in groups."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlqa.stats.sign_flips import MOST_UNITS, SignFlips
from mlqa.stats.studentized import Studentized, df_from, df_of, skew_from, skew_of

__all__ = ["linear_change", "linear_contrast", "paired_mean"]


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
        df = min(df, df_of(totals))
    return Studentized(estimate, error, max(df, 1.0), 0.5**units, *skew_of(totals))


def linear_contrast(
    values: tuple[float, float],
    influences: tuple[ArrayLike, ArrayLike],
    groups: ArrayLike | None = None,
    *,
    skewed: bool = True,
) -> Callable[[float], Studentized | SignFlips]:
    """Test one value less any share of another: :func:`linear_change`, summed up once for every share.

    Parameters
    ----------
    values : tuple of float
    influences : tuple of arrays, shape (n,)
    groups : int array, shape (n,), optional
    skewed : bool

    Returns
    -------
    callable
        ``share -> `` the test of ``values[0] - share * values[1]``.

    Notes
    -----
    Squares, cubes and fourth powers of ``d + c * b`` are polynomials in c; with
    d the difference at a share of 1, so that nothing cancels near it.

    Examples
    --------
    >>> at = linear_contrast((0.5, 1.0), (np.resize([1.0, -1.0], 100), np.resize([2.0, -2.0], 100)))
    >>> at(0.25).estimate, at(0.25).error == linear_change(0.25, np.resize([0.5, -0.5], 100)).error
    (0.25, True)
    """
    now, then = values
    moved, stayed = (np.asarray(part, dtype=np.float64) for part in influences)
    codes = None if groups is None else np.asarray(groups)
    rows = np.ones(moved.size) if codes is None else np.bincount(codes).astype(np.float64)
    d, b = (part if codes is None else np.bincount(codes, weights=part) for part in (moved - stayed, stayed))
    if rows.size <= MOST_UNITS:
        return lambda share: SignFlips(d + (1 - share) * b + (now - share * then) * rows, rows)
    units, equal = rows.size, _equal_units(rows)
    scale = max(float(np.abs(d).max()), float(np.abs(b).max())) or 1.0
    d, b = d / scale, b / scale
    sums = [[float(np.sum(d ** (k - j) * b**j)) * math.comb(k, j) for j in range(k + 1)] for k in (2, 3, 4)]

    def at(share: float) -> Studentized:
        squares, cubes, fourths = (sum(part * (1 - share) ** j for j, part in enumerate(row)) for row in sums)
        squares, fourths = max(squares, 0.0), max(fourths, 0.0)
        error = scale * (units / (units - 1) * squares) ** 0.5 / moved.size
        df = min(equal - 1, df_from(units, squares, fourths)) if skewed else equal - 1
        return Studentized(now - share * then, error, max(df, 1.0), 0.5**units, *skew_from(units, squares, cubes))

    return at


def _equal_units(rows: NDArray[np.float64]) -> float:
    """How many groups of one size would tell as much as these."""
    return float(np.sum(rows**2) ** 2 / np.sum(rows**4))
