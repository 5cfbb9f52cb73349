"""What a model said, beside the rows it said it about: columns or arrays become columns of the tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.native import canonical
from mlqa.subjects.table import pick

__all__ = ["attach"]


def attach(
    label: str, current: pl.DataFrame, given: Any, reference: pl.DataFrame | None, reference_given: Any
) -> tuple[pl.DataFrame, pl.DataFrame | None, list[str]]:
    """Return the two tables with the outputs of a model as columns, and the names of these.

    Parameters
    ----------
    label : {'prediction', 'probability'}
        Argument they were given as; also the name of the new column. Of
        probabilities of two classes the second is kept; of more, one column
        for each: ``probability[0]``.
    current, reference : polars.DataFrame
    given, reference_given : str, array of shape (n,) or (n, classes), or None
        A column's name or values. If only `given` is a name, a reference column
        of that name is its counterpart.

    Raises
    ------
    UsageError
        If a column is unknown, a length is not that of the table, or outputs
        for the reference are given alone or have another number of classes.

    Examples
    --------
    >>> attach("prediction", pl.DataFrame({"x": [1, 2]}), ["no", "yes"], None, None)[2]
    ['prediction']
    """
    if given is None:
        if reference_given is not None:
            hint = f"pass {label} for the current table too"
            raise UsageError(f"reference_{label}", reference_given, f"nothing without {label}", hint)
        return current, reference, []
    if reference is None and reference_given is not None:
        raise UsageError(f"reference_{label}", reference_given, "nothing without a reference", "pass reference too")
    if isinstance(given, str):
        pick(current, [given], name=label)
        return current, _counterpart(label, given, reference, reference_given), [given]
    names = {*current.columns, *(() if reference is None else reference.columns)}
    label_free = label if label not in names else f"{label} (given)"
    made = _columns(label, given, current.height, label_free)
    added = [series.name for series in made]
    if reference is None or reference_given is None:
        return current.hstack(made), reference, added
    rest, values = _taken(reference, reference_given, label)
    before = _columns(f"reference_{label}", values, reference.height, label_free)
    if len(before) != len(made):
        wanted = f"as many classes as {label} has"
        raise UsageError(f"reference_{label}", reference_given, wanted, "pass outputs of one and the same model")
    return current.hstack(made), rest.hstack(before), added


def _counterpart(label: str, name: str, reference: pl.DataFrame | None, given: Any) -> pl.DataFrame | None:
    """Return the reference with its output under the name that current's output has."""
    if reference is None or given is None:
        return reference
    rest, values = _taken(reference, given, label)
    before = _columns(f"reference_{label}", values, reference.height, name)
    if len(before) != 1:
        raise UsageError(f"reference_{label}", given, f"one column, as {label} is", "pass the column of one class")
    return rest.drop(name, strict=False).hstack(before)


def _taken(reference: pl.DataFrame, given: Any, label: str) -> tuple[pl.DataFrame, Any]:
    """Take a named column out of the reference; other values are taken as they are."""
    if not isinstance(given, str):
        return reference, given
    pick(reference, [given], name=f"reference_{label}")
    return reference.drop(given), reference.get_column(given)


def _columns(argument: str, given: Any, rows: int, name: str) -> list[pl.Series]:
    """Turn outputs into columns: one, or one for each class where there are more than two."""
    if isinstance(given, pl.Series):
        return [_checked(argument, given, given.alias(name), rows)]
    try:
        values = np.asarray(given)
    except ValueError as error:
        raise UsageError(argument, given, "an array of shape (n,) or (n, classes)", "pass a numpy array") from error
    if values.ndim == 2 and values.shape[1] > 2:
        parts = [(f"{name}[{at}]", values[:, at]) for at in range(values.shape[1])]
    elif values.ndim in (1, 2) and values.shape[-1:] != (0,):
        parts = [(name, values if values.ndim == 1 else values[:, -1])]
    else:
        shape = f"shape {values.shape}"
        raise UsageError(
            argument, given, "a column name or an array of shape (n,) or (n, classes)", "reshape it", shape
        )
    return [_checked(argument, given, pl.Series(part, array.tolist(), strict=False), rows) for part, array in parts]


def _checked(argument: str, given: Any, series: pl.Series, rows: int) -> pl.Series:
    """Refuse another length than the table's."""
    if len(series) != rows:
        wanted = f"{rows} values, one for each row of the table"
        raise UsageError(argument, given, wanted, "pass outputs for the same rows in the same order", f"{len(series)}")
    return canonical(series)
