"""Files that a step writes beside its outputs: they are not behind its gate, so the run warns of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["seen", "strays"]

_MOST = 5000  # entries looked at; a larger tree is not watched
_IGNORED = {".mlqa", ".git", ".ipynb_checkpoints", "__pycache__", ".venv", "node_modules", ".hypothesis"}
_IGNORED |= {".pytest_cache", ".mypy_cache", ".ruff_cache", ".idea", ".vscode"}


def seen(folder: Path) -> dict[str, tuple[int, int]] | None:
    """Return size and time of every file below a folder; None where there are too many to watch."""
    found: dict[str, tuple[int, int]] = {}
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _IGNORED]
        for name in files:
            file = Path(where, name)
            try:
                status = file.stat()
            except OSError:
                continue
            found[file.relative_to(folder).as_posix()] = (status.st_size, status.st_mtime_ns)
            if len(found) > _MOST:
                return None
    return found


def strays(
    before: Mapping[str, tuple[int, int]] | None, after: Mapping[str, tuple[int, int]] | None, outputs: Iterable[str]
) -> tuple[str, ...]:
    """Name the files that appeared or changed and are no output of any step, at most ten."""
    if before is None or after is None:
        return ()
    ours = tuple(outputs)
    changed = (name for name, status in after.items() if before.get(name) != status)
    kept = (name for name in changed if not any(name == path or name.startswith(f"{path}/") for path in ours))
    meant = (".proposed.json",)  # a baseline that a test proposes is for a person to look at
    return tuple(sorted(n for n in kept if not (Path(n).name.startswith(".") or n.endswith(meant))))[:10]
