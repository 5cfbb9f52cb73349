"""Columns in another order give the same answers, or a clean error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.checks.skipped import skipped
from mlqa.subjects.block import picked
from mlqa.verdict import Verdict

__all__ = ["columns_found_by_name"]

_CHECK = "conformance.columns_found_by_name"
_CLAIM = "columns in another order give the same answers, or a clean error"
_REMEDY = "pick the columns by name when predicting, X[columns], or fit on a table with names"


def columns_found_by_name(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Columns in another order give the same answers, or a clean error.

    Asked with the columns reversed, and with the first one moved to the end.

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
        names, or there is only one.

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
    >>> columns_found_by_name(lambda X: X["a"], X).outcome
    <Outcome.PASS: 'pass'>
    >>> columns_found_by_name(lambda X: X.to_numpy()[:, 0], X).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    if probe.columns is None or len(probe.columns) < 2:
        return skipped(_CHECK, _CLAIM, "the rows have no columns with names, or one only")
    return compared(_CHECK, _CLAIM, probe, _trials(probe), remedy=_REMEDY, may_refuse=True)


def _trials(probe: Probe) -> Iterator[Trial]:
    rows, width = np.arange(probe.n), len(probe.columns or ())
    yield Trial("with the columns reversed", picked(probe.block, list(range(width))[::-1]), rows)
    if width > 2:
        yield Trial("with the first column last", picked(probe.block, [*range(1, width), 0]), rows)
