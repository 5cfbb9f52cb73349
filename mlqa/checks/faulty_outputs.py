"""What is wrong with the predictions of a model, in one sentence: nothing can be asked of such."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.subjects.predictor import model_name

__all__ = ["fault_of_labels", "fault_of_values"]

_SLACK = 1e-3


def fault_of_values(model: Any, said: NDArray[Any]) -> str:
    """Say what is wrong with predicted values."""
    name = model_name(model)
    if said.ndim == 2 or said.dtype.kind not in "biuf":
        return f"{name} returned {said.dtype} of shape {said.shape} where one number a row is wanted"
    return _not_finite(name, "values", said)


def fault_of_labels(
    model: Any, labels: NDArray[Any], probability: NDArray[Any] | None, score: NDArray[Any] | None
) -> str:
    """Say what is wrong with labels, or with probabilities."""
    name = model_name(model)
    if labels.ndim != 1 or labels.dtype.kind == "O":
        return f"{name} returned {labels.dtype} of shape {labels.shape} where one label a row is wanted"
    found = _not_finite(name, "labels", labels)
    if not found and probability is not None:
        found = _not_finite(name, "probabilities", probability)
        off = np.abs(probability.sum(axis=1) - 1) > _SLACK
        outside = ((probability < -_SLACK) | (probability > 1 + _SLACK)).any(axis=1)
        bad = np.flatnonzero(off | outside)
        if not found and bad.size:
            row = probability[bad[0]].tolist()
            found = f"{name} gives {bad.size} of {len(labels)} rows probabilities that are none: {row} in row {bad[0]}"
    return found or ("" if score is None else _not_finite(name, "scores", score))


def _not_finite(name: str, what: str, said: NDArray[Any]) -> str:
    if said.dtype.kind != "f" or np.isfinite(said).all():
        return ""
    rows = np.flatnonzero(~np.isfinite(said.reshape(len(said), -1)).all(axis=1))
    return f"{name} gives {rows.size} of {len(said)} rows {what} that are not finite, row {rows[0]} first"
