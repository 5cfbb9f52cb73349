"""One column of two profiles: which tests it takes, or why it is left out."""

from __future__ import annotations

from mlqa.checks.drift.categories import UNIT as SHARES
from mlqa.checks.drift.categories import compare_categories, nearly_all_distinct
from mlqa.checks.drift.moves import Column, Move
from mlqa.checks.drift.numbers import compare_numbers
from mlqa.checks.drift.paired import numbers_of, side_by_side
from mlqa.stats.counts import fisher_test, variation_interval
from mlqa.subjects.column_profile import ColumnProfile

__all__ = ["measure"]


def measure(before: ColumnProfile, after: ColumnProfile, *, times: bool, level: float) -> Column | str:
    """Compare one column of reference and current.

    Parameters
    ----------
    before, after : ColumnProfile
        Of one name.
    times : bool
        Whether a column of times is compared (as numbers) or left out.
    level : float in (0, 1)
        Of the interval of the distance.

    Returns
    -------
    Column or str
        The reason, in a few words, if the column is left out.
    """
    if before.present == 0:
        return "no value in the reference"
    if after.present == 0:
        # A move like others: chance may empty a column that was nearly empty.
        counts, rows = [before.present, 0], (before.rows, after.rows)
        return _one_share(before.name, "emptied", "share with a value", counts, rows, level)
    return _compared(before, after, times, level)


def _compared(before: ColumnProfile, after: ColumnProfile, times: bool, level: float) -> Column | str:
    """Compare the values of a column by what they are."""
    kinds = {before.kind, after.kind}
    if "other" in kinds:
        return "neither numbers nor categories"
    if kinds <= {"category"} or kinds <= {"boolean"}:
        return _categories(before, after, level)
    if kinds == {"numeric", "category"}:
        return _readable(before, after, level)
    if kinds == {"numeric", "boolean"} and before.grid is not None and after.grid is not None:
        return compare_numbers(side_by_side(before.name, before.grid, after.grid), level=level)
    if len(kinds) > 1:
        return f"a {before.kind} in the reference, a {after.kind} in current (ask schema_holds)"
    numbers = numbers_of(before, after, times=times)
    return numbers if isinstance(numbers, str) else compare_numbers(numbers, level=level)


def _categories(before: ColumnProfile, after: ColumnProfile, level: float) -> Column | str:
    if before.values is None or after.values is None:
        return "neither numbers nor categories"
    if nearly_all_distinct(before.values) and nearly_all_distinct(after.values):
        return "nearly every value distinct"
    return compare_categories(before.name, before.values, after.values, level=level)


def _readable(before: ColumnProfile, after: ColumnProfile, level: float) -> Column:
    """Compare numbers on one side with text on the other: the share that is no number."""
    numbers = numbers_of(before, after, times=False)
    if not isinstance(numbers, str):
        return compare_numbers(numbers, level=level)
    bad = [side.present - (0 if side.grid is None else side.grid.n) for side in (before, after)]
    rows = before.present, after.present
    return _one_share(before.name, "unreadable", "share that is no number", bad, rows, level)


def _one_share(name: str, test: str, what: str, counts: list[int], rows: tuple[int, int], level: float) -> Column:
    """Compare one share, which says all of this column."""
    (x, y), (n, m) = counts, rows
    was, now = x / n, y / m
    effect = abs(now - was)
    p_value = float(fisher_test([x], [y], n, m)[0])
    low, high = variation_interval(effect, n, m, 2, level)
    move = Move(test=test, p_value=p_value, effect=effect, what=what, reference=was, current=now)
    return Column(name=name, unit=SHARES, effect=effect, low=low, high=high, rows=rows, tests=1, moves=(move,))
