"""Values far beyond the body of a sample: more of them, and further, than its own tail leads one to expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma, poisson

from mlqa.stats.tally import quantile

__all__ = ["FarValues", "far_values"]

_FEWEST = 50
_MOST = 0.1  # of the rows, beyond one end: more are a part of the column, not outliers
_OWN_SIDE = 0.2  # of the rows that a side needs to have a tail of its own
_TAIL = 0.1  # of the body, from which its tail is read
_SURELY = 0.01  # the tail index is taken at its lower limit of this level
_LIGHTEST = 10.0
_CHANCE = 1e-6
_GAP = 4.0  # far values lie this many times further from the median than all others
_WIDE_GAP = 20.0  # the same where all others are a few values: a scale of five steps has no tail to speak of
_FEW = 10
# so wide a gap needs no tail fitted, where the body ends soon after its ninth decile
_GROSS_GAP = 12.0
_SOON = 5.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FarValues:
    """Values beyond one end of the body.

    Attributes
    ----------
    sign : int
        1 above, -1 below.
    rows : int
    nearest : float
        Of them, the one nearest to the body.
    last : float
        The furthest value of the body on that side.
    gap : float
        How many times further from the median they lie than all others.
    chance : float in [0, 1]
        Of so many so far out, by the tail of the others.
    """

    sign: int
    rows: int
    nearest: float
    last: float
    gap: float
    chance: float


def far_values(values: Floats, counts: Ints) -> tuple[FarValues, ...]:
    """Find values that lie apart, and further out than the tail of the others explains.

    Parameters
    ----------
    values : array, shape (v,), ascending
        Without NaN; infinities are values like others.
    counts : array, shape (v,), int
        Rows of each.

    Returns
    -------
    tuple of FarValues
        At most one for each end. None where there are fewer than 50 rows, or
        the middle half of them is one value.

    Notes
    -----
    Looks at every gap in the outer tenth of the rows. What is inside it is the
    body, so outliers cannot hide themselves. Far is what lies

    - twelve times further from the median than all of a body that ends within
      five times its ninth decile; or
    - four times further (twenty if the body is fewer than ten values), and more
      often than the body's tail gives with a chance of one in a million. The
      tail is taken as Pareto's, with Hill's index [1]_ of the outermost tenth
      of the distances from the median, at its lower 99 % limit (the inverse of
      Hill's estimate is a gamma variable) and at most 10: heavier than most
      tails are.

    A rule for what is gross, not a test of a known level. Of 14,108 columns of
    990 real tables it names 44: most are codes for 'no value' (-999, 9999),
    slips (an age of 5555, a wind of 1,048 knots) and identifiers.

    References
    ----------
    .. [1] Hill, B. M. (1975), A simple general approach to inference about the
       tail of a distribution, Annals of Statistics 3, 1163-1174.

    Examples
    --------
    >>> values = np.append(np.linspace(-3.0, 3.0, 200), 999.0)
    >>> [(found.rows, found.nearest) for found in far_values(values, np.ones(201, dtype=np.int64))]
    [(1, 999.0)]
    >>> far_values(np.linspace(-3.0, 3.0, 200), np.ones(200, dtype=np.int64))
    ()
    """
    if counts.sum() < _FEWEST:
        return ()
    low, middle, high = quantile(values, counts, [0.25, 0.5, 0.75]).tolist()
    if not low < high:
        return ()
    found: dict[int, FarValues] = {}
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # infinities, and the largest floats
        for _ in (1, -1):  # the wider end first: it would hide the other
            ends = [one for sign in (1, -1) if sign not in found for one in _apart(values, counts, middle, sign)]
            if not ends:
                break
            widest = max(ends, key=lambda one: one.gap)
            found[widest.sign] = widest
            left = widest.sign * values < widest.sign * widest.nearest
            values, counts = values[left], counts[left]
    return tuple(found[sign] for sign in (1, -1) if sign in found)


def _apart(values: Floats, counts: Ints, middle: float, sign: int) -> Iterator[FarValues]:
    """Yield what lies far beyond each wide gap of one end."""
    distances = np.nan_to_num(np.abs(values - middle), nan=0.0, posinf=np.inf)
    outward = np.flatnonzero(values > middle if sign > 0 else values < middle)[:: -1 if sign > 0 else 1]
    total = int(counts.sum())
    rows = np.cumsum(counts[outward])
    inner = np.append(distances[outward][1:], 0.0)
    for j in np.flatnonzero((rows <= _MOST * total) & (distances[outward] > _GAP * inner)):
        inside = np.ones(values.size, dtype=bool)
        inside[outward[: j + 1]] = False
        nearest = float(distances[outward[j]])
        most = float(distances[inside].max())
        if not nearest > _GAP * most:
            continue  # the other end lies as far
        own = outward[j + 1 :]
        body = own if counts[own].sum() >= _OWN_SIDE * total else np.flatnonzero(inside)
        chance = _chance(distances[body], counts[body], nearest, int(rows[j]))
        gap = nearest / most if most > 0.0 else np.inf
        likely = chance > _CHANCE or (gap < _WIDE_GAP and int(inside.sum()) < _FEW)
        if likely and not (gap >= _GROSS_GAP and _ends_soon(distances[inside], counts[inside])):
            continue
        yield FarValues(
            sign=sign,
            rows=int(rows[j]),
            nearest=float(values[outward[j]]),
            last=float(values[own[0]]) if own.size else middle,
            gap=gap,
            chance=chance,
        )


def _ordered(distances: Floats, counts: Ints) -> tuple[Floats, Ints]:
    order = np.argsort(distances, kind="stable")
    return distances[order], counts[order]


def _ends_soon(distances: Floats, counts: Ints) -> bool:
    """Say whether the furthest of the body is not far from most of it."""
    ascending, rows = _ordered(distances, counts)
    return float(ascending[-1]) <= _SOON * float(quantile(ascending, rows, 1.0 - _TAIL))


def _chance(distances: Floats, counts: Ints, beyond: float, rows: int) -> float:
    """Return the chance that the tail of the body puts so many rows beyond a distance."""
    ascending, there = _ordered(distances, counts)
    start = float(quantile(ascending, there, 1.0 - _TAIL))
    if start <= 0.0:
        return 1.0
    tail = ascending >= start
    weight = float(there[tail].sum())
    excess = float((there[tail] * np.log(ascending[tail] / start)).sum())
    index = _LIGHTEST if excess == 0.0 else min(_LIGHTEST, float(gamma.ppf(_SURELY, weight)) / excess)
    expected = weight * float((beyond / start) ** -index)
    return float(poisson.sf(rows - 1, expected))
