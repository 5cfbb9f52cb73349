"""The question whether the mere absence of a value gives the label away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.leakage.given_away import Question, answer, limit_of, min_effect_of, unasked
from mlqa.checks.leakage.predictive import told
from mlqa.checks.leakage.rows import Labelled, rows_of
from mlqa.stats.seeds import seed_of
from mlqa.subjects.pooled import Pooled
from mlqa.verdict import Verdict

__all__ = ["missingness_predicts_nothing"]

_CHECK = "leakage.missingness_predicts_nothing"
_CLAIM = "whether a value is missing does not give the label away"


def missingness_predicts_nothing(
    current: Any,
    *,
    target: str,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = 0.75,
    min_effect: float = 0.1,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether the mere absence of a value gives the label away.

    Values often go missing for a reason that has to do with the label; only
    where absence nearly decides it, or tells more than in the reference, is
    something filled in after the label was known.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    reference : DataFrame, path or Profile, optional
        What is so there too, is a property of the data and no alarm.
    columns : list of str, optional
        Columns to look at; by default all but the target.
    at_most : float in [0, 1], or None, unit: share of the label's variance
    min_effect : float in [0, 1), unit: share of the label's variance
        Smallest rise against the reference that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used.

    Returns
    -------
    Verdict
        As of :func:`mlqa.no_target_leak`, of the flag *is missing* of each
        column; SKIPPED where no column both has and lacks values.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> label = ["yes", "no"] * 250
    >>> reason = ["moved" if x == "yes" else None for x in label]
    >>> table = pl.DataFrame({"reason": reason, "churn": label})
    >>> missingness_predicts_nothing(table, target="churn").columns
    ('reason',)
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit, min_effect = limit_of(at_most), min_effect_of(min_effect)
    rows = rows_of(current, reference, target, columns)
    if isinstance(rows, str):
        return unasked(_CHECK, _CLAIM, rows, alpha)
    holes = [name for name in rows.names if _has_holes(rows.alone, name)]
    if not holes:
        return unasked(_CHECK, _CLAIM, "no column has values in some rows and none in others", alpha)
    limit = limit if rows.both is None else None
    found, _ = told(rows, holes, _missing, alpha, limit)
    question = Question(
        check=_CHECK,
        claim=_CLAIM,
        remedy="ask whether the column is filled in after the label is known; if so, drop it",
        what="whether {} is missing",
        alpha=alpha,
        limit=limit,
        min_effect=min_effect,
        target=target,
    )
    return answer(question, found, rows.alone.size, None if rows.both is None else rows.both.size)


def _has_holes(alone: Labelled, name: str) -> bool:
    missing = alone.rows.column(name) == 0
    return bool(missing.any() and not missing.all())


def _missing(rows: Pooled, name: str) -> NDArray[np.int64]:
    return np.asarray(rows.column(name) == 0, dtype=np.int64)
