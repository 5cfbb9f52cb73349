"""What two samples of a size could have shown: the smallest change seen with 80 % power."""

from __future__ import annotations

import math

from scipy.special import betaincinv, ndtri

__all__ = ["GROSS", "POWER", "ks_detectable", "newcomer_detectable", "rows_to_see", "share_detectable"]

POWER = 0.8
GROSS = 0.5  # a change, as a share or distance, that no check may miss and still PASS


def ks_detectable(n: int, m: int, level: float) -> float:
    """Return the smallest Kolmogorov-Smirnov distance seen with 80 % power.

    Parameters
    ----------
    n, m : int of at least 1
        Sizes of the samples.
    level : float in (0, 1)
        At which one test rejects, after any correction.

    Returns
    -------
    float
        Above 1 where nothing could be seen.

    Notes
    -----
    The critical value of the exponential bound of `ks_p_value`, plus the
    deviation at 80 % power of the two distribution functions where they lie
    furthest apart, at most half of ``sqrt(1/n + 1/m)``.

    Examples
    --------
    >>> round(ks_detectable(1000, 1000, 1e-4), 3)
    0.118
    """
    scale = math.sqrt(1.0 / n + 1.0 / m)
    return scale * _factor(math.sqrt(math.log(2.0 / level) / 2.0))


def share_detectable(n: int, m: int, level: float) -> float:
    """Return the smallest change of one category's share seen with 80 % power.

    Parameters
    ----------
    n, m : int of at least 1
        Sizes of the samples.
    level : float in (0, 1)
        At which one test rejects, after any correction.

    Notes
    -----
    For a share near one half, where it is hardest to see; a change of one
    category against the others is also their total variation.

    Examples
    --------
    >>> round(share_detectable(1000, 1000, 1e-4), 3)
    0.106
    """
    scale = math.sqrt(1.0 / n + 1.0 / m)
    return scale * _factor(-0.5 * float(ndtri(level / 2.0)))


def newcomer_detectable(n: int, m: int, level: float) -> float:
    """Return the smallest share of the second sample seen that the first has nothing of.

    Parameters
    ----------
    n, m : int of at least 1
        Sizes of the samples.
    level : float in (0, 1)
        At which one test rejects, after any correction.

    Returns
    -------
    float
        Above 1 where nothing could be seen.

    Notes
    -----
    k rows that only the second sample has come about with a chance of at most
    ``(m / (n + m)) ** k`` under exchangeability; with 80 % power there are as
    many.

    Examples
    --------
    >>> round(newcomer_detectable(1000, 1000, 1e-4), 4)
    0.017
    """
    fewest = math.ceil(math.log(level) / math.log(m / (n + m)))
    return float(betaincinv(fewest, m - fewest + 1, POWER)) if fewest <= m else 2.0


def rows_to_see(distance: float, level: float) -> int:
    """Return the rows each of two equal samples needs to see a distance with 80 % power.

    Parameters
    ----------
    distance : float in (0, 1]
    level : float in (0, 1)

    Examples
    --------
    >>> rows_to_see(0.5, 1e-4)
    57
    """
    return math.ceil(2.0 * (_factor(math.sqrt(math.log(2.0 / level) / 2.0)) / distance) ** 2)


def _factor(critical: float) -> float:
    """Critical value plus the part for power, in units of ``sqrt(1/n + 1/m)``."""
    return critical + 0.5 * float(ndtri(POWER))
