"""What a model said, beside the rows it said it about: columns or arrays become columns of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from mlqa.checks.probabilities import refuse_columns, refuse_values
from mlqa.errors import UsageError
from mlqa.subjects.native import canonical
from mlqa.subjects.table import pick

__all__ = ["attach", "by_name"]


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
        A column's name or values; of probabilities also a list of the names of
        all classes. If only `given` is named, reference columns of these names
        are its counterpart.

    Raises
    ------
    UsageError
        If a column is unknown, a length is not that of the table, outputs for
        the reference are given alone or have another number of classes, or
        probabilities are none.

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
    named = by_name(label, given)
    if named:
        pick(current, named, name=label)
        refuse_columns(label, current, named)
        return current, _counterpart(label, named, reference, reference_given), named
    names = {*current.columns, *(() if reference is None else reference.columns)}
    label_free = label if label not in names else f"{label} (given)"
    made = _columns(label, given, current.height, label_free)
    added = [series.name for series in made]
    if reference is None or reference_given is None:
        return current.hstack(made), reference, added
    rest, before = _taken(reference, reference_given, label, label_free)
    if len(before) != len(made):
        wanted = f"as many classes as {label} has"
        raise UsageError(f"reference_{label}", reference_given, wanted, "pass outputs of one and the same model")
    return current.hstack(made), rest.hstack([one.alias(name) for one, name in zip(before, added)]), added


def by_name(label: str, given: Any) -> list[str]:
    """Return the names of columns that outputs were given by; none where values were given.

    Examples
    --------
    >>> by_name("probability", ["no", "yes"]), by_name("prediction", "score"), by_name("prediction", ["no", "yes"])
    (['no', 'yes'], ['score'], [])
    """
    if isinstance(given, str):
        return [given]
    listed = label.endswith("probability") and isinstance(given, (list, tuple))
    return list(given) if listed and all(isinstance(name, str) for name in given) else []


def _counterpart(label: str, names: Sequence[str], reference: pl.DataFrame | None, given: Any) -> pl.DataFrame | None:
    """Return the reference with its outputs under the names that current's outputs have."""
    if reference is not None and given is None:
        refuse_columns(f"reference_{label}", reference, names)
    if reference is None or given is None:
        return reference
    rest, before = _taken(reference, given, label, names[0])
    if len(before) != len(names):
        wanted = "one column, as {label} is" if len(names) == 1 else "{count} columns, as {label} has"
        hint = "pass the column of one class" if len(names) == 1 else "name its columns too"
        raise UsageError(f"reference_{label}", given, wanted.format(label=label, count=len(names)), hint)
    return rest.drop(names, strict=False).hstack([one.alias(name) for one, name in zip(before, names)])


def _taken(reference: pl.DataFrame, given: Any, label: str, name: str) -> tuple[pl.DataFrame, list[pl.Series]]:
    """Take named columns out of the reference; of values make columns."""
    named = by_name(label, given)
    if not named:
        return reference, _columns(f"reference_{label}", given, reference.height, name)
    pick(reference, named, name=f"reference_{label}")
    refuse_columns(f"reference_{label}", reference, named)
    return reference.drop(named), [reference.get_column(old) for old in named]


def _columns(argument: str, given: Any, rows: int, name: str) -> list[pl.Series]:
    """Turn outputs into columns: one, or one for each class where there are more than two."""
    if isinstance(given, pl.Series):
        refuse_values(argument, given.to_numpy(), given)
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
    refuse_values(argument, values, given)
    return [_checked(argument, given, pl.Series(part, array.tolist(), strict=False), rows) for part, array in parts]


def _checked(argument: str, given: Any, series: pl.Series, rows: int) -> pl.Series:
    """Refuse another length than the table's."""
    if len(series) != rows:
        wanted = f"{rows} values, one for each row of the table"
        raise UsageError(argument, given, wanted, "pass outputs for the same rows in the same order", f"{len(series)}")
    return canonical(series)
