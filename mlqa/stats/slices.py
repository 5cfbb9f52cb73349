"""Every slice of one or two literals at once: how many rows, and how far off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Found", "Signal", "rows_in", "search"]

_CHUNK = 16_384
_MOST_ROWS = 32_768
_SAME = 1e-9
_TESTED = 48
_MOST_PAIRED = 256

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal:
    """What is off in a row, and how a slice of rows is tested for it.

    Attributes
    ----------
    name : str
    excess : array, shape (n,)
        Positive where a row is off.
    variance : array, shape (n,)
        Of each row's excess where nothing is wrong.
    accepted : float
        Mean excess that is no fault.
    tail : callable
        Mask of a slice in, p-value of "its mean excess is at most `accepted`"
        out.
    """

    name: str
    excess: Floats
    variance: Floats
    accepted: float
    tail: Callable[[Mask], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """A slice that stands out.

    Attributes
    ----------
    literals : tuple of int
        One or two of them.
    signal : Signal
    rows : int
    excess : float
        Mean over its rows.
    p_value : float in [0, 1]
        Bonferroni over all slices that are large enough, and all signals.
    """

    literals: tuple[int, ...]
    signal: Signal
    rows: int
    excess: float
    p_value: float


def search(
    masks: NDArray[np.bool_], signals: Sequence[Signal], *, least: int, most_literals: int = 2
) -> tuple[list[Found], int]:
    """Find the slices in which most is off, each with its p-value over the whole search.

    Parameters
    ----------
    masks : bool array, shape (k, n)
        Rows of each literal.
    signals : sequence of Signal
    least : int of at least 1
        Rows a slice must have.
    most_literals : {1, 2}

    Returns
    -------
    found : list of Found
        Smallest p-value first.
    tests : int
        Slices times signals: what the p-values are multiplied by. Which slices
        are large enough does not depend on what is off in them.

    Notes
    -----
    Counts and sums of all pairs are products of matrices, in single precision
    and over at most 32,768 rows, evenly spread; they only choose the slices that
    are tested, on all rows and in double precision. Above 256 literals pairs
    are made of those that stand out alone, and every pair is still paid for.

    Examples
    --------
    >>> rows = np.arange(400)
    >>> masks = np.stack([rows < 200, rows % 2 == 0])
    >>> off = np.where((rows < 200) & (rows % 2 == 0), 1.0, -1.0)
    >>> signal = Signal(name="off", excess=off, variance=np.ones(400), accepted=0.0, tail=lambda rows: 1e-6)
    >>> found, tests = search(masks, [signal], least=50)
    >>> found[0].literals, found[0].rows, tests
    ((0, 1), 100, 3)
    """
    n = masks.shape[1]
    counts = masks.sum(axis=1)
    kept = np.flatnonzero((counts >= least) & (counts < n))
    paired, all_pairs = _paired(masks, kept, signals), kept.size > _MOST_PAIRED
    looked = np.unique(np.linspace(0, n - 1, min(n, _MOST_ROWS)).round().astype(np.intp))
    counts, least = masks[:, looked].sum(axis=1), max(1, least * looked.size // n)
    tables = _tables(masks[paired][:, looked], signals, looked)
    rows = tables[0]
    able = rows >= least
    if most_literals < 2:
        able &= np.eye(paired.size, dtype=bool)
    able &= np.triu(np.ones_like(able)) & ((rows < counts[paired][:, None]) | np.eye(paired.size, dtype=bool))
    slices = int(able.sum()) if not all_pairs else kept.size * (kept.size + 1) // 2
    tests = max(1, slices * len(signals))
    found = []
    for signal, place in _standing_out(signals, tables, able):
        literals = tuple(int(paired[k]) for k in dict.fromkeys(place))
        mask = rows_in(masks, literals)
        excess = float(signal.excess[mask].mean())
        p_value = min(1.0, signal.tail(mask) * tests) if excess > signal.accepted else 1.0
        found.append(Found(literals=literals, signal=signal, rows=int(mask.sum()), excess=excess, p_value=p_value))
    order = sorted(range(len(found)), key=lambda k: (found[k].p_value, -found[k].excess, found[k].literals))
    return [found[k] for k in order], tests


def rows_in(masks: NDArray[np.bool_], literals: Sequence[int]) -> Mask:
    """Return the rows in which all of some literals hold.

    Examples
    --------
    >>> rows_in(np.array([[True, True], [False, True]]), (0, 1)).tolist()
    [False, True]
    """
    found: Mask = np.logical_and.reduce(masks[list(literals)], axis=0)
    return found


def _paired(masks: NDArray[np.bool_], kept: NDArray[np.intp], signals: Sequence[Signal]) -> NDArray[np.intp]:
    """Choose the literals that pairs are made of."""
    if kept.size <= _MOST_PAIRED:
        return kept
    best = np.zeros(kept.size)
    for signal in signals:
        off = np.array([float(np.sum(signal.excess[masks[k]] - signal.accepted)) for k in kept])
        spread = np.array([float(np.sum(signal.variance[masks[k]])) for k in kept])
        best = np.maximum(best, off / np.sqrt(np.maximum(spread, 1e-12)))
    return np.sort(kept[np.argsort(-best, kind="stable")[:_MOST_PAIRED]])


def _tables(masks: NDArray[np.bool_], signals: Sequence[Signal], rows: NDArray[np.intp]) -> list[Floats]:
    """Return counts, then sum of excess and of variance for each signal, of every pair of literals."""
    weights: list[Floats] = []
    places = [_place(part[rows], weights) for signal in signals for part in (signal.excess, signal.variance)]
    sizes = [float(np.abs(weight).max()) or 1.0 for weight in weights]
    weights = [weight / size for weight, size in zip(weights, sizes, strict=True)]  # single precision ends at 1e38
    sums = [np.zeros((len(masks), len(masks))) for _ in weights]
    counts = np.zeros((len(masks), len(masks)))
    for start in range(0, masks.shape[1], _CHUNK):
        part = masks[:, start : start + _CHUNK].astype(np.float32)
        counts += part @ part.T
        for at, weight in enumerate(weights):
            sums[at] += (part * weight[start : start + _CHUNK].astype(np.float32)) @ part.T
    sums = [total * size for total, size in zip(sums, sizes, strict=True)]
    return [counts, *(sign * sums[at] for at, sign in places)]


def _place(weight: Floats, known: list[Floats]) -> tuple[int, float]:
    """Return where a weight is kept, and with which sign: too high and too low are one sum."""
    for at, other in enumerate(known):
        for sign in (1.0, -1.0):
            if float(np.abs(weight - sign * other).max()) < _SAME:
                return at, sign
    known.append(weight)
    return len(known) - 1, 1.0


def _standing_out(
    signals: Sequence[Signal], tables: list[Floats], able: NDArray[np.bool_]
) -> list[tuple[Signal, tuple[int, int]]]:
    """Return the slices that are furthest off by their own spread, over all signals."""
    best: list[tuple[float, int, tuple[int, int]]] = []
    for k, signal in enumerate(signals):
        off, spread = tables[1 + 2 * k] - signal.accepted * tables[0], tables[2 + 2 * k]
        score = np.where(able & (off > 0), off / np.sqrt(np.maximum(spread, 1e-9)), -np.inf)
        first = np.argsort(-score, axis=None, kind="stable")[:_TESTED]
        places = [np.unravel_index(int(at), score.shape) for at in first if score.flat[at] > 0]
        best += [(float(score[place]), k, (int(place[0]), int(place[1]))) for place in places]
        # Literals by themselves too: the shorter condition is said where it explains as much.
        alone = np.argsort(-np.diag(score), kind="stable")[: _TESTED // 4]
        best += [(float(score[at, at]), k, (int(at), int(at))) for at in alone if score[at, at] > 0]
    chosen = sorted(set(best), key=lambda one: -one[0])[: 2 * _TESTED]
    return [(signals[k], place) for _, k, place in chosen]
