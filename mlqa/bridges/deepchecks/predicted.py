"""What a model says of the tables, asked in the user's own environment; deepchecks is told, never handed the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.evaluated import evaluate
from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.models.adapted import adapted
from mlqa.subjects.predictor import has_probabilities, predict, probabilities

__all__ = ["Said", "features_of", "given", "said_of"]

_TASKS = {"binary": "binary", "classes": "multiclass", "values": "regression"}


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Predictions of one table, and what is known of the task."""

    prediction: NDArray[Any]
    probability: NDArray[Any] | None = None
    classes: tuple[Any, ...] = ()
    task: str | None = None


def features_of(table: Any, roles: Mapping[str, Any]) -> Any:
    """Return the columns that a model is asked about, in the table's own kind."""
    aside = {str(name) for key, name in roles.items() if key != "categorical" and name is not None}
    kept = [name for name in table.columns if str(name) not in aside]
    return table[kept] if hasattr(table, "iloc") else table.select(kept)


def said_of(model: Any, table: Any, roles: Mapping[str, Any]) -> Said:
    """Ask a model about a table.

    Raises
    ------
    SubjectError
        If the model raises, or its predictions cannot be used.
    UsageError
        If labels are missing or of another kind than the model gives.
    """
    X = features_of(table, roles)
    if roles.get("target") is None:
        able = adapted(model)
        known = getattr(able, "classes_", ())
        found = probabilities(able, X) if has_probabilities(able) and hasattr(able, "predict") else None
        return Said(predict(able, X), found, tuple(np.asarray(known).tolist()))
    told = evaluate(model, X, table[roles["target"]])
    if told.fault:
        raise SubjectError(told.fault)
    return Said(told.prediction, told.probability, told.classes, _TASKS[told.task])


def given(name: str, prediction: Any, probability: Any, rows: int) -> Said | None:
    """Return predictions that the user made, or None where there are none.

    Raises
    ------
    UsageError
        If there are probabilities without predictions, or another number of rows.
    """
    if prediction is None:
        if probability is not None:
            hint = "pass the predicted labels too"
            raise UsageError(f"{name}_probability", probability, f"{name}_prediction beside it", hint)
        return None
    said = rows_of(f"{name}_prediction", prediction)
    chances = None if probability is None else rows_of(f"{name}_probability", probability)
    if chances is not None and chances.ndim == 1:
        chances = np.column_stack([1 - chances, chances])
    for what, array in ((f"{name}_prediction", said), (f"{name}_probability", chances)):
        if array is not None and len(array) != rows:
            raise UsageError(what, array, f"{rows} rows, as {name} has", "pass those of the same rows", f"{len(array)}")
    return Said(said, chances)
