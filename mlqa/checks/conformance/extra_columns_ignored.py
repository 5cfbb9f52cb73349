"""Extra columns give the same answers, or a clean error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.shaped import with_column
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.checks.skipped import skipped
from mlqa.verdict import Verdict

__all__ = ["extra_columns_ignored"]

_CHECK = "conformance.extra_columns_ignored"
_CLAIM = "a column more gives the same answers, or a clean error"
_REMEDY = "pick the columns by name when predicting, X[columns]"
_NAME = "mlqa extra"


def extra_columns_ignored(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Extra columns give the same answers, or a clean error.

    Asked with a column of numbers added after the others, and before them.

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
        FAIL where an answer changes without a word. SKIPPED where columns have no
        names.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"a": [1.0, 2.0], "b": [5.0, 5.0]})
    >>> extra_columns_ignored(lambda X: X["a"], X).outcome
    <Outcome.PASS: 'pass'>
    >>> extra_columns_ignored(lambda X: X.sum(axis=1), X).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    if probe.columns is None:
        return skipped(_CHECK, _CLAIM, "the columns have no names: one more cannot be told from the others")
    return compared(_CHECK, _CLAIM, probe, _trials(probe), remedy=_REMEDY, may_refuse=True)


def _trials(probe: Probe) -> Iterator[Trial]:
    rows = np.arange(probe.n)
    values = np.linspace(-1.0, 1.0, probe.n)
    yield Trial("with a column more at the end", with_column(probe.block, _NAME, values, first=False), rows)
    yield Trial("with a column more in front", with_column(probe.block, _NAME, values, first=True), rows)
