"""Sent to a kernel of Python as text: standard library only, since mlqa may not be installed there.

Tells which files a notebook read, what it imported and whether it went where nobody can follow.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

__all__ = ["begin", "finish"]

_FOREIGN = {"socket.connect", "subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec"}
_read: set[str] = set()
_written: set[str] = set()
_left: set[str] = set()
_state: dict[str, Any] = {"coverage": None, "on": False}


def _hook(event: str, args: tuple[Any, ...]) -> None:
    """Note a file that is opened, and what leaves the process."""
    if not _state["on"]:
        return
    if event == "open":
        path, mode, flags = args
        written = isinstance(mode, str) and any(letter in mode for letter in "wxa+")
        if mode is None and isinstance(flags, int):
            written = bool(flags & (os.O_WRONLY | os.O_RDWR))
        if isinstance(path, (str, bytes)):
            name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # a hook that opens nothing itself
            if written and name not in _read:
                _written.add(name)
            elif name not in _written:  # what the notebook wrote itself is no input
                _read.add(name)
    elif event in _FOREIGN:
        _left.add(event)


def begin(coverage: dict[str, Any] | None = None, watch: bool = False) -> None:
    """Start coverage and the watch; print the process id."""
    if coverage is not None:
        from importlib import import_module

        _state["coverage"] = import_module("coverage").Coverage(**coverage)
        _state["coverage"].start()
    if watch:
        sys.addaudithook(_hook)
        _state["on"] = True
    print(os.getpid())  # noqa: T201  # how the kernel answers


def finish() -> None:
    """Save coverage; print what was read and imported, and what left the process."""
    _state["on"] = False
    if _state["coverage"] is not None:
        _state["coverage"].stop()
        _state["coverage"].save()
        _state["coverage"] = None
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            _read.add(os.path.abspath(path))  # noqa: PTH100
    told = {"read": filter(_own, _read), "written": filter(_own, _written), "left": _left}
    print(json.dumps({name: sorted(found) for name, found in told.items()}))  # noqa: T201


def _own(path: str) -> bool:
    """Tell a file of the project from those of Python and of installed packages, whose versions are known."""
    inside = os.path.dirname(os.__file__) + os.sep  # noqa: PTH120
    foreign = {"site-packages", "dist-packages", "__pycache__", "proc", "dev", "sys", ".ipython"}
    return not path.startswith(inside) and not foreign & set(path.split(os.sep)) and os.path.isfile(path)  # noqa: PTH113, PTH206
