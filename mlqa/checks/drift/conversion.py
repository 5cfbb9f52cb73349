"""The question whether a column looks converted: to another unit, scale or sign, in all rows or in some."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.drift.factor import FACTORS, likely_factor
from mlqa.stats.tally import Tally, quantile
from mlqa.stats.two_sample import ks_distance
from mlqa.wording import number

__all__ = ["likely_change"]

# current = slope * reference + offset
_AFFINE = (
    (1.8, 32.0, "converted from Celsius to Fahrenheit"),
    (1 / 1.8, -32 / 1.8, "converted from Fahrenheit to Celsius"),
    (1.0, 273.15, "converted from Celsius to kelvin"),
    (1.0, -273.15, "converted from kelvin to Celsius"),
    (-1.0, 0.0, "turned to the opposite sign"),
)
_COLDEST, _HOTTEST = -100.0, 500.0  # where temperatures lie in any of the three units
_GROSS = 0.1
_HUGE = 1e150
_NOISE = 1.36  # the 5 % point of Kolmogorov's distribution
_LEFT = 0.2
_LEFT_PARTLY = 0.4
_BETTER = 0.7
_MOST_OF = 0.7
_FEWEST_BEYOND = 15
_JUST_BELOW = 4e-9
_POINTS = np.arange(1, 400) / 400
_FEWEST_PARTLY, _MOST_PARTLY = 0.05, 0.95

Floats = NDArray[np.float64]


def likely_change(counted: Tally, distance: float) -> str:
    """Return in words what the second sample looks like, or nothing.

    Parameters
    ----------
    counted : Tally
    distance : float in [0, 1]
        Kolmogorov-Smirnov distance of the two samples as they are.

    Notes
    -----
    Believed only if taking the conversion back takes most of the distance
    away: a factor in all rows, temperature scales and signs, then a factor in
    a part of the rows, whose share is fitted; at last, of rows above all of the
    reference's, whether a factor brings them back to how those are distributed.
    Where one value alone makes the move, no part of the rows was converted.

    Examples
    --------
    >>> from mlqa.stats.tally import tally
    >>> celsius = np.linspace(-10.0, 35.0, 300) + np.sin(np.arange(300.0))
    >>> likely_change(tally(celsius, celsius * 1.8 + 32), 0.7)
    'converted from Celsius to Fahrenheit'
    >>> weights = np.exp(np.sin(np.arange(1, 1000.0)) + 3)
    >>> mixed = np.where(np.arange(999) % 10 < 3, weights * 2.204623, weights)
    >>> likely_change(tally(weights, mixed), 0.2)
    'multiplied by 2.205 in about 30 % of its rows'
    """
    if not np.abs(counted.values[[0, -1]]).max() < _HUGE:
        return ""
    factor = likely_factor(counted, distance)
    if factor is not None:
        return _times(factor)
    found = _affine(counted, distance) if distance >= _GROSS else ""
    if found or _one_value(counted, distance):
        return found
    return (distance >= _GROSS and _partly(counted, distance)) or _beyond(counted)


def _times(factor: float) -> str:
    """Write a factor."""
    return f"multiplied by {number(factor)}" if factor >= 1 else f"divided by {number(1.0 / factor)}"


def _affine(counted: Tally, distance: float) -> str:
    """Try the temperature scales, and the sign."""
    close = min(_LEFT * distance, _noise(counted))
    x, y = (counted.values[side > 0] for side in (counted.x, counted.y))
    warm = min(x[0], y[0]) >= _COLDEST and max(x[-1], y[-1]) <= _HOTTEST
    for slope, offset, words in _AFFINE:
        if (warm or slope < 0) and _distance_from(counted, slope, offset) <= close:
            return words
    return ""


def _distance_from(counted: Tally, slope: float, offset: float) -> float:
    """Distance that is left when the first sample is converted as the second may have been."""
    first, second = np.flatnonzero(counted.x), np.flatnonzero(counted.y)
    values = np.concatenate((counted.values[first] * slope + offset, counted.values[second]))
    # rounded to a millionth of the spread: a value converted is the same value again
    with np.errstate(over="ignore", invalid="ignore"):
        grain = float(np.ptp(values)) * 1e-6 or 1.0
        cells, place = np.unique(np.round(values / grain), return_inverse=True)
    x = np.bincount(place[: first.size], counted.x[first], cells.size)
    y = np.bincount(place[first.size :], counted.y[second], cells.size)
    return ks_distance(x.astype(np.int64), y.astype(np.int64))


def _one_value(counted: Tally, distance: float) -> bool:
    """Say whether one value, grown more frequent, makes the move: a code for missing and no conversion."""
    risen = counted.y / counted.y.sum() - counted.x / counted.x.sum()
    at = int(risen.argmax())
    x, y = np.delete(counted.x, at), np.delete(counted.y, at)
    if risen[at] < _MOST_OF * distance or not x.any() or not y.any():
        return False
    return ks_distance(x, y) <= max(_LEFT * distance, _noise(counted))


def _partly(counted: Tally, distance: float) -> str:
    """Try each factor for a part of the rows: F_current = (1 - share) F_reference + share F_converted."""
    pooled = np.unique(quantile(counted.values, counted.x + counted.y, _POINTS))
    usual = np.unique(quantile(counted.values, counted.x, _POINTS[9::10]))
    values, x = counted.values, np.cumsum(counted.x) / counted.x.sum()
    y = np.cumsum(counted.y) / counted.y.sum()
    fits = []
    for factor in (f for known in FACTORS for f in (known, 1.0 / known)):
        with np.errstate(over="ignore"):
            # also where converted values would lie: far off, one factor looks like another from the pooled points
            points = np.unique(np.append(pooled, usual * factor))
            reference, current = _below(values, x, points), _below(values, y, points)
            away = _below(values, x, points / factor) - reference
        size = float(np.dot(away, away))
        share = float(np.dot(current - reference, away)) / size if size > 0 else 0.0
        if _FEWEST_PARTLY <= share <= _MOST_PARTLY:
            fits.append((float(np.abs(current - reference - share * away).max()), factor, share))
    left, factor, share = min(fits, default=(math.inf, 1.0, 0.0))
    # a move of all rows may look like a mixture: it has to fit worse
    most = min(_LEFT_PARTLY * distance, _BETTER * _distance_moved(counted), _noise(counted))
    if left > most:
        return ""
    return _in_part(factor, share)


def _beyond(counted: Tally) -> str:
    """Try each factor on the rows above the reference, where all others are as they were."""
    known = np.flatnonzero(counted.x)
    highest = float(counted.values[known[-1]])
    out = slice(int(known[-1]) + 1, None)
    rows = int(counted.y[out].sum())
    within = counted.y[: out.start]
    if rows < _FEWEST_BEYOND or highest <= 0 or not within.any():
        return ""
    if ks_distance(counted.x[: out.start], within) > _noise(counted):
        return ""
    values, share = counted.values[out], np.cumsum(counted.y[out]) / rows
    # from below too: a code that stands alone is no distribution of converted values
    values, share = np.append(values, values * (1.0 - _JUST_BELOW)), np.append(share, np.append(0.0, share[:-1]))
    below = np.cumsum(counted.x) / counted.x.sum()
    fits = []
    for factor in (known for known in FACTORS if known > 1):
        at = _below(counted.values, below, np.append(highest, values) / factor)
        left, most = 1.0 - float(at[0]), int(counted.x.sum() * (1.0 - at[0]))
        if most >= _FEWEST_BEYOND:
            away = float(np.abs((at[1:] - at[0]) / left - share).max())
            part = rows / (left * int(counted.y.sum()))
            fits += [(away / math.sqrt(1 / rows + 1 / most), factor, part)] if part < 1 else []
    away, factor, part = min(fits, default=(math.inf, 1.0, 0.0))
    return _in_part(factor, part) if away <= _NOISE else ""


def _in_part(factor: float, share: float) -> str:
    return f"{_times(factor)} in about {number(float(f'{100 * share:.1g}'))} % of its rows"


def _distance_moved(counted: Tally) -> float:
    """Distance that is left when the first sample is moved and stretched to the quartiles of the second."""
    x, y = (quantile(counted.values, side, [0.25, 0.5, 0.75]) for side in (counted.x, counted.y))
    slope = float((y[2] - y[0]) / (x[2] - x[0])) if x[2] > x[0] else 1.0
    return _distance_from(counted, slope, float(y[1] - slope * x[1]))


def _noise(counted: Tally) -> float:
    """Distance of two samples of one source that is exceeded in one of twenty draws."""
    return _NOISE * math.sqrt(1 / int(counted.x.sum()) + 1 / int(counted.y.sum()))


def _below(values: Floats, shares: Floats, points: Floats) -> Floats:
    """Read a distribution function at points, a billionth above them: a value divided back is the same value."""
    at = np.searchsorted(values, points + np.abs(points) * 1e-9, side="right")
    return np.concatenate(([0.0], shares))[at]
