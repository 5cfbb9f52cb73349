"""The question whether current's numbers stay within the range of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles
from mlqa.checks.drift.moves import Column, Move, Sides
from mlqa.checks.drift.paired import Numbers, numbers_of, shown
from mlqa.checks.drift.question import LEVEL, Question, measured
from mlqa.stats.power import newcomer_detectable
from mlqa.stats.proportion import clopper_pearson
from mlqa.stats.ranks import precedence_test
from mlqa.stats.seeds import seed_of
from mlqa.stats.tail import tail_test
from mlqa.stats.tally import Tally, quantile
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Verdict

__all__ = ["range_holds"]

_UNIT = "of rows beyond the reference"
_TESTS = 2
_ENDS = 4  # precedence looks at two ends, beyond the largest and the third largest
_QUESTION = Question(
    check="drift.range_holds",
    claim="numbers stay within what the reference's range lets expect",
    fault="goes beyond the reference",
    nothing="nothing beyond the reference's range that chance would not explain",
    methods={"": "precedence test (exact) and spacings of the tail (model-based: a power law), Holm over the columns"},
    smallest={"": newcomer_detectable},
    remedy="look at the extreme values of {}: typing errors, another unit, a code for missing",
)


def range_holds(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether current's numbers reach beyond the reference's more than chance explains.

    FAIL where so many rows lie beyond the reference's smallest or largest
    value, or a few so far beyond, that it is no chance at `alpha`; there is no
    smallest effect: a range never seen is news at any share. UNDECIDED only
    where so few rows are there that not even half of them beyond would show.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have. Times are compared only if
        named here, as a later time is usually no fault.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current's rows beyond every one
        of the reference's, in the column that stands out most.

    Raises
    ------
    UsageError
        If a table or column cannot be used.

    Notes
    -----
    Two tests, Bonferroni inside the column. The precedence test [1]_ is exact
    where rows are exchangeable and needs about twenty rows beyond. `tail_test`
    needs five, of 1,000, that stand apart from the tail of both tables as no
    power law would explain; on columns whose source does hold a few such
    values it is silent or, in at most about one draw of a hundred, wrong.

    References
    ----------
    .. [1] Nelson, L. S. (1963), Tables for a precedence life test,
       Technometrics 5, 491-499.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"age": [20 + i % 60 for i in range(600)]})
    >>> verdict = range_holds(reference, pl.DataFrame({"age": [20 + i % 60 for i in range(595)] + [640] * 5}))
    >>> verdict.columns, verdict.evidence.worst[0]["current"]
    (('age',), 640.0)
    """
    level_of(alpha), seed_of(seed)
    before, after = both_profiles(reference, current)
    found = measured(before, after, columns, partial(_reach, times=columns is not None), alpha)
    return answer(_QUESTION, found)


def _reach(before: ColumnProfile, after: ColumnProfile, *, times: bool) -> Column | str:
    """Test one column."""
    numbers = numbers_of(before, after, times=times)
    if isinstance(numbers, str):
        return numbers
    counted = numbers.counted
    ranked, p_range = precedence_test(counted.x, counted.y)
    p_tail = tail_test(counted)[1]
    below, above = _outside(counted)
    upper = _upper(numbers, ranked if p_range <= p_tail else above - below)
    _, m = numbers.rows
    low, high = clopper_pearson(below + above, m, level=LEVEL)
    return Column(
        name=numbers.name,
        unit=_UNIT,
        effect=(below + above) / m,
        low=float(low),
        high=float(high),
        rows=numbers.rows,
        tests=_TESTS * _ENDS,
        moves=(_move("range", p_range, numbers, upper), _move("tail", p_tail, numbers, upper)),
        sides=_bars(numbers),
    )


def _outside(counted: Tally) -> tuple[int, int]:
    """Return how many rows of current lie below the reference's smallest value and above its largest."""
    known = np.flatnonzero(counted.x)
    return int(counted.y[: known[0]].sum()), int(counted.y[known[-1] + 1 :].sum())


def _upper(numbers: Numbers, excess: int) -> bool:
    """Say whether the upper end is the one to show."""
    if excess:
        return excess > 0
    return numbers.after.high > numbers.before.high


def _move(test: str, p: float, numbers: Numbers, upper: bool) -> Move:
    what = "largest value" if upper else "smallest value"
    sides = (numbers.before.high, numbers.after.high) if upper else (numbers.before.low, numbers.after.low)
    reference, current = (numbers.show(float(side)) for side in sides)
    return Move(test=test, p_value=min(1.0, _TESTS * p), effect=None, what=what, reference=reference, current=current)


def _bars(numbers: Numbers) -> Sides:
    """Return the shares of rows beyond the reference, and between its quarters."""
    counted, show = numbers.counted, numbers.show
    lowest, *quarters, highest = quantile(counted.values, counted.x, [0.0, 0.25, 0.5, 0.75, 1.0]).tolist()
    edges = np.unique([lowest, *quarters, highest])
    place = np.where(counted.values < lowest, 0, 1 + np.searchsorted(edges, counted.values))
    x, y = (np.bincount(place, side, edges.size + 2) / side.sum() for side in (counted.x, counted.y))
    names = [f"below {shown(show(lowest))}", *(f"up to {shown(show(edge))}" for edge in edges.tolist())]
    labels = (*names, f"above {shown(show(highest))}")
    return Sides(labels=labels, reference=tuple(x.round(6).tolist()), current=tuple(y.round(6).tolist()))
