"""Areas under the ROC curve of several scores on the same rows: fast DeLong."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from mlqa.stats.studentized import Studentized

__all__ = ["area_change", "delong", "paired_delong", "placements"]


def placements(positive: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Say how each row stands against the rows of the other class.

    Parameters
    ----------
    positive : bool array, shape (n,)
        Both classes occur.
    scores : array, shape (k, n)
        One row a model; higher means more likely positive.

    Returns
    -------
    of_positives : array, shape (k, positives), in [0, 1]
        Share of the negatives below each positive, ties counted half.
    of_negatives : array, shape (k, negatives), in [0, 1]
        Share of the positives above each negative.

    References
    ----------
    .. [1] Sun, X., Xu, W. (2014), Fast implementation of DeLong's algorithm
       for comparing the areas under correlated receiver operating
       characteristic curves, IEEE Signal Processing Letters 21, 1389-1393.

    Examples
    --------
    >>> placements([False, True, True], [[0.2, 0.1, 0.7]])
    (array([[0., 1.]]), array([[0.5]]))
    """
    yes = np.asarray(positive, dtype=bool)
    table = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    m, n = int(yes.sum()), int((~yes).sum())
    of_yes, of_no = np.empty((len(table), m)), np.empty((len(table), n))
    for row, score in enumerate(table):
        share = _placed(yes, score)
        of_yes[row], of_no[row] = share[yes] / n, share[~yes] / m
    return of_yes, of_no


def _placed(yes: NDArray[np.bool_], score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count the negatives below each positive and the positives above each negative, ties half: one sort."""
    order = np.argsort(score)
    ordered, won = score[order], yes[order]
    seen = np.cumsum(won, dtype=np.int64)  # positives up to here
    positives = int(seen[-1])
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counted = np.empty(score.size)
    if starts.size == score.size:
        counted[order] = np.where(won, np.arange(1, score.size + 1) - seen, positives - seen)
        return counted
    ends = np.append(starts[1:], score.size)
    yes_to = np.concatenate(([0], seen))
    middle_yes = (yes_to[starts] + yes_to[ends]) / 2
    middle_no = (starts + ends) / 2 - middle_yes
    run = np.repeat(np.arange(starts.size), ends - starts)
    counted[order] = np.where(won, middle_no[run], positives - middle_yes[run])
    return counted


def delong(positive: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the areas of several scores and the covariance of their errors.

    Parameters
    ----------
    positive : bool array, shape (n,)
        At least two rows of each class.
    scores : array, shape (k, n)

    Returns
    -------
    areas : array, shape (k,), in [0, 1]
    covariance : array, shape (k, k)

    Notes
    -----
    O(n log n) by midranks; equals the pairwise sums of DeLong to rounding.

    References
    ----------
    .. [1] DeLong, E., DeLong, D., Clarke-Pearson, D. (1988), Comparing the
       areas under two or more correlated receiver operating characteristic
       curves, Biometrics 44, 837-845.

    Examples
    --------
    >>> areas, covariance = delong([0, 0, 1, 1], [[0.1, 0.4, 0.35, 0.8]])
    >>> areas.tolist(), covariance.tolist()
    ([0.75], [[0.125]])
    """
    of_yes, of_no = placements(positive, scores)
    covariance = np.atleast_2d(np.cov(of_yes)) / of_yes.shape[1] + np.atleast_2d(np.cov(of_no)) / of_no.shape[1]
    return of_yes.mean(axis=1), covariance


def paired_delong(positive: ArrayLike, new: ArrayLike, baseline: ArrayLike, *, share: float = 1.0) -> Studentized:
    """Test the change of the area between two scores of the same rows.

    Parameters
    ----------
    positive : bool array, shape (n,)
        At least two rows of each class.
    new, baseline : array, shape (n,)
    share : float
        Of the baseline's area, that is taken from the new one: 1 gives the
        difference, 0.95 asks whether 95 % of it are kept.

    Returns
    -------
    Studentized
        New minus baseline. The error has as many degrees of freedom as its two
        parts, positives and negatives, have together by Satterthwaite: a
        normal tail is too eager where one class is rare.

    References
    ----------
    .. [1] DeLong et al. (1988), as in :func:`delong`.
    .. [2] Satterthwaite, F. (1946), An approximate distribution of estimates
       of variance components, Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> change = paired_delong([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [0.1, 0.2, 0.35, 0.8])
    >>> change.estimate, round(change.error, 4)
    (-0.25, 0.3536)
    """
    return area_change(*placements(positive, np.stack([np.asarray(new), np.asarray(baseline)])), share=share)


def area_change(of_yes: NDArray[np.float64], of_no: NDArray[np.float64], *, share: float = 1.0) -> Studentized:
    """Test the change of the area from the placements of two scores: :func:`paired_delong` without its sort.

    Parameters
    ----------
    of_yes, of_no : array, shape (2, positives) and (2, negatives)
        Of :func:`placements`; with one row, the area itself is tested; without
        rows, shape (m,), they are differences already.
    share : float

    Examples
    --------
    >>> area_change(*placements([0, 1, 0, 1], [[0.1, 0.2, 0.3, 0.4]])).estimate
    0.75
    """
    gains, spares = (
        part if part.ndim == 1 else part[0] - share * part[1] if len(part) > 1 else part[0] for part in (of_yes, of_no)
    )
    parts = np.array([gains.var(ddof=1) / gains.size, spares.var(ddof=1) / spares.size])
    free = np.array([gains.size - 1.0, spares.size - 1.0])
    variance = float(parts.sum())
    df = variance**2 / float(np.sum(parts**2 / free)) if variance > 0 else float(free.sum())
    return Studentized(float(gains.mean()), variance**0.5, df, _least_p(gains.size, spares.size))


def _least_p(m: int, n: int) -> float:
    """One over the number of ways to label the rows: no order of them can show more."""
    return float(np.exp(special.gammaln(m + 1) + special.gammaln(n + 1) - special.gammaln(m + n + 1)))
