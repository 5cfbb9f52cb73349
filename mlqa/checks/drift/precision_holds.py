"""The question whether numbers are written as finely as they were."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles, share_of
from mlqa.checks.drift.moves import Column, Move, Sides
from mlqa.checks.drift.paired import numbers_of
from mlqa.checks.drift.question import LEVEL, Question, measured
from mlqa.stats.attainable import holm_attainable
from mlqa.stats.counts import attainable_p, fisher_test
from mlqa.stats.decimals import FEWEST_PLACES, MOST_PLACES, decimal_places, fits_float
from mlqa.stats.power import share_detectable
from mlqa.stats.rates import newcombe
from mlqa.stats.seeds import seed_of
from mlqa.stats.tally import Tally
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import Grid
from mlqa.subjects.profile import Profile
from mlqa.verdict import Verdict

__all__ = ["precision_holds"]

_UNIT = "of rows"
_FEWEST_VALUES = 10
_UNTIED = 0.2  # of the pooled rows, from which ties tell of precision
_QUESTION = Question(
    check="drift.precision_holds",
    claim="numbers are written as finely as in the reference",
    fault="changed its precision",
    nothing="no change of decimals or ties in more than {} of rows",
    methods={"": "exact tests of decimals, bits and ties, Holm over the columns; Newcombe interval"},
    smallest={"": share_detectable},
    remedy="look for rounding, truncation, binning, added noise or a narrower type in the step that writes {}",
)

Counts = NDArray[np.int64]


def precision_holds(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.05,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether numbers have as many decimals, and repeat as seldom, as in the reference.

    FAIL where a change is shown at `alpha` in more than `min_effect` of the
    rows: rounded, truncated, binned, stored in fewer bits, or made finer by
    noise or another unit. UNDECIDED only where so few rows are there that not
    even half of them would show.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have; times are left out.
    min_effect : float in [0, 1), unit: share of rows
        Smallest change that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.worst`` says which share of which property changed.

    Raises
    ------
    UsageError
        If a table, column or `min_effect` cannot be used.

    Notes
    -----
    Fisher's test, exact where rows are exchangeable, for every property of a
    number: at most so many decimals (or a multiple of ten, a hundred, ...),
    whole or held by a float of 32 or 16 bits, and occurring once only, in both
    tables together, which no relabelling of rows changes. Bonferroni over those that
    could have shown as much [1]_. The most frequent value is left out: it is
    what `point_masses_hold` asks about; ties that no more than copied rows explain
    are left in peace. Columns with more than 4,096 distinct
    values are asked about those of smallest hash, a random choice.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"price": [i * 1.01 for i in range(400)]})
    >>> verdict = precision_holds(reference, reference.with_columns(pl.col("price").round()))
    >>> verdict.columns, verdict.evidence.worst[0]["what"]
    (('price',), 'share with at most 0 decimals')
    """
    level_of(alpha), seed_of(seed)
    limit = share_of("min_effect", min_effect, "0.05 leaves changes of one row in twenty in peace")
    before, after = both_profiles(reference, current)
    found = measured(before, after, columns, partial(_precision, copied=_copied(before, after)), alpha)
    return answer(_QUESTION, found, min_effect=limit)


def _copied(before: Profile, after: Profile) -> float:
    """Return how many more rows of one table repeat a row: copies tie every column and coarsen none."""
    if min(len(before.hashed), len(after.hashed)) < 2:
        return 0.0
    limit = min(before.row_counts.limit, after.row_counts.limit)
    sides = [side.row_counts.hashes < limit for side in (before, after)]
    hashes = np.concatenate([side.row_counts.hashes[kept] for side, kept in zip((before, after), sides)])
    counts = [side.row_counts.counts[kept] for side, kept in zip((before, after), sides)]
    _, group = np.unique(hashes, return_inverse=True)
    of_first = np.arange(group.size) < counts[0].size
    pooled = np.bincount(group, np.concatenate(counts))
    repeats = pooled[group] > 1
    first, second = (
        float(rows[repeats[side]].sum() / max(1, rows.sum())) for rows, side in zip(counts, (of_first, ~of_first))
    )
    return abs(second - first)


