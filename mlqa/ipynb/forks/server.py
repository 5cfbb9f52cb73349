"""The fork server: imports what a kernel imports, holds one thread and no socket of zmq, and forks."""

from __future__ import annotations

import gc
import os
import select
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from mlqa.ipynb.forks.guard import adopt_orphans, kill_children, threads
from mlqa.ipynb.forks.keeper import Life, keep
from mlqa.ipynb.forks.wire import receive, send

__all__ = ["main", "serve"]

# What the start of a kernel imports beyond `ipykernel.kernelapp`: this is where its time goes.
_PRELOAD = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.displayhook", "debugpy.server.api"),
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect"),
    *("IPython.extensions.storemagic", "tornado.platform.asyncio", "tornado.queues"),
    *("encodings.idna", "encodings.latin_1", "faulthandler", "runpy", "sqlite3", "unicodedata"),
)


def main() -> None:
    """Run the server: ``argv`` holds the root that our package came from, the socket and the owner's pidfd."""
    root, line, owner = sys.argv[1], socket.socket(fileno=int(sys.argv[2])), int(sys.argv[3])
    sys.path.remove(root)  # put there to find us; a kernel shall see the path of its own environment
    if sys.path and not sys.path[0]:
        del sys.path[0]
    for fd in (line.fileno(), owner):
        os.set_inheritable(fd, False)
    become = _preload()
    adopt_orphans()
    gc.collect()
    gc.freeze()  # so that no collection in a child copies these pages
    if (count := threads()) != 1:
        send(line, {"refused": f"the fork server has {count} threads"})
        os._exit(1)
    send(line, {"ready": os.getpid()})
    serve(line, Life(owner), become)


def _preload() -> Callable[..., None]:
    """Import everything; what is not installed, no kernel here will import."""
    for name in _PRELOAD:
        with suppress(Exception):
            import_module(name)
    become: Callable[..., None] = import_module("mlqa.ipynb.forks.child").become_kernel
    return become


def serve(line: socket.socket, life: Life, become: Callable[..., None]) -> None:
    """Fork a keeper and its kernel for each request, until the owner drops the line or dies."""
    poller = select.poll()
    poller.register(line, select.POLLIN)
    poller.register(life.owner, select.POLLIN)
    keepers: dict[int, int] = {}
    while True:
        for fd, _ in poller.poll():
            if fd in keepers:
                poller.unregister(fd)
                _bury(keepers, fd)
            elif fd == life.owner or (got := receive(line)) is None:
                _leave(line, keepers)
            else:
                _fork(line, life, become, got, keepers)
                poller.register(next(reversed(keepers)), select.POLLIN)


def _fork(
    line: socket.socket,
    life: Life,
    become: Callable[..., None],
    got: tuple[dict[str, Any], list[int]],
    keepers: dict[int, int],
) -> None:
    """Fork one keeper, which forks the kernel."""
    order, (handle, *stdio) = got
    pid = os.fork()
    if pid == 0:
        line.close()
        for fd in keepers:
            os.close(fd)
        keep(socket.socket(fileno=handle), life, lambda its: become(order, stdio, its))
    for fd in (handle, *stdio):
        os.close(fd)
    keepers[os.pidfd_open(pid)] = pid


def _bury(keepers: dict[int, int], fd: int) -> None:
    """Wait for a keeper; one that was killed leaves what its kernel started to us."""
    pid = keepers.pop(fd)
    os.close(fd)
    if os.waitpid(pid, 0)[1]:
        kill_children(but=set(keepers.values()))


def _leave(line: socket.socket, keepers: dict[int, int]) -> None:
    """Wait for the keepers, so that the owner can be told the time they took, and end."""
    line.close()
    for fd in list(keepers):
        _bury(keepers, fd)
    kill_children()
    os._exit(0)
