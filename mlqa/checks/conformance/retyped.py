"""The same values in columns of other types, as other readers of files and requests make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from mlqa.subjects.block import names

__all__ = ["Retyped", "nudged", "retyped"]

_NUDGES = 8
_DIGITS = 4
_INT32 = 2**31 - 1
_EXACT = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class Retyped:
    """A table with some columns of another type.

    Attributes
    ----------
    name : str
        What was done, as the end of a sentence.
    block : table or array, shape (n, d)
    columns : tuple of str
        Those that were cast.
    rounded : table, array or None
        The very same values in the first types, where the new type holds fewer
        digits.
    """

    name: str
    block: Any
    columns: tuple[str, ...]
    rounded: Any = None


def retyped(block: Any) -> Iterator[Retyped]:
    """Yield the forms that a table can take; an array is one column of one type.

    Examples
    --------
    >>> [form.name for form in retyped(np.ones((2, 2), dtype=int))]
    ['with whole numbers as floats', 'with whole numbers in 32 bits']
    """
    known = names(block)
    for name, (applies, cast, back) in _forms(block).items():
        places = [at for at in range(len(known)) if applies(at)]
        if not places:
            continue
        changed = _cast(block, places, cast)
        rounded = None if back is None else _cast(changed, places, back)
        yield Retyped(name, changed, tuple(known[at] for at in places), rounded)


def nudged(block: Any, seed: int) -> Iterator[Any]:
    """Yield tables whose floats are moved by a few of the last digits that a 32-bit float has."""
    draw = np.random.Generator(np.random.PCG64(seed))
    share = float(np.finfo(np.float32).eps) * _DIGITS
    places = [at for at in range(len(names(block))) if _column_kind(block, at) == "float"]
    for turn in range(_NUDGES):
        rows = int(block.shape[0])
        signs = np.ones((rows, len(places))) * (1 if turn == 0 else -1)
        if turn > 1:
            signs = draw.choice([-1.0, 1.0], size=(rows, len(places)))
        moved = {at: 1.0 + share * signs[:, j] for j, at in enumerate(places)}
        if isinstance(block, np.ndarray):
            yield block * (1.0 + share * signs)
            continue
        yield _scaled(block, moved)


Form = tuple[Callable[[int], bool], str, str | None]


def _forms(block: Any) -> dict[str, Form]:
    def kind(wanted: str) -> Callable[[int], bool]:
        return lambda at: _column_kind(block, at) == wanted

    def fits(at: int) -> bool:
        return _column_kind(block, at) == "int" and _largest(block, at) <= _INT32 and _bits(block, at) == 64

    def exact(at: int) -> bool:
        return _column_kind(block, at) == "int" and _largest(block, at) <= _EXACT

    return {
        "with numbers as 32-bit floats": (kind("float"), "float32", "float64"),
        "with whole numbers as floats": (exact, "float64", None),
        "with whole numbers in 32 bits": (fits, "int32", None),
        "with categories as texts": (kind("category"), "text", None),
        "with categories numbered anew": (kind("category"), "renewed", None),
        "with texts as objects": (kind("str"), "object", None),
    }


def _column_kind(block: Any, place: int) -> str:
    """Tell what a column can be cast to: a float, an int, a category or a str; empty where it stays."""
    if isinstance(block, np.ndarray):
        return {"f": "float", "i": "int", "u": "int"}.get(block.dtype.kind, "") if block.dtype != np.float32 else ""
    if nw.dependencies.is_pandas_dataframe(block):
        return _pandas_kind(block.iloc[:, place])
    dtype = nw.from_native(block, eager_only=True)[names(block)[place]].dtype
    if dtype == nw.Float64:
        return "float"
    if dtype.is_integer():
        return "int"
    return "category" if isinstance(dtype, (nw.Categorical, nw.Enum)) else ""


def _pandas_kind(series: Any) -> str:
    if hasattr(series, "cat"):
        labels = series.cat.categories.tolist()
        return "category" if labels and all(isinstance(label, str) for label in labels) else ""
    if not isinstance(series.dtype, np.dtype):
        return "str" if str(series.dtype) == "str" else ""
    return {"float64": "float", "int64": "int", "int32": "int", "uint8": "int"}.get(str(series.dtype), "")


def _values(block: Any, place: int) -> Any:
    if isinstance(block, np.ndarray):
        return block[:, place]
    if nw.dependencies.is_pandas_dataframe(block):
        return block.iloc[:, place].to_numpy()
    return nw.from_native(block, eager_only=True)[names(block)[place]].drop_nulls().to_numpy()


def _largest(block: Any, place: int) -> float:
    values = _values(block, place)
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0.0


def _bits(block: Any, place: int) -> int:
    return int(np.asarray(_values(block, place)).dtype.itemsize) * 8


def _cast(block: Any, places: list[int], to: str) -> Any:
    """Cast columns of a table of any kind."""
    if isinstance(block, np.ndarray):
        return block.astype(to)
    if nw.dependencies.is_pandas_dataframe(block):
        import pandas as pd

        columns = [
            _pandas_cast(block.iloc[:, at], to) if at in places else block.iloc[:, at] for at in range(block.shape[1])
        ]
        return pd.concat(columns, axis=1).set_axis(block.columns, axis=1)
    types = {"float32": nw.Float32, "float64": nw.Float64, "int32": nw.Int32, "text": nw.String}
    frame = nw.from_native(block, eager_only=True)
    picked = [frame[frame.columns[at]] for at in places]
    made = [
        series.cast(nw.String).cast(nw.Categorical) if to == "renewed" else series.cast(types[to]) for series in picked
    ]
    return frame.with_columns(*made).to_native()


def _pandas_cast(series: Any, to: str) -> Any:
    import pandas as pd

    if to == "text":
        return pd.Series(series.astype(object).tolist(), index=series.index, name=series.name)
    if to == "renewed":
        if series.cat.ordered:
            return series
        there = series.cat.remove_unused_categories()
        return there.cat.reorder_categories(there.cat.categories[::-1].tolist())
    return series.astype(to)


def _scaled(block: Any, factors: dict[int, Any]) -> Any:
    """Multiply columns of a table."""
    if nw.dependencies.is_pandas_dataframe(block):
        import pandas as pd

        columns = [
            block.iloc[:, at] * factors.get(at, 1) if at in factors else block.iloc[:, at]
            for at in range(block.shape[1])
        ]
        return pd.concat(columns, axis=1).set_axis(block.columns, axis=1)
    frame = nw.from_native(block, eager_only=True)
    made = []
    for at, factor in factors.items():
        name = frame.columns[at]
        made.append(frame[name] * nw.new_series(name, factor, backend=frame.implementation))
    return frame.with_columns(*made).to_native()
