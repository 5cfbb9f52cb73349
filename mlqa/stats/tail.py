"""A few wild values beyond a sample's own tail: too few for ranks, too far for the tail."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlqa.stats.tally import Tally, folded, quantile

__all__ = ["FEWEST", "tail_test"]

FEWEST = 5  # wild rows: fewer come to lie in one sample by chance too often
_MOST = 60
_LARGEST_SHARE = 0.03  # of the pooled rows that may be wild
_DEPTHS = (20, 60, 400)  # rows below the gap from which the tail is learned
_DEEPEST = 0.1
_BY_LABELS = 0.035  # no alarm, however far, unless chance puts them all in one sample as rarely
_SIDES = 4
_EITHER = 1e-3  # an end that stands apart less is no second end
_DISTINCT = 8  # values that a tail is learned from, at least
_FEW = 6  # up to so many rows, only a gap that nothing but a fault explains
_CERTAIN = 1e-7

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def tail_test(counted: Tally) -> tuple[int, float]:
    """Test whether the second sample holds values far beyond the tail that both have.

    Parameters
    ----------
    counted : Tally

    Returns
    -------
    beyond : int
        Rows of the second beyond the gap; 0 where there is no such gap.
    p_value : float in [0, 1]
        Under exchangeability, if the tail is no heavier than a power law; and
        never an alarm that labels alone would not make improbable.

    Notes
    -----
    Ranks know that five rows of the second sample are the largest, which
    chance does in one of 32 draws, but not how far away they are. The k
    largest pooled distances from the median (upwards, downwards or both ways)
    stand apart by chance with a probability that spacings tell: of a power
    law, ``i * log(v_i / v_(i+1))`` are independent and exponential [1]_, so
    the k-th against the sum of the J next is an exact test; lighter tails
    make it smaller still. It is done with J = 20, 60 and 400 (a tenth of the
    rows at most), and the largest p-value is kept, so that neither a heavy end
    nor a heavy shoulder of the tail goes unseen; times ``k (k + 1) / 5``, as
    the k that stands out most is taken. A fourth look holds each end against
    its own tail, of one row or more, and multiplies the two p-values: rows
    below a short tail stand apart though the long tail above reaches as far.
    Tied values count as a step larger
    than they are. Who holds the k rows is independent of all that: the chance
    that all are the second's is hypergeometric, and the two p-values are
    multiplied as Fisher [2]_ does. A column whose source does hold a few wild
    values is beyond any such model: there the labels alone protect, and the
    test stays silent unless their p-value is at most 0.035, and for five or six
    rows unless they stand apart by a p-value of at most 1e-7.

    References
    ----------
    .. [1] Renyi, A. (1953), On the theory of order statistics, Acta
       Mathematica Academiae Scientiarum Hungaricae 4, 191-231.
    .. [2] Fisher, R. A. (1932), Statistical Methods for Research Workers,
       4th ed., section 21.1.

    Examples
    --------
    >>> from mlqa.stats.tally import tally
    >>> calm = np.linspace(-3.0, 3.0, 1000) ** 3
    >>> beyond, p_value = tail_test(tally(calm, np.append(calm[:995], [400.0] * 5)))
    >>> beyond, p_value < 1e-6
    (5, True)
    >>> tail_test(tally(calm, calm))
    (0, 1.0)
    """
    finite = np.isfinite(counted.values)
    known = Tally(counted.values[finite], counted.x[finite], counted.y[finite])
    if known.values.size < _DISTINCT or known.x.sum() == 0 or known.y.sum() == 0:
        return 0, 1.0
    # scaled down where a difference of two might overflow
    values = known.values / max(1.0, float(np.abs(known.values).max()) * 1e-150)
    centre = float(quantile(values, known.x + known.y, 0.5))
    upwards = Tally(values - centre, known.x, known.y)
    downwards = Tally(centre - values[::-1], known.x[::-1], known.y[::-1])
    either = (upwards, downwards, folded(Tally(values, known.x, known.y), centre))
    n, m = int(known.x.sum()), int(known.y.sum())
    found = [_judged(*_stands_apart(side, FEWEST), n, m) for side in either]
    found.append(_judged(*_both_ends(upwards, downwards), n, m))
    beyond, p_value = min(found, key=lambda one: one[1])
    return (beyond, min(1.0, _SIDES * p_value)) if p_value < 1.0 else (0, 1.0)


def _judged(apart: float, k: int, n: int, m: int) -> tuple[int, float]:
    """Put together how far k rows stand apart and that all of them are the second's."""
    if k < FEWEST or (k <= _FEW and apart > _CERTAIN):
        return 0, 1.0
    labels = math.exp(float(np.log((m - np.arange(k)) / (n + m - np.arange(k))).sum())) if k <= m else 1.0
    return (k, _product(apart, labels)) if labels <= _BY_LABELS else (0, 1.0)


