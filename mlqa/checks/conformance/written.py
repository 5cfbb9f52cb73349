"""A model written in one format and read again."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from mlqa.checks.conformance.pickled import pickled
from mlqa.checks.conformance.probe import Probe
from mlqa.subjects.models.frames import as_matrix
from mlqa.subjects.onnx_model import OnnxModel
from mlqa.subjects.predictor import brief

__all__ = ["FORMATS", "written_and_read"]


def written_and_read(name: str, probe: Probe) -> tuple[Any, str]:
    """Return a model after a round trip, or None and why that format cannot hold it.

    Parameters
    ----------
    name : {'pickle', 'joblib', 'skops', 'onnx'}
    probe : Probe
    """
    if name == "pickle":
        content, _, trouble = pickled(probe.model, by_value=False)
        return (None, trouble) if content is None else _again(content)
    try:
        return _WAYS[name](probe), ""
    except ImportError as error:
        return None, f"install {error.name}"
    except Exception as error:
        return None, brief(error)


def _again(content: bytes) -> tuple[Any, str]:
    try:
        return pickle.loads(content), ""  # noqa: S301 - made by this process
    except Exception as error:
        return _Lost(brief(error)), ""


class _Lost:
    """A model that could be written and cannot be read."""

    def __init__(self, told: str) -> None:
        self._told = told

    def predict(self, _table: Any) -> Any:
        """Raise what reading it raised."""
        raise RuntimeError(f"reading it: {self._told}")


def _joblib(probe: Probe) -> Any:
    import joblib

    held = io.BytesIO()
    joblib.dump(probe.model, held)
    held.seek(0)
    return joblib.load(held)


def _skops(probe: Probe) -> Any:
    from skops.io import dumps, get_untrusted_types, loads

    content = dumps(probe.model)
    return loads(content, trusted=get_untrusted_types(data=content))


def _onnx(probe: Probe) -> Any:
    from skl2onnx import to_onnx

    matrix = as_matrix(probe.block, np.float32)
    if not np.array_equal(matrix, as_matrix(probe.block, np.float64)):
        raise ValueError("a 32-bit float does not hold the numbers: pass X.astype('float32')")
    return OnnxModel(to_onnx(probe.model, matrix[:1], options={"zipmap": False} if _labels(probe.model) else None))


def _labels(model: Any) -> bool:
    return hasattr(model, "classes_")


_WAYS: dict[str, Callable[[Probe], Any]] = {"joblib": _joblib, "skops": _skops, "onnx": _onnx}
FORMATS = ("pickle", *_WAYS)
