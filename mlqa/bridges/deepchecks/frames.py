"""Tables as Arrow files that pandas 2 reads as the user's pandas had them; cells of mixed types as JSON."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.table import read_table

__all__ = ["columns_of", "framed", "write_frame", "write_outputs"]


def framed(source: Any, name: str) -> Any:
    """Return a table as it is where it is one of pandas or polars, else as a polars frame.

    Raises
    ------
    UsageError
        If it is no table, cannot be read, or has no row.
    """
    if _is_pandas(source):
        read_table(source, name=name)  # refuses what is no table of ours
        return source
    return source if isinstance(source, pl.DataFrame) and source.height else read_table(source, name=name)


def columns_of(table: Any) -> list[str]:
    """Return the names of the columns as texts."""
    return [str(name) for name in table.columns]


def write_frame(table: Any, path: Path) -> list[str]:
    """Write a table as an Arrow file; returns the columns whose cells are JSON."""
    if not _is_pandas(table):
        _write(table, path)
        return []
    columns, mixed = [], []
    for position, name in enumerate(columns_of(table)):
        column, is_mixed = _column(name, table.iloc[:, position])
        columns.append(column)
        mixed += [name] if is_mixed else []
    _write(pl.DataFrame(columns), path)
    return mixed


def write_outputs(prediction: NDArray[Any], probability: NDArray[Any] | None, path: Path) -> None:
    """Write predictions and, one column a class, probabilities."""
    said = pl.Series("prediction", prediction.tolist() if prediction.dtype.kind in "OUT" else prediction)
    rest = (
        [] if probability is None else [pl.Series(f"p{at}", one) for at, one in enumerate(probability.T.astype(float))]
    )
    _write(pl.DataFrame([said, *rest]), path)


def _write(frame: pl.DataFrame, path: Path) -> None:
    frame.write_ipc(path, compression="uncompressed", compat_level=pl.CompatLevel.oldest())


def _is_pandas(table: Any) -> bool:
    return type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "iloc") and hasattr(table, "columns")


def _column(name: str, series: Any) -> tuple[pl.Series, bool]:
    """Return one column of pandas, and whether its cells were written as JSON."""
    kind = str(series.dtype)
    if kind == "category":
        texts = [None if cell != cell else str(cell) for cell in series.astype(object)]  # noqa: PLR0124 - NaN
        if all(isinstance(each, str) for each in series.cat.categories):
            return pl.Series(name, texts, dtype=pl.Categorical), False
        series = series.astype(object)
    if getattr(series.dtype, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    if kind.startswith(("Int", "UInt", "Float")):  # pandas 2 knows them too; deepchecks sees floats
        series = series.astype("float64" if series.isna().any() else kind.lower())
    values = series.to_numpy()
    if values.dtype.kind in "biufmM":
        return pl.Series(name, _whole(values)), False
    cells = values.tolist() if values.dtype.kind == "O" else series.astype(object).tolist()
    plain = kind in ("str", "string") or kind.startswith("string")
    if plain:
        return pl.Series(name, [cell if isinstance(cell, str) else None for cell in cells], dtype=pl.String), False
    simple = _simple(cells)
    return (simple(name), False) if simple else (pl.Series(name, [_told(cell) for cell in cells]), True)


def _whole(values: NDArray[Any]) -> NDArray[Any]:
    """Return times in a unit that polars has."""
    if values.dtype.kind in "mM" and np.datetime_data(values.dtype)[0] not in ("ms", "us", "ns"):
        return values.astype(f"{values.dtype.kind}8[ms]")
    return values.astype(np.float32) if values.dtype == np.float16 else values


def _simple(cells: Sequence[Any]) -> Callable[[str], pl.Series] | None:
    """Return how to make a column of cells of one type, where a missing one is None and nothing else."""
    types = {type(cell) for cell in cells} - {type(None)}
    if len(types) == 1 and types <= {str, bool}:
        kind = pl.String if types == {str} else pl.Boolean
        return lambda name: pl.Series(name, list(cells), dtype=kind)
    return None


def _told(cell: Any) -> str:
    """Write one cell as JSON; what JSON has no word for becomes its text."""
    kind = type(cell).__name__
    if kind in ("NAType", "NaTType"):
        return json.dumps({"is": "na" if kind == "NAType" else "nat"})
    if cell is None or isinstance(cell, (bool, int, str)) or (isinstance(cell, float) and not math.isinf(cell)):
        return json.dumps(cell)
    if isinstance(cell, np.generic):
        return _told(cell.item())
    if isinstance(cell, (decimal.Decimal, float)):
        return json.dumps(float(cell))
    return json.dumps(cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else str(cell))
