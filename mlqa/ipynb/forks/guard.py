"""What Linux offers so that no process outlives its owner; standard library only."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

__all__ = ["adopt_orphans", "children", "die_with_parent", "kill_children", "threads", "unavailable"]

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def unavailable() -> str:
    """Say why kernels cannot be forked here, or nothing."""
    if sys.platform != "linux":
        return "kernels are forked on Linux only"
    if not Path("/proc/self/task").is_dir():
        return "there is no /proc"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return "the system has no pidfd_open (Linux 5.3)"
    return ""


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Be killed when the parent dies; it has one thread, so the kernel's word 'parent' means the process."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def children() -> list[int]:
    """Return the children of this process, those that ended and were not waited for too."""
    return [int(pid) for pid in Path("/proc/thread-self/children").read_text("ascii").split()]


def threads() -> int:
    """Count the threads of this process, those of libraries too."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def kill_children(but: Collection[int] = ()) -> None:
    """Kill all children and whatever they leave behind, except those that guard themselves."""
    while left := [pid for pid in children() if pid not in but]:
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
