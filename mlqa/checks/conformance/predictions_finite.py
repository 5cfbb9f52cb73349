"""Every row has a prediction that is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlqa.checks.conformance.asking import Answer
from mlqa.errors import UsageError
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["predictions_finite"]

_CHECK = "conformance.predictions_finite"
_CLAIM = "every row has a prediction that is one"
_MOST = 10


def predictions_finite(prediction: Any) -> Verdict:
    """Every row has a prediction that is one: no NaN, no infinity, no None.

    Parameters
    ----------
    prediction : sequence or array, shape (n,) or (n, outputs)
        What the model predicted.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows without a prediction,
        ``evidence.worst`` the first ten of them.

    Raises
    ------
    UsageError
        If there is no row.

    Examples
    --------
    >>> predictions_finite([1.0, 2.0]).outcome
    <Outcome.PASS: 'pass'>
    >>> print(predictions_finite([1.0, float("nan")]).reason)
    1 of 2 predictions are NaN, infinite or None, row 1 first
    """
    said = np.asarray(prediction)
    if said.ndim not in (1, 2) or not said.size:
        wanted = "predictions of shape (n,) or (n, outputs), one row at least"
        raise UsageError("prediction", prediction, wanted, "pass what the model returned", f"shape {said.shape}")
    rows = np.flatnonzero(~Answer(said).finite)
    worst = tuple({"row": int(row), "prediction": str(said[row])} for row in rows[:_MOST])
    told = f"{rows.size} of {len(said)} predictions are NaN, infinite or None, row {rows[0]} first" if rows.size else ""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if rows.size else Outcome.PASS,
        claim=_CLAIM,
        reason=told or f"{len(said)} rows, each with a prediction",
        evidence=Evidence(estimate=rows.size / len(said), limit=0.0, unit="of rows", n=len(said), worst=worst),
        remedy="look at these rows' features: missing, infinite or far out of range" if rows.size else "",
    )
