"""The table changed around the rows: their order, rows twice, a column too many, values of other rows.

No cell that counts changes, so that each row's prediction should stay; where
each row went is told by :attr:`Marks.origin`.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.block import height, names, taken
from mlqa.subjects.perturb.column import drawn, on_column
from mlqa.subjects.perturb.marks import Marks, Perturb, marked

__all__ = ["duplicated", "extra_column", "permuted", "shuffled"]


def shuffled(*, seed: int = 0) -> Perturb:
    """Put the rows in another order.

    Examples
    --------
    >>> shuffled()(np.arange(5.0).reshape(-1, 1)).ravel().tolist() != [0.0, 1.0, 2.0, 3.0, 4.0]
    True
    """

    def order(rows: int) -> NDArray[np.intp]:
        return drawn("shuffled", "", seed).permutation(rows)

    def where(rows: int) -> NDArray[np.intp]:
        return np.argsort(order(rows))

    return marked(lambda table: taken(table, order(height(table))), "shuffled", Marks(origin=where))


def duplicated(*, times: int = 2) -> Perturb:
    """Hand over every row several times.

    Parameters
    ----------
    times : int of at least 2

    Examples
    --------
    >>> duplicated()(np.array([[1.0], [2.0]])).ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    if not isinstance(times, int) or isinstance(times, bool) or times < 2:
        raise UsageError("times", times, "a whole number of at least 2", "leave it out for 2")

    def perturb(table: Any) -> Any:
        return taken(table, np.repeat(np.arange(height(table)), times))

    return marked(perturb, "duplicated", Marks(origin=lambda rows: times * np.arange(rows)))


def extra_column(name: str = "mlqa_extra", value: Any = 0) -> Perturb:
    """Add a column that no model was trained on, last.

    Parameters
    ----------
    name : str
    value : scalar
        The same in every row.

    Examples
    --------
    >>> import polars as pl
    >>> extra_column()(pl.DataFrame({"a": [1]})).columns
    ['a', 'mlqa_extra']
    """
    if not isinstance(name, str) or not name:
        raise UsageError("name", name, "the name of a column", "leave it out for 'mlqa_extra'")

    def perturb(table: Any) -> Any:
        if isinstance(table, np.ndarray) or name in names(table):
            hint = "an array's columns have no names" if isinstance(table, np.ndarray) else "choose another name"
            raise UsageError("name", name, "a column that a table of named columns does not have", hint)
        return nw.from_native(table, eager_only=True).with_columns(nw.lit(value).alias(name)).to_native()

    return marked(perturb, f"extra_column({name})", Marks(origin=np.arange))


def permuted(column: str, *, seed: int = 0) -> Perturb:
    """Exchange a column's values among the rows: for a column that should be irrelevant, an id, say.

    Examples
    --------
    >>> sorted(permuted("0")(np.arange(5.0).reshape(-1, 1)).ravel().tolist())
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """

    def change(values: NDArray[Any]) -> NDArray[Any]:
        return values[drawn("permuted", column, seed).permutation(len(values))]

    return on_column(f"permuted({column})", column, change)
