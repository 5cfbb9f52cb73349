"""How much more likely each loss is of a broken row than of a sound one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

__all__ = ["SHARE", "likelihood_ratio", "mixture_scores"]

SHARE = 0.15
_CUTS = (*(at / 20 for at in range(1, 20)), 0.97, 0.98, 0.99, 0.995, 1.0)
_FAKE_CUTS = (0.7, 0.8, 0.9)
_PRIOR = 1.0

Numbers = NDArray[np.float64]


def likelihood_ratio(sound: Numbers, broken: Numbers) -> tuple[Numbers, Numbers]:
    """Estimate, for each loss, the density among broken rows over that among sound ones.

    Parameters
    ----------
    sound : array, shape (n,)
        Losses of the rows as they are.
    broken : array, shape (k,)
        Losses of rows broken on purpose.

    Returns
    -------
    of_sound : array, shape (n,)
    of_broken : array, shape (k,)
        Ratio at each loss: it never falls as the loss grows.

    Notes
    -----
    Shares of both in cells between quantiles of the losses, one row added to
    either, made monotone by isotonic regression [1]_.

    References
    ----------
    .. [1] Barlow, R. E., Bartholomew, D. J., Bremner, J. M., Brunk, H. D.
       (1972), Statistical Inference under Order Restrictions, Wiley.

    Examples
    --------
    >>> low, high = np.arange(100.0), np.arange(50.0, 150.0)
    >>> ratio, _ = likelihood_ratio(low, high)
    >>> ratio[0] < 0.2, ratio[-1] > 0.9
    (np.True_, np.True_)
    """
    edges = np.unique(
        np.concatenate([_quantiles(sound, _CUTS), _quantiles(broken, _FAKE_CUTS)]),
    )
    cells = np.searchsorted(edges, sound), np.searchsorted(edges, broken)
    rows = np.bincount(cells[0], minlength=edges.size + 1) + _PRIOR
    fakes = np.bincount(cells[1], minlength=edges.size + 1) * (sound.size / broken.size) + _PRIOR
    ratio = isotonic_regression(fakes / rows, weights=rows).x
    return ratio[cells[0]], ratio[cells[1]]


def mixture_scores(ratio: Numbers, share: float = SHARE) -> Numbers:
    """Return the log-likelihood ratio of "this share of rows is broken" against "none is".

    Parameters
    ----------
    ratio : array, shape (n,)
        From :func:`likelihood_ratio`.
    share : float in (0, 1)

    Examples
    --------
    >>> mixture_scores(np.array([1.0, 100.0])).round(2).tolist()
    [0.0, 2.76]
    """
    scores: Numbers = np.log1p(share * (ratio - 1.0))
    return scores


def _quantiles(values: Numbers, shares: tuple[float, ...]) -> Numbers:
    found: Numbers = np.quantile(values, shares, method="inverted_cdf")
    return found
