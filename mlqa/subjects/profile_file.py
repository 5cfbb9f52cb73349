"""Profiles on disk: one small file of plain arrays and a JSON header; nothing in it is ever run."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.files import write_atomically
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import Grid, ValueSample
from mlqa.subjects.kept import HashCounts, LabelCounts
from mlqa.subjects.rows import Rows
from mlqa.subjects.text import TextShape
from mlqa.subjects.unpacked import unpacked_bytes
from mlqa.subjects.values import ValueCounts

__all__ = ["SUFFIX", "load", "save"]

SUFFIX = ".mlqa-profile"
VERSION = 1
_MOST_BYTES = MOST_UNPACKED = 1 << 30

Arrays = dict[str, Any]


def save(profile: Any, path: Path) -> Path:
    """Write a profile; arrays are stored under ``column/part`` names."""
    if path.suffix.lower() != SUFFIX:
        raise UsageError("path", str(path), f"a file ending in {SUFFIX}", f"write {path.stem}{SUFFIX}")
    arrays: Arrays = {}
    header = {
        "mlqa-profile": VERSION,
        "rows": profile.rows,
        "hashed": list(profile.hashed),
        "target": profile.target,
        "checksum": profile.checksum,
        "row_counts": _put_hashes(profile.row_counts, "rows", arrays),
        "features": None if profile.features is None else _put_hashes(profile.features, "features", arrays),
        "columns": [
            _put_column(
                column, f"c{at}", arrays, told=profile.chosen is not None or _may_be_told(column, profile.hashed)
            )
            for at, column in enumerate(profile.columns.values())
        ],
    }
    if profile.chosen is not None:
        arrays["keys"], arrays["positions"] = profile.chosen.keys, profile.chosen.positions
        kept = io.BytesIO()
        profile.chosen.frame.write_ipc(kept, compression="zstd")
        arrays["sample"] = np.frombuffer(kept.getvalue(), dtype=np.uint8)
    arrays["header"] = np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    write_atomically(path, packed.getvalue())
    return path


def load(path: Path) -> dict[str, Any]:
    """Read the fields of a profile."""
    if not path.is_file():
        raise UsageError("path", str(path), "a profile that exists", "write one with mlqa.profile(table).save", "none")
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_BYTES:
                raise ValueError("too large for a profile")
        with np.load(path, allow_pickle=False) as packed_arrays:
            arrays: Arrays = {name: packed_arrays[name] for name in packed_arrays.files}
        header = json.loads(arrays["header"].tobytes())
        version = header["mlqa-profile"]
        if version == VERSION:
            return _fields(header, arrays)
    except Exception as error:
        hint = f"profile the table again ({type(error).__name__}: {error})"
        raise UsageError("path", str(path), "a profile that mlqa wrote", hint, "damage") from error
    raise UsageError("path", str(path), f"a profile of version {VERSION}", "update mlqa", f"version {version}")


def _fields(header: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    columns = [_get_column(entry, f"c{at}", arrays) for at, entry in enumerate(header["columns"])]
    chosen = None
    if "sample" in arrays:
        packed = arrays["sample"].tobytes()
        if unpacked_bytes(packed) > MOST_UNPACKED:
            raise ValueError("too large for a sample of rows")
        frame = pl.read_ipc(io.BytesIO(packed))
        chosen = Rows(frame=frame, keys=arrays["keys"], positions=arrays["positions"])
    return {
        "rows": int(header["rows"]),
        "columns": {column.name: column for column in columns},
        "hashed": tuple(header["hashed"]),
        "row_counts": _get_hashes(header["row_counts"], "rows", arrays),
        "features": None if header["features"] is None else _get_hashes(header["features"], "features", arrays),
        "target": header["target"],
        "checksum": int(header["checksum"]),
        "chosen": chosen,
    }


def _put_hashes(counted: HashCounts, where: str, arrays: Arrays) -> dict[str, Any]:
    arrays[f"{where}/hashes"], arrays[f"{where}/counts"] = _steps(counted.hashes), _narrow(counted.counts)
    if isinstance(counted, LabelCounts):
        arrays[f"{where}/low"], arrays[f"{where}/high"] = counted.labels_low, counted.labels_high
    return {"limit": counted.limit, "rows": counted.rows}


def _get_hashes(entry: dict[str, Any], where: str, arrays: Arrays) -> HashCounts:
    hashes, counts = _ascending(arrays[f"{where}/hashes"], np.uint64), arrays[f"{where}/counts"].astype(np.int64)
    plain: dict[str, Any] = {"hashes": hashes, "counts": counts, "limit": entry["limit"], "rows": entry["rows"]}
    if f"{where}/low" not in arrays:
        return HashCounts(**plain)
    return LabelCounts(**plain, labels_low=arrays[f"{where}/low"], labels_high=arrays[f"{where}/high"])


def _may_be_told(column: ColumnProfile, hashed: tuple[str, ...]) -> bool:
    """Say whether a column's texts are categories; those of a column left out, or that hardly repeat, name persons."""
    values = column.values
    return values is None or (column.name in hashed and values.complete and 2 * values.counts.size <= values.rows)


