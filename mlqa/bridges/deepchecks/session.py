"""The worker's process: started once, warm afterwards, asked in lines of JSON, gone with its owner."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlqa.errors import BridgeError

__all__ = ["Worker", "borrowed", "close_all"]

_WORKER = Path(__file__).with_name("worker.py")
_STARTING = 300.0  # seconds: the first start on a loaded machine compiles every library
_ENDING = 2.0
_OWN = ("PYTHON", "VIRTUAL_ENV", "CONDA_", "COV_CORE", "COVERAGE_")  # of this process, not of the worker
_idle: dict[tuple[int, Path], list[Worker]] = {}
_guard = threading.Lock()


class Worker:
    """One process of deepchecks' environment.

    A class because a process, its pipes and its private folder end together.
    """

    def __init__(self, python: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mlqa-deepchecks-"))
        self._errors = (self.folder / "stderr.txt").open("wb")
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._asked = 0
        self.process = subprocess.Popen(
            [str(python), "-P", "-s", str(_WORKER), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            cwd=self.folder,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        threading.Thread(target=self._read, daemon=True).start()
        try:
            _refuse_error(self._answer(0, _STARTING, "starting deepchecks"))
        except BaseException:
            self.close()
            raise

    def ask(self, task: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        """Send one request and wait for its answer.

        Parameters
        ----------
        task : mapping
            Plain values, without an ``id``.
        timeout : float, unit: seconds

        Raises
        ------
        BridgeError
            If the worker dies, hangs or runs out of memory; it is ended then.
        """
        self._asked += 1
        try:
            assert self.process.stdin is not None  # noqa: S101 - for the type checker
            self.process.stdin.write(json.dumps({**task, "id": self._asked}) + "\n")
            self.process.stdin.flush()
            answer = self._answer(self._asked, timeout, str(task.get("name", "a request")))
        except OSError as error:
            raise self._died() from error
        except BaseException:  # an interrupt too: what it would answer later belongs to nobody
            self.close()
            raise
        if (answer.get("error") or {}).get("type") == "MemoryError":
            self.close()
        return _refuse_error(answer)

    def close(self) -> None:
        """End the process with all that it started, and remove its folder."""
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(_ENDING)
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            with contextlib.suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> None:
        """Hand on the lines; None when there will be no more."""
        with contextlib.suppress(OSError, ValueError):
            for line in self.process.stdout or ():
                self._lines.put(line)
        self._lines.put(None)

    def _answer(self, wanted: int, timeout: float, what: str) -> dict[str, Any]:
        """Return the answer to one request; lines that are none are passed over."""
        until = time.monotonic() + timeout
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                hint = "pass a longer timeout, fewer rows or fewer checks"
                raise BridgeError(f"deepchecks gave no answer to {what} in {timeout:g} s.\nHint: {hint}") from None
            if line is None:
                raise self._died()
            answer = _parsed(line)
            if answer.get("id") == wanted:
                return answer

    def _died(self) -> BridgeError:
        """Say how the process ended, with the last of what it wrote."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_ENDING)
        code = self.process.returncode
        last = (self.folder / "stderr.txt").read_bytes()[-600:].decode("utf-8", "replace").strip()
        how, hint = f"with exit code {code}", "run the check on fewer rows; mlqa doctor shows the environment"
        if code is not None and code < 0:
            how = f"by signal {-code}"
            hint = "signal 9 mostly means that memory ran out: pass fewer rows or fewer columns"
        return BridgeError(f"deepchecks' process ended {how}. {last}\nHint: {hint}")


def _parsed(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refuse_error(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer that is none of an error."""
    error = answer.get("error")
    if error is None:
        return answer
    if error["type"] == "MemoryError":
        hint = "pass a larger memory, fewer rows or fewer columns"
        raise BridgeError(f"deepchecks ran out of the memory it was allowed.\nHint: {hint}")
    hint = "the arguments and conditions are deepchecks' own: see its documentation of the check"
    raise BridgeError(f"deepchecks refused: {error['type']}: {error['message']}\nHint: {hint}")


def _environment() -> dict[str, str]:
    """Return the worker's variables: no telemetry, no window, nothing of this Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    quiet = {"DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY": "1", "DO_NOT_TRACK": "1", "MPLBACKEND": "Agg"}
    return kept | quiet | {"TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}  # the order of sets is in its answers


@contextmanager
def borrowed(python: Path) -> Iterator[Worker]:
    """Hand out a warm worker, or a new one where all are at work; a dead one is not given back."""
    key = (os.getpid(), python)  # a process that was forked has workers of its own
    with _guard:
        waiting = _idle.setdefault(key, [])
        worker = waiting.pop() if waiting else None
    if worker is not None and worker.process.poll() is not None:
        worker.close()
        worker = None
    worker = worker or Worker(python)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            with _guard:
                _idle.setdefault(key, []).append(worker)


def close_all() -> None:
    """End the workers of this process."""
    with _guard:
        ours = [worker for key in list(_idle) if key[0] == os.getpid() for worker in _idle.pop(key)]
    for worker in ours:
        worker.close()


atexit.register(close_all)