def _precision(before: ColumnProfile, after: ColumnProfile, *, copied: float) -> Column | str:
    """Test one column; ties that copied rows explain are no change of its precision."""
    numbers = numbers_of(before, after, times=False)
    if isinstance(numbers, str):
        return numbers
    counted = _distinct(numbers.before, numbers.after)
    if counted.values.size < _FEWEST_VALUES or not counted.x.sum() or not counted.y.sum():
        return "too few distinct values"
    n, m = int(counted.x.sum()), int(counted.y.sum())
    places = decimal_places(counted.values)
    properties = _properties(counted, places)
    has = np.array(list(properties.values()))
    x, y = has @ counted.x, has @ counted.y
    p_values = holm_attainable(fisher_test(x, y, n, m), attainable_p(x + y, n, m))
    # of equal p-values, the property that changed most
    order = np.lexsort((-np.abs(y / m - x / n), p_values))
    names = list(properties)
    moves = tuple(_move(names[at], float(p_values[at]), float(x[at] / n), float(y[at] / m), copied) for at in order)
    first = moves[0]
    change = float(y[order[0]] / m - x[order[0]] / n)
    low, high = (float(end[0]) for end in newcombe([x[order[0]]], n, [y[order[0]]], m, LEVEL))
    return Column(
        name=numbers.name,
        unit=_UNIT,
        effect=first.effect or 0.0,
        low=low if change >= 0 else -high,
        high=high if change >= 0 else -low,
        rows=(n, m),
        tests=1,
        moves=moves,
        sides=_bars(counted, places),
    )


def _distinct(before: Grid, after: Grid) -> Tally:
    """Return the rows at each distinct value below the limit of both, but the most frequent value."""
    first, second = before.distinct, after.distinct
    limit = min(first.limit, second.limit)
    first, second = first.below(limit), second.below(limit)
    values = np.union1d(first.values, second.values)
    x, y = np.zeros(values.size, dtype=np.int64), np.zeros(values.size, dtype=np.int64)
    x[np.searchsorted(values, first.values)] = first.counts
    y[np.searchsorted(values, second.values)] = second.counts
    kept = np.isfinite(values)
    if values.size:
        kept[int((x + y).argmax())] = False
    return Tally(values[kept], x[kept], y[kept])


def _properties(counted: Tally, places: Counts) -> dict[str, NDArray[np.int64]]:
    """Return what a value may have or not, decided without a look at whose rows they are."""
    found = {_at_most(place): places <= place for place in range(FEWEST_PLACES, MOST_PLACES + 1)}
    whole = places <= 0  # a whole number outgrows a narrower float without a loss
    found |= {f"share that {bits} bits hold": whole | fits_float(counted.values, bits) for bits in (32, 16)}
    pooled = counted.x + counted.y
    once = pooled == 1
    if once.sum() >= _UNTIED * pooled.sum():
        found["share of values that occur once"] = once
    return {name: has.astype(np.int64) for name, has in found.items()}


def _at_most(place: int) -> str:
    if place < 0:
        return f"share of multiples of {10**-place}"
    return f"share with at most {place} decimal{'' if place == 1 else 's'}"


def _move(what: str, p_value: float, was: float, now: float, copied: float) -> Move:
    test = "ties" if "once" in what else "decimals"
    effect = max(0.0, abs(now - was) - (copied if test == "ties" else 0.0))
    return Move(test=test, p_value=p_value, effect=effect, what=what, reference=was, current=now)


def _bars(counted: Tally, places: Counts) -> Sides:
    """Return the shares of rows by the places their value needs."""
    found = np.unique(places)
    x, y = (np.array([side[places == place].sum() for place in found]) / side.sum() for side in (counted.x, counted.y))
    names = [f"multiples of {10**-place}" if place < 0 else f"{place} decimals" for place in found.tolist()]
    labels = [f"more than {MOST_PLACES}" if place > MOST_PLACES else name for place, name in zip(found.tolist(), names)]
    return Sides(labels=tuple(labels), reference=tuple(x.round(6).tolist()), current=tuple(y.round(6).tolist()))
