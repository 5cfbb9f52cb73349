"""deepchecks and Evidently, each in its own environment, timed on the tables that mlqa was timed on."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import polars as pl
from fault_peers import HERE, PEERS, environment

PATIENCE = 3600
CORES = 2


def timed(peer: str, before: Path, after: Path, folder: Path) -> dict:
    """Return the seconds and the peak of memory of a peer's two default suites or presets.

    Reading the parquet files counts, importing the library does not: a small
    pair of tables is asked about first.
    """
    python = environment(peer)
    if python is None:
        return {"left out": "cannot be installed"}
    whole = [_one_file(side, folder / f"{side.name}.parquet") for side in (before, after)]
    small = [_one_file(side, folder / f"{side.name}-small.parquet", rows=500) for side in (before, after)]
    process = subprocess.Popen(
        [str(python), str(HERE / f"peer_{peer}.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=_on_two_cores,  # noqa: PLW1509  # nothing else runs here
        env={**os.environ, "DO_NOT_TRACK": "1"},
        text=True,
    )
    try:
        _ask(process, small)
        start = time.perf_counter()
        answer = _ask(process, whole)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "peak": _peak(process.pid), "crash": answer.get("crash")}
    finally:
        process.kill()
        process.wait()


def _ask(process: subprocess.Popen[str], sides: list[Path]) -> dict:
    task = {"reference": str(sides[0]), "current": str(sides[1]), "target": "label"}
    process.stdin.write(json.dumps(task) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    return json.loads(line) if line else {"crash": "the process ended"}


def _one_file(folder: Path, file: Path, rows: int | None = None) -> Path:
    frame = pl.scan_parquet(f"{folder}/*.parquet")
    (frame if rows is None else frame.head(rows)).sink_parquet(file)
    return file


def _on_two_cores() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _peak(pid: int) -> float:
    """Return the most memory a process held, in MB; 0 where the kernel does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


__all__ = ["PEERS", "timed"]
