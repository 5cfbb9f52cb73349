"""A model asked quietly: what it answers, or how it refuses."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import SubjectError
from mlqa.subjects.block import height, own
from mlqa.subjects.predictor import ask, has_probabilities, model_name, one_per_row

__all__ = ["Answer", "Refused", "answered", "asked", "quietly", "refusal"]

# accidents, not refusals: a caller cannot be expected to know what they mean
_ACCIDENTS = (
    *(ArithmeticError, MemoryError, NameError, RecursionError, StopIteration, SystemError),
    *(KeyboardInterrupt, GeneratorExit, SystemExit),
)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model said of some rows.

    Attributes
    ----------
    prediction : array, shape (n,) or (n, classes)
    probability : array, shape (n,) or (n, classes), or None
    """

    prediction: NDArray[Any]
    probability: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.prediction)

    def of(self, rows: NDArray[np.intp]) -> Answer:
        """Return the answers for some of the rows, in that order."""
        return Answer(self.prediction[rows], None if self.probability is None else self.probability[rows])

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which rows have an answer that is one: no NaN, no infinity, no None; shape (n,)."""
        fine = np.ones(len(self), dtype=np.bool_)
        for said in (self.prediction, self.probability):
            if said is not None:
                fine &= _is_value(said).reshape(len(said), -1).all(axis=1) if len(said) else True
        return fine


@dataclass(frozen=True, slots=True)
class Refused:
    """How a model refused.

    Attributes
    ----------
    told : str
        Kind and message of the error, on one line.
    clean : bool
        Whether a caller can tell what is wrong: an error with a message, of a
        kind that is raised on purpose.
    """

    told: str
    clean: bool


def answered(model: Any, table: Any, *, copy: bool = True) -> Answer:
    """Ask a model for predictions, and for probabilities where it gives them as well.

    Parameters
    ----------
    model : callable or object
    table : table or array, shape (n, d)
    copy : bool
        Whether the model gets a copy where it could write into the table.

    Raises
    ------
    SubjectError
        If it returns another number of predictions than rows; whatever the
        model raises comes as it is.
    """
    how, method = ask(model)
    said = _one(model, how, method, table, copy)
    if how != "predict" or not has_probabilities(model):
        return Answer(said)
    return Answer(said, _one(model, *ask(model, "predict_proba"), table, copy))


def quietly(model: Any, table: Any) -> Answer | Refused:
    """Ask a model without its warnings; an error is an answer too, unless it is of another shape.

    Raises
    ------
    SubjectError
        If the model returns another number of predictions than rows.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return asked(model, table)


def asked(model: Any, table: Any) -> Answer | Refused:
    """Ask as `quietly` does, without touching the process's filters of warnings: for threads."""
    try:
        return answered(model, table)
    except _OtherShapeError as error:
        raise SubjectError(*error.args) from error
    except (Exception, SystemExit) as error:
        return refusal(error)


def refusal(error: BaseException) -> Refused:
    """Tell an error on one line, and whether it is a clean one.

    Examples
    --------
    >>> refusal(KeyError("age"))
    Refused(told="KeyError: 'age'", clean=True)
    >>> refusal(ZeroDivisionError("division by zero")).clean, refusal(ValueError()).clean
    (False, False)
    """
    text = " ".join(str(error).split())
    told = f"{type(error).__name__}: {text}" if text else f"{type(error).__name__} without a message"
    return Refused(told if len(told) <= 200 else told[:197] + "...", bool(text) and not isinstance(error, _ACCIDENTS))


class _OtherShapeError(SubjectError):
    """The model answered, with another number of predictions than rows."""


def _one(model: Any, how: str, method: Callable[[Any], Any], table: Any, copy: bool) -> NDArray[Any]:
    result = method(own(table) if copy else table)
    try:
        return one_per_row(result, height(table), f"model={model_name(model)}: {how}")
    except SubjectError as error:
        raise _OtherShapeError(*error.args) from error


def _is_value(said: NDArray[Any]) -> NDArray[np.bool_]:
    if said.dtype.kind in "fc":
        return np.asarray(np.isfinite(said))
    if said.dtype.kind != "O":
        return np.ones(said.shape, dtype=np.bool_)
    flat = [value is not None and bool(value == value) for value in said.ravel().tolist()]  # noqa: PLR0124 - NaN
    return np.array(flat, dtype=np.bool_).reshape(said.shape)
