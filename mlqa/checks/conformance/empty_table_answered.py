"""Tables without rows get no answers, or a clean error."""

from __future__ import annotations

from typing import Any

from mlqa.checks.conformance.asking import Refused, quietly
from mlqa.checks.conformance.probe import SLOW, probed
from mlqa.checks.conformance.trials import failed, passed, too_slow
from mlqa.errors import SubjectError
from mlqa.subjects.block import cut
from mlqa.verdict import Verdict

__all__ = ["empty_table_answered"]

_CHECK = "conformance.empty_table_answered"
_CLAIM = "a table without rows gets no answers, or a clean error"
_REMEDY = "return an empty array for an empty table, or refuse it in words"


def empty_table_answered(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Tables without rows get no answers, or a clean error.

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
        FAIL where the model returns anything else than no answers, or raises what no
        caller can understand.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np
    >>> empty_table_answered(lambda X: X[:, 0], np.eye(3)).outcome
    <Outcome.PASS: 'pass'>
    >>> print(empty_table_answered(lambda X: [sum(row) / len(X) for row in X] or [0.0], np.eye(3)).reason)
    model=<lambda>: it returned shape (1,) for 0 rows.
    """
    probe = probed(model, X, seed)
    if probe.seconds > SLOW:
        return too_slow(_CHECK, _CLAIM, probe)
    try:
        said = quietly(probe.model, cut(probe.block, 0, 0))
    except SubjectError as error:
        return failed(_CHECK, _CLAIM, probe, str(error).splitlines()[0], _REMEDY)
    if isinstance(said, Refused):
        if not said.clean:
            return failed(_CHECK, _CLAIM, probe, f"of no rows it raises {said.told}", _REMEDY)
        return passed(_CHECK, _CLAIM, probe, f"no rows are refused ({said.told})", calls=1)
    return passed(_CHECK, _CLAIM, probe, "no rows get no answers", calls=1)
