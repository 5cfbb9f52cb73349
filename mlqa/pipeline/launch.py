"""Starts the process of a step and makes sure that it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from mlqa.files import write_atomically
from mlqa.pipeline.lock import INSIDE
from mlqa.pipeline.secrets import hidden

__all__ = ["COMMAND", "INTERRUPTED", "launch"]

COMMAND = [sys.executable, "-m", "mlqa.pipeline.step"]
INTERRUPTED = "the run was interrupted"
_GRACE = 10.0  # seconds that a step has to take its kernel down
_LAST_LINES = 2.0  # seconds; a process that outlives its step may hold the pipe open
_LOOK = 0.1  # seconds between two looks; a wait in the system would not hear Ctrl-C once polars is imported


def launch(
    order: Mapping[str, Any],
    folder: Path,
    *,
    timeout: float | None = None,
    memory: int | None = None,
    secrets: tuple[str, ...] = (),
    stop: threading.Event | None = None,
    watch: Callable[[str], object] | None = None,
) -> dict[str, Any]:
    """Run a step's order in a process group of its own and wait for its result.

    Parameters
    ----------
    order : dict
        As `mlqa.pipeline.step.execute` takes it.
    folder : pathlib.Path
        Of the step; gets ``order.json``, ``result.json``, ``step.log`` and
        ``progress``.
    timeout : float, optional, unit: seconds
    memory : int, optional, unit: bytes
        Of its process and all below it together.
    secrets : tuple of str
        Texts that must not get into the log.
    stop : threading.Event, optional
        Ends the step when it is set.
    watch : callable, optional
        Told ``"3/12"`` when three of twelve cells are done.

    Returns
    -------
    dict
        The step's result; its ``error`` tells of a timeout or a process that
        died.

    Notes
    -----
    On Ctrl-C the process is asked to stop, killed with its group after ten
    seconds, and the interrupt goes on to the caller.
    """
    order_file = write_atomically(folder / "order.json", json.dumps(order, indent=1))
    log_file = folder / "step.log"
    process = subprocess.Popen(
        [*COMMAND, str(order_file)],
        stdin=subprocess.PIPE,  # it ends when this end is closed, even by our death
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**_threads(order), **os.environ, INSIDE: str(folder.parent)},
    )
    pump = threading.Thread(target=_logged, args=(process.stdout, log_file, secrets), daemon=True)
    pump.start()
    try:
        broken = _watched(process, folder, timeout, memory, stop, watch)
    finally:
        _end(process)
        pump.join(_LAST_LINES)
    if broken:
        return _broken(broken)
    result_file = folder / "result.json"
    if not result_file.is_file():
        words = _last_words(log_file)
        return _broken(f"its process ended with code {process.returncode} and no result{words}; see {log_file}")
    result: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
    return result


def _threads(order: Mapping[str, Any]) -> dict[str, str]:
    """Hold numeric libraries to the processors of a step, where it names them and the user does not."""
    cpus = order.get("cpus")
    return {} if cpus is None else {"OMP_NUM_THREADS": str(cpus), "POLARS_MAX_THREADS": str(cpus)}


def _watched(
    process: subprocess.Popen[bytes],
    folder: Path,
    timeout: float | None,
    memory: int | None,
    stop: threading.Event | None,
    watch: Callable[[str], object] | None,
) -> str:
    """Wait for the end; return what must be said against it, if anything."""
    until = None if timeout is None else time.monotonic() + timeout
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)
            return ""
        if stop is not None and stop.is_set():
            return INTERRUPTED
        if until is not None and time.monotonic() > until:
            return f"it did not end within {timeout:g} s"
        if memory is not None and _memory_of(process.pid) > memory:
            return f"it took more memory than the {memory / 1e6:.0f} MB it may take"
        if watch is not None:
            with contextlib.suppress(OSError):
                watch((folder / "progress").read_text(encoding="utf-8"))


def _memory_of(pid: int) -> int:
    """Return what a process and all below it hold in memory, in bytes."""
    import psutil  # type: ignore[import-untyped]  # comes with ipykernel

    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        total = 0
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += one.memory_info().rss
        return total
    return 0


def _logged(stream: IO[bytes], file: Path, secrets: tuple[str, ...]) -> None:
    """Write what a process prints into its log, line by line, without the secrets."""
    with file.open("wb") as log:
        for line in stream:
            text = line.decode("utf-8", "surrogateescape") if secrets else ""
            log.write(hidden(text, secrets).encode("utf-8", "surrogateescape") if secrets else line)
            log.flush()


def _last_words(log: Path) -> str:
    """Return the last line of a log, which names the error where there was one."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f" ({lines[-1][:200]})" if lines else ""


def _broken(error: str) -> dict[str, Any]:
    return {"report": None, "decision": None, "error": error}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to stop, then kill its group; nothing to do where it has ended."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
