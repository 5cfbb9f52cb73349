"""Every row gets an answer that can be used."""

from __future__ import annotations

from typing import Any

from mlqa.checks.conformance.asking import answered
from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.block import height
from mlqa.subjects.predictor import ask, brief, model_name
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["every_row_answered", "verdict_of"]

_CHECK = "conformance.every_row_answered"
_CLAIM = "every row gets one answer that can be used"
_REMEDY = "call the model by hand on these rows; fill or refuse what it cannot answer, and drop no row"


def every_row_answered(model: Any, X: Any) -> Verdict:
    """Every row gets one answer that can be used: as many answers as rows, none of them missing.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.subjects.predictor.predict`. Asked about all rows, once.
    X : table or array, shape (n, d), or texts, shape (n,)

    Returns
    -------
    Verdict
        FAIL where the model raises, returns another number of answers than
        rows, or NaN, infinity or None for a row.

    Raises
    ------
    UsageError
        If `model` is nothing that predicts, or `X` has no row.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0], [np.nan]])
    >>> every_row_answered(lambda X: np.nan_to_num(X[:, 0]), X).outcome
    <Outcome.PASS: 'pass'>
    >>> every_row_answered(lambda X: X[:, 0], X).reason
    '1 of 2 answers is none: NaN, infinity or None, row 1 the first'
    """
    ask(model)
    rows = height(X)
    if rows == 0:
        raise UsageError("X", X, "at least one row", "pass rows that the model should answer", "no row")
    try:
        fine = answered(model, X).finite
    except SubjectError as error:
        return verdict_of(str(error).split("\nHint:", maxsplit=1)[0], rows)
    except Exception as error:
        return verdict_of(f"model={model_name(model)} raised {brief(error)} on {rows} rows", rows)
    holes = int((~fine).sum())
    if not holes:
        return verdict_of("", rows)
    told = f"{holes} of {rows} answers {'is' if holes == 1 else 'are'} none: NaN, infinity or None"
    return verdict_of(f"{told}, row {int(fine.argmin())} the first", rows, holes / rows)


def verdict_of(fault: str, rows: int, share: float | None = None) -> Verdict:
    """Answer from what is known already: what is wrong with the answers, or nothing."""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if fault else Outcome.PASS,
        claim=_CLAIM,
        reason=fault or f"{rows} rows got {rows} answers",
        evidence=Evidence(estimate=share if fault else 0.0, limit=0.0, unit="of rows", n=rows, method="one call"),
        remedy=_REMEDY if fault else "",
    )
