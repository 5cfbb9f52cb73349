"""One kernel, driven cell by cell; it dies with us, and never hangs us."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import socket
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.ipynb.forks.launch import end, how, manager_of, short_folder
from mlqa.ipynb.forks.servers import Server
from mlqa.ipynb.messages import Outputs

__all__ = ["Execution", "Kernel", "Snapshot", "running_kernel"]

_POLL = 0.5
_GRACE = 5.0
_TAIL = 600
_SNAPSHOT_PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What one cell gave.

    Attributes
    ----------
    outputs : list of dict
        In nbformat 4 shape, after ``clear_output`` and ``update_display_data``.
    error : dict or None
        The ``error`` output that ended it: ``ename``, ``evalue``, ``traceback``.
    execution_count : int or None
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    execution_count: int | None = None


class Kernel:
    """A started kernel; a class because it holds a process and two sockets until :meth:`stop`.

    Parameters
    ----------
    name : str
        Name of the kernelspec. ``python3`` runs this very interpreter.
    folder : path
        Working directory of the kernel: the notebook's own folder.
    patience : float, unit: s
        How long the start may take.
    state : Server, optional
        What to fork it from; :meth:`Snapshot.kernel` gives it.

    Attributes
    ----------
    how : str
        ``forked``, ``forked from a snapshot``, or ``cold: `` and why it could not be forked.

    Raises
    ------
    NotebookError
        If the kernelspec is missing or the kernel does not start.
    """

    def __init__(self, name: str, folder: str | Path, *, patience: float = 60.0, state: Server | None = None) -> None:
        self.name, self.how, self._folder = name, "", folder
        self._aside = short_folder()
        self._log = Path(self._aside) / "log"
        self._manager = manager_of(name, self._aside, state)
        self._client: Any = None
        self._ended = weakref.finalize(self, end, self._manager, self._aside, os.getpid())
        try:
            self._start(folder, patience)
        except BaseException:
            self.stop()
            raise

    def _start(self, folder: str | Path, patience: float) -> None:
        # the user's own history of IPython is none of ours
        more = ["--HistoryManager.hist_file=:memory:"] if self._manager.ipykernel else []
        # nor is what hypothesis remembers to lie beside the notebook
        own = {"HYPOTHESIS_STORAGE_DIRECTORY": str(Path(self._aside) / "hypothesis"), **os.environ}
        own.pop("PYTEST_CURRENT_TEST", None)  # with it ipykernel does not catch what child processes print
        with self._log.open("wb") as log:
            try:
                self._manager.start_kernel(cwd=str(folder), stdout=log, stderr=log, env=own, extra_arguments=more)
            except (NotebookError, OSError, RuntimeError) as error:
                raise NotebookError(f"kernel {self.name!r} cannot be started: {error}") from error
        self.how = how(self._manager)
        self._client = self._manager.client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=patience)
        except RuntimeError as error:
            raise NotebookError(f"kernel {self.name!r} did not start: {error}{self._last_words()}") from error

    def is_alive(self) -> bool:
        """Say whether the process still runs."""
        return bool(self._ended.alive and self._manager.is_alive())

    def execute(
        self, source: str, *, cell_id: str = "", timeout: float | None = None, counted: bool = True
    ) -> Execution:
        """Run one cell and collect its outputs.

        Parameters
        ----------
        source : str
        cell_id : str
            Sent as the front ends do, so that a report knows its cell.
        timeout : float, unit: s, optional
            Without one, as long as the kernel lives.
        counted : bool
            Whether it is a cell of the notebook, with a number and a place in the history.

        Raises
        ------
        NotebookError
            If the kernel dies, or the cell runs out of time; the kernel is then stopped.
        """
        where = f"cell {cell_id}" if cell_id else "a cell"
        if not self.is_alive():
            raise NotebookError(f"kernel {self.name!r} is dead, {where} was not run{self._last_words()}")
        request = self._send(source, cell_id, counted)
        outputs = Outputs()
        try:
            self._collect(request, outputs, where, timeout)
        except BaseException:
            self.stop()  # what the kernel holds is unknown now
            raise
        return Execution(outputs=outputs.kept, error=outputs.error, execution_count=outputs.count)

    def _send(self, source: str, cell_id: str, counted: bool) -> str:
        """Send an execute request with the cell's id in its metadata."""
        content = {
            "code": source,
            "silent": False,
            "store_history": counted,  # without it a trailing ';' does not silence a cell
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self._client.session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def _collect(self, request: str, outputs: Outputs, where: str, timeout: float | None) -> None:
        """Read messages until the kernel is idle again after `request`."""
        until = None if timeout is None else time.monotonic() + timeout
        while not outputs.done:
            try:
                message = self._client.get_iopub_msg(timeout=_POLL)
            except queue.Empty:
                if not self._manager.is_alive():
                    raise NotebookError(
                        f"the kernel died in {where}{self._how_it_died()}{self._last_words()}"
                    ) from None
                message = None
            if message is not None and message["parent_header"].get("msg_id") == request:
                outputs.add(message)
            if until is not None and not outputs.done and time.monotonic() > until:
                self._interrupt(request)
                raise NotebookError(f"{where} ran longer than {timeout:g} s and was stopped")

    def _interrupt(self, request: str) -> None:
        """Interrupt, so that the kernel may tidy up, for a short while."""
        self._manager.interrupt_kernel()
        with contextlib.suppress(queue.Empty):
            while self._client.get_shell_msg(timeout=_GRACE)["parent_header"].get("msg_id") != request:
                pass

    def _how_it_died(self) -> str:
        process = getattr(self._manager.provisioner, "process", None)
        code = process.poll() if process is not None else None
        if code is None:
            return ""
        if code >= 0:
            return f" (it exited with code {code})"
        guess = {9: "; out of memory?", 6: ": a library gave up", 11: ": a crash in compiled code"}.get(-code, "")
        return f" (killed by signal {-code}{guess})"

    def _last_words(self) -> str:
        """Return the end of what the kernel process wrote."""
        try:
            text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
        return f"\nThe kernel's last words:\n{text[-_TAIL:]}" if text else ""

    def snapshot(self) -> Snapshot:
        """Keep the state as it is now, so that other kernels can go on from here.

        What it loses: the kernel's own threads are made anew, everything else of a thread is refused; sockets and
        pipes that the notebook holds open are shared with the forks, files are opened again at the same place; at
        the end of a forked kernel nothing runs that was registered with `atexit`.

        Raises
        ------
        NotebookError
            If the kernel was not forked, is dead, or could not be forked without harm: threads of the notebook or
            of a library (polars, torch), tasks that are not done. The caller runs the cells again then.
        """
        if not self.how.startswith("forked") or not self.is_alive():
            raise NotebookError(f"no snapshot: the kernel is {self.how if self.is_alive() else 'dead'}")
        path = str(Path(self._aside) / "snap")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.bind(path)
            try:
                door.listen(1)
                self._client.shell_channel.send(self._client.session.msg("mlqa_snapshot_request", {"socket": path}))
                server = Server(self._accepted(door))
            finally:
                Path(path).unlink(missing_ok=True)
        if server.refusal:
            raise NotebookError(f"no snapshot: {server.refusal}")
        return Snapshot(self.name, self._folder, server, self._aside)

    def _accepted(self, door: socket.socket) -> socket.socket:
        """Wait for the kernel to call."""
        door.settimeout(_POLL)
        until = time.monotonic() + _SNAPSHOT_PATIENCE
        while self.is_alive() and time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                line, _ = door.accept()
                line.settimeout(None)
                return line
        raise NotebookError("no snapshot: the kernel does not answer" if self.is_alive() else "no snapshot: it died")

    def stop(self) -> None:
        """Kill the kernel and remove what it left; may be called twice."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        self._ended()


class Snapshot:
    """The state of a kernel after a cell; a class because it holds a process until :meth:`drop`.

    It outlives its kernel, and ends with the process that asked for it.
    """

    def __init__(self, name: str, folder: str | Path, server: Server, aside: str) -> None:
        self._name, self._folder, self._server = name, folder, server
        self._ended = weakref.finalize(self, _drop, server, aside, os.getpid())

    def kernel(self, *, patience: float = 60.0) -> Kernel:
        """Start a kernel that goes on from this state; as many as wanted, each with a state of its own.

        Raises
        ------
        NotebookError
            If the snapshot was dropped or has died.
        """
        if not self._ended.alive or not self._server.alive():
            raise NotebookError("the snapshot is gone")
        return Kernel(self._name, self._folder, patience=patience, state=self._server)

    def drop(self) -> None:
        """End it; kernels started from it go on. May be called twice."""
        self._ended()


def _drop(server: Server, aside: str, owner: int) -> None:
    if os.getpid() == owner:
        server.close()
        if not os.path.exists(Path(aside) / "k.json"):  # noqa: PTH110  # its kernel was stopped, and a fork wrote there again
            shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def running_kernel(name: str, folder: str | Path, *, patience: float = 60.0) -> Iterator[Kernel]:
    """Start a kernel for a ``with`` block and kill it at its end, whatever happens."""
    kernel = Kernel(name, folder, patience=patience)
    try:
        yield kernel
    finally:
        kernel.stop()
