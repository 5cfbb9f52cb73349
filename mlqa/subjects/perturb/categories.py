"""Categories changed: renamed, exchanged, drawn from a list, never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.perturb.column import drawn, each, is_missing, on_column
from mlqa.subjects.perturb.marks import Marks, Perturb

__all__ = ["among", "exchanged", "set_to", "swapped", "unseen"]

UNSEEN = "mlqa-never-seen"


def swapped(column: str, mapping: Mapping[Any, Any]) -> Perturb:
    """Replace categories by others: names of one gender by the other's, say.

    Parameters
    ----------
    column : str
    mapping : dict
        Old category to new; all are replaced at once, so ``{'f': 'm', 'm':
        'f'}`` exchanges the two. Other categories stay.

    Examples
    --------
    >>> import polars as pl
    >>> swapped("sex", {"f": "m", "m": "f"})(pl.DataFrame({"sex": ["f", "m", None]}))["sex"].to_list()
    ['m', 'f', None]
    """
    if not isinstance(mapping, Mapping) or not mapping:
        raise UsageError("mapping", mapping, "a dict from old to new categories", "pass {'old': 'new'}")
    replaced = dict(mapping)
    return on_column(
        f"swapped({column})", column, lambda values: each(values, lambda value: replaced.get(value, value))
    )


def exchanged(column: str) -> Perturb:
    """Give each row the next category of its column: the other of two, for a protected attribute, say.

    Learned from the table it is used on: its categories in order, the last one
    becoming the first; a column of one category stays. To try every other
    category, pass ``[set_to(column, value) for value in values]``.

    Examples
    --------
    >>> import polars as pl
    >>> exchanged("sex")(pl.DataFrame({"sex": ["f", "m", "f", None]}))["sex"].to_list()
    ['m', 'f', 'm', None]
    """

    def change(values: NDArray[Any]) -> NDArray[Any]:
        known = sorted({value for value in values.tolist() if not is_missing(value)}, key=lambda v: (str(type(v)), v))
        following = dict(zip(known, [*known[1:], *known[:1]]))
        return each(values, lambda value: following[value])

    return on_column(f"exchanged({column})", column, change)


def set_to(column: str, value: Any) -> Perturb:
    """Give every row the same value; a missing one stays missing.

    Examples
    --------
    >>> set_to("0", 3.0)(np.array([[1.0], [2.0]])).tolist()
    [[3.0], [3.0]]
    """
    return on_column(f"set_to({column}, {value!r:.30})", column, lambda values: each(values, lambda _: value))


def among(column: str, values: Sequence[Any], *, seed: int = 0) -> Perturb:
    """Give each row some value of a list; a search looks for the worst.

    Parameters
    ----------
    column : str
    values : list
        Values that should all lead to the same prediction.
    seed : int of at least 0
        Of the values that are tried first.

    Examples
    --------
    >>> import polars as pl
    >>> among("sex", ["f", "m", "x"])(pl.DataFrame({"sex": ["f", None]}))["sex"].is_in(["f", "m", "x"]).to_list()
    [True, None]
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence) or not len(values):
        raise UsageError("values", values, "a list of at least one value", "list the values of the column")
    kept = list(values)

    def chosen(values: NDArray[Any], u: NDArray[np.float64]) -> NDArray[Any]:
        at = np.minimum((u * len(kept)).astype(np.intp), len(kept) - 1)
        after = np.empty(len(values), dtype=object)
        after[:] = [old if is_missing(old) else kept[k] for old, k in zip(values.tolist(), at.tolist())]
        return after

    def change(old: NDArray[Any]) -> NDArray[Any]:
        return chosen(old, drawn("among", column, seed).random(len(old)))

    return on_column(f"among({column}, {len(kept)} values)", column, change, Marks(choices={column: chosen}))


def unseen(column: str, value: Any = UNSEEN) -> Perturb:
    """Give every row a category that no training table holds.

    Parameters
    ----------
    column : str
    value : scalar
        What to write; by default a text that nobody writes.

    Examples
    --------
    >>> import polars as pl
    >>> unseen("plan")(pl.DataFrame({"plan": ["basic", None]}))["plan"].to_list()
    ['mlqa-never-seen', None]
    """
    return on_column(f"unseen({column})", column, lambda values: each(values, lambda _: value))
