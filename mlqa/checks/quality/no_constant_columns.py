"""The question whether every column varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.stats.counts import fisher_test
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import joined
from mlqa.subjects.profile import Profile
from mlqa.subjects.values import joined_values
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["no_constant_columns"]

_CLAIM = Claim(
    check="quality.no_constant_columns",
    claim="every column varies",
    what="one and the same value",
    remedy="drop the column, or mend the step that fills it",
)
_METHOD = "exact chance that one value fills current, summed over the columns no more likely to be filled"


@dataclass(frozen=True, slots=True)
class _Constancy:
    """Whether a column varies, and how likely chance alone leaves one value in current."""

    name: str
    constant: bool
    chance: float
    value: str
    sizes: tuple[int, int]
    distinct_before: int


def no_constant_columns(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether every column holds more than one value.

    Alone, a contract: FAIL where every row holds the same value. With a
    reference: FAIL where a column that varied there is constant in current,
    missing values left out, and chance does not explain it (a rare value of the
    reference may well be absent from current); UNDECIDED where so few rows are
    there that it always would. A column without any value is left to
    `no_empty_columns`. SKIPPED where every column is.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, optional
    columns : list of str, optional
        By default all that both tables have.
    at_most : float in [0, 1], optional
        Limit on the share of rows that hold the most frequent value, instead of
        a reference: 0.99 finds nearly constant columns. A missing value counts
        as a value. Where there are more than 4,096 different numbers, those
        that agree but for their last digits count as one.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, with a reference.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the largest share of rows of one value (with a
        reference: the number of columns at fault).

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used, or both `reference` and
        `at_most` are given.

    Notes
    -----
    A value with k rows over both tables fills current, of m rows, with the
    chance ``C(k, m) / C(n + m, m)`` if rows are exchangeable; the sum over all
    values is the one p-value a column can give. Corrected over the columns by
    adding up those that are no larger [1]_.

    References
    ----------
    .. [1] Westfall, P. H. and Wolfinger, R. D. (1997), Multiple tests with
       discrete distributions, The American Statistician 51, 3-8.

    Examples
    --------
    >>> import polars as pl
    >>> no_constant_columns(pl.DataFrame({"a": [1, 2, 3], "b": [7, 7, 7]})).reason
    "'b' holds one and the same value in 3 of 3 rows (7)"
    """
    level, seed = level_of(alpha), seed_of(seed)
    limit = None if at_most is None else share("at_most", at_most, instead_of=reference)
    after, before, names = asked(current, reference, columns)
    names = [name for name in names if after.columns[name].present and after.columns[name].kind != "other"]
    if not names:
        return _CLAIM.skipped("no column holds a value that can be compared", alpha=None if before is None else level)
    if before is not None:
        return _compared(before, after, names, level)
    if after.rows == 1:
        return _CLAIM.skipped("one row cannot vary", alpha=None)
    found = [_most_frequent(after.columns[name]) for name in names]
    most = after.rows if limit is None else limit * after.rows
    guilty = [one for one in found if one.current > most or one.current == after.rows]
    return judge_alone(_CLAIM, found, guilty, rows=after.rows, method="share of the most frequent value", limit=limit)


def _most_frequent(column: ColumnProfile) -> Found:
    """Count the rows of the most frequent value."""
    most, label = 0, ""
    if column.values is not None:
        at = int(column.values.counts.argmax())
        most, label = int(column.values.counts[at]), quoted(column.values.labels[at])
    elif column.grid is not None:
        at = int(column.grid.counts.argmax())
        most, label = int(column.grid.counts[at]), number(float(column.grid.values[at]))
        # numbers of one cell may still differ in their last digits
        most -= int(most == column.rows and column.grid.low < column.grid.high)
    if column.nulls > most:
        most, label = column.nulls, "null"
    return Found(name=column.name, current=most, examples=(label,))


