"""The changed numbers of a counterexample moved toward the original, toward round numbers and toward real ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

__all__ = ["candidates", "roundest"]

_MOST_REAL = 20
_STEPS = 16

# From trial values of one cell, shape (k,), to the size of the change and whether it counts.
Judge = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.bool_]]]


def roundest(old: float, new: float, real: NDArray[np.float64], whole: bool, judge: Judge) -> float:
    """Return the roundest number between old and new that still breaks the relation half as much.

    Parameters
    ----------
    old, new : float
        The cell before and after.
    real : array
        Values that the column holds.
    whole : bool
        Whether only whole numbers may be written.
    judge : callable
        One call is one batch for the model.

    Returns
    -------
    float
        Fewest digits first, then one the column holds, then the nearest to
        `old`; `new` where nothing else would do.

    Examples
    --------
    >>> beyond = lambda values: (np.abs(values), values > 3.2)
    >>> roundest(1.0, 7.4391, np.array([]), False, beyond)
    4.0
    """
    if not (np.isfinite(old) and np.isfinite(new)):
        return new
    tried = candidates(old, new, real, whole)
    amount, broken = judge(tried)
    enough = broken & (amount >= 0.5 * amount[-1])
    if not broken[-1] or not enough.any():
        return new
    held = set(real.tolist())
    return min(
        (float(value) for value in tried[enough]),
        key=lambda value: (_digits(value), value not in held, abs(value - old)),
    )


def candidates(old: float, new: float, real: NDArray[np.float64], whole: bool) -> NDArray[np.float64]:
    """List numbers between old and new, `new` last: round ones, real ones, halfway ones."""
    low, high = min(old, new), max(old, new)
    found = set((old + (new - old) * np.arange(1, _STEPS) / _STEPS).tolist())
    found |= set((old + (new - old) * 0.5 ** np.arange(1, _STEPS)).tolist())
    top = int(np.ceil(np.log10(max(abs(low), abs(high), high - low, 1e-300))))
    for power in range(top, top - 9, -1):
        for unit in (1.0, 5.0, 2.0):
            found |= set(_multiples(low, high, unit * 10.0**power, power))
    inside = real[(real > low) & (real < high)]
    found |= set(
        inside[np.unique(np.linspace(0, max(len(inside) - 1, 0), _MOST_REAL).astype(np.intp))].tolist()
        if len(inside)
        else []
    )
    kept = {round(value) if whole else value for value in found}
    return np.array([*sorted(value for value in kept if low <= value <= high and value not in (old, new)), new])


def _multiples(low: float, high: float, step: float, power: int) -> list[float]:
    """Return up to 21 multiples of a step between two numbers, written with no more places than it needs."""
    first, last = np.ceil(low / step), np.floor(high / step)
    if last < first:
        return []
    count = int(min(last - first, 20.0)) + 1
    places = np.unique(np.concatenate([np.linspace(first, last, count).round(), [first, last]]))
    return [round(float(k * step), max(0, -power)) for k in places]


def _digits(value: float) -> int:
    """Count the digits that it takes to write a number."""
    return len(Decimal(repr(float(value))).normalize().as_tuple().digits)
