"""The question whether numbers lie within reach of the others of their column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.found import Claim, Found
from mlqa.checks.quality.risen_share import MIN_EFFECT, judge_rise
from mlqa.stats.far_values import FarValues, far_values
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import joined
from mlqa.verdict import Verdict
from mlqa.wording import number

__all__ = ["no_outlier_values"]

_CLAIM = Claim(
    check="quality.no_outlier_values",
    claim="no number lies far beyond all others of its column",
    what="numbers far beyond all others",
    remedy="look at these rows: a code for 'no value', another unit, a slip of the keyboard?",
)


def no_outlier_values(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    min_effect: float = MIN_EFFECT,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether any number lies far beyond all others of its column.

    Far is gross: many times as far from the median as all others, in at most a
    tenth of the rows, and further than a heavy tail fitted to the others
    explains. Alone, a contract: FAIL where there is such a value (-999
    in a column of ages). With a reference: FAIL where values far beyond the
    rest of both tables are shown to be more than they were; that is news of
    many rows, and `range_holds` sees fewer. Columns where half of the rows or
    more hold one value, or with fewer than 50 values, have no body to compare
    with. Leave out identifiers. SKIPPED without a column of numbers.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, optional
    columns : list of str, optional
        By default all that both tables have.
    min_effect : float in [0, 1), unit: share of rows
        Smallest rise that matters, where the reference has such values too.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, with a reference.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows (with a reference: its rise)
        in the worst column; ``evidence.worst`` shows where they lie.

    Raises
    ------
    UsageError
        If a table or column cannot be used.

    Notes
    -----
    The rule stands at :func:`mlqa.stats.far_values.far_values`.

    Examples
    --------
    >>> import polars as pl
    >>> no_outlier_values(pl.DataFrame({"age": [*range(20, 80), -999]})).reason
    "'age' holds numbers far beyond all others in 1 of 61 rows (-999 and below: the least of the others is 20)"
    """
    level, seed = level_of(alpha), seed_of(seed)
    min_effect = share("min_effect", min_effect)
    after, before, names = asked(current, reference, columns)
    sides = [after] if before is None else [after, before]
    numbers = [name for name in names if all(side.columns[name].kind == "numeric" for side in sides)]
    numbers = [name for name in numbers if after.columns[name].present]
    if not numbers:
        return _CLAIM.skipped("no column holds numbers", alpha=None if before is None else level)
    found = [_found(after.columns[name], None if before is None else before.columns[name]) for name in numbers]
    if before is not None:
        return judge_rise(_CLAIM, found, n_ref=before.rows, n_cur=after.rows, min_effect=min_effect, alpha=level)
    guilty = [one for one in found if one.current]
    return judge_alone(_CLAIM, found, guilty, rows=after.rows, method="gap and tail of the others (Hill, lower limit)")


def _found(now: ColumnProfile, was: ColumnProfile | None) -> Found:
    """Count the values far beyond the rest, of both tables together."""
    if now.grid is None:
        return Found(name=now.name, current=0)
    if was is None or was.grid is None:
        values, after = now.grid.values, now.grid.counts
        before = np.zeros_like(after)
    else:
        values, before, after = joined(was.grid, now.grid)
    far = far_values(values, before + after)
    outside = np.zeros(values.size, dtype=bool)
    for one in far:
        outside |= one.sign * values >= one.sign * one.nearest
    return Found(
        name=now.name,
        current=_rows(after, outside),
        reference=_rows(before, outside),
        examples=tuple(_told(one) for one in far),
    )


def _rows(counts: NDArray[np.int64], chosen: NDArray[np.bool_]) -> int:
    return int(counts[chosen].sum())


def _told(far: FarValues) -> str:
    """Say where the far values begin and where the others end."""
    beyond, end = ("above", "largest") if far.sign > 0 else ("below", "least")
    return f"{number(far.nearest)} and {beyond}: the {end} of the others is {number(far.last)}"
