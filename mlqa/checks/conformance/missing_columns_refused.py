"""Tables without a column that the model uses are refused with a clean error."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Refused, quietly
from mlqa.checks.conformance.probe import SLOW, Probe, probed
from mlqa.checks.conformance.trials import failed, passed, too_slow
from mlqa.checks.skipped import skipped
from mlqa.errors import SubjectError
from mlqa.subjects.block import picked
from mlqa.verdict import Verdict

__all__ = ["missing_columns_refused"]

_CHECK = "conformance.missing_columns_refused"
_CLAIM = "a table without one of the columns the model uses is refused with a clean error"
_REMEDY = "check the columns before predicting, and name the missing one in the error"
_MOST = 8


def missing_columns_refused(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Tables without a column that the model uses are refused with a clean error.

    Asked without each of eight columns at most, one at a time. A column that
    the model does not use may be missing: the answers are the same.

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
        FAIL where the model answers otherwise without a word, or raises what no
        caller can understand; ``columns`` names the column. SKIPPED where columns
        have no names, or there is only one.

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
    >>> print(missing_columns_refused(lambda X: X["a"], X).reason)
    without 'a' it refuses (KeyError: 'a'); 1 of 2 columns asked about are not used
    >>> missing_columns_refused(lambda X: X.get("a", X["b"]), X).columns
    ('a',)
    """
    probe = probed(model, X, seed)
    if probe.columns is None or len(probe.columns) < 2:
        return skipped(_CHECK, _CLAIM, "the rows have no columns with names, or one only")
    if probe.seconds > SLOW:
        return too_slow(_CHECK, _CLAIM, probe)
    told, unused = "", 0
    places = np.unique(np.linspace(0, len(probe.columns) - 1, _MOST).astype(int)).tolist()
    for place in places:
        column = probe.columns[place]
        fault, refusal = _without(probe, place)
        if fault:
            return failed(_CHECK, _CLAIM, probe, f"without {column!r} {fault}", _REMEDY, columns=(column,))
        told = told or (f"without {column!r} it refuses ({refusal})" if refusal else "")
        unused += not refusal
    shown = [told] if told else []
    shown += [f"{unused} of {len(places)} columns asked about are not used"] if unused else []
    return passed(_CHECK, _CLAIM, probe, "; ".join(shown), calls=len(places))


def _without(probe: Probe, place: int) -> tuple[str, str]:
    """Return what is wrong with the answer to a table without one column, and how the model refuses it."""
    rest = [at for at in range(len(probe.columns or ())) if at != place]
    try:
        said = quietly(probe.model, picked(probe.block, rest))
    except SubjectError as error:
        return str(error).splitlines()[0], ""
    if isinstance(said, Refused):
        return ("", said.told) if said.clean else (f"it raises {said.told}", "")
    changed = unlike(probe.said, said, probe.margin)
    return (
        (f"it answers all the same, {int(changed.sum())} of {probe.n} rows otherwise", "")
        if changed.any()
        else ("", "")
    )
