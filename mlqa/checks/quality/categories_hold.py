"""The question whether columns hold the categories they held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.quality.category_answer import answered
from mlqa.checks.quality.category_change import CategoryChange, category_change
from mlqa.checks.skipped import skipped
from mlqa.stats.seeds import seed_of
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.table import known_names
from mlqa.verdict import Verdict
from mlqa.wording import listed

__all__ = ["categories_hold"]

CHECK = "quality.categories_hold"
CLAIM = "columns hold the categories they held in the reference"


def categories_hold(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether categories came that the reference has not, or went that it has.

    Says of a new category what it looks like: another spelling of a known one
    (``'Basic '`` of ``'basic'``), or a category of a like share that went at
    the same time, and so was renamed. A category that is new or gone by the
    luck of sampling is no fault. UNDECIDED where not even half of the current
    rows in a new category would have shown.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default all that hold text in both.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows in new categories, or
        else of reference rows in those that went, in the column where that
        surprises most; ``evidence.worst`` names one category of each column.

    Raises
    ------
    UsageError
        If either is no table, or lacks a column.

    Notes
    -----
    Where no known category is rare the set looks closed, and the rows in new
    categories are compared with what sets of that kind let through on real
    tables, see `mlqa.stats.unseen` [1]_; else with what dealing the pooled rows
    at random would give, exactly, for each category and for all together. Other
    spellings, where the reference has one for each thing, are held against how
    often real columns mix spellings. Bonferroni over these questions and over
    the columns. Text that hardly repeats has no categories, and is left out.

    References
    ----------
    .. [1] Good, I. J. (1953), The population frequencies of species and the
       estimation of population parameters, Biometrika 40, 237-264.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"plan": ["basic", "plus"] * 200})
    >>> current = pl.DataFrame({"plan": ["basic", "plus"] * 190 + ["Basic "] * 20})
    >>> categories_hold(reference, current).reason
    "'plan': 20 rows (5 %) in 1 category that the reference has not: 'Basic ' (20 rows, looks like 'basic')"
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    before, after = profile(reference, name="reference"), profile(current, name="current")
    asked = _asked(before, after, columns)
    if not asked:
        return skipped(CHECK, CLAIM, "no column holds text in both tables", alpha=alpha)
    measured = {name: category_change(before.columns[name], after.columns[name]) for name in asked}
    left_out = {name: found for name, found in measured.items() if isinstance(found, str)}
    compared = [found for found in measured.values() if isinstance(found, CategoryChange)]
    if not compared:
        why = sorted(set(left_out.values()))
        return skipped(
            CHECK,
            CLAIM,
            f"no column has categories to compare: {listed(list(left_out))} ({', '.join(why)})",
            alpha=alpha,
        )
    return answered(compared, alpha, n=before.rows + after.rows, check=CHECK, claim=CLAIM)


def _asked(before: Profile, after: Profile, columns: Sequence[str] | None) -> list[str]:
    """Return the columns of text that both tables have."""
    both = [name for name in before.columns if name in after.columns]
    if columns is not None:
        columns = known_names(columns, both, wanted="a column of both tables")
    kinds = {name: {before.columns[name].kind, after.columns[name].kind} for name in both}
    return [name for name in (both if columns is None else dict.fromkeys(columns)) if kinds[name] == {"category"}]
