"""How finely numbers are written: places after the point, powers of ten, bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FEWEST_PLACES", "MOST_PLACES", "decimal_places", "fits_float"]

FEWEST_PLACES = -6
MOST_PLACES = 12


def decimal_places(values: ArrayLike) -> NDArray[np.int64]:
    """Return how many places after the point each number needs.

    Parameters
    ----------
    values : array, shape (k,)

    Returns
    -------
    array, shape (k,), int64, in [-6, 13]
        Negative for multiples of ten, a hundred and so on; 13 where twelve
        places do not give the number back, or it is infinite.

    Examples
    --------
    >>> decimal_places([2.5, 3.0, 1200.0, 1 / 3, 0.1]).tolist()
    [1, 0, -2, 13, 1]
    """
    given = np.asarray(values, dtype=np.float64)
    places = np.full(given.shape, MOST_PLACES + 1, dtype=np.int64)
    left = np.flatnonzero(np.isfinite(given))
    for place in range(FEWEST_PLACES, MOST_PLACES + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            same = np.round(given[left], place) == given[left]
        places[left[same]] = place
        left = left[~same]
    return places


def fits_float(values: ArrayLike, bits: int) -> NDArray[np.bool_]:
    """Say which numbers a float of fewer bits holds exactly.

    Parameters
    ----------
    values : array, shape (k,)
    bits : {16, 32}

    Examples
    --------
    >>> fits_float([0.5, 0.1], 32).tolist()
    [True, False]
    """
    given = np.asarray(values, dtype=np.float64)
    with np.errstate(over="ignore"):
        fits: NDArray[np.bool_] = given.astype(f"f{bits // 8}").astype(np.float64) == given
    return fits
