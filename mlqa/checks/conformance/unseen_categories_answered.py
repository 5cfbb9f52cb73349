"""Categories never seen before get an answer that is one, or a clean error."""

from __future__ import annotations

from functools import partial
from typing import Any

from mlqa.checks.conformance.cells import asked_of_cells
from mlqa.checks.conformance.probe import probed
from mlqa.checks.conformance.shaped import holds_texts, with_text
from mlqa.checks.skipped import skipped
from mlqa.verdict import Verdict

__all__ = ["unseen_categories_answered"]

_CHECK = "conformance.unseen_categories_answered"
_CLAIM = "a category never seen before gets an answer that is one, or a clean error"
_REMEDY = "encode unknown categories as such (handle_unknown='ignore'), or refuse them by name"
_NEW = "mlqa unseen"


def unseen_categories_answered(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Categories never seen before get an answer that is one, or a clean error.

    Asked with one text of every row replaced by a new one, in a column after
    the other; where the model refuses that, column by column.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.subjects.predictor.predict`.
    X : table or array, shape (n, d)
        Rows to ask about, at most 100 of them, chosen by what they hold; or a
        :func:`~mlqa.checks.conformance.probe.probe` of the model.
    seed : int of at least 0
        Another seed, other rows.

    Returns
    -------
    Verdict
        FAIL where answers are NaN or infinite, or fewer than rows; ``columns`` names
        the columns. SKIPPED where no column holds texts or categories.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"plan": ["basic", "plus"]})
    >>> unseen_categories_answered(lambda X: X["plan"].map({"basic": 0.1, "plus": 0.2}).fillna(0.15), X).outcome
    <Outcome.PASS: 'pass'>
    >>> unseen_categories_answered(lambda X: X["plan"].map({"basic": 0.1, "plus": 0.2}), X).columns
    ('plan',)
    """
    probe = probed(model, X, seed)
    texts = holds_texts(probe.block) if len(getattr(probe.block, "shape", ())) == 2 else []
    if not texts:
        return skipped(_CHECK, _CLAIM, "no column holds texts or categories")
    return asked_of_cells(_CHECK, _CLAIM, probe, texts, partial(with_text, text=_NEW), "a new category", _REMEDY)
