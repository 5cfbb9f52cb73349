"""Any model in, predictions out: a function, or an object with predict or predict_proba."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import SubjectError, UsageError, nearest
from mlqa.subjects.block import height, own
from mlqa.subjects.onnx_model import OnnxModel

__all__ = ["has_probabilities", "load_model", "model_name", "predict"]

_METHODS = ("predict", "predict_proba")


def predict(model: Any, table: Any, *, prefer: str = "predict") -> NDArray[Any]:
    """Ask a model for one prediction per row.

    Parameters
    ----------
    model : callable or object
        A function from a table to predictions, or an object with ``predict`` or
        ``predict_proba``. Called once.
    table : DataFrame or array, shape (n, d)
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
    ask, how = _asked(model, prefer)
    rows = height(table)
    try:
        result = ask(own(table))
    except Exception as error:
        hint = "call it by hand on the same rows; the cause is shown above"
        raise SubjectError(
            f"model={model_name(model)}: {how} raised {_brief(error)} on {rows} rows.\nHint: {hint}"
        ) from error
    return _one_per_row(result, rows, f"model={model_name(model)}: {how}")


def has_probabilities(model: Any) -> bool:
    """Say whether the model can be asked for probabilities."""
    return callable(getattr(model, "predict_proba", None))


def model_name(model: Any) -> str:
    """Return what to call a model in a sentence: the function's name, or the class's."""
    return str(getattr(model, "__name__", type(model).__name__))


def load_model(spec: str, *, root: str | Path = ".") -> Any:
    """Load the model that a project's own ``pyproject.toml`` names.

    Parameters
    ----------
    spec : str
        ``pkg.module:attr``, or the path of a ``.joblib``, ``.skops`` or
        ``.onnx`` file, relative to `root`.
    root : path
        Folder of the pyproject.toml.

    Raises
    ------
    UsageError
        If there is no such module, attribute or file, or it cannot be read.

    Warnings
    --------
    A ``.joblib`` file is a pickle: reading it runs whatever code it holds, just
    as importing a module does. Call this with what the user's own settings
    name, never with a path that came from elsewhere. ``.skops`` and ``.onnx``
    files run no code.

    Examples
    --------
    >>> load_model("math:sqrt")(9.0)
    3.0
    """
    reader = _READERS.get(Path(spec).suffix.lower())
    if reader is None:
        return _attribute(spec)
    path = Path(root) / spec
    if not path.is_file():
        raise UsageError("model", spec, "a file that exists", f"paths are relative to {Path(root).name!r}", "no file")
    try:
        return reader(path)
    except ImportError as error:
        raise UsageError("model", spec, "a file that can be read here", f"install {error.name}", "no reader") from error
    except Exception as error:
        wanted = f"a readable {path.suffix} file"
        raise UsageError("model", spec, wanted, f"write it again ({_brief(error)})", "damage") from error


def _asked(model: Any, prefer: str) -> tuple[Callable[[Any], Any], str]:
    """Find the method to ask, and its name for messages."""
    ordered = sorted(_METHODS, key=lambda method: method != prefer)
    for method in ordered:
        if callable(getattr(model, method, None)) and not isinstance(model, type):
            return getattr(model, method), method
    if callable(model) and not isinstance(model, type):
        return model, "it"
    wanted = "a function from a table to predictions, or an object with predict or predict_proba"
    raise UsageError("model", model, wanted, "pass the fitted model itself, or lambda table: ...")


def _one_per_row(result: Any, rows: int, subject: str) -> NDArray[Any]:
    """Return predictions as an array with one entry, or one row, per row."""
    try:
        array = np.asarray(result)
    except Exception as error:
        array = np.empty(())
        result = error
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or array.shape[0] != rows or array.size == 0:
        got = f"shape {array.shape}" if array.ndim else type(result).__name__
        hint = "return one prediction per row, of shape (n,) or (n, classes)"
        raise SubjectError(f"{subject} returned {got} for {rows} rows.\nHint: {hint}")
    return array


def _brief(error: BaseException) -> str:
    """Show an exception on one line of bounded length."""
    text = " ".join(repr(error).split())
    return text if len(text) <= 200 else text[:197] + "..."


def _attribute(spec: str) -> Any:
    """Import ``pkg.module:attr``."""
    module_name, _, attribute = spec.partition(":")
    if not module_name or not attribute:
        wanted = f"'pkg.module:attr' or a path ending in {', '.join(_READERS)}"
        raise UsageError("model", spec, wanted, "name the module and the variable that holds the model")
    try:
        value: Any = importlib.import_module(module_name)
    except Exception as error:
        hint = f"check the name and pythonpath ({_brief(error)})"
        raise UsageError("model", spec, "a module that can be imported", hint, f"no module {module_name!r}") from error
    for part in attribute.split("."):
        if not hasattr(value, part):
            known = [name for name in dir(value) if not name.startswith("_")]
            raise UsageError("model", spec, "an attribute of the module", nearest(part, known), "no such attribute")
        value = getattr(value, part)
    return value


def _from_joblib(path: Path) -> Any:
    import joblib

    return joblib.load(path)


def _from_skops(path: Path) -> Any:
    from skops import io

    return io.load(path)


_READERS: dict[str, Callable[[Path], Any]] = {".joblib": _from_joblib, ".skops": _from_skops, ".onnx": OnnxModel}
