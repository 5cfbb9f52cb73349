"""Starts the process of a step and makes sure that it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlqa.files import write_atomically
from mlqa.pipeline.lock import INSIDE

__all__ = ["launch"]

_GRACE = 10.0  # seconds that a step has to take its kernel down
_FOREVER = 1e9  # seconds; with any limit the wait looks up now and then, so that Ctrl-C is heard under polars too


def launch(order: Mapping[str, Any], folder: Path, *, timeout: float | None = None) -> dict[str, Any]:
    """Run a step's order in a process group of its own and wait for its result.

    Parameters
    ----------
    order : dict
        As `mlqa.pipeline.step.execute` takes it.
    folder : pathlib.Path
        Of the step; gets ``order.json``, ``result.json`` and ``step.log``.
    timeout : float, optional, unit: seconds

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
    with (folder / "step.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlqa.pipeline.step", str(order_file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, INSIDE: str(folder.parent)},
        )
        try:
            code = process.wait(_FOREVER if timeout is None else timeout)
        except subprocess.TimeoutExpired:
            return _broken(f"it did not end within {timeout:g} s")
        finally:
            _end(process)
    result_file = folder / "result.json"
    if not result_file.is_file():
        log_file = folder / "step.log"
        return _broken(f"its process ended with code {code} and no result{_last_words(log_file)}; see {log_file}")
    result: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
    return result


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
