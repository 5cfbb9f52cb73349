"""Asking leaves the table as it was."""

from __future__ import annotations

from typing import Any

from mlqa.checks.conformance.asking import answered
from mlqa.checks.conformance.fingerprint import differing, fingerprint
from mlqa.checks.conformance.probe import SLOW, probed
from mlqa.checks.conformance.trials import failed, passed, too_slow
from mlqa.subjects.block import own
from mlqa.verdict import Verdict

__all__ = ["input_kept"]

_CHECK = "conformance.input_kept"
_CLAIM = "asking leaves the table as it was"
_REMEDY = "change a copy: X = X.copy(), or X.assign(...)"


def input_kept(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Asking leaves the table as it was.

    Values, types, names and index are compared before and after; everywhere
    else mlqa hands out copies.

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
        FAIL where anything changed; ``columns`` names the columns.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"a": [1.0, None]})
    >>> input_kept(lambda X: X["a"].fillna(0), X).outcome
    <Outcome.PASS: 'pass'>
    >>> def filling(X):
    ...     X["a"] = X["a"].fillna(0)
    ...     return X["a"]
    >>> input_kept(filling, X).columns
    ('a',)
    """
    probe = probed(model, X, seed)
    if probe.seconds > SLOW:
        return too_slow(_CHECK, _CLAIM, probe)
    rows = own(probe.block)
    before = fingerprint(rows)
    answered(probe.model, rows, copy=False)
    what, columns = differing(before, fingerprint(rows))
    if what:
        return failed(_CHECK, _CLAIM, probe, f"after it was asked, {what} changed", _REMEDY, columns=columns)
    return passed(_CHECK, _CLAIM, probe, "values, types, names and index are what they were", calls=1)
