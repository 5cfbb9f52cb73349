"""The kernel's process left as it was found: event loop, environment, streams, hypothesis."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator

__all__ = ["HYPOTHESIS", "left_as_found", "scratch", "shown"]

HYPOTHESIS = "HYPOTHESIS_STORAGE_DIRECTORY"
_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST")


@contextlib.contextmanager
def left_as_found() -> Iterator[None]:
    """Run a block as if pytest had been started from a shell, and put back what it changes."""
    path, environment = list(sys.path), {name: os.environ.get(name) for name in (*_FOREIGN, HYPOTHESIS)}
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.setdefault(HYPOTHESIS, scratch(os.getpid()))  # never beside the notebook
    try:
        with _no_running_loop():
            yield
    finally:
        sys.path[:] = path
        for name, value in environment.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def _no_running_loop() -> Iterator[None]:
    """Hide the kernel's event loop, so that a test may call ``asyncio.run`` as it may anywhere else."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        yield
        return
    asyncio.events._set_running_loop(None)  # noqa: SLF001  # the hook asyncio gives to makers of event loops
    try:
        yield
    finally:
        asyncio.events._set_running_loop(loop)  # noqa: SLF001
        asyncio.set_event_loop(loop)


@functools.lru_cache(maxsize=1)
def scratch(process: int) -> str:
    """Return a folder for what hypothesis remembers; made by hypothesis when used, removed with the process."""
    folder = os.path.join(tempfile.gettempdir(), f"mlqa-hypothesis-{uuid.uuid4().hex}")  # noqa: PTH118  # for the environment
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def shown() -> Callable[[], contextlib.AbstractContextManager[object]]:
    """Remember where printing goes now; return a block in which it goes there again."""
    out, err = sys.stdout, sys.stderr

    @contextlib.contextmanager
    def outside() -> Iterator[None]:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield

    return outside
