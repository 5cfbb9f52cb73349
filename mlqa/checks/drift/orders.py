"""Which of two columns of numbers, or of times, is the larger: in how many rows of each table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.stats.attainable import holm_attainable
from mlqa.stats.counts import attainable_p, fisher_test, newcomer_test
from mlqa.subjects.table import kind_of

__all__ = ["Order", "like_pairs", "orders"]

_RELATIONS = ("below", "equal to", "above")
_ENDS = (0.05, 0.5, 0.95)
_APART = 3.0  # widths of the wider column, by which the middles of like columns lie apart at most
_WIDER = 30.0
_DISTINCT = 2  # values: 0 and 1 are no amounts
_MOST_PAIRS = 2_000
_NEWCOMERS = 0.5  # of the level, for relations that no row of the reference has

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One relation of two columns.

    Attributes
    ----------
    first, second : str
    relation : str
        'below', 'equal to' or 'above': of the first to the second.
    was, now : float in [0, 1]
        Share of all rows of reference, and of current, that have it.
    p_value : float in [0, 1]
        Corrected over all relations of all pairs.
    """

    first: str
    second: str
    relation: str
    was: float
    now: float
    p_value: float

    @property
    def effect(self) -> float:
        """How much more, or less, often it holds."""
        return abs(self.now - self.was)

    @property
    def new(self) -> bool:
        """Whether no row of the reference has it."""
        return self.was == 0.0


def like_pairs(before: pl.DataFrame, after: pl.DataFrame, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of columns of like scale, the closest first; at most 2,000.

    Parameters
    ----------
    before, after : polars.DataFrame
        Samples in canonical form.
    names : list of str
        Columns of both, of one kind each.

    Notes
    -----
    Decided on the pooled values: no relabelling of rows changes it.
    """
    found: list[tuple[float, str, str]] = []
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(_sort(before.get_column(name)), []).append(name)
    for sort, members in groups.items():
        if sort and len(members) > 1:
            values = np.vstack([_values(before, members), _values(after, members)])
            found += _closest(values, members)
    found.sort(key=lambda pair: pair[0])
    return [(one, other) for _, one, other in found[:_MOST_PAIRS]]


def orders(before: pl.DataFrame, after: pl.DataFrame, pairs: Sequence[tuple[str, str]]) -> list[Order]:
    """Test for each pair whether the same column is the larger as often in both tables.

    Parameters
    ----------
    before, after : polars.DataFrame
        Of at least one row.
    pairs : list of pair of str
        From :func:`like_pairs`.

    Returns
    -------
    list of Order
        The relation of each pair that says most, the clearest first.

    Notes
    -----
    Fisher's exact test of the share of rows in which one is below, equal to or
    above the other; a row in which one is missing has neither. Tarone's
    correction over all that could have shown as much [1]_, and once more for
    relations that no reference row has, where frequent ones cost nothing.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.
    """
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    x, y = (_counted(_values(side, names), pairs, names) for side in (before, after))
    n, m = before.height, after.height
    p_values = _p_values(x.ravel(), y.ravel(), n, m).reshape(x.shape)
    best = p_values.argmin(axis=1)
    found = [
        Order(
            first=one,
            second=other,
            relation=_RELATIONS[at],
            was=float(x[row, at] / n),
            now=float(y[row, at] / m),
            p_value=float(p_values[row, at]),
        )
        for row, ((one, other), at) in enumerate(zip(pairs, best.tolist()))
    ]
    return sorted(found, key=lambda order: (order.p_value, -order.effect))


def _sort(series: pl.Series) -> str:
    """Return what values of a column can be compared with; nothing if with none."""
    kind = kind_of(series)
    if kind == "time":
        return "moment" if series.dtype in (pl.Date, pl.Datetime) else str(series.dtype.base_type())
    return kind if kind == "numeric" else ""


def _values(frame: pl.DataFrame, names: Sequence[str]) -> Numbers:
    """Return columns as floats, NaN where missing; moments in microseconds."""
    columns = [frame.get_column(name) for name in names]
    plain = [column.cast(pl.Datetime("us")) if column.dtype == pl.Date else column for column in columns]
    return np.column_stack([column.to_physical().cast(pl.Float64).fill_null(np.nan).to_numpy() for column in plain])


def _closest(values: Numbers, names: Sequence[str]) -> list[tuple[float, str, str]]:
    """Return the pairs of like scale, and how far apart they lie."""
    ends = [_spread_of(column) for column in values.T]
    found = []
    for (one, first), (other, second) in combinations(zip(names, ends), 2):
        if first is None or second is None:
            continue
        wide, narrow = max(first[1], second[1]), min(first[1], second[1])
        apart = abs(first[0] - second[0])
        if wide <= _WIDER * narrow and apart <= _APART * wide:
            found.append((apart / wide + float(np.log(wide / narrow)), one, other))
    return found


def _spread_of(column: Numbers) -> tuple[float, float] | None:
    """Return the median and the width of the middle nine tenths; None where there are no amounts to compare."""
    known = column[np.isfinite(column)]
    if known.size == 0 or np.unique(known[:1000]).size <= _DISTINCT:
        return None
    low, middle, high = np.quantile(known, _ENDS).tolist()
    width = high - low
    return (middle, width) if 0.0 < width < np.inf else None


def _counted(values: Numbers, pairs: Sequence[tuple[str, str]], names: Sequence[str]) -> Counts:
    """Count the rows in which the first of each pair is below, equal to and above the second."""
    place = {name: at for at, name in enumerate(names)}
    columns = np.ascontiguousarray(values.T)
    counts = np.empty((len(pairs), 3), dtype=np.int64)
    for row, (one, other) in enumerate(pairs):
        first, second = columns[place[one]], columns[place[other]]
        compared = (first < second, first == second, first > second)
        counts[row] = [int(np.count_nonzero(relation)) for relation in compared]
    return counts


def _p_values(x: Counts, y: Counts, n: int, m: int) -> Numbers:
    """Return a p-value of every relation, corrected over all of them."""
    pooled = x + y
    able = np.flatnonzero((pooled > 0) & (pooled < n + m))
    p_values = np.ones(x.size)
    if able.size:
        shares = holm_attainable(fisher_test(x[able], y[able], n, m), attainable_p(pooled[able], n, m))
        newcomers = newcomer_test(x[able], y[able], n, m)
        p_values[able] = np.minimum(1.0, np.minimum(shares / (1.0 - _NEWCOMERS), newcomers / _NEWCOMERS))
    return p_values
