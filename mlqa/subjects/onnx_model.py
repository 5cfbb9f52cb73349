"""An ONNX file as a model with predict, and predict_proba where it has two outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlqa.subjects.block import names

__all__ = ["OnnxModel"]

_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}


class OnnxModel:
    """A model read with onnxruntime; no code of the file is run.

    Parameters
    ----------
    source : path, onnx.ModelProto or onnxruntime.InferenceSession

    Notes
    -----
    With one input, the whole table goes in as one matrix; with several, each
    takes the column of its name, of shape (n, 1). The first output holds the
    predictions, the second, where there is one, the probabilities.
    """

    def __init__(self, source: Any) -> None:
        self.__name__ = Path(source).name if isinstance(source, (str, Path)) else "ONNX model"
        if hasattr(source, "get_inputs"):
            # what the session was made from is all that can be pickled
            self._content = getattr(source, "_model_bytes", None) or getattr(source, "_model_path", None)
            self._open(source)
            return
        self._content = source.SerializeToString() if hasattr(source, "SerializeToString") else str(source)
        self._open(_session(self._content))

    def _open(self, session: Any) -> None:
        self._session = session
        if len(session.get_outputs()) > 1:
            self.predict_proba = self._probabilities

    def __getstate__(self) -> tuple[str, Any]:
        if self._content is None:
            raise TypeError("the session does not tell what it was made from: it cannot be pickled")
        return self.__name__, self._content

    def __setstate__(self, state: tuple[str, Any]) -> None:
        self.__name__, self._content = state
        self._open(_session(self._content))

    def predict(self, table: Any) -> NDArray[Any]:
        """Return the first output, one entry per row."""
        return np.asarray(self._session.run(None, self._fed(table))[0])

    def _probabilities(self, table: Any) -> NDArray[Any]:
        result = self._session.run(None, self._fed(table))[1]
        if isinstance(result, list):  # converters may write one {class: probability} per row
            result = [list(row.values()) for row in result]
        return np.asarray(result)

    def _fed(self, table: Any) -> dict[str, NDArray[Any]]:
        """Lay the table out as the inputs of the graph."""
        inputs = self._session.get_inputs()
        if len(inputs) == 1:
            matrix = table if isinstance(table, np.ndarray) else nw.from_native(table, eager_only=True).to_numpy()
            return {inputs[0].name: np.asarray(matrix, dtype=_TYPES.get(inputs[0].type, np.object_))}
        position = {name: column for column, name in enumerate(names(table))}
        return {one.name: self._column(table, position[one.name], one.type) for one in inputs}

    @staticmethod
    def _column(table: Any, position: int, kind: str) -> NDArray[Any]:
        if isinstance(table, np.ndarray):
            values = table[:, position]
        else:
            frame = nw.from_native(table, eager_only=True)
            values = frame[frame.columns[position]].to_numpy()
        return np.asarray(values, dtype=_TYPES.get(kind, np.object_)).reshape(-1, 1)


def _session(content: Any) -> Any:
    from onnxruntime import InferenceSession

    return InferenceSession(content, providers=["CPUExecutionProvider"])
