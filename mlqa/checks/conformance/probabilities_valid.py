"""Probabilities are from 0 to 1 and sum to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["probabilities_valid"]

_CHECK = "conformance.probabilities_valid"
_CLAIM = "probabilities are from 0 to 1 and sum to 1"
_REMEDY = "apply a softmax (one of many) or a sigmoid (yes or no) to what the model returns, once"
_MOST = 10
_SLACK = 1e-4


def probabilities_valid(probability: Any, *, classes: Sequence[Any] | None = None) -> Verdict:
    """No probability is below 0, above 1 or NaN, and those of a row sum to 1.

    Parameters
    ----------
    probability : array, shape (n,) or (n, classes)
        Of the positive class, or of every class.
    classes : sequence, optional
        How many columns there should be.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows whose probabilities are none,
        ``evidence.worst`` the first ten of them. A sum may be off by 1e-4: a
        32-bit float has no more.

    Raises
    ------
    UsageError
        If these are no numbers, or there is no row.

    Examples
    --------
    >>> probabilities_valid([[0.2, 0.8], [1.0, 0.0]]).outcome
    <Outcome.PASS: 'pass'>
    >>> print(probabilities_valid([[0.2, 0.8], [0.9, 0.9]]).reason)
    1 of 2 rows have probabilities that are none: row 1 sums to 1.8
    """
    said = np.asarray(probability)
    if said.ndim not in (1, 2) or not said.size or said.dtype.kind not in "biuf":
        wanted = "numbers of shape (n,) or (n, classes), one row at least"
        got = f"{said.dtype} of shape {said.shape}"
        raise UsageError("probability", probability, wanted, "pass what predict_proba returned", got)
    said = said.astype(np.float64)
    if classes is not None and said.ndim == 2 and said.shape[1] != len(classes):
        told = f"{said.shape[1]} columns of probabilities for {len(classes)} classes"
        return _verdict(told, np.arange(len(said)), said)
    with np.errstate(invalid="ignore"):
        sums = said.sum(axis=1) if said.ndim == 2 else np.ones(len(said))
        inside = ((said >= -_SLACK) & (said <= 1 + _SLACK)).reshape(len(said), -1)
        outside = np.logical_not(np.all(inside, axis=1))
        off = ~(np.abs(sums - 1.0) <= _SLACK)
    rows = np.flatnonzero(outside | off)
    if not rows.size:
        return _verdict("", rows, said)
    first = int(rows[0])
    what = f"sums to {sums[first]:.6g}"
    if outside[first]:
        what = f"has {np.atleast_1d(said[first])[~inside[first]][0]:.6g}"
    return _verdict(f"{rows.size} of {len(said)} rows have probabilities that are none: row {first} {what}", rows, said)


def _verdict(told: str, rows: NDArray[np.intp], said: NDArray[np.float64]) -> Verdict:
    worst = tuple(
        {"row": int(row), "probability": ", ".join(f"{value:.6g}" for value in np.atleast_1d(said[row])[:6])}
        for row in rows[:_MOST]
    )
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if told else Outcome.PASS,
        claim=_CLAIM,
        reason=told or f"{len(said)} rows of probabilities, each from 0 to 1, with a sum of 1",
        evidence=Evidence(estimate=rows.size / len(said), limit=0.0, unit="of rows", n=len(said), worst=worst),
        remedy=_REMEDY if told else "",
    )