def _product(first: float, second: float) -> float:
    """Return the p-value of the product of two independent p-values."""
    both = max(first * second, 1e-300)
    return min(1.0, both * (1.0 - math.log(both)))


def _both_ends(upwards: Tally, downwards: Tally) -> tuple[float, int]:
    """Hold either end against its own tail, where a longer one would hide the other."""
    (above, k), (below, j) = (_stands_apart(side, 1) for side in (upwards, downwards))
    return (_product(above, below), k + j) if k and j and max(above, below) <= _EITHER else (1.0, 0)


def _stands_apart(distances: Tally, fewest: int) -> tuple[float, int]:
    """Test the largest distances, if all are the second's; those not above zero lie on the other side."""
    total = int(distances.x.sum() + distances.y.sum())
    far, of_first, rows = distances.values[::-1], distances.x[::-1], (distances.x + distances.y)[::-1]
    enough = int(np.searchsorted(np.cumsum(rows), _MOST + max(_DEPTHS) + 1)) + 2
    far, of_first, rows = far[:enough], of_first[:enough], rows[:enough]
    inside = (far > 0) & np.isfinite(far)
    far, rows, of_first = far[inside], rows[inside], of_first[inside]
    if far.size < _DISTINCT:
        return 1.0, 0
    apart, k = _widest_gap(far, rows, total, fewest)
    held = k > 0 and int(of_first[: int(np.searchsorted(np.cumsum(rows), k)) + 1].sum()) == 0
    return (apart, k) if held else (1.0, 0)


def _widest_gap(far: Floats, rows: Ints, total: int, fewest: int) -> tuple[float, int]:
    """Return the p-value of the gap that stands out most, and how many rows lie beyond it (0: none does)."""
    step = np.append(far[:-1] - far[1:], 0.0)
    ends = np.cumsum(rows)
    few = np.minimum(rows, _MOST + max(_DEPTHS) + 1)  # a value of a million rows is written no more often
    exact = np.log(np.repeat(far, few))
    with np.errstate(over="ignore"):
        raised = np.log(np.repeat(far + np.where(rows > 1, step, 0.0), few))
    beyond = ends[(ends >= fewest) & (ends <= min(_MOST, _LARGEST_SHARE * total))]
    depths = sorted({min(depth, int(_DEEPEST * total)) for depth in _DEPTHS})
    if beyond.size == 0 or depths[0] < min(_DEPTHS):
        return 1.0, 0
    below = np.concatenate(([0.0], np.cumsum(raised)))
    p_values = np.zeros(beyond.size)
    for depth in depths:
        p_values = np.maximum(p_values, _gap_p(exact, raised, below, beyond, depth))
    p_values *= beyond * (beyond + 1) / fewest  # weights fewest / (k (k + 1)) add up to one
    best = int(p_values.argmin())
    return (float(p_values[best]), int(beyond[best])) if p_values[best] < 1.0 else (1.0, 0)


def _gap_p(exact: Floats, raised: Floats, below: Floats, beyond: Ints, depth: int) -> Floats:
    """Test each gap against the tail of `depth` rows below it; 1 where there are not as many."""
    p_values = np.ones(beyond.size)
    inside = beyond + depth < exact.size
    k = beyond[inside]
    start = exact[k + depth]
    spread = below[k + depth] - below[k] - depth * start + k * (raised[k] - start)
    gap = k * np.maximum(exact[k - 1] - raised[k], 0.0)
    p_values[inside] = np.where(gap > 0.0, np.exp(-depth * np.log1p(gap / np.maximum(spread, 1e-300))), 1.0)
    return p_values
