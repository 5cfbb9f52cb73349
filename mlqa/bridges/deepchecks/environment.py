"""Where deepchecks' environment is, and how it is built: exact pins with hashes, whole or not at all.

pins.txt comes from the extra ``deepchecks`` of pyproject.toml, its lines in a file EXTRA.txt::

    uv pip compile --generate-hashes --universal --no-annotate --no-header --python-version 3.11 EXTRA.txt -o pins.txt
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mlqa.errors import BridgeError, UsageError

__all__ = ["PINS", "cache_folder", "create", "environment_folder", "find", "pin_count"]

PINS = Path(__file__).with_name("pins.txt")
_LOOK = 0.2  # seconds between two looks at what is going on
_READY = "mlqa-ready"  # written last
_HINT = "run: mlqa env create deepchecks (offline: --wheelhouse DIR, a folder of wheels)"
_FITTING = ((3, 11), (3, 12))
Progress = Callable[[int, int, str], object]


def cache_folder() -> Path:
    """Return the folder of this user in which mlqa keeps what can be built again.

    ``MLQA_CACHE`` names another one.
    """
    chosen = os.environ.get("MLQA_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mlqa"
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mlqa" / "Cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlqa"


def environment_folder() -> Path:
    """Return where the environment of these pins belongs, whether or not it is there."""
    return cache_folder() / "environments" / f"deepchecks-{hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]}"


def pin_count() -> int:
    """Return how many packages the list names, those of other systems included."""
    return sum("==" in line for line in PINS.read_text(encoding="utf-8").splitlines())


def find() -> Path | None:
    """Return the environment's Python, or None where it was not built."""
    folder = environment_folder()
    python = _python_in(folder)
    return python if (folder / _READY).is_file() and python.exists() else None


def create(
    *, wheelhouse: str | Path | None = None, say: Callable[[str], object], progress: Progress | None = None
) -> Path:
    """Build the environment unless it is there, and return its Python.

    Parameters
    ----------
    wheelhouse : path, optional
        A folder of wheels, and no network.
    say : callable
        Told in plain words what takes time.
    progress : callable, optional
        Told packages installed, packages in all, and the installer's last line.

    Raises
    ------
    UsageError
        If `wheelhouse` is no folder.
    BridgeError
        If uv is missing, or cannot find or install what is listed.
    """
    if wheelhouse is not None and not Path(wheelhouse).is_dir():
        hint = "fill it on a machine with network: pip download --require-hashes -r pins.txt -d DIR"
        raise UsageError("wheelhouse", str(wheelhouse), "a folder of wheels", hint, "no folder")
    found, uv = find(), _uv()
    if found is not None:
        return found
    folder = environment_folder()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_suffix(".lock"), say):
            return find() or _built(folder, uv, wheelhouse, say, progress)
    except OSError as error:
        hint = "name another folder in MLQA_CACHE"
        raise BridgeError(f"deepchecks' environment cannot be written: {error}.\nHint: {hint}") from error


def _built(
    folder: Path, uv: str, wheelhouse: str | Path | None, say: Callable[[str], object], progress: Progress | None
) -> Path:
    """Build aside, then rename: an interrupted build leaves nothing that looks whole."""
    say(f"building deepchecks' environment, once: about 115 packages, 800 MB, in {folder.parent}")
    began = time.monotonic()
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    own = ["--no-config", *(["--offline"] if wheelhouse is not None else [])]
    source = ["--no-index", "--find-links", str(Path(wheelhouse).absolute())] if wheelhouse is not None else []
    try:
        _run([uv, "venv", *own, "--clear", "--relocatable", "--python", _interpreter(), str(aside)], aside, None)
        install = ["pip", "install", *own, "--require-hashes", "--no-deps", "--only-binary", ":all:", *source]
        install += ["--python", str(_python_in(aside)), "--requirement", str(PINS)]
        _run([uv, *install], aside, progress)
        (aside / _READY).write_text("", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # of a build that lost its mark
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    say(f"built in {time.monotonic() - began:.0f} s")
    return _python_in(folder)


def _run(command: list[str], aside: Path, progress: Progress | None) -> None:
    """Run one command of the installer to its end, telling how far it is."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while process.poll() is None:
                time.sleep(_LOOK)
                if progress is not None:
                    progress(sum(1 for _ in aside.glob("[Ll]ib/**/*.dist-info")), pin_count(), _tail(said))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            said.seek(0)
            why = " ".join(said.read()[-1500:].split())
            raise BridgeError(f"deepchecks' environment cannot be built: {why}\nHint: {_HINT}")


def _tail(said: IO[str]) -> str:
    """Return the last line of a file that another process writes, its position left alone."""
    size = os.fstat(said.fileno()).st_size
    lines = os.pread(said.fileno(), 400, max(0, size - 400)).decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "") if hasattr(os, "pread") else ""


def _interpreter() -> str:
    """Return the Python to build on: this one where it fits, else one that uv finds or fetches."""
    return sys.executable if sys.version_info[:2] in _FITTING else "3.12"


def _python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _uv() -> str:
    found = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        raise BridgeError("deepchecks' environment is built with uv, which is not here.\nHint: pip install uv")
    return found


@contextmanager
def _alone(path: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Let one process build at a time; the system frees the lock of one that dies."""
    with path.open("a", encoding="utf-8") as lock:
        if not _taken(lock):
            say("another process builds deepchecks' environment: waiting for it")
            while not _taken(lock):
                time.sleep(_LOOK)
        yield


def _taken(lock: IO[str]) -> bool:
    """Take the lock if it is free; where there are no locks the last build to be renamed stays."""
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
