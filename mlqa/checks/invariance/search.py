"""The search for changed predictions: every perturbation of every row, in few calls of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.applied import Perturbed
from mlqa.checks.invariance.difference import differing, rounding
from mlqa.errors import SubjectError
from mlqa.subjects.block import cut, height, same_types, stacked
from mlqa.subjects.predictor import has_probabilities, predict

__all__ = ["MOST_ROWS", "Search", "searched"]

MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What was asked of the model and what it said.

    Attributes
    ----------
    ask : callable
        From a block to its predictions.
    differ : callable
        From two arrays of predictions to the size of each change, and whether
        it counts.
    block : table or array, shape (n, d)
    changes : list of Perturbed, length k
    before : array, shape (n,) or (n, classes)
    after : array, shape (k, n) or (k, n, classes)
    amount : array, shape (k, n)
        Size of each change.
    changed : bool array, shape (k, n)
    touches : bool array, shape (k, n)
        Whether a perturbation changes a cell of the row.
    """

    ask: Callable[[Any], NDArray[Any]]
    differ: Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[np.float64], NDArray[np.bool_]]]
    block: Any
    changes: list[Perturbed]
    before: NDArray[Any]
    after: NDArray[Any]
    amount: NDArray[np.float64]
    changed: NDArray[np.bool_]
    touches: NDArray[np.bool_]

    @property
    def touched(self) -> NDArray[np.bool_]:
        """Rows that any perturbation changes a cell of, shape (n,)."""
        return np.asarray(self.touches.any(axis=0))

    @property
    def hits(self) -> NDArray[np.bool_]:
        """Changed predictions of touched rows, shape (k, n)."""
        return np.asarray(self.changed & self.touches)

    @property
    def violated(self) -> NDArray[np.bool_]:
        """Touched rows whose prediction changes, shape (n,)."""
        return np.asarray(self.hits.any(axis=0))

    @property
    def unsteady(self) -> int:
        """How many predictions change though no cell of the row did."""
        return int((self.changed & ~self.touches).sum())


def searched(model: Any, block: Any, changes: list[Perturbed], change: float | None) -> Search:
    """Ask the model for the rows as they are and for all perturbed rows, and compare.

    Parameters
    ----------
    model : callable or object
    block : table or array, shape (n, d)
    changes : list of Perturbed, not empty
    change : float or None
        Absolute change that counts; with one, probabilities are asked for
        where the model gives them.
    """
    prefer = "predict_proba" if change is not None and has_probabilities(model) else "predict"
    ask = partial(predict, model, prefer=prefer)
    before = _predictions(ask, [block])
    stack = _predictions(ask, [one.block for one in changes])
    if stack.shape[1:] != before.shape[1:]:
        _refuse_unlike(before, stack)
    after = stack.reshape(len(changes), *before.shape)
    differ = partial(differing, change=change, slack=rounding(before))
    pairs = [differ(before, one) for one in after]
    return Search(
        ask=ask,
        differ=differ,
        block=block,
        changes=changes,
        before=before,
        after=after,
        amount=np.stack([pair[0] for pair in pairs]),
        changed=np.stack([pair[1] for pair in pairs]),
        touches=np.stack([one.cells.any(axis=1) for one in changes]),
    )


def _predictions(ask: Callable[[Any], NDArray[Any]], blocks: list[Any]) -> NDArray[Any]:
    """Predict all blocks, stacked where their types allow, at most `MOST_ROWS` rows a call."""
    parts = [ask(batch) for batch in _batches(blocks)]
    for part in parts[1:]:
        if part.shape[1:] != parts[0].shape[1:]:
            _refuse_unlike(parts[0], part)
    return np.concatenate(parts)


def _refuse_unlike(one: NDArray[Any], other: NDArray[Any]) -> None:
    hint = "return the same number of classes for any rows"
    raise SubjectError(f"model: predictions of shapes {one.shape} and {other.shape} for like rows.\nHint: {hint}")


def _batches(blocks: list[Any]) -> Iterator[Any]:
    """Cut and stack blocks into batches of one type and at most `MOST_ROWS` rows."""
    waiting: list[Any] = []
    rows = 0
    for block in blocks:
        for start in range(0, height(block), MOST_ROWS):
            piece = cut(block, start, start + MOST_ROWS) if height(block) > MOST_ROWS else block
            if waiting and (rows + height(piece) > MOST_ROWS or not same_types(waiting[0], piece)):
                yield stacked(waiting)
                waiting, rows = [], 0
            waiting.append(piece)
            rows += height(piece)
    if waiting:
        yield stacked(waiting)
