"""Missing cells get an answer that is one, or a clean error."""

from __future__ import annotations

from typing import Any

from mlqa.checks.conformance.cells import asked_of_cells
from mlqa.checks.conformance.probe import probed
from mlqa.checks.conformance.shaped import with_missing
from mlqa.checks.skipped import skipped
from mlqa.subjects.block import names
from mlqa.verdict import Verdict

__all__ = ["missing_values_answered"]

_CHECK = "conformance.missing_values_answered"
_CLAIM = "a missing cell gets an answer that is one, or a clean error"
_REMEDY = "fill missing cells with what was learnt when fitting, or refuse them by name"


def missing_values_answered(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Missing cells get an answer that is one, or a clean error.

    Asked with one cell of every row missing, in a column after the other; where
    the model refuses that, column by column.

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
        the columns. SKIPPED where rows have no columns.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> missing_values_answered(lambda X: np.nan_to_num(X).sum(axis=1), X).outcome
    <Outcome.PASS: 'pass'>
    >>> missing_values_answered(lambda X: X.sum(axis=1), X).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    if len(getattr(probe.block, "shape", ())) != 2:
        return skipped(_CHECK, _CLAIM, "the rows have no columns")
    everywhere = list(range(len(names(probe.block))))
    return asked_of_cells(_CHECK, _CLAIM, probe, everywhere, with_missing, "a missing value", _REMEDY)
