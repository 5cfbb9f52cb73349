"""The question whether identifiers give the label away."""

from __future__ import annotations

from collections.abc import Sequence
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

__all__ = ["ids_predict_nothing"]

_CHECK = "leakage.ids_predict_nothing"
_CLAIM = "an identifier does not give the label away"


def ids_predict_nothing(
    current: Any,
    *,
    target: str,
    id: str | Sequence[str],  # noqa: A002  # the fixed interface calls it so
    reference: Any = None,
    at_most: float | None = 0.25,
    min_effect: float = 0.1,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether identifiers give the label away.

    Numbers given in the order of the label (all positives first, another
    prefix for them) are learnt by any model that is shown them.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    id : str or list of str
        The columns of identifiers.
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
        As of :func:`mlqa.no_target_leak`, of each identifier's place among
        those of its table: numbers by size, texts by alphabet.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> label = ["yes", "no"] * 250
    >>> names = [f"{'A' if x == 'yes' else 'B'}{i}" for i, x in enumerate(label)]
    >>> ids_predict_nothing(pl.DataFrame({"id": names, "churn": label}), target="churn", id="id").columns
    ('id',)
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit, min_effect = limit_of(at_most), min_effect_of(min_effect)
    rows = rows_of(current, reference, target, [id] if isinstance(id, str) else id)
    if isinstance(rows, str):
        return unasked(_CHECK, _CLAIM, rows, alpha)
    if not rows.names:
        return unasked(_CHECK, _CLAIM, "no identifier is in current", alpha)
    limit = limit if rows.both is None else None
    found, _ = told(rows, list(rows.names), _ordered, alpha, limit)
    question = Question(
        check=_CHECK,
        claim=_CLAIM,
        remedy="drop the identifier from the features, and number rows without regard to the label",
        what="the identifier {}",
        alpha=alpha,
        limit=limit,
        min_effect=min_effect,
        target=target,
    )
    return answer(question, found, rows.alone.size, None if rows.both is None else rows.both.size)


def _ordered(rows: Pooled, name: str) -> NDArray[np.int64]:
    return places_within(rows.column(name).astype(np.float64), rows.current)
