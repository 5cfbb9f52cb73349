"""Answers do not depend on the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.subjects.block import taken
from mlqa.verdict import Verdict

__all__ = ["row_order_ignored"]

_CHECK = "conformance.row_order_ignored"
_CLAIM = "an answer does not depend on the order of the rows"
_REMEDY = "score each row by itself: no sorting, ranking or filling over the rows of a call, no answers kept by shape"


def row_order_ignored(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Answers do not depend on the order of the rows.

    The same rows are asked about reversed and shuffled.

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
        FAIL where an answer changes, or the model raises; ``evidence.estimate`` is
        the share of rows whose answer changes, ``evidence.worst`` the first of them.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(8.0).reshape(4, 2)
    >>> row_order_ignored(lambda X: X[:, 0] > 2, X).outcome
    <Outcome.PASS: 'pass'>
    >>> row_order_ignored(lambda X: np.sort(X[:, 0]), X).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    return compared(_CHECK, _CLAIM, probe, _trials(probe), remedy=_REMEDY)


def _trials(probe: Probe) -> Iterator[Trial]:
    back = np.arange(probe.n)[::-1]
    yield Trial("with the rows reversed", taken(probe.block, back), back)
    shuffled = np.random.Generator(np.random.PCG64(probe.seed)).permutation(probe.n)
    yield Trial("with the rows shuffled", taken(probe.block, shuffled), shuffled)
