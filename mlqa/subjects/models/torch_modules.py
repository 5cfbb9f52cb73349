"""A module of PyTorch as a model of tables."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.subjects.models.frames import as_matrix

__all__ = ["TorchModule"]

_SUM = 1e-4


class TorchModule:
    """A ``torch.nn.Module`` that takes one matrix of numbers.

    It is asked without gradients and in evaluation mode; a module that is in
    training mode stays so, a copy of it is asked.

    Notes
    -----
    One output a row is the prediction itself. Several are classes: rows that
    are no probabilities are taken for logits, or for their logarithms, and go
    through a softmax; ``predict`` gives the place of the largest, from 0.
    For inputs of another kind pass a function.
    """

    def __init__(self, module: Any) -> None:
        self._module = copy.deepcopy(module).eval() if module.training else module
        self.__name__ = type(module).__name__

    def predict(self, table: Any) -> NDArray[Any]:
        """Return probabilities of several classes, shape (n, classes), or one value a row."""
        said = self._said(table)
        return _simplex(said) if said.ndim == 2 and said.shape[1] > 1 else said

    def _said(self, table: Any) -> NDArray[Any]:
        import torch

        parameter = next(self._module.parameters(), None)
        kind, device = (torch.float32, "cpu") if parameter is None else (parameter.dtype, parameter.device)
        matrix = torch.tensor(as_matrix(table, np.float64), dtype=kind, device=device)
        with torch.no_grad():
            result = self._module(matrix)
        if not isinstance(result, torch.Tensor):
            raise TypeError(f"the module returned {type(result).__name__}, no tensor: pass a function that picks one")
        return np.asarray(result.detach().cpu().to(torch.float64 if kind == torch.float64 else torch.float32).numpy())


def _simplex(said: NDArray[Any]) -> NDArray[Any]:
    """Turn the rows that are logits into probabilities; each row by itself, so that a batch does not matter."""
    already = (said >= 0).all(axis=1) & (np.abs(said.sum(axis=1) - 1) < _SUM)
    shifted = np.exp(said - said.max(axis=1, keepdims=True))
    soft = shifted / shifted.sum(axis=1, keepdims=True)
    return np.where(already[:, None], said, soft)
