"""The question whether a missing value is written in one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.checks.quality.risen_share import judge_rise
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import Profile
from mlqa.verdict import Verdict

__all__ = ["one_null_spelling"]

_CLAIM = Claim(
    check="quality.one_null_spelling",
    claim="a missing value is written in one way",
    what="'no value' written as text",
    remedy="read these spellings as missing where the table is loaded",
)
_WORDS = ("none", "unknown", "missing", "undefined", "nil")  # categories as often as not
_BY_NATURE = 0.1  # of the rows of both tables: a spelling so frequent is a category


def one_null_spelling(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether each column says 'no value' in one way only.

    Alone, a contract: FAIL where a column of texts says it in several ways: a
    real missing value beside ``NA``, ``-`` or empty text, or two such spellings.
    Words that are an honest category as often as not (``none``, ``unknown``,
    ``missing``) do not count alone. With a reference: FAIL where spellings are
    shown to be new, a column of numbers that arrives as text included.
    SKIPPED without a column of texts.

    Parameters
    ----------
    current : DataFrame, path or Profile
        In a CSV file the usual spellings are read as missing already.
    reference : the same, optional
    columns : list of str, optional
        By default all that both tables have.
    min_effect : float in [0, 1), unit: share of rows
        Smallest rise that matters of spellings that the reference has too; new
        ones are news at any share.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, with a reference.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows (with a reference: its rise)
        in the worst column; ``evidence.worst`` shows the spellings.

    Raises
    ------
    UsageError
        If a table or column cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> one_null_spelling(pl.DataFrame({"plan": ["a", None, "NA", "-"]})).reason
    "'plan' holds 'no value' written as text in 2 of 4 rows ('-', 'NA', null)"
    """
    level, seed = level_of(alpha), seed_of(seed)
    min_effect = share("min_effect", min_effect)
    after, before, names = asked(current, reference, columns)
    texts = [name for name in names if after.columns[name].text is not None]
    if not texts:
        return _CLAIM.skipped("no column holds texts", alpha=None if before is None else level)
    if before is not None:
        return _compared(before, after, texts, min_effect, level)
    found = {name: _alone(after.columns[name]) for name in texts}
    guilty = [one for one in found.values() if len(one.examples) > 1]
    return judge_alone(_CLAIM, list(found.values()), guilty, rows=after.rows, method="spellings of 'no value' counted")


def _spellings(column: ColumnProfile) -> Mapping[str, int]:
    """Return what a column writes for 'no value', and the rows of each."""
    return {} if column.text is None else column.text.nulls


def _alone(column: ColumnProfile) -> Found:
    """Count the spellings that are no honest category; a real missing value is one more."""
    plain = {text: rows for text, rows in _spellings(column).items() if text.lower() not in _WORDS}
    ways = [quoted(text) for text in sorted(plain, key=lambda text: (-plain[text], text))]
    real = ["null"] if column.nulls else []
    return Found(name=column.name, current=sum(plain.values()), examples=(*ways[:2], *real, *ways[2:]) if ways else ())


def _compared(before: Profile, after: Profile, texts: list[str], min_effect: float, alpha: float) -> Verdict:
    """Ask for spellings that the reference has not."""
    rows = before.rows + after.rows
    found = []
    for name in texts:
        was, now = _spellings(before.columns[name]), _spellings(after.columns[name])
        pooled = {text: was.get(text, 0) + now.get(text, 0) for text in {**was, **now}}
        rare = [text for text, count in pooled.items() if count <= _BY_NATURE * rows]
        kinds = tuple((text, was.get(text, 0), now.get(text, 0)) for text in sorted(pooled))
        new = [text for text in now if text not in was] or [text for text in rare if text in now]
        found.append(
            Found(
                name=name,
                current=sum(now.get(text, 0) for text in rare),
                reference=sum(was.get(text, 0) for text in rare),
                kinds=kinds,
                examples=tuple(quoted(text) for text in sorted(new, key=lambda text: (-now[text], text))),
            )
        )
    return judge_rise(_CLAIM, found, n_ref=before.rows, n_cur=after.rows, min_effect=min_effect, alpha=alpha)
