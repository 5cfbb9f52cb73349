"""The question whether each category is written in one way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.checks.quality.risen_share import MIN_EFFECT, judge_rise
from mlqa.checks.quality.spelling import Family, families, tells_rows_apart
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Verdict

__all__ = ["no_string_variants"]

_CLAIM = Claim(
    check="quality.no_string_variants",
    claim="each category is written in one way",
    what="values that are written like another but for case, white space or accents",
    remedy="write them alike where the table is made",
)
_ESTABLISHED = 8  # rows that make a spelling the usual one, as for a closed set of categories


def no_string_variants(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    min_effect: float = MIN_EFFECT,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether values that read alike are written alike.

    Two values read alike if they are equal without case, accents, full or half
    width and needless white space. Alone, a contract: FAIL where one of them
    is usual (8 rows or more) and the other is there. With a reference: FAIL
    where rarer spellings are shown to be more than they were, or a spelling to
    be new. Of columns in which most values occur once (ids, free text) only
    white space before and after the text is asked, and only with a reference.
    SKIPPED without a column of texts.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, optional
    columns : list of str, optional
        By default all that both tables have.
    min_effect : float in [0, 1), unit: share of rows
        Smallest rise that matters, where the reference has rarer spellings too.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, with a reference.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows that hold the rarer spelling
        (with a reference: its rise) in the worst column; ``evidence.worst``
        names the pairs.

    Raises
    ------
    UsageError
        If a table or column cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> verdict = no_string_variants(pl.DataFrame({"sex": ["Male"] * 20 + ["Female"] * 20 + ["male "] * 2}))
    >>> verdict.outcome, verdict.evidence.worst[0]["values"]
    (<Outcome.FAIL: 'fail'>, "'male ' beside 'Male'")
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
    alone = [_alone(after.columns[name]) for name in texts]
    guilty = [one for one in alone if one.current]
    return judge_alone(_CLAIM, alone, guilty, rows=after.rows, method="values compared without case, space and accents")


def _alone(column: ColumnProfile) -> Found:
    """Count the rows that hold another spelling of a usual value."""
    if column.values is None or tells_rows_apart(None, column.values):
        return Found(name=column.name, current=0)
    usual = [family for family in families(None, column.values) if family.current[0] >= _ESTABLISHED]
    rarer = sum(sum(family.current[1:]) for family in usual)
    return Found(name=column.name, current=rarer, examples=_pairs(usual))


def _compared(was: ColumnProfile, now: ColumnProfile) -> Found:
    """Count, in both tables, the rows that do not hold the spelling most frequent over both."""
    if was.values is None or now.values is None:
        return Found(name=now.name, current=0)
    if tells_rows_apart(was.values, now.values):
        padded = [0 if side.text is None else side.text.padded for side in (was, now)]
        return Found(name=now.name, reference=padded[0], current=padded[1], examples=("white space around it",))
    found = families(was.values, now.values)
    kinds = [kind for family in found for kind in zip(family.labels, family.reference, family.current)]
    return Found(
        name=now.name,
        reference=sum(sum(family.reference[1:]) for family in found),
        current=sum(sum(family.current[1:]) for family in found),
        kinds=tuple(kinds),
        examples=_pairs(found),
    )


def _pairs(found: list[Family]) -> tuple[str, ...]:
    """Write each rarer spelling beside the usual one, those with most rows of current first."""
    pairs = [
        (-rows, f"{quoted(label)} beside {quoted(family.labels[0])}")
        for family in found
        for label, rows in zip(family.labels[1:], family.current[1:])
    ]
    return tuple(text for _, text in sorted(pairs)[:4])