def _put_column(column: ColumnProfile, where: str, arrays: Arrays, *, told: bool) -> dict[str, Any]:
    text = column.text
    return {
        "name": column.name,
        "kind": column.kind,
        "dtype": column.dtype,
        "rows": column.rows,
        "nulls": column.nulls,
        "grid": None if column.grid is None else _put_grid(column.grid, f"{where}/grid", arrays),
        "values": None if column.values is None else _put_values(column.values, f"{where}/values", arrays, told),
        "text": None if text is None else _put_text(text, f"{where}/text", arrays),
    }


def _get_column(entry: dict[str, Any], where: str, arrays: Arrays) -> ColumnProfile:
    grid, values, text = entry["grid"], entry["values"], entry["text"]
    return ColumnProfile(
        name=str(entry["name"]),
        kind=str(entry["kind"]),
        dtype=str(entry["dtype"]),
        rows=int(entry["rows"]),
        nulls=int(entry["nulls"]),
        grid=None if grid is None else _get_grid(grid, f"{where}/grid", arrays),
        values=None if values is None else _get_values(values, f"{where}/values", arrays),
        text=None if text is None else _get_text(text, f"{where}/text", arrays),
    )


def _put_grid(grid: Grid, where: str, arrays: Arrays) -> dict[str, Any]:
    arrays[f"{where}/keys"], arrays[f"{where}/counts"] = _steps(grid.keys.view(np.uint64)), _narrow(grid.counts)
    arrays[f"{where}/ends"] = np.array([grid.low, grid.high])
    if grid.sampled is not None:
        arrays[f"{where}/values"], arrays[f"{where}/rows"] = grid.sampled.values, _narrow(grid.sampled.counts)
    return {"shift": grid.shift, "limit": None if grid.sampled is None else grid.sampled.limit}


def _get_grid(entry: dict[str, Any], where: str, arrays: Arrays) -> Grid:
    sampled = None
    if entry["limit"] is not None:
        rows = arrays[f"{where}/rows"].astype(np.int64)
        sampled = ValueSample(values=arrays[f"{where}/values"], counts=rows, limit=entry["limit"])
    low, high = arrays[f"{where}/ends"].tolist()
    keys, counts = _ascending(arrays[f"{where}/keys"], np.int64), arrays[f"{where}/counts"].astype(np.int64)
    return Grid(keys=keys, counts=counts, shift=entry["shift"], low=low, high=high, sampled=sampled)


def _put_values(values: ValueCounts, where: str, arrays: Arrays, told: bool) -> dict[str, Any]:
    arrays[f"{where}/counts"], arrays[f"{where}/hashes"] = _narrow(values.counts), _steps(values.hashes)
    labels = list(values.labels) if told else [f"#{value:016x}" for value in values.hashes.tolist()]
    return {"labels": labels, "limit": values.limit, "rows": values.rows}


def _get_values(entry: dict[str, Any], where: str, arrays: Arrays) -> ValueCounts:
    counts, hashes = arrays[f"{where}/counts"].astype(np.int64), _ascending(arrays[f"{where}/hashes"], np.uint64)
    labels = tuple(map(str, entry["labels"]))
    return ValueCounts(labels=labels, counts=counts, hashes=hashes, limit=entry["limit"], rows=entry["rows"])


def _put_text(text: TextShape, where: str, arrays: Arrays) -> dict[str, Any]:
    plain = {name: getattr(text, name) for name in ("blank", "padded", "special", "numbers", "dates")}
    return {**plain, "nulls": dict(text.nulls), "lengths": _put_grid(text.lengths, where, arrays)}


def _get_text(entry: dict[str, Any], where: str, arrays: Arrays) -> TextShape:
    return TextShape(**{**entry, "lengths": _get_grid(entry["lengths"], where, arrays)})


def _steps(ascending: NDArray[np.uint64]) -> NDArray[Any]:
    """Keep the first and the steps from each to the next: small numbers take little room."""
    return _narrow(np.diff(ascending, prepend=np.uint64(0)))


def _ascending(steps: NDArray[Any], dtype: type) -> NDArray[Any]:
    """Undo :func:`_steps`."""
    return np.cumsum(steps.astype(np.uint64), dtype=np.uint64).view(dtype)


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers of at least 0 in the narrowest type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
