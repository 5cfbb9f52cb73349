"""A model asked in a new interpreter: this module is what that one runs."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlqa.checks.conformance.asking import Answer, Refused, quietly, refusal
from mlqa.errors import SubjectError

__all__ = ["Unreadable", "answer_to", "asked_elsewhere"]

_SEED = "PYTHONHASHSEED"
_LEAST = 120.0
_PROGRAM = f"import sys; from {__name__} import answer_to; answer_to(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why the model could not be asked there."""

    told: str


def asked_elsewhere(content: bytes, seconds: float) -> Answer | Refused | Unreadable:
    """Ask a pickled model about pickled rows, in a process of its own.

    Parameters
    ----------
    content : bytes
        Of a pickle of the model and the rows, made by this process.
    seconds : float
        That the model took here.
    """
    # another hash seed than this process may have been given
    environment = {**os.environ, _SEED: "2" if os.environ.get(_SEED) == "1" else "1"}
    environment.setdefault("OMP_NUM_THREADS", "1")  # a hundred rows need no more
    environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    longest = _LEAST + 20 * seconds
    with tempfile.TemporaryDirectory() as folder:
        sent, back = Path(folder) / "sent", Path(folder) / "back"
        sent.write_bytes(content)
        command = [sys.executable, "-c", _PROGRAM, str(sent), str(back)]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=longest)
        except subprocess.TimeoutExpired:
            return Unreadable(f"no answer within {longest:.0f} s")
        if back.is_file():
            # written by the process that was started above
            answer: Answer | Refused | Unreadable = pickle.loads(back.read_bytes())  # noqa: S301
            return answer
    if done.returncode < 0:
        return Refused(f"nothing, the process dies of signal {-done.returncode}", clean=False)
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {done.returncode}"]
    return Unreadable(lines[-1][:200])


def _answer(content: bytes) -> Answer | Refused | Unreadable:
    try:
        model, block = pickle.loads(content)  # noqa: S301 - of the process that started this one
    except (ImportError, AttributeError) as error:
        return Unreadable(refusal(error).told)
    except Exception as error:
        return refusal(error)
    try:
        return quietly(model, block)
    except SubjectError as error:
        return Refused(str(error).splitlines()[0], clean=False)


def answer_to(sent: str, back: str) -> None:
    """Answer one file in another: what the new process is started for."""
    Path(back).write_bytes(pickle.dumps(_answer(Path(sent).read_bytes())))
