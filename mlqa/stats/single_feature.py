"""How much of a target one column explains by itself: out of fold, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from mlqa.stats.ranks import rank_sum_test
from mlqa.stats.tally import tally

__all__ = ["Gain", "gain_moved", "gain_of", "gain_together", "share_explained", "share_rose"]

_FOLDS = 5
# rows of no information that a cell starts with: a value seen once must not look like knowledge
_PRIOR = 1.0
_DIGITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Gain:
    """What knowing one column spares each row.

    Attributes
    ----------
    spared : array, shape (n,)
        Squared error of the mean, less that of the out-of-fold prediction.
    spread : array, shape (n,)
        Squared error of the mean.
    guess : array, shape (n, k), or None
        Out-of-fold prediction of the centred target.
    """

    spared: NDArray[np.float64]
    spread: NDArray[np.float64]
    guess: NDArray[np.float64] | None = None


def gain_of(
    codes: NDArray[np.int64],
    target: NDArray[np.float64],
    fold: NDArray[np.int64],
    weights: NDArray[np.float64] | None = None,
) -> Gain:
    """Predict each row's target by the mean of the rows of its code in the other folds.

    Parameters
    ----------
    codes : array of int of at least 0, shape (n,)
        Which cell of the column a row lies in.
    target : array, shape (n, k)
        One column of numbers (ranks, say), or one 0/1 column for each class.
    fold : array of int, shape (n,), in [0, 5)
        Must not depend on the target.
    weights : array, shape (n,), optional
        How many rows each row stands for.

    Notes
    -----
    The squared error over the classes is Brier's score [1]_, so that numbers
    and any number of classes are measured alike. Each cell starts with one row
    of no information.

    References
    ----------
    .. [1] Brier, G. W. (1950), Verification of forecasts expressed in terms of
       probability, Monthly Weather Review 78, 1-3.

    Examples
    --------
    >>> codes = np.tile([0, 1], 50)
    >>> gain = gain_of(codes, codes[:, None].astype(float), np.arange(100) % 5)
    >>> round(share_explained(gain)[0], 2)
    1.0
    """
    centred = target - np.average(target, axis=0, weights=weights)
    cells = int(codes.max(initial=0)) + 1
    at = codes * _FOLDS + fold
    each = np.ones(codes.size) if weights is None else weights
    rows = np.bincount(at, weights=each, minlength=cells * _FOLDS).reshape(cells, _FOLDS)
    others = (rows.sum(axis=1, keepdims=True) - rows).ravel()[at] + _PRIOR
    guess = np.empty_like(centred)
    for k, column in enumerate(centred.T):
        sums = np.bincount(at, weights=column * each, minlength=cells * _FOLDS).reshape(cells, _FOLDS)
        guess[:, k] = (sums.sum(axis=1, keepdims=True) - sums).ravel()[at] / others
    gain = _gain(centred, guess)
    return gain if weights is None else Gain(gain.spared * weights, gain.spread * weights, guess)


def gain_together(guesses: list[NDArray[np.float64]], target: NDArray[np.float64], fold: NDArray[np.int64]) -> Gain:
    """Predict each row's target by the best weighing of what several columns guess.

    Parameters
    ----------
    guesses : list of array, shape (n, k)
        One for each column, from `gain_of`.
    target : array, shape (n, k)
    fold : array of int, shape (n,)

    Notes
    -----
    Stacked regression [1]_ with a small ridge; the weights come from the rows
    of the other half (even and odd folds).

    References
    ----------
    .. [1] Breiman, L. (1996), Stacked regressions, Machine Learning 24, 49-64.

    Examples
    --------
    >>> x, y = np.repeat([0, 1], 100), np.tile([0, 1], 100)
    >>> target, fold = (x + y)[:, None] / 2.0, np.arange(200) // 2 % 5
    >>> guesses = [gain_of(codes, target, fold).guess for codes in (x, y)]
    >>> round(share_explained(gain_together(guesses, target, fold))[0], 2)
    1.0
    """
    centred = target - target.mean(axis=0)
    stacked, odd = np.zeros_like(centred), fold % 2 == 1
    for k in range(centred.shape[1] if guesses else 0):
        table = np.column_stack([guess[:, k] for guess in guesses])
        for half in (odd, ~odd):
            inner = table[half].T @ table[half]
            ridge = 1e-3 * max(float(np.trace(inner)) / len(inner), 1e-9)
            weights = np.linalg.solve(inner + ridge * np.eye(len(inner)), table[half].T @ centred[half, k])
            stacked[~half, k] = table[~half] @ weights
    return _gain(centred, stacked)


def _gain(centred: NDArray[np.float64], guess: NDArray[np.float64]) -> Gain:
    """Squared error that a guess spares each row; rounded, so that equal rows tie."""
    spared = (guess * (2.0 * centred - guess)).sum(axis=1)
    return Gain(spared.round(_DIGITS), (centred**2).sum(axis=1).round(_DIGITS), guess)


def share_explained(gain: Gain, level: float = 0.95) -> tuple[float, float, float]:
    """Return the share of the target's variance that a column explains, and its interval.

    Parameters
    ----------
    gain : Gain
    level : float in (0, 1)

    Returns
    -------
    estimate, low, high : float, at most 1
        Below 0 where the column is worse than knowing nothing; 0 where the
        target does not vary.

    Notes
    -----
    A ratio of means with its delta-method deviation; one row of average
    spread that the column misses wholly is added, so that no error in n rows
    is not taken for no error at all.

    Examples
    --------
    >>> [round(value, 3) for value in share_explained(Gain(np.ones(99), np.ones(99)))]
    [1.0, 0.97, 1.0]
    """
    n, mean = gain.spread.size, float(gain.spread.mean()) if gain.spread.size else 0.0
    if mean <= 0.0:
        return 0.0, 0.0, 0.0
    estimate = float(gain.spared.mean()) / mean
    spared, spread = np.append(gain.spared, 0.0), np.append(gain.spread, mean)
    centre = float(spared.mean() / spread.mean())
    deviation = float(np.std(spared - centre * spread)) / mean / float(np.sqrt(n))
    width = float(ndtri(0.5 + level / 2.0)) * deviation
    return estimate, min(estimate, centre - width), max(estimate, min(1.0, centre + width))


def gain_moved(gain: Gain, current: NDArray[np.bool_]) -> tuple[float, float]:
    """Test whether a column spares the rows of the current table more, or less, than the others.

    Parameters
    ----------
    gain : Gain
        Of the rows of both tables together, so that it knows nothing of whose
        row is whose: exchangeable where the tables are.
    current : array of bool, shape (n,)

    Returns
    -------
    superiority : float in [0, 1]
        Above 0.5: the column tells more of current rows.
    p_value : float in [0, 1]
        Two-sided.

    Examples
    --------
    >>> superiority, p_value = gain_moved(Gain(np.arange(40.0), np.ones(40)), np.arange(40) >= 20)
    >>> superiority, p_value < 1e-5
    (1.0, True)
    """
    counted = tally(gain.spared[~current], gain.spared[current])
    return rank_sum_test(counted.x, counted.y)


def share_rose(reference: Gain, current: Gain) -> float:
    """Test whether a column explains a larger share of the target than in a reference.

    Parameters
    ----------
    reference, current : Gain
        Each from the rows of one table.

    Returns
    -------
    float in [0, 1]
        One-sided p-value.

    Notes
    -----
    A score test of two ratios: the errors are those around the share of both
    together, so that ten rows of a rare class prove no more than ten rows can.
    The two standard errors are added, not their squares: rows that share a
    cell also share its luck. Sees what ranks do not where nearly all rows are
    of one class, which no column spares much.

    Examples
    --------
    >>> told, untold = Gain(np.ones(99), np.ones(99)), Gain(np.zeros(99), np.ones(99))
    >>> share_rose(untold, told) < 1e-9, share_rose(told, told) > 0.5
    (True, True)
    """
    sides = [_with_row(current, 0.0), _with_row(reference, 1.0)]
    total = [float(spread.sum()) for _, spread in sides]
    if min(total) <= 0.0:
        return 1.0
    share = sum(float(spared.sum()) for spared, _ in sides) / sum(total)
    errors = [
        float(np.sqrt(((spared - share * spread) ** 2).sum())) / all_ for (spared, spread), all_ in zip(sides, total)
    ]
    rise = float(sides[0][0].sum()) / total[0] - float(sides[1][0].sum()) / total[1]
    return float(ndtr(-rise / sum(errors))) if sum(errors) > 0.0 else 1.0


def _with_row(gain: Gain, explained: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add one row of average spread that speaks against the rise."""
    mean = float(gain.spread.mean()) if gain.spread.size else 0.0
    return np.append(gain.spared, explained * mean), np.append(gain.spread, mean)
