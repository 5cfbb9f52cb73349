"""What a table holds, in a form that tells what was changed in it."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from mlqa.subjects.block import names

__all__ = ["differing", "fingerprint"]


def fingerprint(block: Any) -> dict[str, Any]:
    """Return names, types, index and values of a table, array or list of texts."""
    if isinstance(block, np.ndarray):
        return {"the array": (block.shape, block.dtype.str, _values(block))}
    if not nw.dependencies.is_into_dataframe(block):
        return {"the list": [repr(value) for value in block]}
    found: dict[str, Any] = {"the columns": names(block), "the index": repr(list(getattr(block, "index", [])))}
    if nw.dependencies.is_pandas_dataframe(block):
        columns = [block.iloc[:, at] for at in range(block.shape[1])]
    else:
        columns = list(nw.from_native(block, eager_only=True).iter_columns())
    for name, series in zip(names(block), columns):
        found[f"column {name!r}"] = (str(series.dtype), repr(series.to_list()))
    return found


def differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Say what changed, and name the columns.

    Examples
    --------
    >>> differing(fingerprint(np.zeros((1, 1))), fingerprint(np.ones((1, 1))))
    ('the array', ())
    """
    parts = [part for part in {**before, **after} if before.get(part) != after.get(part)]
    columns = tuple(part.removeprefix("column ")[1:-1] for part in parts if part.startswith("column "))
    shown = ", ".join(parts[:4]) + (f" and {len(parts) - 4} more" if len(parts) > 4 else "")
    return shown, columns


def _values(array: Any) -> Any:
    """Return values that equal themselves, NaN included."""
    return repr(array.tolist()) if array.dtype == object else array.tobytes()
