"""Another interpreter as a kernel: its own ipykernel, under a kernelspec that lasts as long as it is needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlqa.errors import NotebookError, UsageError

__all__ = ["kernel_of"]

_PATIENCE = 60.0
_ASKED = "import ipykernel, sys; print(sys.version.split()[0], ipykernel.__version__)"


@contextmanager
def kernel_of(python: str) -> Iterator[str]:
    """Lend the name of a kernelspec that starts an interpreter.

    Parameters
    ----------
    python : str
        Path or command of the interpreter.

    Yields
    ------
    str

    Raises
    ------
    UsageError
        If there is no such interpreter.
    NotebookError
        If it cannot import ipykernel.
    """
    found = shutil.which(python)
    if found is None:
        raise UsageError("--python", python, "an interpreter", "give its path: .venv/bin/python", "no such command")
    program = str(Path(found).absolute())
    try:
        asked = subprocess.run([program, "-c", _ASKED], capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotebookError(f"{python} cannot be run: {error}") from error
    if asked.returncode:
        why = (asked.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise NotebookError(f"{python} has no ipykernel that works ({why}); install it there: pip install ipykernel")
    folder = tempfile.mkdtemp(prefix="mlqa-kernel-")
    name = Path(folder).name.lower()
    spec = Path(folder) / "kernels" / name
    spec.mkdir(parents=True)
    start = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.hist_file=:memory:"]
    text = json.dumps({"argv": start, "display_name": python, "language": "python"})
    (spec / "kernel.json").write_text(text, encoding="utf-8")
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [folder, before]))
    try:
        yield name
    finally:
        if before is None:
            os.environ.pop("JUPYTER_PATH", None)
        else:
            os.environ["JUPYTER_PATH"] = before
        shutil.rmtree(folder, ignore_errors=True)
