"""A kernel's own part in a snapshot: fork itself where that is safe, say why where it is not."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlqa.ipynb.forks.keeper import Life, tell_keeper
from mlqa.ipynb.forks.server import serve
from mlqa.ipynb.forks.wire import send

__all__ = ["REQUEST", "Snapshots"]

REQUEST = "mlqa_snapshot_request"


class Snapshots:
    """Snapshots of one kernel; a class because the request comes inside the event loop and is met outside.

    Attributes
    ----------
    asked : list of str
        The sockets where an owner waits for a snapshot.
    """

    def __init__(self, app: Any, life: Life, become: Callable[..., None]) -> None:
        self.asked: list[str] = []
        self._app, self._life, self._become = app, life, become
        app.kernel.shell_handlers[REQUEST] = self._ask

    def _ask(self, _stream: Any, _ident: Any, parent: dict[str, Any]) -> None:
        self.asked.append(str(parent["content"]["socket"]))
        loop = self._app.io_loop = self._app.kernel.io_loop
        loop.call_later(0.001, loop.stop)  # after the dispatch of this message is over

    def take(self) -> None:
        """Fork what was asked for, or tell the owner why not; called with no event loop on the stack."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(self.asked.pop(0))
        except OSError:  # nobody waits any more
            return
        with line:
            sys.stdout.flush()
            sys.stderr.flush()
            reason = self._unsafe()
            if reason:
                send(line, {"refused": reason})
                return
            state = random.getstate()
            first = os.fork()
            if first == 0:
                if os.fork() == 0:  # so that the keeper, not the notebook, is its parent
                    self._be(line, state)
                os._exit(0)
            os.waitpid(first, 0)

    def _be(self, line: socket.socket, state: Any) -> None:
        """Live as a snapshot: no thread, no loop, only what serves forks of this state."""
        try:
            os.setsid()
            tell_keeper(self._life)
            send(line, {"ready": os.getpid()})
            serve(line, self._life, lambda order, stdio, life: self._go_on(order, stdio, life, state))
        finally:
            os._exit(1)

    def _go_on(self, order: dict[str, Any], stdio: list[int], life: Life, state: Any) -> None:
        random.setstate(state)  # a fork seeds it anew
        _own_files()
        self._become(order, stdio, life, self._app)

    def _unsafe(self) -> str:
        """Say what a fork would break, or nothing."""
        if self._app.kernel.shell.history_manager.hist_file != ":memory:":
            return "the history of IPython is written by a thread"
        tasks = [task for task in asyncio.all_tasks(self._app.io_loop.asyncio_loop) if _of_notebook(task)]
        if tasks:
            return f"a task of the notebook is not done: {tasks[0].get_name()}"
        threads = self._own_threads()
        for thread in threading.enumerate():
            if thread not in threads:
                return f"a thread of the notebook is running: {thread.name}"
        # after a fork Python 3.11 does not know the new number of its main thread
        own = {thread.native_id for thread in threads} | {os.getpid()}
        if _native(own):  # OpenBLAS and its like end their threads when the process forks, and start them again
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
        left = _native(own)
        return f"a library keeps threads that a fork would lose: {', '.join(sorted(set(left)))}" if left else ""

    def _own_threads(self) -> list[threading.Thread]:
        app = self._app
        found = [app.heartbeat, app.iopub_thread.thread, app.control_thread, app.shell_channel_thread]
        found += [getattr(stream, "watch_fd_thread", None) for stream in (sys.stdout, sys.stderr)]
        return [thread for thread in found if thread is not None] + [threading.main_thread()]


def _of_notebook(task: asyncio.Task[Any]) -> bool:
    """Say whether a task runs code that is neither ipykernel's nor tornado's."""
    code = getattr(task.get_coro(), "cr_code", None)
    name = code.co_filename if code is not None else ""
    return not task.done() and not any(f"/{part}/" in name for part in ("ipykernel", "tornado", "zmq"))


def _native(own: set[int | None]) -> list[str]:
    """Name the threads that neither Python nor zmq runs."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            name = (task / "comm").read_text("utf-8", "replace").strip()
            if int(task.name) not in own and not name.startswith("ZMQbg"):
                found.append(name)
    return found


def _own_files() -> None:
    """Open the files that are open anew: a shared one would move on for all forks of a state at once."""
    for path in list(Path("/proc/self/fd").iterdir()):
        fd = int(path.name)
        with suppress(OSError, ValueError):
            if fd <= 2 or not path.is_file() or not os.path.samestat(os.fstat(fd), path.readlink().stat()):
                continue
            lines = Path(f"/proc/self/fdinfo/{fd}").read_text("ascii").splitlines()
            info = dict(line.split(":", 1) for line in lines if ":" in line)
            new = os.open(path.readlink(), int(info["flags"], 8) & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC))
            os.lseek(new, int(info["pos"]), os.SEEK_SET)
            os.dup2(new, fd, inheritable=os.get_inheritable(fd))
            os.close(new)
