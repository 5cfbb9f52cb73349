"""Equal calls get equal answers: the same rows, asked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from mlqa.checks.conformance.asking import quietly
from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.errors import SubjectError
from mlqa.subjects.block import taken
from mlqa.verdict import Verdict

__all__ = ["repeatable"]

_CHECK = "conformance.repeatable"
_CLAIM = "the same rows get the same answers when asked again"
_REMEDY = "switch dropout and sampling off when predicting, or seed them in the call; keep no state between calls"


def repeatable(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Equal calls get equal answers: the same rows, asked again.

    Asked twice more, with other rows in between.

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
        FAIL where an answer changes, or the model raises.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np
    >>> repeatable(lambda X: X[:, 0], np.eye(3)).outcome
    <Outcome.PASS: 'pass'>
    >>> repeatable(lambda X: np.random.default_rng().random(len(X)), np.eye(3)).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    return compared(_CHECK, _CLAIM, probe, _trials(probe), remedy=_REMEDY)


def _trials(probe: Probe) -> Iterator[Trial]:
    rows = np.arange(probe.n)
    yield Trial("when asked again", probe.block, rows)
    with suppress(SubjectError):  # what they get is another question
        quietly(probe.model, taken(probe.block, rows[: (probe.n + 1) // 2]))
    yield Trial("when asked again after others", probe.block, rows)
