"""Small files kept by the digest of their content: the code and the package list that a run stood on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mlqa.files import write_atomically

__all__ = ["keep", "kept"]


def keep(home: str | Path, content: bytes) -> str:
    """Keep a content and return its sha256; one that is there already is not written again.

    Parameters
    ----------
    home : path
        The ``.mlqa`` folder.
    content : bytes
    """
    digest = hashlib.sha256(content).hexdigest()
    place = _place(home, digest)
    if not place.is_file():
        write_atomically(place, content)
    return digest


def kept(home: str | Path, digest: str) -> bytes | None:
    """Return a kept content, or None where it is gone or no longer what it was."""
    try:
        content = _place(home, digest).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _place(home: str | Path, digest: str) -> Path:
    return Path(home) / "objects" / digest[:2] / digest[2:]
