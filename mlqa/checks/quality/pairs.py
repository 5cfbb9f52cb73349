"""Pairs of columns: which say the same, and which do so more than in the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from mlqa.stats.association import correlations, equal_by_chance, equal_counts, product_test, products_moved
from mlqa.stats.multiple import holm
from mlqa.stats.rates import newcombe, rise_p_value
from mlqa.stats.reweighted import tenths, weights_as_now
from mlqa.subjects.codes import dense_codes, ranks_of
from mlqa.subjects.pooled import Pooled

__all__ = ["Columns", "Pair", "columns_of", "correlated", "equivalent", "risen"]

EQUAL, DEPENDENT, SAME = "equal values", "correlation", "one value for one"
_LEVEL = 0.95
_TELLING = 20
_SCREEN = 0.6
_TIMES = 5.0
# columns that hardly ever agree do not begin to by chance; those that do may agree more as the rows change
_NEVER, _MOSTLY, _SAME_ORDER = 0.02, 0.5, 0.8

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two columns that say the same.

    Attributes
    ----------
    one, other : str
        The one that moved more first.
    what : str
    current, reference : float
        Share of rows with equal values, or Spearman's correlation.
    low, high : float
        Interval of the difference, or of the value where there is no reference.
    p_value : float or None
    """

    one: str
    other: str
    what: str
    current: float
    reference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns as numbers.

    Attributes
    ----------
    names : tuple of str
    values : array, shape (n, k)
        Equal numbers for equal values within numbers and within texts.
    texts : array of bool, shape (k,)
    ranks : array, shape (n, k)
    current : array of bool, shape (n,)
    """

    names: tuple[str, ...]
    values: Numbers
    texts: NDArray[np.bool_]
    ranks: Numbers
    current: NDArray[np.bool_]


def columns_of(rows: Pooled) -> Columns:
    """Turn the columns of pooled rows into numbers."""
    series = rows.frame.get_columns()
    texts = [one for one in series if one.dtype == pl.String]
    codes = iter(_text_codes(texts))
    values = np.column_stack([next(codes) if one.dtype == pl.String else one.to_numpy() for one in series])
    ranks = np.column_stack([ranks_of(pl.Series(column)) for column in values.T])
    kinds = np.array([one.dtype == pl.String for one in series])
    return Columns(tuple(one.name for one in series), values, kinds, ranks, rows.current)


def _text_codes(texts: list[pl.Series]) -> list[Numbers]:
    """Return one code for each text, the same in every column; NaN where it is missing."""
    if not texts:
        return []
    joined = dense_codes(pl.concat([one.rename("text") for one in texts])).astype(np.float64)
    joined[joined == 0] = np.nan
    return np.split(joined, len(texts))


def equivalent(found: Columns) -> list[Pair]:
    """Return the pairs that are the same but for names of values, in every row.

    Notes
    -----
    Of values that hardly repeat only equal ones count: an order shared with
    another column (an id and a time) is no copy. Copied rows make no value
    repeat.
    """
    codes = [np.unique(column, return_inverse=True, equal_nan=True)[1] for column in found.values.T]
    counts = [np.bincount(code) for code in codes]
    different = np.unique(np.column_stack(codes), axis=0).shape[0]
    alike: dict[bytes, list[int]] = {}
    for at, count in enumerate(counts):
        if count.size > 1 and count.sum() - count.max() >= _TELLING:
            alike.setdefault(np.sort(count).tobytes(), []).append(at)
    pairs = []
    for group in alike.values():
        for place, first in enumerate(group):
            for second in group[place + 1 :]:
                repeats = _repeating(counts[first], different) >= _TELLING
                equal = np.array_equal(found.values[:, first], found.values[:, second], equal_nan=True)
                same_kind = found.texts[first] == found.texts[second]
                if (equal and same_kind) or (repeats and _one_for_one(codes[first], codes[second], counts[first].size)):
                    what = EQUAL if equal and same_kind else SAME
                    pairs.append(Pair(one=found.names[second], other=found.names[first], what=what, current=1.0))
    return pairs


def _repeating(counts: NDArray[np.intp], different: int) -> int:
    """Count the rows whose value is not its first: of all, or of different ones where a value hardly repeats."""
    rows = int(counts.sum())
    return (rows if 2 * counts.size <= rows else different) - counts.size


def _one_for_one(first: NDArray[np.intp], second: NDArray[np.intp], distinct: int) -> bool:
    return int(np.unique(first.astype(np.int64) * distinct + second).size) == distinct


def correlated(found: Columns, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return Spearman's correlation of every pair of columns, over some of the rows; texts have none."""
    table = correlations(found.ranks[rows])
    table[found.texts] = 0.0
    table[:, found.texts] = 0.0
    return table