def _compared(before: Profile, after: Profile, names: list[str], alpha: float) -> Verdict:
    """Judge the columns that varied in the reference."""
    both = (_constancy(before.columns[name], after.columns[name]) for name in names)
    found = [one for one in both if one is not None]
    if not found:
        return _CLAIM.skipped("no column can be compared that varies in either table", alpha=alpha)
    chances = np.array([one.chance for one in found])
    together = np.minimum(1.0, [chances[chances <= chance].sum() for chance in chances])
    p_values = np.where([one.constant for one in found], together, 1.0)
    order = sorted(range(len(found)), key=lambda at: (p_values[at], -found[at].distinct_before, found[at].name))
    guilty = [found[at] for at in order if p_values[at] <= alpha]
    stuck = min(_chance(np.zeros(0, dtype=np.int64), *one.sizes) for one in found)
    outcome = Outcome.FAIL if guilty else Outcome.PASS if stuck <= alpha else Outcome.UNDECIDED
    return Verdict(
        check=_CLAIM.check,
        outcome=outcome,
        claim="every column that varied in the reference varies",
        reason=_reason(outcome, guilty, found, (before.rows, after.rows)),
        evidence=Evidence(
            estimate=float(len(guilty)),
            p_value=float(p_values.min()),
            limit=0.0,
            unit="columns at fault",
            n=before.rows + after.rows,
            method=_METHOD,
            worst=tuple(_example(found[at], float(p_values[at])) for at in order if p_values[at] <= alpha),
        ),
        columns=tuple(one.name for one in guilty),
        remedy="mend the step that fills the column" if guilty else "",
        alpha=alpha,
    )


def _constancy(was: ColumnProfile, now: ColumnProfile) -> _Constancy | None:
    """Compare the values of one column; None where they cannot be, or where both tables hold one and the same."""
    if was.kind != now.kind or not was.present:
        return None
    if was.values is not None and now.values is not None:
        _, x, y = joined_values(was.values, now.values)
        different, left = int(np.count_nonzero(x)), int(np.count_nonzero(y))
        value = quoted(now.values.labels[int(now.values.counts.argmax())])
        complete = was.values.complete and now.values.complete
    elif was.grid is not None and now.grid is not None:
        _, x, y = joined(was.grid, now.grid)
        different, left = was.grid.distinct.values.size, 1 + int(now.grid.low < now.grid.high)
        value, complete = number(now.grid.low), True
    else:
        return None
    pooled = x + y
    if not complete or pooled.size < 2:  # thousands of values, or one in all
        return None
    chance = _chance(pooled, was.present, now.present)
    return _Constancy(now.name, left == 1 and different > 1, chance, value, (was.present, now.present), different)


def _chance(pooled: NDArray[np.int64], n: int, m: int) -> float:
    """Return the chance that one value fills the second sample; at least that of a value never seen before."""
    others = np.append((n + m - pooled)[pooled >= m], n)
    return float(min(1.0, (fisher_test(others, np.zeros_like(others), n, m) / 2.0).sum()))


def _example(one: _Constancy, p_value: float) -> dict[str, str | float | int]:
    return {
        "column": one.name,
        "value": one.value,
        "rows": one.sizes[1],
        "different_in_reference": one.distinct_before,
        "p_value": p_value,
    }


def _reason(outcome: Outcome, guilty: list[_Constancy], found: list[_Constancy], sizes: tuple[int, int]) -> str:
    """Say in one sentence why the outcome is what it is."""
    count = "the 1 column" if len(found) == 1 else f"all {len(found)} columns"
    if outcome is Outcome.UNDECIDED:
        return f"with {sizes[0]} and {sizes[1]} rows a column may be constant by chance"
    if outcome is Outcome.PASS:
        still = [one.name for one in found if one.constant]
        if still:
            return f"{listed(still)} holds one value in current, as chance allows: the reference hardly varies"
        return f"{count} that varied in the reference vary"
    top = guilty[0]
    others = f"; also {listed([one.name for one in guilty[1:]])}" if len(guilty) > 1 else ""
    was = f"the reference had {top.distinct_before} different"
    return f"{top.name!r} is {top.value} in all {top.sizes[1]} rows with a value, {was}{others}"
