"""Any model in, predictions out: a function, or an object with predict or predict_proba."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.block import height, own
from mlqa.subjects.models.adapted import adapted

__all__ = ["ask", "brief", "has_probabilities", "model_name", "one_per_row", "predict", "probabilities", "typed"]

_METHODS = ("predict", "predict_proba")


def predict(model: Any, table: Any, *, prefer: str = "predict") -> NDArray[Any]:
    """Ask a model for one prediction per row.

    Parameters
    ----------
    model : callable or object
        A function from a table to predictions, or an object with ``predict`` or
        ``predict_proba``: of scikit-learn, XGBoost, LightGBM, CatBoost, MLflow,
        a torch module, an ONNX session, :func:`mlqa.endpoint`. Called once.
    table : DataFrame or array, shape (n, d), or texts, shape (n,)
        Handed over in the kind it has; the model gets a copy where it could
        write into it.
    prefer : {'predict', 'predict_proba'}
        Which method is asked where the model has both.

    Returns
    -------
    array, shape (n,) or (n, classes)
        Labels, numbers or probabilities, as the model gives them; shape
        (n, 1) becomes (n,).

    Raises
    ------
    UsageError
        If `model` is nothing that predicts.
    SubjectError
        If the model raises, or returns another number of predictions than rows.

    Examples
    --------
    >>> predict(lambda X: X.sum(axis=1) > 3, np.array([[1.0, 1.0], [2.0, 2.0]])).tolist()
    [False, True]
    """
    how, method = ask(model, prefer)
    rows = height(table)
    try:
        result = method(own(table))
    except SubjectError:
        raise
    except (Exception, SystemExit) as error:  # a script's own exit() is no end of the checks
        hint = "call it by hand on the same rows; the cause is shown above"
        raise SubjectError(
            f"model={model_name(model)}: {how} raised {brief(error)} on {rows} rows.\nHint: {hint}"
        ) from error
    return one_per_row(result, rows, f"model={model_name(model)}: {how}")


def probabilities(model: Any, table: Any) -> NDArray[Any]:
    """Ask a model for one probability per row and class.

    Parameters
    ----------
    model : object with ``predict_proba``
    table : DataFrame or array, shape (n, d)

    Returns
    -------
    array, shape (n, classes)
        As the model gives them, unchecked. One column, of the positive class,
        becomes two.

    Raises
    ------
    UsageError
        If the model gives no probabilities.
    SubjectError
        If it raises, or returns another number of rows, or texts.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> model = SimpleNamespace(predict_proba=lambda X: X[:, 0])
    >>> probabilities(model, np.array([[0.25], [1.0]])).tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    if not has_probabilities(model):
        raise UsageError("model", model, "an object with predict_proba", "pass the classifier itself, fitted")
    said = predict(model, table, prefer="predict_proba")
    if said.dtype.kind not in "biuf":
        try:
            said = said.astype(np.float64)
        except (TypeError, ValueError) as error:
            hint = "return numbers, one a class"
            name = model_name(model)
            raise SubjectError(f"model={name}: predict_proba returned {said.dtype} values.\nHint: {hint}") from error
    return np.column_stack([1 - said, said]) if said.ndim == 1 else said


def has_probabilities(model: Any) -> bool:
    """Say whether the model can be asked for probabilities."""
    return callable(getattr(adapted(model), "predict_proba", None))


def model_name(model: Any) -> str:
    """Return what to call a model in a sentence: the function's name, or the class's."""
    return str(getattr(model, "__name__", type(model).__name__))


def ask(model: Any, prefer: str = "predict") -> tuple[str, Callable[[Any], Any]]:
    """Return a model's method to ask, after its name for messages.

    Raises
    ------
    UsageError
        If `model` is nothing that predicts.

    Examples
    --------
    >>> ask(len)
    ('it', <built-in function len>)
    """
    able = adapted(model)
    for method in sorted(_METHODS, key=lambda name: name != prefer):
        if callable(getattr(able, method, None)) and not isinstance(able, type):
            return method, getattr(able, method)
    if callable(able) and not isinstance(able, type):
        return "it", able
    wanted = "a function from a table to predictions, or an object with predict or predict_proba"
    raise UsageError("model", model, wanted, "pass the fitted model itself, or lambda table: ...")


def one_per_row(result: Any, rows: int, subject: str) -> NDArray[Any]:
    """Return predictions as an array with one entry, or one row, per row.

    Parameters
    ----------
    result : sequence, Series, frame, array, tensor, sparse matrix or generator
    rows : int of at least 0
    subject : str
        What to call the model in a message.

    Raises
    ------
    SubjectError
        If it is none, or of another length.

    Examples
    --------
    >>> one_per_row((x > 1 for x in [1, 2]), 2, "model=demo: it").tolist()
    [False, True]
    """
    try:
        array = _as_array(result, rows)
    except Exception as error:
        array = np.empty(())
        result = error
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or array.shape[0] != rows or (rows and array.size == 0):
        got = f"shape {array.shape}" if array.ndim else type(result).__name__
        hint = "return one prediction per row, of shape (n,) or (n, classes)"
        raise SubjectError(f"{subject} returned {got} for {rows} rows.\nHint: {hint}")
    return typed(array)


def typed(said: NDArray[Any]) -> NDArray[Any]:
    """Return predictions as numbers or texts, where objects hold nothing else.

    Examples
    --------
    >>> typed(np.array(["no", "yes"], dtype=object)).dtype.kind, typed(np.array([1, None])).dtype.kind
    ('U', 'O')
    """
    if said.dtype.kind == "T":
        return said.astype(str)
    if said.dtype.kind != "O":
        return said
    items = said.ravel().tolist()
    if all(isinstance(item, str) for item in items):
        return said.astype(str)
    if all(isinstance(item, numbers.Real) for item in items):
        whole = all(isinstance(item, numbers.Integral) for item in items)
        return said.astype(np.int64 if whole else np.float64)
    return said


def brief(error: BaseException) -> str:
    """Show an exception on one line of bounded length."""
    text = " ".join(repr(error).split())
    return text if len(text) <= 200 else text[:197] + "..."


def _as_array(result: Any, rows: int) -> NDArray[Any]:
    """Lay out what a model returned as an array."""
    if hasattr(result, "detach"):  # a tensor that remembers its gradient, or lies on another device
        result = result.detach().cpu()
    elif hasattr(result, "toarray"):
        result = result.toarray()
    elif isinstance(result, Iterator):
        # one more than there are rows, so that one without an end is seen too
        result = list(islice(result, rows + 1))
    return np.asarray(result)
