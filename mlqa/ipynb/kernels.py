"""One kernel, driven cell by cell; it dies with us, and never hangs us."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.ipynb.messages import Outputs

__all__ = ["Execution", "Kernel", "running_kernel"]

_POLL = 0.5
_GRACE = 5.0
_TAIL = 600
_LONGEST_SOCKET = 80


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

    Raises
    ------
    NotebookError
        If the kernelspec is missing or the kernel does not start.
    """

    def __init__(self, name: str, folder: str | Path, *, patience: float = 60.0) -> None:
        self.name = name
        self._aside = _short_folder()
        self._log = Path(self._aside) / "log"
        self._manager = _manager_of(name, self._aside)
        self._client: Any = None
        self._ended = weakref.finalize(self, _end, self._manager, self._aside, os.getpid())
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
        with self._log.open("wb") as log:
            try:
                self._manager.start_kernel(cwd=str(folder), stdout=log, stderr=log, env=own, extra_arguments=more)
            except (OSError, RuntimeError) as error:
                raise NotebookError(f"kernel {self.name!r} cannot be started: {error}") from error
        self._client = self._manager.client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=patience)
        except RuntimeError as error:
            raise NotebookError(f"kernel {self.name!r} did not start: {error}{self._last_words()}") from error

    def is_alive(self) -> bool:
        """Say whether the process still runs."""
        return bool(self._ended.alive and self._manager.is_alive())

    def execute(self, source: str, *, cell_id: str = "", timeout: float | None = None) -> Execution:
        """Run one cell and collect its outputs.

        Parameters
        ----------
        source : str
        cell_id : str
            Sent as the front ends do, so that a report knows its cell.
        timeout : float, unit: s, optional
            Without one, as long as the kernel lives.

        Raises
        ------
        NotebookError
            If the kernel dies, or the cell runs out of time; the kernel is then stopped.
        """
        where = f"cell {cell_id}" if cell_id else "a cell"
        if not self.is_alive():
            raise NotebookError(f"kernel {self.name!r} is dead, {where} was not run{self._last_words()}")
        request = self._send(source, cell_id)
        outputs = Outputs()
        try:
            self._collect(request, outputs, where, timeout)
        except BaseException:
            self.stop()  # what the kernel holds is unknown now
            raise
        return Execution(outputs=outputs.kept, error=outputs.error, execution_count=outputs.count)

    def _send(self, source: str, cell_id: str) -> str:
        """Send an execute request with the cell's id in its metadata."""
        content = {
            "code": source,
            "silent": False,
            "store_history": True,  # without it a trailing ';' does not silence a cell
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
        return f" (killed by signal {-code}; out of memory?)" if code < 0 else f" (it exited with code {code})"

    def _last_words(self) -> str:
        """Return the end of what the kernel process wrote."""
        try:
            text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
        return f"\nThe kernel's last words:\n{text[-_TAIL:]}" if text else ""

    def stop(self) -> None:
        """Kill the kernel and remove what it left; may be called twice."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        self._ended()


@contextlib.contextmanager
def running_kernel(name: str, folder: str | Path, *, patience: float = 60.0) -> Iterator[Kernel]:
    """Start a kernel for a ``with`` block and kill it at its end, whatever happens."""
    kernel = Kernel(name, folder, patience=patience)
    try:
        yield kernel
    finally:
        kernel.stop()


def _short_folder() -> str:
    """Make a folder whose path leaves room for a Unix socket's name (at most 107 bytes)."""
    inside = tempfile.gettempdir()
    if len(inside) > _LONGEST_SOCKET and os.path.isdir("/tmp"):  # noqa: S108, PTH112  # only where the usual one is too long
        inside = "/tmp"  # noqa: S108
    return tempfile.mkdtemp(prefix="mlqa-", dir=inside)


def _manager_of(name: str, folder: str) -> Any:
    """Prepare a kernel manager; the python3 kernel is this interpreter's."""
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import KernelManager

    transport = "ipc" if os.name == "posix" else "tcp"
    manager = KernelManager(kernel_name=name, transport=transport, connection_file=str(Path(folder) / "k.json"))
    try:
        spec = manager.kernel_spec
    except NoSuchKernel as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotebookError(
            f"the notebook asks for the kernel {name!r}, which is not installed here; "
            "`jupyter kernelspec list` shows those that are"
        ) from error
    if name in {"python", "python3"} and any("ipykernel" in word for word in spec.argv):
        spec.argv[0] = sys.executable
    return manager


def _end(manager: Any, folder: str, owner: int) -> None:
    """Kill the kernel and its children; a forked child must leave its parent's kernel alone."""
    if os.getpid() != owner:
        return
    group = getattr(manager.provisioner, "pgid", None)
    try:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    finally:
        if group and group != os.getpgrp():  # a kernel that was killed leaves its children behind
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
