"""What a model is asked to tell: one of two classes, one of several, or a number."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.models.adapted import adapted

__all__ = ["Task", "classes_of", "task_of"]

Task = Literal["binary", "classes", "values"]
_MOST_CLASSES = 20


def task_of(model: Any, y: NDArray[Any], prediction: NDArray[Any]) -> Task:
    """Tell what a model is asked for, by itself, by the labels, then by what it says.

    Parameters
    ----------
    model : callable or object
    y : array, shape (n,)
        Numbers, truth values or texts.
    prediction : array, shape (n,) or (n, classes)
        As the model gives it.

    Returns
    -------
    {'binary', 'classes', 'values'}
        A classifier or regressor says so itself. Texts and truth values are
        classes; so are at most 20 different whole numbers, if the model gives
        the same ones, or, of two, numbers in between or scores. More are, if
        every whole number that the model gives is one of them, and mostly the
        true one, and they come twice on average.

    Examples
    --------
    >>> task_of(len, np.array(["no", "yes"]), np.array(["no", "no"]))
    'binary'
    >>> task_of(len, np.array([0.5, 2.0]), np.array([1.0, 2.0]))
    'values'
    >>> task_of(len, np.array([0, 1, 1]), np.array([0.2, 0.9, 0.7]))
    'binary'
    """
    if _says(model, "regressor"):
        return "values"
    known = _own_classes(model)
    if known is not None:
        return "binary" if len(known) == 2 else "classes"
    if prediction.ndim == 2:
        return "binary" if prediction.shape[1] == 2 else "classes"
    if (
        y.dtype.kind not in "iuf"
        or _says(model, "classifier")
        or callable(getattr(adapted(model), "predict_proba", None))
    ):
        # scores beside two labels are no further labels
        told = y if prediction.dtype.kind == "f" or not _alike(y, prediction) else np.union1d(y, prediction)
        return "binary" if len(np.unique(told)) <= 2 else "classes"
    return _by_numbers(y, prediction)


def _by_numbers(y: NDArray[Any], prediction: NDArray[Any]) -> Task:
    """Tell whether numbers are classes."""
    labels = np.unique(y)
    if not (labels == np.floor(labels)).all() or prediction.dtype.kind not in "biuf":
        return "values"
    if len(labels) > _MOST_CLASSES:
        hit = prediction.dtype.kind in "iu" and 2 * np.sum(prediction == y) > len(y)
        if not hit or 2 * len(labels) > len(y):
            return "values"
    if set(np.unique(prediction).tolist()) <= set(labels.tolist()):
        return "binary" if len(labels) <= 2 else "classes"
    return "binary" if set(labels.tolist()) <= {0, 1} else "values"


def classes_of(model: Any, y: NDArray[Any], prediction: NDArray[Any] | None = None, count: int | None = None) -> Any:
    """Return the classes in the order of the columns of probabilities.

    Parameters
    ----------
    model : callable or object
        Its ``classes_`` are taken, where it has them.
    y : array, shape (n,)
    prediction : array, shape (n,), optional
        Labels that a model gave; may be of classes that `y` has not.
    count : int, optional
        How many columns of probabilities there are.

    Returns
    -------
    array, shape (k,)
        In ascending order where the model does not say.

    Raises
    ------
    UsageError
        If there are not as many classes as columns, and they are no numbers
        from 0 either.

    Examples
    --------
    >>> classes_of(len, np.array(["yes", "no"])).tolist()
    ['no', 'yes']
    >>> classes_of(len, np.array([0, 2]), count=3).tolist()
    [0, 1, 2]
    """
    known = _own_classes(model)
    labels = np.unique(y)
    if known is None:
        known = labels if prediction is None or not _alike(y, prediction) else np.union1d(labels, prediction)
    if count is None or len(known) == count:
        return known
    if y.dtype.kind in "biuf" and all(0 <= label < count and label == int(label) for label in labels.tolist()):
        return np.arange(count)
    wanted = f"the {count} classes that the model gives probabilities for"
    raise UsageError(
        "classes", known, wanted, "pass classes=[...] in the order of the columns", f"{len(known)} classes"
    )


def _own_classes(model: Any) -> NDArray[Any] | None:
    """Return the classes that a model was fitted on, if it says."""
    known = getattr(adapted(model), "classes_", None)
    if known is None:
        return None
    try:
        array = np.asarray(known)
    except ValueError:  # one list for each output
        return None
    if array.dtype.kind == "O" and all(isinstance(one, str) for one in array.tolist()):
        array = array.astype(str)
    return array if array.ndim == 1 and len(array) and array.dtype.kind in "biufU" else None


def _says(model: Any, kind: str) -> bool:
    """Tell whether a model of scikit-learn's kind calls itself a classifier, or a regressor."""
    if getattr(model, "_estimator_type", None) == kind:
        return True
    try:
        return bool(model.__sklearn_tags__().estimator_type == kind)
    except Exception:  # a model of any other kind, or a broken one
        return False


def _alike(y: NDArray[Any], prediction: NDArray[Any]) -> bool:
    """Tell whether labels and predictions are both texts or both numbers."""
    return (y.dtype.kind == "U") == (prediction.dtype.kind == "U") and prediction.ndim == 1
