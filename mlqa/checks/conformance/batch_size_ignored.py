"""Rows are answered alike alone, among seven and among all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.subjects.block import taken
from mlqa.verdict import Verdict

__all__ = ["batch_size_ignored"]

_CHECK = "conformance.batch_size_ignored"
_CLAIM = "a row is answered alike alone, among seven and among all"
_REMEDY = "learn means, ranks, scales and categories when fitting; compute none of them from the rows of a call"
_ALONE = 5
_SEVEN = 7


def batch_size_ignored(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Rows are answered alike alone, among seven and among all.

    Seven rows are asked about together, then five rows one by one.

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
        FAIL where an answer differs from that among all rows, or the model raises.

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
    >>> batch_size_ignored(lambda X: X[:, 0] / 7, X).outcome
    <Outcome.PASS: 'pass'>
    >>> print(batch_size_ignored(lambda X: X[:, 0] / X[:, 0].max(), X).outcome.name)
    FAIL
    """
    probe = probed(model, X, seed)
    return compared(_CHECK, _CLAIM, probe, _trials(probe), remedy=_REMEDY)


def _trials(probe: Probe) -> Iterator[Trial]:
    rows = np.arange(probe.n)
    if probe.n > 1:
        some = rows[-_SEVEN:]
        yield Trial(f"in a call of {len(some)}", taken(probe.block, some), some)
        for at in np.unique(np.linspace(0, probe.n - 1, _ALONE).astype(int)):
            yield Trial("in a call of 1", taken(probe.block, rows[at : at + 1]), rows[at : at + 1])
        return
    yield Trial("in a call of 1", probe.block, rows)
