"""One folder takes one run at a time: what a step reads is what its own run has published."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mlqa.errors import UsageError

__all__ = ["INSIDE", "alone"]

_LOOK = 0.2  # seconds between two looks at the lock
INSIDE = "MLQA_RUN_FOLDER"  # tells the process of a step which run it belongs to


@contextmanager
def alone(home: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Wait until no other run works in a folder, then keep the others waiting.

    Parameters
    ----------
    home : pathlib.Path
        The ``.mlqa`` folder; made if it does not exist.
    say : callable
        Told that, and for which process, it waits.

    Raises
    ------
    UsageError
        If a notebook of a run starts another one in the run's own folder: the
        two would wait for each other.
    OSError
        If the folder cannot be written.
    """
    running = os.environ.get(INSIDE)
    if running is not None and Path(running).parent.parent == home:
        hint = "pass a folder of its own as into"
        raise UsageError(
            "into", str(home.parent), "a folder in which no run is at work", hint, "this notebook's own run"
        )
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".run.lock").open("a+", encoding="utf-8") as lock:  # released by the system if the process dies
        if not _taken(lock):
            lock.seek(0)
            holder = lock.read().strip() or "just started"
            say(f"another run ({holder}) is at work in {home.parent}: waiting for its end")
            while not _taken(lock):  # a wait in the system would not hear Ctrl-C once polars is imported
                time.sleep(_LOOK)
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield


def _taken(lock: IO[str]) -> bool:
    """Take the lock if it is free; a file system without locks, or Windows, lets every run go."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
