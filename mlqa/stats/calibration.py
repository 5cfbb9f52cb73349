"""Are probabilities what they say? The classical tests of calibration."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import expit, logit

from mlqa.stats.event_sums import weighted_p_value

__all__ = ["cumulative_p_values", "recalibration", "spiegelhalter"]

_TERMS = 200
_EDGE = 1e-9


def spiegelhalter(probability: ArrayLike, happened: ArrayLike) -> tuple[float, float]:
    """Test whether Brier's score is what the probabilities themselves expect.

    Parameters
    ----------
    probability : array, shape (n,), in [0, 1]
    happened : bool array, shape (n,)

    Returns
    -------
    z : float
        Positive where the score is worse than expected: too extreme.
    p_value : float in [0, 1]
        Two-sided, by the saddlepoint: the normal tail of `z` is too eager
        where events are rare.

    References
    ----------
    .. [1] Spiegelhalter, D. J. (1986), Probabilistic prediction in patient
       management and clinical trials, Statistics in Medicine 5, 421-433.

    Examples
    --------
    >>> z, p_value = spiegelhalter(np.tile([0.02, 0.98], 200), np.arange(400) % 10 == 1)
    >>> z > 10, p_value < 1e-20
    (True, True)
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    weights = 1 - 2 * p
    variance = float(np.sum(weights**2 * p * (1 - p)))
    excess = float(np.sum(weights * (y - p)))
    z = excess / variance**0.5 if variance > 0 else 0.0
    return z, min(1.0, 2 * min(weighted_p_value(weights, y, p), weighted_p_value(-weights, y, p)))


def recalibration(probability: ArrayLike, happened: ArrayLike) -> tuple[float, float, float]:
    """Fit ``logit(happened) = intercept + slope * logit(probability)`` and test (0, 1).

    Parameters
    ----------
    probability : array, shape (n,), in [0, 1]
        Cut to [1e-9, 1 - 1e-9].
    happened : bool array, shape (n,)

    Returns
    -------
    intercept, slope : float
        A slope below 1: too extreme.
    p_value : float in [0, 1]
        Likelihood ratio against (0, 1), two degrees of freedom.

    References
    ----------
    .. [1] Cox, D. R. (1958), Two further applications of a model for binary
       regression, Biometrika 45, 562-565.

    Examples
    --------
    >>> said = expit(np.repeat([-3.0, 0.0, 3.0], 1000))
    >>> seen = np.tile(np.arange(1000) / 1000, 3) < expit(np.repeat([-1.0, 0.0, 1.0], 1000))
    >>> [round(part, 2) for part in recalibration(said, seen)]
    [0.0, 0.33, 0.0]
    """
    x = logit(np.clip(np.asarray(probability, dtype=np.float64), _EDGE, 1 - _EDGE))
    y = np.asarray(happened, dtype=np.float64)
    design = np.stack([np.ones_like(x), x], axis=1)
    known = np.array([0.0, 1.0])
    found = _logistic(design, y, known)
    gained = 2 * (_log_likelihood(design @ found, y) - _log_likelihood(design @ known, y))
    return float(found[0]), float(found[1]), float(stats.chi2.sf(max(gained, 0.0), 2))


def cumulative_p_values(probability: ArrayLike, happened: ArrayLike) -> tuple[float, float]:
    """Test the running sum of ``happened - probability`` in the order of the probabilities.

    Parameters
    ----------
    probability : array, shape (n,), in [0, 1]
        Equal ones are taken together.
    happened : bool array, shape (n,)

    Returns
    -------
    kolmogorov_smirnov, kuiper : float in [0, 1]
        Asymptotic p-values of its largest distance from 0, and of its range.

    References
    ----------
    .. [1] Arrieta-Ibarra, I. et al. (2022), Metrics of calibration for
       probabilistic predictions, Journal of Machine Learning Research 23 (351).
    .. [2] Feller, W. (1951), The asymptotic distribution of the range of sums
       of independent random variables, Annals of Mathematical Statistics 22,
       427-432.

    Examples
    --------
    >>> [round(p, 3) for p in cumulative_p_values([0.2, 0.5, 0.5, 0.8], [0, 1, 0, 1])]
    [1.0, 1.0]
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    last = np.append(np.flatnonzero(np.diff(p[order])), p.size - 1)
    path = np.append(0.0, np.cumsum((y - p)[order])[last])
    scale = float(np.sqrt(np.sum(p * (1 - p))))
    if scale <= 0:
        return (1.0, 1.0) if not np.any(path) else (0.0, 0.0)
    return _largest_of_motion(float(np.abs(path).max()) / scale), _range_of_motion(float(np.ptp(path)) / scale)


def _largest_of_motion(x: float) -> float:
    """P(max |B(t)| on [0, 1] >= x) of Brownian motion."""
    if x < 0.2:
        return 1.0
    k = np.arange(_TERMS)
    far = 4 * np.sum((-1.0) ** k * stats.norm.sf((2 * k + 1) * x))
    return float(np.clip(far, 0.0, 1.0))


def _range_of_motion(x: float) -> float:
    """P(range of B(t) on [0, 1] >= x)."""
    if x < 0.4:
        return 1.0
    k = np.arange(1, _TERMS)
    far = 8 * np.sum((-1.0) ** (k + 1) * k * stats.norm.sf(k * x))
    return float(np.clip(far, 0.0, 1.0))


def _logistic(design: NDArray[np.float64], y: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's steps, halved until the likelihood grows; a hair of ridge keeps perfect separation finite."""
    at, ridge = start.copy(), 1e-6 * np.eye(start.size)
    best = _log_likelihood(design @ at, y)
    for _ in range(50):
        p = expit(design @ at)
        step = np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + ridge, design.T @ (y - p))
        while np.abs(step).max() > 1e-9 and _log_likelihood(design @ (at + step), y) < best:
            step = step / 2
        at = at + step
        best = _log_likelihood(design @ at, y)
        if np.abs(step).max() < 1e-8:
            break
    return at


def _log_likelihood(score: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float(np.sum(y * score - np.logaddexp(0.0, score)))
