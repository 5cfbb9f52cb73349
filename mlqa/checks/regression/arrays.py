"""Arguments with one entry a row, from any container, as clean numpy arrays."""

from __future__ import annotations

import hashlib
import itertools
import numbers
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError

__all__ = ["codes_of", "digest_of", "refuse_other_rows", "rows_of"]

_WANTED = "one entry a row: a sequence, Series or array of shape (n,) or (n, classes)"


def rows_of(name: str, values: Any, n: int | None = None) -> NDArray[Any]:
    """Read an argument as an array of numbers or texts without holes.

    Parameters
    ----------
    name : str
        The argument, as the caller knows it.
    values : sequence, pandas or polars Series or frame, or array
    n : int, optional
        Rows it must have.

    Returns
    -------
    array, shape (n,) or (n, classes)
        Of truth values, numbers or texts; a single column is flattened.

    Raises
    ------
    UsageError
        If it is empty, of another length, has a missing or infinite entry, or
        is not of numbers or texts.

    Examples
    --------
    >>> rows_of("y", ["no", "yes"]), rows_of("new", [[1], [2]])
    (array(['no', 'yes'], dtype='<U3'), array([1, 2]))
    """
    if hasattr(values, "__next__"):
        raise UsageError(name, values, _WANTED, f"pass list({name}): it can be read once only", "a generator")
    if values is None or isinstance(values, (str, bytes, dict, numbers.Number)):
        raise UsageError(name, values, _WANTED, f"pass {name} row by row")
    array = _plain_array(name, values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or array.size == 0:
        raise UsageError(name, values, _WANTED, "give at least one row", f"shape {array.shape}")
    if n is not None and len(array) != n:
        raise UsageError(
            name, values, f"{n} rows, as y has", "use the same rows in the same order", f"{len(array)} rows"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0][0])
        hint = f"fill or drop row {row} in every argument"
        raise UsageError(name, values, "finite numbers", hint, f"{array[row]} in row {row}")
    return array


def codes_of(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return numbers of the groups, 0 to k - 1."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64).reshape(-1)


def digest_of(array: NDArray[Any]) -> str:
    """Fingerprint rows in their order: the same for every container and number type.

    Examples
    --------
    >>> digest_of(np.array([0, 1])) == digest_of(np.array([0.0, 1.0]))
    True
    """
    if array.dtype.kind == "U":
        content = "\0".join(array.ravel().tolist()).encode("utf-8", "surrogatepass")
    else:
        content = np.ascontiguousarray(array, dtype="<f8").tobytes()
    head = f"{'text' if array.dtype.kind == 'U' else 'number'}{array.shape}".encode()
    return hashlib.sha256(head + content).hexdigest()[:16]


def refuse_other_rows(**given: Any) -> None:
    """Refuse pandas objects whose labels say that their rows are not the same.

    Rows are taken by position, whatever they are called; but labels that two
    arguments both have, and that differ, show that these are other rows, or
    rows in another order. An index from 0 on says nothing.

    Raises
    ------
    UsageError
        Naming the second argument, and the first row that differs.
    """
    named = {name: index for name, values in given.items() if (index := _labels_of(values)) is not None}
    for (first, one), (name, other) in itertools.pairwise(named.items()):
        if len(one) != len(other) or one.equals(other):
            continue
        row = int(np.argmax(np.asarray(one) != np.asarray(other)))
        hint = f"{name}.loc[{first}.index] puts rows of one name side by side; .to_numpy() leaves the names out"
        got = f"{other[row]} beside {one[row]} in row {row}"
        raise UsageError(name, given[name], f"the index of {first}", hint, got)


def _labels_of(values: Any) -> Any:
    """Return the index of a pandas object, unless it only counts from 0."""
    index = getattr(values, "index", None)
    if index is None or not hasattr(values, "iloc") or not hasattr(index, "equals"):
        return None
    return None if type(index).__name__ == "RangeIndex" and index[0:1].tolist() == [0] and index.step == 1 else index


def _plain_array(name: str, values: Any) -> NDArray[Any]:
    """Convert to a dtype of truth values, numbers or texts."""
    try:
        array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    except (ValueError, TypeError) as error:
        raise UsageError(name, values, _WANTED, "rows of different lengths cannot be compared") from error
    if array.dtype.kind in "biufU":
        return array
    if array.dtype.kind == "T":
        return array.astype(str)
    if array.dtype.kind == "O":
        return _from_objects(name, values, array)
    raise UsageError(name, values, "numbers or texts", f"turn {name} into numbers or texts", f"{array.dtype}")


def _from_objects(name: str, values: Any, array: NDArray[Any]) -> NDArray[Any]:
    items = array.ravel().tolist()
    if all(isinstance(item, str) for item in items):
        return array.astype(str)
    text = isinstance(items[0], str) if items else False
    holes = [place for place, item in enumerate(items) if not isinstance(item, (str, numbers.Real, np.bool_))]
    mixed = [place for place, item in enumerate(items) if isinstance(item, str) != text]
    if holes or mixed:
        place = (holes or mixed)[0]
        row = place // (array.shape[1] if array.ndim == 2 else 1)
        got = f"{repr(items[place])[:40] if holes else 'numbers and texts'} in row {row}"
        raise UsageError(name, values, "all numbers or all texts, none missing", f"mend row {row} of {name}", got)
    whole = all(isinstance(item, numbers.Integral) for item in items)
    return array.astype(np.int64 if whole else np.float64)
