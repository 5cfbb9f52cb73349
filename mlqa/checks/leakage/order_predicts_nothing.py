"""The question whether a row's place in the table gives its label away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.leakage.given_away import Question, answer, limit_of, min_effect_of, unasked
from mlqa.checks.leakage.predictive import told
from mlqa.checks.leakage.rows import rows_of
from mlqa.stats.seeds import seed_of
from mlqa.subjects.codes import places_within
from mlqa.subjects.pooled import Pooled
from mlqa.verdict import Verdict

__all__ = ["order_predicts_nothing"]

_CHECK = "leakage.order_predicts_nothing"
_CLAIM = "a row's place in the table does not give its label away"
_ORDER = "order of rows"


def order_predicts_nothing(
    current: Any,
    *,
    target: str,
    reference: Any = None,
    at_most: float | None = 0.75,
    min_effect: float = 0.1,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether a row's place in the table gives its label away.

    A table sorted by its label breaks every split that does not shuffle, and
    leaks through any index or number of rows that is kept as a feature.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    reference : DataFrame, path or Profile, optional
        What is so there too, is a property of the data and no alarm.
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
        As of :func:`mlqa.no_target_leak`, of the place of each row, cut in 32
        stretches of equal length. ``columns`` names the target.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"x": range(500), "churn": ["no"] * 400 + ["yes"] * 100})
    >>> order_predicts_nothing(table, target="churn").outcome
    <Outcome.FAIL: 'fail'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit, min_effect = limit_of(at_most), min_effect_of(min_effect)
    rows = rows_of(current, reference, target, None)
    if isinstance(rows, str):
        return unasked(_CHECK, _CLAIM, rows, alpha)
    limit = limit if rows.both is None else None
    found, _ = told(rows, [_ORDER], _stretches, alpha, limit)
    question = Question(
        check=_CHECK,
        claim=_CLAIM,
        remedy="shuffle the rows before they are split, and keep no row number as a feature",
        what="the order of the rows",
        alpha=alpha,
        limit=limit,
        min_effect=min_effect,
        target=target,
        names=(target,),
    )
    return answer(question, found, rows.alone.size, None if rows.both is None else rows.both.size)


def _stretches(rows: Pooled, _name: str) -> NDArray[np.int64]:
    return places_within(rows.places.astype(np.float64), rows.current)
