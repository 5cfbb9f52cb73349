"""One model call for many columns: each put in another order while the others stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.block import height, picked, put, stacked, taken
from mlqa.subjects.predictor import has_probabilities, predict
from mlqa.subjects.table import kind_of, read_table

__all__ = ["asked", "few_rows", "orders_of", "with_others", "with_shuffled"]

_MOST_ROWS = 100_000


def few_rows(block: Any, most: int) -> NDArray[np.intp]:
    """Return positions of at most `most` rows, evenly spread."""
    n = height(block)
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.intp))


def orders_of(block: Any) -> list[list[NDArray[np.intp]]]:
    """Return, for every column, two orders of its rows that carry values far away.

    In the order of its values, each row gets the value half way round, and one
    a third of the way round: no chance is needed to change every value. A
    column of one value has no order.
    """
    found: list[list[NDArray[np.intp]]] = []
    for at in range(block.shape[1]):
        series = _column(block, at)
        n = len(series)
        if kind_of(series) == "other":
            places = np.arange(n)
        elif series.n_unique() < 2:
            found.append([])
            continue
        else:
            places = series.rank("ordinal").fill_null(n + 1).to_numpy().argsort(kind="stable")
        orders = []
        for step in (n // 2, n // 3):
            order = np.empty(n, dtype=np.intp)
            order[places] = np.roll(places, step)
            orders.append(order)
        found.append(orders)
    return found


def with_shuffled(block: Any, column: int, order: NDArray[np.intp]) -> Any:
    """Return the block with one column in another order."""
    return put(block, [column], taken(picked(block, [column]), order))


def with_others(block: Any, column: int, orders: list[list[NDArray[np.intp]]]) -> Any:
    """Return the block with all columns but one in other orders."""
    for other, own in enumerate(orders):
        if other != column and own:
            # each by its own step, so that no two of them stay together
            block = with_shuffled(block, other, np.roll(own[0], other))
    return block


def asked(model: Any, blocks: Iterator[Any], rows: int) -> Iterator[NDArray[Any]]:
    """Ask the model about blocks of `rows` rows each, as many at a time as 100,000 rows hold."""
    several = max(1, _MOST_ROWS // rows)
    waiting: list[Any] = []
    prefer = "predict_proba" if has_probabilities(model) else "predict"

    def answers() -> Iterator[NDArray[Any]]:
        said = predict(model, stacked(waiting), prefer=prefer)
        yield from (said[k * rows : (k + 1) * rows] for k in range(len(waiting)))

    for block in blocks:
        waiting.append(block)
        if len(waiting) == several:
            yield from answers()
            waiting = []
    if waiting:
        yield from answers()


def _column(block: Any, at: int) -> pl.Series:
    if isinstance(block, np.ndarray):
        values = block[:, at]
        return pl.Series("column", values.tolist() if values.dtype == object else values, strict=False)
    return read_table(picked(block, [at]), name="X").get_columns()[0]
