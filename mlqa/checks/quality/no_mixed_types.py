"""The question whether a column of texts mixes numbers, dates and words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.checks.quality.risen_share import MIN_EFFECT, judge_rise
from mlqa.checks.quality.value_types import Types, are_codes, count_types, main_type, of_other_type
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Verdict

__all__ = ["no_mixed_types"]

_CLAIM = Claim(
    check="quality.no_mixed_types",
    claim="the values of a column are of one type",
    what="values of another type than the others",
    remedy="mend what wrote these values, or read them as missing",
)
_RARE = 0.1  # of the values: more are what the column holds


def no_mixed_types(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    min_effect: float = MIN_EFFECT,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether the values of each column are all numbers, all dates or all words.

    Alone, a contract: FAIL where at most a tenth of a column's texts is of
    another type than the rest. Codes are left in peace: words among fewer than
    20 different numbers or of one letter (136, 136A), and numbers among words
    that hold digits or mostly occur once.
    With a reference: FAIL where values that are not of the column's main type
    are shown to be more than they were, also where a column of numbers arrives
    as text. Spellings of 'no value' are of no type. SKIPPED without a column
    of texts.

    Parameters
    ----------
    current : DataFrame, path or Profile
        A column that mixes types is read as text.
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
        in the worst column; ``evidence.worst`` shows values.

    Raises
    ------
    UsageError
        If a table or column cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> prices = pl.DataFrame({"price": [f"{i}.50" for i in range(60)] + ["12 kg"]})
    >>> no_mixed_types(prices).reason
    "'price' holds values of another type than the others in 1 of 61 rows ('12 kg')"
    """
    level, seed = level_of(alpha), seed_of(seed)
    min_effect = share("min_effect", min_effect)
    after, before, names = asked(current, reference, columns)
    texts = [name for name in names if after.columns[name].text is not None]
    if not texts:
        return _CLAIM.skipped("no column holds texts", alpha=None if before is None else level)
    if before is not None:
        found = [_compared(before.columns[name], after.columns[name]) for name in texts]
        return judge_rise(_CLAIM, found, n_ref=before.rows, n_cur=after.rows, min_effect=min_effect, alpha=level)
    alone = {name: _alone(after.columns[name]) for name in texts}
    guilty = [one for one in alone.values() if _is_odd(after.columns[one.name], one)]
    return judge_alone(_CLAIM, list(alone.values()), guilty, rows=after.rows, method="count of values by type")


def _compared(was: ColumnProfile, now: ColumnProfile) -> Found:
    """Count, in both tables, the values that are not of the type most frequent over both."""
    before, after = count_types(was), count_types(now)
    main = main_type(after, before)
    return _found(now, after, main, sum(before) - before[main])


def _alone(column: ColumnProfile) -> Found:
    """Count the values that are not of the most frequent type."""
    types = count_types(column)
    return _found(column, types, main_type(types), 0)


def _found(column: ColumnProfile, types: Types, main: int, reference: int) -> Found:
    others = sum(types) - types[main]
    examples = tuple(quoted(label) for label in of_other_type(column, main)[:4]) if others else ()
    return Found(name=column.name, current=others, reference=reference, examples=examples)


def _is_odd(column: ColumnProfile, found: Found) -> bool:
    """Tell a few values of another type from what the column holds by nature."""
    types = count_types(column)
    if not 0 < found.current <= _RARE * sum(types):
        return False
    main = main_type(types)
    return not are_codes(column, main, of_other_type(column, main))
