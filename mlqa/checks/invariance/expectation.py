"""What a relation expects of a prediction under a change: that it stays, moves little, does not fall, does not rise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.difference import differing, falling, rounding
from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.predictor import has_probabilities, predict

__all__ = ["Ask", "Differ", "Expectation", "asked_by", "guided_by"]

Ask = Callable[[Any], NDArray[Any]]
Differ = Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[np.float64], NDArray[np.bool_]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected, and how it is said.

    Attributes
    ----------
    check : str
        Id of the check that asks.
    verb : str
        What a row does that breaks it: ``'change'``, ``'fall'``, ``'rise'``.
    direction : {0, 1, -1}
        1: a prediction must not fall; -1: must not rise; 0: must stay.
    change : float or None
        Absolute change that counts; None: all beyond rounding.
    label : object
        The class whose probability is judged where the direction counts.
    """

    check: str
    verb: str
    direction: int = 0
    change: float | None = None
    label: Any = None

    def differ(self, before: NDArray[Any]) -> Differ:
        """Return how two arrays of predictions are compared, given those of the rows as they were."""
        if not self.direction:
            return partial(differing, change=self.change, slack=rounding(before))
        return partial(falling, direction=self.direction, change=self.change, slack=rounding(before))


def asked_by(expectation: Expectation, model: Any) -> Ask:
    """Return what to ask of the model: labels, numbers or probabilities of every row."""
    if expectation.direction:
        prefer = "predict_proba" if has_probabilities(model) else "predict"
        return partial(_one_number, model, expectation.label, prefer)
    wanted = expectation.change is not None and has_probabilities(model)
    return partial(predict, model, prefer="predict_proba" if wanted else "predict")


def guided_by(expectation: Expectation, model: Any, before: NDArray[Any]) -> Ask | None:
    """Return what tells a climb the way where predictions are labels: probabilities; None where nothing does."""
    if expectation.direction or before.dtype.kind == "f" or before.ndim > 1 or not has_probabilities(model):
        return None
    return partial(predict, model, prefer="predict_proba")


def _one_number(model: Any, label: Any, prefer: str, block: Any) -> NDArray[Any]:
    """Ask for one number per row: a prediction, or the probability of one class."""
    said = predict(model, block, prefer=prefer)
    if said.ndim == 2:
        said = said[:, _position(model, label, said.shape[1])]
    if said.dtype.kind not in "iufb":
        hint = "pass the model itself, or a function that returns numbers or probabilities"
        raise UsageError("model", model, "a model whose predictions have an order", hint, f"{said.dtype} predictions")
    return said.astype(np.float64) if said.dtype.kind != "f" else said


def _position(model: Any, label: Any, classes: int) -> int:
    """Find the column of the class that is judged."""
    if label is None:
        if classes == 2:
            return 1
        raise UsageError("label", None, f"one of the {classes} classes", "say whose probability is judged", "none")
    known = getattr(model, "classes_", None)
    listed = list(range(classes)) if known is None else np.asarray(known).tolist()
    if len(listed) != classes:
        raise SubjectError(f"model: {classes} probabilities for {len(listed)} classes.\nHint: fit it again")
    if label not in listed:
        raise UsageError("label", label, f"one of {', '.join(map(repr, listed[:8]))}", "write it as the model does")
    return listed.index(label)
