"""The search for broken relations: every perturbation of every row, in few calls of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.applied import Perturbed
from mlqa.checks.invariance.expectation import Ask, Differ
from mlqa.errors import SubjectError
from mlqa.subjects.block import cut, height, same_types, stacked

__all__ = ["MOST_ROWS", "Search", "like", "predictions", "searched", "with_change"]

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
        Whether a perturbation changes a cell of the row, or what is around it.
    """

    ask: Ask
    differ: Differ
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


def searched(ask: Ask, differ_from: Callable[[NDArray[Any]], Differ], block: Any, changes: list[Perturbed]) -> Search:
    """Ask the model for the rows as they are and for all perturbed rows, and compare.

    Parameters
    ----------
    ask : callable
        From a block to its predictions.
    differ_from : callable
        From the predictions of the rows as they are to the comparison.
    block : table or array, shape (n, d)
    changes : list of Perturbed, not empty
    """
    before = predictions(ask, [block])
    ask = like(ask, before)
    after = _after(ask, changes, before)
    differ = differ_from(before)
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
        touches=np.stack([one.touches for one in changes]),
    )


def with_change(search: Search, change: Perturbed, rows: NDArray[np.intp]) -> Search:
    """Add a perturbation of a few rows, asked for those only."""
    said = predictions(search.ask, [change.block])
    after = search.before.astype(np.result_type(search.before, said))
    after[rows] = said
    amount, changed = search.differ(search.before, after)
    return replace(
        search,
        changes=[*search.changes, change],
        after=np.concatenate([search.after, after[None]]),
        amount=np.concatenate([search.amount, amount[None]]),
        changed=np.concatenate([search.changed, changed[None]]),
        touches=np.concatenate([search.touches, change.touches[None]]),
    )


def _after(ask: Ask, changes: list[Perturbed], before: NDArray[Any]) -> NDArray[Any]:
    """Ask for all perturbed rows: of like tables together, of one changed around the rows alone."""
    within = [one for one in changes if not one.around]
    stack = predictions(ask, [one.block for one in within]) if within else before[:0]
    parts = iter(stack.reshape(len(within), *before.shape))
    return np.stack([_put_back(predictions(ask, [one.block]), one) if one.around else next(parts) for one in changes])


def like(ask: Ask, known: NDArray[Any]) -> Ask:
    """Return a way to ask that refuses predictions of another width than those known."""

    def asked(block: Any) -> NDArray[Any]:
        said = ask(block)
        if said.shape[1:] != known.shape[1:]:
            _refuse_unlike(known, said)
        return said

    return asked


def _put_back(said: NDArray[Any], change: Perturbed) -> NDArray[Any]:
    """Return the predictions in the order of the rows as they were."""
    return said if change.at is None else said[change.at]


def predictions(ask: Ask, blocks: list[Any]) -> NDArray[Any]:
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
