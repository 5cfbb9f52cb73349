"""The question whether numbers are still in the unit they were in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles
from mlqa.checks.drift.conversion import likely_change
from mlqa.checks.drift.moves import Column, Move
from mlqa.checks.drift.numbers import UNIT, deciles
from mlqa.checks.drift.paired import numbers_of
from mlqa.checks.drift.question import LEVEL, Question, measured
from mlqa.stats.power import ks_detectable
from mlqa.stats.ranks import precedence_test, rank_sum_test, spread_test
from mlqa.stats.seeds import seed_of
from mlqa.stats.tally import quantile
from mlqa.stats.two_sample import ks_interval, ks_test
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Verdict

__all__ = ["converted", "unit_holds"]

_TESTS = 4
_QUESTION = Question(
    check="drift.unit_holds",
    claim="every column of numbers is in the unit it was in",
    fault="looks converted",
    nothing="no change that a conversion to another unit explains",
    methods={"": "KS, rank-sum, spread and precedence tests where a known conversion fits, Holm over the columns"},
    smallest={"": ks_detectable},
)


def unit_holds(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether a column looks converted to another unit, in all of its rows or in some.

    FAIL where a column moved at `alpha` and a well-known conversion takes most
    of the move away: powers of ten, units of length, weight, speed and time,
    Celsius, Fahrenheit and kelvin, the opposite sign. UNDECIDED only where so
    few rows are there that not even a gross move would have shown.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have; times are left out.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        The remedy names the conversion; ``evidence.estimate`` is the
        Kolmogorov-Smirnov distance of the worst column.

    Raises
    ------
    UsageError
        If a table or column cannot be used.

    Notes
    -----
    Null hypothesis: the rows of both tables are exchangeable; four tests,
    Bonferroni inside the column, Holm over the columns. That a conversion
    fits is asked besides, so alarms are only rarer for it. A move by another
    cause that happens to look like a conversion is still a move; only its name
    would be wrong.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"height": [1.5 + i / 1000 for i in range(400)]})
    >>> unit_holds(reference, reference * 100).remedy
    "'height' looks multiplied by 100: check its unit"
    """
    level_of(alpha), seed_of(seed)
    before, after = both_profiles(reference, current)
    return answer(_QUESTION, measured(before, after, columns, partial(converted, times=False), alpha))


def converted(before: ColumnProfile, after: ColumnProfile, *, times: bool) -> Column | str:
    """Test one column: whether it moved, and a well-known conversion explains it.

    Parameters
    ----------
    before, after : ColumnProfile
        Of one name.
    times : bool
        Whether a column of times is compared (as numbers) or left out.

    Returns
    -------
    Column or str
        Its `change` names the conversion; the reason, in a few words, if the
        column is left out.
    """
    numbers = numbers_of(before, after, times=times)
    if isinstance(numbers, str):
        return numbers
    counted = numbers.counted
    distance, p_shape = ks_test(counted.x, counted.y)
    p_values = (
        p_shape,
        rank_sum_test(counted.x, counted.y)[1],
        spread_test(counted)[1],
        precedence_test(counted.x, counted.y)[1],
    )
    change = likely_change(counted, distance)
    p_value = min(1.0, _TESTS * min(p_values)) if change else 1.0
    was, now = (float(quantile(counted.values, side, 0.5)) for side in (counted.x, counted.y))
    low, high = ks_interval(distance, *numbers.rows, LEVEL)
    return Column(
        name=numbers.name,
        unit=UNIT,
        effect=distance,
        low=low,
        high=high,
        rows=numbers.rows,
        tests=_TESTS,
        moves=(Move(test="unit", p_value=p_value, effect=None, what="median", reference=was, current=now),),
        sides=deciles(counted, numbers.show),
        change=change,
    )
