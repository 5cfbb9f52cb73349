"""One measurement in a process of its own: ``python speed_run.py '{"what": "check", ...}'`` prints a line of JSON.

Two cores at most. Nothing that is imported or run for the first time counts.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

CORES = 2

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(CORES)

import polars as pl  # noqa: E402  # reads how many threads it may use when first imported
from speed_tables import floor, table  # noqa: E402

import mlqa  # noqa: E402


def check(before, after):
    mlqa.check(after, before, target="label")


def profiles(before, after):
    for side in (before, after):
        mlqa.profile(side, target="label")


WORK = {"check": check, "floor": floor, "profiles": profiles}


def status(field: str) -> float:
    """Return a line of the kernel's account of this process, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def forget_peak() -> bool:
    """Let the peak of memory start again from here, where the kernel can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak() -> float:
    """Return the most memory this process held since the peak was forgotten, in MB."""
    try:
        return status("VmHWM")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(task: dict) -> dict:
    work = WORK[task["what"]]
    work(table(300, 1), table(300, 2))
    bare = status("VmRSS") if Path("/proc/self/status").exists() else 0.0
    before, after = task["before"], task["after"]
    if task["in_memory"]:
        before, after = (pl.read_parquet(f"{side}/*.parquet") for side in (before, after))
    loaded = status("VmRSS") if bare else 0.0
    forget_peak()
    taken, used = [], []
    for _ in range(task["repeats"]):
        start, cpu = time.perf_counter(), time.process_time()
        work(before, after)
        taken.append(time.perf_counter() - start)
        used.append(time.process_time() - cpu)
    return {"seconds": min(taken), "cpu": min(used), "bare": bare, "tables": loaded - bare, "peak": peak()}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
