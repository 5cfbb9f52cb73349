"""The question whether any text is made of special characters only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.checks.quality.risen_share import MIN_EFFECT, judge_rise
from mlqa.checks.quality.spelling import tells_rows_apart
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Verdict

__all__ = ["no_special_characters"]

_CLAIM = Claim(
    check="quality.no_special_characters",
    claim="no text is made of special characters only",
    what="values of special characters only",
    remedy="see what wrote them: a missing value, a broken encoding or a column shifted by one",
)
_RARE = 0.1  # of the values: more are what the column holds, such as '+' and '-'


def no_special_characters(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    min_effect: float = MIN_EFFECT,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether texts hold at least one letter or digit.

    Alone, a contract: FAIL where a column of texts has values such as ``?``,
    ``--`` or ``###``, unless they are a tenth of its values or more (then they
    are what it holds), or most values occur once (free text). With a
    reference: FAIL where they are shown to be more than they were; UNDECIDED
    where there are so few rows that not even half of them being such would
    have shown. Blank values are not counted (`one_null_spelling` asks about
    them). SKIPPED without a column of texts.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, optional
    columns : list of str, optional
        By default all that both tables have.
    at_most : float in [0, 1], optional
        Limit on the share of a column's values, instead of a reference.
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
        If a table, column or limit cannot be used, or both `reference` and
        `at_most` are given.

    Examples
    --------
    >>> import polars as pl
    >>> no_special_characters(pl.DataFrame({"plan": ["basic"] * 30 + ["?!"]})).reason
    "'plan' holds values of special characters only in 1 of 31 rows ('?!')"
    """
    level, seed = level_of(alpha), seed_of(seed)
    limit = None if at_most is None else share("at_most", at_most, instead_of=reference)
    min_effect = share("min_effect", min_effect)
    after, before, names = asked(current, reference, columns)
    texts = [name for name in names if after.columns[name].text is not None]
    if not texts:
        return _CLAIM.skipped("no column holds texts", alpha=None if before is None else level)
    found = [_found(after.columns[name], None if before is None else before.columns[name]) for name in texts]
    if before is not None:
        return judge_rise(_CLAIM, found, n_ref=before.rows, n_cur=after.rows, min_effect=min_effect, alpha=level)
    shares = {one.name: _share(after.columns[one.name], free_text=limit is not None) for one in found}
    guilty = [one for one in found if (0.0 < shares[one.name] <= _RARE if limit is None else shares[one.name] > limit)]
    return judge_alone(
        _CLAIM, found, guilty, rows=after.rows, method="count of values without letter or digit", limit=limit
    )


def _share(column: ColumnProfile, *, free_text: bool) -> float:
    """Return their share of a column's values; none of a column whose values nearly all differ, unless asked."""
    text, values = column.text, column.values
    if text is None or values is None or (tells_rows_apart(None, values) and not free_text):
        return 0.0
    return text.special / max(1, column.present)


def _found(column: ColumnProfile, was: ColumnProfile | None) -> Found:
    """Count such values of a column, and show the most frequent."""
    now = 0 if column.text is None else column.text.special
    before = 0 if was is None or was.text is None else was.text.special
    return Found(name=column.name, current=now, reference=before, examples=_examples(column) if now else ())


def _examples(column: ColumnProfile) -> tuple[str, ...]:
    """Return the most frequent such values that are kept."""
    values = column.values
    if values is None:
        return ()
    special = [(-int(rows), label) for label, rows in zip(values.labels, values.counts) if _is_special(label)]
    return tuple(quoted(label) for _, label in sorted(special)[:4])


def _is_special(label: str) -> bool:
    return bool(label.strip()) and not any(char.isalnum() for char in label)
