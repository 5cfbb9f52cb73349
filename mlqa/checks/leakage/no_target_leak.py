"""The question whether a single column gives the label away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.leakage.given_away import Question, answer, limit_of, min_effect_of, unasked
from mlqa.checks.leakage.itself import leaks, limit_for
from mlqa.checks.leakage.predictive import told
from mlqa.checks.leakage.rows import rows_of
from mlqa.stats.seeds import seed_of
from mlqa.subjects.codes import cells_of
from mlqa.subjects.pooled import Pooled
from mlqa.verdict import Verdict

__all__ = ["no_target_leak"]

_CHECK = "leakage.no_target_leak"
_CLAIM = "no single column gives the label away"


def no_target_leak(
    current: Any,
    *,
    target: str,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    min_effect: float = 0.1,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether a single column gives the label away.

    FAIL where a column is the label under another name, or explains more than
    `at_most` of it by itself and clearly more than all other columns together:
    a good measurement among others like it is no leak. With a reference,
    a column that tells the label and more besides (the cause of death of who
    died) is a property of the data, and is left alone; there a column also
    fails if it explains more of the label than it did in the reference, by
    more than `min_effect`; also of the reference as it were with current's
    labels, or current's values of the column, as a shift is no leak.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    reference : DataFrame, path or Profile, optional
        The label under another name is a leak though both tables have it: at
        inference the column will not know the label.
    columns : list of str, optional
        Columns to look at; by default all but the target.
    at_most : float in [0, 1], optional, unit: share of the label's variance
        By default 0.75 for classes and 0.9 for a number, with a reference 0.9
        and 0.95; then what the other columns tell counts too. A limit of your
        own is held against each column by itself.
    min_effect : float in [0, 1), unit: share of the label's variance
        Smallest rise that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: the folds follow the rows' values.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of the label's variance that the
        column explains out of fold: Brier's skill score for classes, on ranks
        for a number.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Notes
    -----
    Each column is cut in cells, and a row's label predicted by the mean label
    of its cell in the other folds. The interval is one-sided at
    ``alpha / columns``. All others together are stacked by regression [1]_ and
    compared row by row. The rise is tested twice (Bonferroni), by a rank-sum
    test of what the column spares each row, predicted over both tables
    together, and by a score test of the two shares; Holm over the columns. At
    most 5,000 rows of each table.

    References
    ----------
    .. [1] Breiman, L. (1996), Stacked regressions, Machine Learning 24, 49-64.

    Examples
    --------
    >>> import polars as pl
    >>> label = ["yes", "no"] * 250
    >>> table = pl.DataFrame({"age": range(500), "refund": [float(x == "yes") for x in label], "churn": label})
    >>> no_target_leak(table, target="churn").columns
    ('refund',)
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit, min_effect = limit_of(at_most), min_effect_of(min_effect)
    rows = rows_of(current, reference, target, columns)
    if isinstance(rows, str):
        return unasked(_CHECK, _CLAIM, rows, alpha)
    if not rows.names:
        return unasked(_CHECK, _CLAIM, "there is no column beside the label", alpha)
    compared = rows.both is not None
    found, gains = told(rows, list(rows.names), _cells, alpha, limit)
    if limit is None:
        limit = limit_for(rows.alone, compared)
        found = leaks(found, gains, rows.alone, target, limit=limit, both_ways=compared, alpha=alpha)
    question = Question(
        check=_CHECK,
        claim=_CLAIM,
        remedy="ask whether the column is known before the label is; if not, drop it",
        what="{}",
        alpha=alpha,
        limit=limit,
        min_effect=min_effect,
        target=target,
    )
    return answer(question, found, rows.alone.size, None if rows.both is None else rows.both.size)


def _cells(rows: Pooled, name: str) -> NDArray[np.int64]:
    return cells_of(rows.column(name), text=rows.frame.get_column(name).dtype == pl.String)
