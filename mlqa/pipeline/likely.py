"""Why an output came out otherwise although it was made again the same way: what its content tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["why_differs"]

_TABLES = (".parquet", ".csv", ".arrow", ".feather")


def why_differs(paths: Sequence[str], was: Path, now: Path) -> Iterator[str]:
    """Say of each output how its content differs, where both are there to be compared.

    Parameters
    ----------
    paths : sequence of str
    was, now : pathlib.Path
        Folders; what lies in `was` may be of a later run.
    """
    for path in paths:
        old, new = was / path, now / path
        if not new.exists():
            yield f"{path} was not made"
        elif not old.exists():
            yield f"{path} is no longer there to be compared"
        elif old.suffix == ".json":
            yield from (f"{path}: {one}" for one in _json(old, new))
        elif old.suffix in _TABLES:
            yield f"{path}: {_table(old, new)}"
        else:
            yield f"{path} has other bytes: look for a seed, the time or threads in what writes it"


def _json(old: Path, new: Path) -> Iterator[str]:
    """Name the first values that differ."""
    try:
        sides = [dict(_flat("", json.loads(file.read_text(encoding="utf-8")))) for file in (old, new)]
    except ValueError:
        yield "it is no longer JSON"
        return
    names = [name for name in sorted({*sides[0], *sides[1]}) if sides[0].get(name) != sides[1].get(name)]
    if not names:
        yield "the same values, in other order or layout"
    for name in names[:5]:
        yield f"{name or 'the value'} was {sides[0].get(name, 'none')}, is {sides[1].get(name, 'none')}"


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{name}.{key}".lstrip("."), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flat(f"{name}[{index}]", item)
    else:
        yield name, value


def _table(old: Path, new: Path) -> str:
    """Say whether two tables hold the same rows."""
    from polars import DataFrame, read_csv, read_ipc, read_parquet

    readers: dict[str, Callable[[Path], DataFrame]] = {".parquet": read_parquet, ".csv": read_csv}
    try:
        tables: list[DataFrame] = [readers.get(file.suffix, read_ipc)(file) for file in (old, new)]
    except Exception as error:  # whatever a damaged file makes a reader raise
        return f"it cannot be read ({type(error).__name__})"
    if tables[0].equals(tables[1]):
        return "the same rows in other bytes: another version or setting of what writes it"
    if tables[0].columns != tables[1].columns:
        return "it has other columns"
    if tables[0].height != tables[1].height:
        return f"it had {tables[0].height} rows, it has {tables[1].height}"
    columns = [name for name in tables[0].columns if not tables[0][name].equals(tables[1][name], check_dtypes=True)]
    return f"other values in {', '.join(columns[:5])}: look for a seed, an order of rows or threads"
