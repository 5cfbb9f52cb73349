"""The owner's side: servers that it started, and a handle on each kernel that one forked."""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.ipynb.forks.guard import unavailable
from mlqa.ipynb.forks.wire import receive, send

__all__ = ["Forked", "Server", "server_for"]

_START = "import sys; sys.path.insert(0, sys.argv[1]); from mlqa.ipynb.forks.server import main; main()"
_PATIENCE = 60.0
# What an interpreter, its loader or a library that the server has imported reads once.
_EARLY = ("PYTHON", "LD_", "DYLD_", "LC_", "COV_", "COVERAGE_", "MALLOC_", "GLIBC_", "PYDEVD", "DEBUGPY", "IPYTHON")
_EARLY_NAMES = {"LANG", "LANGUAGE", "LOCPATH"}


class Forked:
    """A kernel that a server forked, with what `subprocess.Popen` offers; a class because jupyter asks for that.

    Attributes
    ----------
    pid : int
    returncode : int or None
        Minus the signal's number, or the exit code.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.returncode: int | None = None
        told = _answer(line)
        if "pid" not in told:
            raise NotebookError("the fork server ended before it forked a kernel")
        self.pid = int(told["pid"])

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        return code

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and _readable(self._line, timeout):
            told = receive(self._line)
            # without a word of it the keeper was killed, and the kernel with it
            self.returncode = int(told[0]["exit"]) if told else -signal.SIGKILL
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and what it started; the keeper knows whether it still runs."""
        if self.poll() is None:
            try:
                send(self._line, {"signal": int(number)})
            except OSError:
                return

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Server:
    """A process that forks kernels: the fork server or a snapshot; a class because it holds a connection.

    Parameters
    ----------
    line : socket
    process : subprocess.Popen, optional
        If we started it.
    """

    def __init__(self, line: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self._line, self._process, self._owner = line, process, os.getpid()
        told = _answer(line)
        self.refusal = str(told.get("refused") or ("" if "ready" in told else "it ended at its start"))
        self.pid = int(told.get("ready", 0))
        if self.refusal:
            self.close()

    def alive(self) -> bool:
        """Say whether it still takes orders."""
        return not self.refusal and self._line.fileno() >= 0 and not _readable(self._line, 0)

    def fork(self, argv: list[str], *, cwd: str, env: dict[str, str], stdio: tuple[int, int, int]) -> Forked:
        """Fork a kernel.

        Raises
        ------
        NotebookError
            If the server is gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                send(self._line, {"argv": argv, "cwd": cwd, "env": env}, (theirs.fileno(), *stdio))
            except OSError as error:
                ours.close()
                raise NotebookError(f"the fork server is gone: {error}") from error
        return Forked(ours)

    def close(self) -> None:
        """Let it end; kernels that still run are killed by it only if we end too."""
        if self._owner != os.getpid():
            return
        self._line.close()
        if self._process is not None:
            try:
                self._process.wait(_PATIENCE / 12)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


_servers: dict[tuple[Any, ...], Server] = {}
_lock = threading.Lock()


def server_for(flags: list[str], env: dict[str, str], cwd: str) -> Server:
    """Return the server whose interpreter was started as one for `env` would be; `refusal` says why there is none.

    Parameters
    ----------
    flags : list of str
        Options of the interpreter.
    env : dict
        The environment of the kernel.
    cwd : str
        Counts only where ``PYTHONPATH`` holds a relative path.
    """
    early = {name: env[name] for name in sorted(env) if name.startswith(_EARLY) or name in _EARLY_NAMES}
    relative = any(not os.path.isabs(part) for part in early.get("PYTHONPATH", "/").split(os.pathsep))  # noqa: PTH117
    key = (*flags, *early.items(), cwd if relative else "")
    with _lock:
        server = _servers.get(key)
        if server is None or (not server.refusal and not server.alive()):
            if server is not None:
                server.close()
            server = _servers[key] = _started(flags, env, cwd if relative else "/")
        return server


def _started(flags: list[str], env: dict[str, str], cwd: str) -> Server:
    ours, theirs = socket.socketpair()
    if reason := unavailable():
        theirs.close()
        ours.close()
        raise NotebookError(reason)
    owner = os.pidfd_open(os.getpid())
    root = str(Path(__file__).resolve().parents[3])
    argv = [sys.executable, *flags, "-c", _START, root, str(theirs.fileno()), str(owner)]
    try:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            pass_fds=(theirs.fileno(), owner),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is not for it
        )
    finally:
        theirs.close()
        os.close(owner)
    return Server(ours, process)


def _answer(line: socket.socket) -> dict[str, Any]:
    """Wait for the first word of the other side."""
    got = receive(line) if _readable(line, _PATIENCE) else None
    return got[0] if got else {}


def _readable(line: socket.socket, timeout: float | None) -> bool:
    if line.fileno() < 0:
        return True
    poller = select.poll()
    poller.register(line, select.POLLIN)
    return bool(poller.poll(None if timeout is None else timeout * 1000))


@atexit.register
def _close_all() -> None:
    for server in _servers.values():
        server.close()
    _servers.clear()


def _forget() -> None:
    """Forget the servers in a fork of the owner: they are not its own, and end with the owner."""
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()
    _servers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
