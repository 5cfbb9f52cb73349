"""Equal rows of one call get equal answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Refused, quietly
from mlqa.checks.conformance.probe import SLOW, probed
from mlqa.checks.conformance.trials import answers_changed, failed, passed, too_slow
from mlqa.errors import SubjectError
from mlqa.subjects.block import taken
from mlqa.verdict import Verdict

__all__ = ["duplicates_equal"]

_CHECK = "conformance.duplicates_equal"
_CLAIM = "equal rows of one call get equal answers"
_REMEDY = "score each row by itself: no ranks, no merging and no dropping of equal rows"


def duplicates_equal(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Equal rows of one call get equal answers.

    Every row is asked about twice in one call.

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
        FAIL where a row and its copy get different answers, or the model
        raises.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np
    >>> duplicates_equal(lambda X: X[:, 0], np.eye(3)).outcome
    <Outcome.PASS: 'pass'>
    >>> duplicates_equal(lambda X: np.arange(len(X)), np.eye(3)).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    if probe.seconds > SLOW:
        return too_slow(_CHECK, _CLAIM, probe)
    where = "with every row twice"
    try:
        said = quietly(probe.model, taken(probe.block, np.repeat(np.arange(probe.n), 2)))
    except SubjectError as error:
        return failed(_CHECK, _CLAIM, probe, f"{where}: {str(error).splitlines()[0]}", _REMEDY)
    if isinstance(said, Refused):
        return failed(_CHECK, _CLAIM, probe, f"{where} it raises {said.told}", _REMEDY)
    first, second = (said.of(np.arange(start, 2 * probe.n, 2)) for start in (0, 1))
    changed = unlike(first, second, probe.margin)
    if changed.any():
        where = "between a row and its copy"
        return answers_changed(_CHECK, _CLAIM, probe, where, second, changed, _REMEDY, before=first)
    return passed(_CHECK, _CLAIM, probe, f"{probe.n} rows and their copies get the same answers", calls=1)
