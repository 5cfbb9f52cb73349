"""The same values in columns of another type get the same answers, or a clean error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Answer, quietly
from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.retyped import Retyped, nudged, retyped
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.checks.skipped import skipped
from mlqa.errors import SubjectError
from mlqa.verdict import Verdict

__all__ = ["dtypes_ignored"]

_CHECK = "conformance.dtypes_ignored"
_CLAIM = "the same values in columns of another type get the same answers, or a clean error"
_REMEDY = "cast the columns to the types of the training table before predicting, or refuse others"


def dtypes_ignored(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Equal values in columns of another type get the same answers, or a clean error.

    Asked with 32-bit floats (of numbers that these hold exactly), whole numbers
    as floats and in 32 bits, categories as texts, and categories numbered anew,
    as a small batch numbers them.

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
        FAIL where an answer changes without a word; ``columns`` names the columns
        that were cast. SKIPPED where no column can be cast.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"n": [1, 2], "plan": pd.Categorical(["b", "a"])})
    >>> dtypes_ignored(lambda X: X["n"] * 2.0 + (X["plan"] == "a"), X).outcome
    <Outcome.PASS: 'pass'>
    >>> print(dtypes_ignored(lambda X: X["n"].map("n={}".format), X).reason)
    2 of 2 answers change with whole numbers as floats: row 0 from n=1 to n=1.0

    """
    probe = probed(model, X, seed)
    forms = list(retyped(probe.block)) if len(getattr(probe.block, "shape", ())) == 2 else []
    if not forms:
        return skipped(_CHECK, _CLAIM, "no column is of a type that has another like it")
    return compared(_CHECK, _CLAIM, probe, _trials(probe, forms), remedy=_REMEDY, may_refuse=True)


def _trials(probe: Probe, forms: list[Retyped]) -> Iterator[Trial]:
    rows = np.arange(probe.n)
    for form in forms:
        columns = form.columns if probe.columns is not None else ()
        if form.rounded is None:
            yield Trial(form.name, form.block, rows, columns=columns)
            continue
        try:
            against = quietly(probe.model, form.rounded)
        except SubjectError:
            continue
        if isinstance(against, Answer):
            forgiven = partial(_sensitive, probe, form.rounded, against)
            yield Trial(form.name, form.block, rows, against, columns, forgiven)


def _sensitive(probe: Probe, rounded: Any, against: Answer) -> NDArray[np.bool_]:
    """Mark rows whose answer changes when numbers move by the last digits of a 32-bit float: rounding explains it."""
    found = np.zeros(probe.n, dtype=np.bool_)
    for block in nudged(rounded, probe.seed):
        try:
            said = quietly(probe.model, block)
        except SubjectError:
            continue
        if isinstance(said, Answer):
            found |= unlike(against, said)
    return found
