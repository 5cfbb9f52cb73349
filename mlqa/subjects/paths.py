"""Which files a path, a pattern or a folder names. Level 2: opens none of them."""

from __future__ import annotations

from glob import has_magic
from pathlib import Path

from mlqa.errors import UsageError

__all__ = ["files_of", "kind_of_file"]

_KINDS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".arrow": "arrow", ".feather": "arrow"}


def files_of(source: str | Path, *, name: str = "table") -> list[Path]:
    """Return the files that a path, a pattern or a folder names, in the order of their names.

    Parameters
    ----------
    source : str or path
        A file; a pattern such as ``data/*.parquet`` or ``data/**/*.csv``; or a
        folder, which names every table below it, however deep. Files and
        folders whose name begins with ``.`` or ``_`` are no part of a folder.
    name : str
        What the caller calls it; named in errors.

    Returns
    -------
    list of Path
        One at least, all of one kind.

    Raises
    ------
    UsageError
        If no file is there, or they are of several kinds, or of none that can be read.

    Examples
    --------
    >>> files_of("no/such/file.csv")
    Traceback (most recent call last):
    ...
    mlqa.errors.UsageError: table='no/such/file.csv': expected a file that exists, got no file.
    Hint: check the path and the working directory
    """
    path = Path(source)
    if path.is_dir():
        return _of_one_kind(_below(path), name, path)
    if not path.is_file() and has_magic(str(source)):
        root = Path(path.anchor)
        found = (file for file in root.glob(str(path.relative_to(root))) if file.is_file() and file.name[0] != ".")
        return _of_one_kind(sorted(found), name, path)
    _known(path, name)
    if not path.is_file():
        raise UsageError(name, str(path), "a file that exists", "check the path and the working directory", "no file")
    return [path]


def kind_of_file(path: Path) -> str:
    """Return ``parquet``, ``csv`` or ``arrow``, by the suffix."""
    return _KINDS[path.suffix.lower()]


def _below(folder: Path) -> list[Path]:
    """Return the tables below a folder."""
    every = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix.lower() in _KINDS)
    return [file for file in every if not any(part[0] in "._" for part in file.relative_to(folder).parts)]


def _of_one_kind(files: list[Path], name: str, given: Path) -> list[Path]:
    if not files:
        wanted = f"a pattern or folder of files ending in {', '.join(_KINDS)}"
        raise UsageError(name, str(given), wanted, "check the path and the working directory", "no file")
    for file in files:
        _known(file, name)
    kinds = sorted({kind_of_file(file) for file in files})
    if len(kinds) > 1:
        hint = f"name one kind: '{given.name}' -> '*{files[0].suffix}'"
        raise UsageError(name, str(given), "files of one kind", hint, " and ".join(kinds))
    return files


def _known(path: Path, name: str) -> None:
    if path.suffix.lower() not in _KINDS:
        raise UsageError(name, str(path), f"a file ending in {', '.join(_KINDS)}", "convert it, or pass a DataFrame")
