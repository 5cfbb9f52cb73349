"""The digest of a file or folder: which bytes a run read and wrote."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from mlqa.files import write_atomically

__all__ = ["digest_of_path", "load_digests", "save_digests"]

_SETTLED = 2e9  # nanoseconds; a file changed within them may change again under the same time stamp


def digest_of_path(path: str | Path, known: MutableMapping[str, Any] | None = None) -> str:
    """Return the sha256 of a file's bytes, or of a folder's names and bytes.

    Parameters
    ----------
    path : path
        A file or a folder that exists.
    known : dict, optional
        Digests of earlier calls, as :func:`load_digests` gives them: a file
        whose size, times and place on the disk are the same is not read again.

    Returns
    -------
    str
        64 hexadecimal digits. It identifies the file, not the data: the same
        table written with another compression has another digest.
    """
    target = Path(path)
    if target.is_dir():
        hasher = hashlib.sha256()
        for file in sorted(p for p in target.rglob("*") if p.is_file()):
            name = file.relative_to(target).as_posix()
            hasher.update(f"{name}\0{digest_of_path(file, known)}\n".encode("utf-8", "surrogateescape"))
        return hasher.hexdigest()
    if known is None:
        return _read(target)
    status = target.stat()
    stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
    name = str(target.resolve())
    found = known.get(name)
    if isinstance(found, list) and found[:-1] == stamp:
        return str(found[-1])
    digest = _read(target)
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED:
        known[name] = [*stamp, digest]
    return digest


def load_digests(file: Path) -> dict[str, Any]:
    """Read the digests of earlier runs; empty where there are none, or they are damaged."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save_digests(file: Path, known: MutableMapping[str, Any]) -> None:
    """Write the digests for later runs, less those of files that are gone."""
    write_atomically(file, json.dumps({name: stamp for name, stamp in known.items() if Path(name).exists()}))


def _read(target: Path) -> str:
    with target.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
