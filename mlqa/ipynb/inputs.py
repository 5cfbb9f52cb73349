"""What a notebook depends on besides its cells: files it names or reads, packages that are installed."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mlqa.ipynb.cells import Cell, body_of

__all__ = ["digest", "files_named", "installed", "print_of", "same"]

_SMALL = 1_000_000
_MOST = 1000
_LONGEST = 300


def installed() -> list[str]:
    """List what is installed for this interpreter, by the names of its ``.dist-info`` folders, versions included."""
    found: set[str] = set()
    for folder in map(Path, sys.path):
        if folder.is_dir():
            found.update(one.name for one in folder.iterdir() if one.suffix in {".dist-info", ".egg-info", ".pth"})
    return sorted(found)


def digest(*parts: object) -> str:
    """Return a short digest of some values.

    Examples
    --------
    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 2)
    (True, False)
    """
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def files_named(cells: Iterable[Cell], folder: Path) -> list[str]:
    """List the files that texts in the cells name: as they are, as a folder's content, or by a pattern."""
    found: set[str] = set()
    for text in {text for cell in cells for text in _texts(cell.source)}:
        found.update(str(path) for path in _matching(folder, text))
        if len(found) >= _MOST:
            break
    return sorted(found)


def print_of(path: str) -> list[Any]:
    """Return size, time and digest of a file's content; an empty list where there is none."""
    try:
        told = Path(path).stat()
        with Path(path).open("rb") as file:
            content = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return []
    return [told.st_size, told.st_mtime_ns, content]


def same(files: Mapping[str, Any]) -> bool:
    """Say whether every file is what :func:`print_of` said of it; a large one of the same time is not read again."""
    return all(_same(path, known) for path, known in files.items())


def _same(path: str, known: Any) -> bool:
    try:
        told = Path(path).stat()
    except OSError:
        return not known
    if not known or told.st_size != known[0]:
        return False
    if told.st_size > _SMALL and told.st_mtime_ns == known[1]:
        return True
    return bool(print_of(path)[2:] == known[2:])


def _texts(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(body_of(source))
    except (SyntaxError, ValueError, RecursionError):
        return
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for text in constants:
        if isinstance(text, str) and len(text) < _LONGEST and text.isprintable() and text.strip("./"):
            yield text


def _matching(folder: Path, text: str) -> Iterator[Path]:
    try:
        path = folder / text
        if path.is_file():
            yield path
        elif path.is_dir() and any(mark in text for mark in "/."):
            yield from [one for one in path.iterdir() if one.is_file()][:_MOST]
        elif any(mark in text for mark in "*?[") and not Path(text).is_absolute():
            yield from [one for one in folder.glob(text) if one.is_file()][:_MOST]
    except (OSError, ValueError, NotImplementedError):
        return
