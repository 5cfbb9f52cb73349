"""deepchecks and Evidently, each in an environment of its own, asked about the same pairs of tables.

The environments and the peers' answers (they do not change with mlqa) are kept
in the folder that MLQA_FAULTBENCH_CACHE names, by default in the user's cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import polars as pl
from fault_tables import Pair

HERE = Path(__file__).resolve().parent
PATIENCE = 400  # seconds for one pair of tables
EVIDENTLY = ["evidently==0.7.23", "numpy<2.3", "pandas<2.3", "pyarrow<26"]
PEERS = ("deepchecks", "evidently")


def cache() -> Path:
    chosen = os.environ.get("MLQA_FAULTBENCH_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen) if chosen else base / "mlqa-faultbench"


def pins(peer: str) -> list[str]:
    """Return what to install: deepchecks as pyproject.toml pins it."""
    if peer == "evidently":
        return EVIDENTLY
    project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["optional-dependencies"]["deepchecks"]


def environment(peer: str) -> Path | None:
    """Return the Python of a peer's environment, made where it is not there; None, said aloud, where it cannot be."""
    wanted = pins(peer)
    folder = cache() / f"{peer}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:10]}"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        print(f"{peer} is left out: uv is not installed", file=sys.stderr)
        return None
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *wanted],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{peer} is left out: it cannot be installed: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return None
    (folder / "ready").touch()
    return python


class Peer:
    """A peer's process that answers for pairs of tables; started anew when it dies or takes too long."""

    def __init__(self, name: str, python: Path) -> None:
        self.name, self.python = name, python
        self.process: subprocess.Popen[bytes] | None = None
        self.memory = cache() / f"{name}-answers.jsonl"
        self.known = dict(map(json.loads, self.memory.read_text().splitlines())) if self.memory.exists() else {}

    def ask(self, pair: Pair) -> dict:
        """Return {"alarms": [[check, columns], ...]} or {"crash": text}."""
        key = f"{pins(self.name)[0]} {digest(pair)}"
        if key not in self.known:
            self.known[key] = self._fresh(pair)
            with self.memory.open("ab", buffering=0) as file:  # one write: other processes append too
                file.write(json.dumps([key, self.known[key]]).encode() + b"\n")
        return self.known[key]

    def _fresh(self, pair: Pair) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            task = {**pair.roles}
            for side, frame in zip(("reference", "current"), tables(pair), strict=True):
                task[side] = str(Path(folder) / f"{side}.parquet")
                frame.write_parquet(task[side])
            process = self._running()
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()
            with selectors.DefaultSelector() as waiting:
                waiting.register(process.stdout, selectors.EVENT_READ)
                line = process.stdout.readline() if waiting.select(PATIENCE) else b""
        if not line:
            self.close()
            return {"crash": f"no answer in {PATIENCE} s"}
        return json.loads(line)

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [str(self.python), str(HERE / f"peer_{self.name}.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", "DO_NOT_TRACK": "1"},
            )
        return self.process

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def tables(pair: Pair) -> list[pl.DataFrame]:
    """Return the reference and the current table; a peer is handed predictions as a column."""
    before, after = pair.reference, pair.current
    if pair.outputs:
        before = before.with_columns(pl.Series("prediction", pair.outputs["reference_prediction"]))
        after = after.with_columns(pl.Series("prediction", pair.outputs["prediction"]))
    return [before, after]


def digest(pair: Pair) -> str:
    """Return a text that is the same for the same tables and roles only."""
    said = hashlib.sha256(repr(sorted(pair.roles.items())).encode())
    for frame in tables(pair):
        said.update(repr(frame.schema).encode())
        said.update(frame.write_csv().encode())
    return said.hexdigest()
