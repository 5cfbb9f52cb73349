"""A model that was written and read again gives the same answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Refused, quietly
from mlqa.checks.conformance.probe import SLOW, probed
from mlqa.checks.conformance.trials import answers_changed, failed, passed, too_slow
from mlqa.checks.conformance.written import FORMATS, written_and_read
from mlqa.checks.skipped import skipped
from mlqa.errors import SubjectError, UsageError, nearest
from mlqa.verdict import Verdict

__all__ = ["round_trip_kept"]

_CHECK = "conformance.round_trip_kept"
_CLAIM = "a model that was written and read again gives the same answers"
_REMEDY = "keep in __getstate__ all that predicting needs, and restore it in __setstate__"


def round_trip_kept(model: Any, X: Any, *, formats: Sequence[str] = ("pickle",), seed: int = 0) -> Verdict:
    """Equal answers come from a model that was written and read again.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.subjects.predictor.predict`.
    X : table or array, shape (n, d)
        Rows to ask about, at most 100 of them, chosen by what they hold; or a
        :func:`~mlqa.checks.conformance.probe.probe` of the model.
    formats : sequence of {'pickle', 'joblib', 'skops', 'onnx'}
        How it is written. ``pickle`` is by value where pickle cannot and
        cloudpickle is installed; ``onnx`` is for models of scikit-learn on
        numbers, and is asked with numbers that a 32-bit float holds.
    seed : int of at least 0
        Another seed, other rows.

    Returns
    -------
    Verdict
        FAIL where an answer changes, or what was read again raises. SKIPPED where
        no format can hold the model.

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
    >>> print(round_trip_kept(LinearRegression().fit(X, [1.0, 2.0, 3.0]), X).reason)
    the same answers after a round trip through pickle
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError("formats", name, "a format that is known", nearest(str(name), FORMATS), "no such format")
    probe = probed(model, X, seed)
    if probe.seconds > SLOW:
        return too_slow(_CHECK, _CLAIM, probe)
    kept, apart = [], []
    for name in formats:
        again, trouble = written_and_read(name, probe)
        if again is None:
            apart.append(f"{name} cannot hold it ({trouble})")
            continue
        where = f"after a round trip through {name}"
        try:
            said = quietly(again, probe.block)
        except SubjectError as error:
            return failed(_CHECK, _CLAIM, probe, f"{where}: {str(error).splitlines()[0]}", _REMEDY)
        if isinstance(said, Refused):
            return failed(_CHECK, _CLAIM, probe, f"{where} it raises {said.told}", _REMEDY)
        changed = unlike(probe.said, said, probe.margin)
        if changed.any():
            return answers_changed(_CHECK, _CLAIM, probe, where, said, changed, _REMEDY)
        kept.append(where)
    if not kept:
        return skipped(_CHECK, _CLAIM, "; ".join(apart) or "no format was asked for")
    return passed(_CHECK, _CLAIM, probe, "; ".join([f"the same answers {' and '.join(kept)}", *apart]), calls=len(kept))
