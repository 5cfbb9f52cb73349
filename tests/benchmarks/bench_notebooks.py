"""CPU of testing notebooks: `pytest --mlqa` beside nbval and nbmake, and a forked kernel beside a cold one.

``python tests/benchmarks/bench_notebooks.py [--python PATH] [--notebooks N] [--runs N]``
makes N trivial notebooks of five cells and runs every command over them in
turn, with the same interpreter, each with no other plugin than its own and
with compiled modules (one run before counts for nothing). Seconds are user
and system time of the whole process tree: every process is waited for by its
parent, the forked kernels by their keepers, these by the server, that by
pytest. PATH is an interpreter of an environment that has pytest-mlqa and
nbmake; without one this interpreter is taken, and nbmake left out if it is
not installed. Exit code 1 if a target is missed: 5 times less than each peer,
a forked start at most a quarter of a cold one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LEAST_LESS, MOST_OF_COLD = 5.0, 0.25
SOURCES = ("x = 1", "y = x + 1", "print(x + y)", "x * 10", "sum(range(5))")
COMMANDS = {
    "an empty test, pytest alone": ["empty"],
    "--nbval-lax": ["-p", "nbval.plugin", "--nbval-lax", "cells"],
    "--nbmake": ["-p", "nbmake.pytest_plugin", "--nbmake", "cells"],
    "--mlqa --mlqa-notebooks=check": ["-p", "mlqa.plugin", "--mlqa", "--mlqa-notebooks=check", "cells"],
    "--mlqa --mlqa-notebooks=run, one test in each": ["-p", "mlqa.plugin", "--mlqa", "--mlqa-notebooks=run", "tests"],
}
START = """
import sys
import mlqa.ipynb.forks.provisioner as provisioner
from mlqa.ipynb.kernels import Kernel
if sys.argv[1] == "cold":
    provisioner.unavailable = lambda: "the benchmark says so"
for _ in range(int(sys.argv[2])):
    kernel = Kernel("python3", ".")
    assert kernel.how.startswith(sys.argv[1]), kernel.how
    kernel.stop()
"""


def notebook(sources: tuple[str, ...]) -> str:
    outputs: dict[str, list[dict[str, object]]] = {
        "print(x + y)": [{"output_type": "stream", "name": "stdout", "text": "3\n"}],
        "x * 10": [
            {"output_type": "execute_result", "data": {"text/plain": "10"}, "metadata": {}, "execution_count": 4}
        ],
    }
    outputs["sum(range(5))"] = [{**outputs["x * 10"][0], "execution_count": 5}]
    cells = []
    for i, source in enumerate(sources, 1):
        cell = {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "execution_count": i}
        cells.append({**cell, "outputs": outputs.get(source, [])})
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5})


def write(folder: Path, count: int) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "test_empty.py").write_text("def test_nothing():\n    pass\n")
    for name, last in (("cells", SOURCES[-1]), ("tests", "%%mlqa\ndef test_sum():\n    assert x + y == 3")):
        (folder / name).mkdir()
        for i in range(count):
            (folder / name / f"n{i}.ipynb").write_text(notebook((*SOURCES[:-1], last)))


def seconds(argv: list[str], folder: Path) -> float:
    """CPU seconds of a command and all it started."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    process = subprocess.Popen(argv, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with process.stdout as stream:  # type: ignore[union-attr]
        said = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(argv)} ended with {process.returncode}\n{said}")
    return usage.ru_utime + usage.ru_stime


def has(python: str, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def commands(python: str, folder: Path, runs: int) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for run in range(runs + 1):
        for name, words in COMMANDS.items():
            if "nbmake" in name and not has(python, "nbmake"):
                continue
            spent = seconds([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", *words], folder)
            if run:
                found.setdefault(name, []).append(spent)
    return {name: statistics.median(times) for name, times in found.items()}


def starts(python: str, folder: Path, runs: int) -> dict[str, float]:
    """CPU seconds of one more kernel: start, ready, stop."""
    found = {}
    for how in ("cold", "forked"):
        pairs = [
            [seconds([python, "-c", START, how, str(count)], folder) for count in (2, 10)] for _ in range(runs + 1)
        ]
        found[how] = statistics.median((many - few) / 8 for few, many in pairs[1:])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--notebooks", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), asked.notebooks)
        found, started = commands(asked.python, Path(name), asked.runs), starts(asked.python, Path(name), asked.runs)
    ours = found["--mlqa --mlqa-notebooks=check"]
    print(f"| {asked.notebooks} notebooks of five cells: pytest | CPU s | of ours |\n|---|---|---|")
    for command, spent in found.items():
        print(f"| `{command}` | {spent:.2f} | {spent / ours:.1f}x |")
    share = started["forked"] / started["cold"]
    print(f"\none more kernel: cold {started['cold']:.3f} s, forked {started['forked']:.3f} s: {share:.2f} of it")
    peers = [spent / ours for command, spent in found.items() if command.startswith("--nb")]
    return int(min(peers) < LEAST_LESS or share > MOST_OF_COLD)


if __name__ == "__main__":
    raise SystemExit(main())
