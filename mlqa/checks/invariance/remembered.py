"""Counterexamples found before: as plain values, and back as rows. Touches no file."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.invariance.applied import Perturbed
from mlqa.checks.invariance.smallest import Smallest
from mlqa.errors import UsageError
from mlqa.subjects.block import cell, changed_cells, names, taken
from mlqa.subjects.perturb.column import is_missing, values_of, with_column

__all__ = ["is_recorder", "record_of", "records_of", "replayed"]

_KEYS = {"perturb", "before", "after"}


def is_recorder(remembered: Any) -> bool:
    """Tell a place for counterexamples: ``recorded`` to read and ``offer(record, case)``."""
    return callable(getattr(type(remembered), "offer", None))


def records_of(remembered: Any) -> list[Mapping[str, Any]]:
    """Return the counterexamples that are remembered.

    Raises
    ------
    UsageError
        If it is neither a list of records nor a place for them.
    """
    given = remembered.recorded if is_recorder(remembered) else remembered
    fine = isinstance(given, Sequence) and not isinstance(given, (str, bytes))
    for record in given if fine else ():
        whole = isinstance(record, Mapping) and set(record) >= _KEYS
        fine = whole and all(isinstance(record[key], Mapping) for key in ("before", "after"))
        if not fine:
            break
    if not fine:
        wanted = "a list of dicts with 'perturb', 'before' and 'after', or the fixture mlqa_counterexamples"
        raise UsageError("remembered", remembered, wanted, "leave it out to search only")
    return list(given)


def record_of(small: Smallest) -> dict[str, Any] | None:
    """Return a counterexample in JSON's own values; None where a cell has none, or nothing of the row changed."""
    known = names(small.before)
    rows = {
        when: {name: _plain(cell(block, 0, j)) for j, name in enumerate(known)}
        for when, block in (("before", small.before), ("after", small.after))
    }
    if rows["before"] == rows["after"] or any(value is Ellipsis for row in rows.values() for value in row.values()):
        return None
    return {"perturb": small.name, **rows}


def replayed(block: Any, records: list[Mapping[str, Any]], asked: list[str]) -> tuple[Any, list[Perturbed]] | None:
    """Return the rows of the records that still fit, and what was made of each.

    Parameters
    ----------
    block : table or array
        What the rows are to be like; a record with other columns is left out.
    records : list of dict
    asked : list of str
        Names of the perturbations in force; the records of others are left out.
    """
    known = names(block)
    fit = [one for one in records if one["perturb"] in asked and list(one["before"]) == list(one["after"]) == known]
    if not fit:
        return None
    start = taken(block, np.zeros(len(fit), dtype=np.intp))
    try:
        before, after = (_filled(block, start, [record[when] for record in fit]) for when in ("before", "after"))
    except (TypeError, ValueError):  # the columns hold other types by now
        return None
    changes = []
    for name in dict.fromkeys(record["perturb"] for record in fit):
        mine = np.array([record["perturb"] == name for record in fit])
        cells = changed_cells(before, after) & mine[:, None]
        changes.append(Perturbed(name, after, cells, seeded=False))
    return before, changes


def _filled(block: Any, start: Any, rows: list[Mapping[str, Any]]) -> Any:
    """Write recorded cells into rows of the block's kind."""
    for j, name in enumerate(names(block)):
        old = values_of(block, j)
        values = _column([row[name] for row in rows], old)
        start = with_column(start, j, partial(_instead, values))
    return start


def _instead(new: NDArray[Any], _old: NDArray[Any]) -> NDArray[Any]:
    return new


def _column(recorded: list[Any], old: NDArray[Any]) -> NDArray[Any]:
    """Return recorded cells as values like those of a column."""
    if old.dtype != object:
        numbers = np.array([np.nan if value is None else value for value in recorded])
        return numbers.astype(old.dtype) if (numbers == numbers.astype(old.dtype)).all() else numbers
    sample = next((value for value in old.tolist() if not is_missing(value)), None)
    values = np.empty(len(recorded), dtype=object)
    values[:] = [_parsed(value, sample) for value in recorded]
    return values


def _parsed(value: Any, sample: Any) -> Any:
    """Read a date or time again as the column holds it."""
    if isinstance(value, str) and isinstance(sample, datetime.date):  # a datetime is a date too
        return type(sample).fromisoformat(value)
    return value


def _plain(value: Any) -> Any:
    """Turn a cell into what JSON holds and `_parsed` reads; Ellipsis where nothing is."""
    if isinstance(value, np.generic):
        value = value.item()
    if is_missing(value):
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (bool, int, str)) or (isinstance(value, float) and np.isfinite(value)):
        return value
    return ...