def risen(found: Columns, alpha: float, min_effect: float) -> list[Pair]:
    """Return the pairs that say the same more than in the reference, worst first.

    Parameters
    ----------
    found : Columns
    alpha : float in (0, 0.5)
    min_effect : float in [0, 1)
        Smallest share of rows copied that matters, where the two columns hardly
        agree in the reference; else it is a half. A fifth of the smallest rise
        of a correlation, which has to exceed 0.8 now; a rise beyond what the
        reference would show if either of the two had current's values.
    """
    upper = np.triu_indices(len(found.names), 1)
    comparable = found.texts[upper[0]] == found.texts[upper[1]]
    numbers = ~found.texts[upper[0]] & ~found.texts[upper[1]]
    equal = _equal_p_values(found)[upper]
    products, together = _product_p_values(found, alpha / max(1, int(comparable.sum() + numbers.sum())))
    corrected = holm(np.concatenate((equal[comparable], products[upper][numbers])))
    pairs: dict[tuple[int, int], Pair | None] = {}
    for at, p_value in zip(_both(upper, comparable), corrected[: comparable.sum()].tolist()):
        if p_value <= alpha:
            pairs[at] = _equal_pair(found, at, p_value, min_effect)
    for at, p_value in zip(_both(upper, numbers), corrected[comparable.sum() :].tolist()):
        if p_value <= alpha and pairs.get(at) is None:
            pairs[at] = _dependent_pair(found, at, p_value, min_effect, together[at])
    shown = [pair for pair in pairs.values() if pair is not None]
    return sorted(shown, key=lambda pair: (pair.p_value or 0.0, pair.one, pair.other))


def _both(upper: tuple[NDArray[np.intp], NDArray[np.intp]], where: NDArray[np.bool_]) -> list[tuple[int, int]]:
    return list(zip(upper[0][where].tolist(), upper[1][where].tolist()))


def _equal_p_values(found: Columns) -> Numbers:
    """Test for every pair whether more rows hold equal values."""
    now, was = (equal_counts(found.values[rows]) for rows in (found.current, ~found.current))
    n, m = int((~found.current).sum()), int(found.current.sum())
    p_values = np.ones(now.shape)
    more = now * n > was * m
    p_values[more] = rise_p_value(was[more], n, now[more], m)
    return p_values


def _product_p_values(found: Columns, level: float) -> tuple[Numbers, NDArray[np.bool_]]:
    """Test the pairs whose products of ranks moved apart; the others get 1. And which go up together."""
    moved = products_moved(found.ranks, found.current)
    p_values = np.ones(moved.shape)
    least = _SCREEN * float(-ndtri(level / 2.0))
    for first, second in zip(*np.nonzero(np.triu(np.abs(moved) > least, 1))):
        p_values[first, second] = product_test(found.ranks[:, first], found.ranks[:, second], found.current)[1]
    return p_values, moved > 0


def _equal_pair(found: Columns, at: tuple[int, int], p_value: float, min_effect: float) -> Pair | None:
    """Describe a pair with more equal values, unless the columns' own values explain it."""
    shares, chance, rows = [], [], []
    for side in (~found.current, found.current):
        one, other = found.values[side, at[0]], found.values[side, at[1]]
        rows.append((int((one == other).sum()), int(side.sum())))
        shares.append(rows[-1][0] / rows[-1][1])
        chance.append(equal_by_chance(one, other))
    copied = ((shares[1] - chance[1]) - (shares[0] - chance[0])) / max(1.0 - shares[0], 1e-9)
    if copied <= (min_effect if shares[0] <= _NEVER else _MOSTLY):
        return None
    low, high = newcombe([rows[0][0]], rows[0][1], [rows[1][0]], rows[1][1], _LEVEL)
    one, other = _moved_first(found, at)
    return Pair(
        one=one,
        other=other,
        what=EQUAL,
        current=shares[1],
        reference=shares[0],
        low=float(low[0]),
        high=float(high[0]),
        p_value=p_value,
    )


def _dependent_pair(
    found: Columns, at: tuple[int, int], p_value: float, min_effect: float, upwards: np.bool_
) -> Pair | None:
    """Describe a pair that is more correlated, unless it is less so within the tables or a shift explains it."""
    was, now = (float(correlations(found.ranks[side][:, list(at)])[0, 1]) for side in (~found.current, found.current))
    if abs(now) <= _SAME_ORDER or (now > 0) != bool(upwards):
        return None
    if abs(now) - max(abs(was), _by_shift(found, at)) <= _TIMES * min_effect:
        return None
    one, other = _moved_first(found, at)
    return Pair(one=one, other=other, what=DEPENDENT, current=now, reference=was, p_value=p_value)


def _by_shift(found: Columns, at: tuple[int, int]) -> float:
    """Return the correlation that the reference shows with current's values of one column, whichever it is.

    More spread makes more order; a column copied over another leaves that one's
    values as they were.
    """
    both, values = found.ranks[~found.current][:, list(at)], []
    for column in at:
        weights = weights_as_now(tenths(found.ranks[:, column]), found.current)
        spread = np.cov(both, rowvar=False, aweights=weights) if both.shape[0] > 1 else np.zeros((2, 2))
        scale = float(np.sqrt(max(0.0, spread[0, 0] * spread[1, 1])))
        values.append(abs(float(spread[0, 1])) / scale if scale > 0.0 else 0.0)
    return min(values)


def _moved_first(found: Columns, at: tuple[int, int]) -> tuple[str, str]:
    """Return both names, first the column whose own values moved more: it is the one that was overwritten."""
    moved = [_ks(found.ranks[~found.current, column], found.ranks[found.current, column]) for column in at]
    first, second = (at[1], at[0]) if moved[1] > moved[0] else at
    return found.names[first], found.names[second]


def _ks(x: Numbers, y: Numbers) -> float:
    """Largest distance of two distribution functions."""
    grid = np.sort(np.concatenate((x, y)))
    below = [np.searchsorted(np.sort(side), grid, side="right") / max(1, side.size) for side in (x, y)]
    return float(np.abs(below[0] - below[1]).max(initial=0.0))
