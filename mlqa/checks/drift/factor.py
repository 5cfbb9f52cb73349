"""The question whether a column looks multiplied by a constant, as after a change of unit."""

from __future__ import annotations

import math

import numpy as np

from mlqa.stats.tally import Tally, quantile
from mlqa.stats.two_sample import ks_distance

__all__ = ["FACTORS", "likely_factor"]

# decimal prefixes and per cent; times; inch, foot, mile, pound; km/h. They lie apart by more than `_NEAR`.
FACTORS = (10.0, 100.0, 1e3, 1e6, 1e9, 7.0, 12.0, 24.0, 60.0, 3600.0, 86400.0, 2.54, 3.28084, 1.609344, 2.204623, 3.6)
_SHARES = np.arange(1, 40) / 40
_NEAR = 0.08
# small factors are what growth looks like too: they have to fit as closely as chance leaves it
_SMALL, _NEAR_SMALL, _NOISE = 5.0, 0.03, 1.36
_GROSS = 0.1
_LEFT = 0.25
_EVEN = 0.3


def likely_factor(counted: Tally, distance: float) -> float | None:
    """Return the well-known factor by which the second sample looks multiplied, or None.

    Parameters
    ----------
    counted : Tally
    distance : float in [0, 1]
        Kolmogorov-Smirnov distance of the two samples as they are.

    Notes
    -----
    The median over the quantiles of the ratio of current to reference, zeros
    and changes of sign left out: robust to outliers and sentinels. The factor
    is believed if the ratio is about the same over the middle half of the
    quantiles, and dividing by it takes away at least three quarters of the
    distance; a factor below five has to be met within 3 % and to leave no more
    than chance does.

    Examples
    --------
    >>> from mlqa.stats.tally import tally
    >>> metres = np.linspace(1.0, 9.0, 50)
    >>> likely_factor(tally(metres, metres * 1000), 1.0)
    1000.0
    >>> likely_factor(tally(metres, metres + 1), 0.12) is None
    True
    """
    if distance < _GROSS:
        return None
    x, y = (quantile(counted.values, side, _SHARES) for side in (counted.x, counted.y))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = y / x
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    if ratios.size < _SHARES.size // 4:
        return None
    quarter, step, three_quarters = (float(at) for at in np.quantile(np.log(ratios), (0.25, 0.5, 0.75)))
    if three_quarters - quarter > _EVEN:
        return None
    factor = min((f for known in FACTORS for f in (known, 1.0 / known)), key=lambda f: abs(math.log(f) - step))
    near, left = _NEAR, _LEFT * distance
    if 1.0 / _SMALL < factor < _SMALL:
        noise = _NOISE * math.sqrt(1.0 / int(counted.x.sum()) + 1.0 / int(counted.y.sum()))
        near, left = _NEAR_SMALL, min(left, noise)
    if abs(math.log(factor) - step) > near or _distance_without(counted, factor) > left:
        return None
    return factor


def _distance_without(counted: Tally, factor: float) -> float:
    """Distance that is left when the second sample is divided by the factor."""
    first, second = np.flatnonzero(counted.x), np.flatnonzero(counted.y)
    with np.errstate(over="ignore"):
        values = np.concatenate((counted.values[first], counted.values[second] / factor))
    # Nine digits: a value times and divided by 2.54 is the same value again.
    mantissa, exponent = np.frexp(values)
    _, place = np.unique(np.ldexp(np.round(mantissa * 2.0**30), exponent), return_inverse=True)
    x = np.bincount(place[: first.size], weights=counted.x[first], minlength=place.max() + 1)
    y = np.bincount(place[first.size :], weights=counted.y[second], minlength=place.max() + 1)
    return ks_distance(x.astype(np.int64), y.astype(np.int64))
