"""Another process, with another hash seed, gives the same answers."""

from __future__ import annotations

from typing import Any

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Refused
from mlqa.checks.conformance.elsewhere import Unreadable, asked_elsewhere
from mlqa.checks.conformance.pickled import pickled
from mlqa.checks.conformance.probe import SLOW, probed
from mlqa.checks.conformance.trials import answers_changed, failed, passed, too_slow
from mlqa.checks.skipped import skipped
from mlqa.verdict import Verdict

__all__ = ["same_in_another_process"]

_CHECK = "conformance.same_in_another_process"
_CLAIM = "another process gives the same answers"
_REMEDY = "use no hash() of texts, no order of sets and no state outside the model; hashlib hashes alike everywhere"


def same_in_another_process(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Another process, with another hash seed, gives the same answers.

    The model is pickled (by value, where cloudpickle is installed) and asked in
    a new interpreter, as a server that loads it is.

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
        FAIL where an answer changes, the model raises there or the process dies.
        SKIPPED where the model cannot be pickled, or not be read there.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> X = np.eye(3)
    >>> same_in_another_process(LinearRegression().fit(X, [1.0, 2.0, 3.0]), X).outcome
    <Outcome.PASS: 'pass'>
    """
    probe = probed(model, X, seed)
    if probe.seconds > SLOW:
        return too_slow(_CHECK, _CLAIM, probe)
    content, _, trouble = pickled((probe.model, probe.block))
    if content is None:
        return skipped(
            _CHECK, _CLAIM, f"the model cannot be pickled ({trouble})", remedy="keep what it needs in plain attributes"
        )
    said = asked_elsewhere(content, probe.seconds)
    if isinstance(said, Unreadable):
        return skipped(_CHECK, _CLAIM, f"the model cannot be asked in another process: {said.told}")
    if isinstance(said, Refused):
        return failed(_CHECK, _CLAIM, probe, f"in another process it raises {said.told}", _REMEDY)
    changed = unlike(probe.said, said, probe.margin)
    if changed.any():
        return answers_changed(_CHECK, _CLAIM, probe, "in another process", said, changed, _REMEDY)
    return passed(_CHECK, _CLAIM, probe, "the same answers in another process, with another hash seed", calls=1)
