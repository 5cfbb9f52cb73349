"""The digest of a file or folder: which bytes a run read and wrote."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["digest_of_path"]


def digest_of_path(path: str | Path) -> str:
    """Return the sha256 of a file's bytes, or of a folder's names and bytes.

    Parameters
    ----------
    path : path
        A file or a folder that exists.

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
            hasher.update(f"{file.relative_to(target).as_posix()}\0{digest_of_path(file)}\n".encode())
        return hasher.hexdigest()
    with target.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
