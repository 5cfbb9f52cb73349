"""A small project in a folder of its own, and pytest run on it: ``project({...}).run("--mlqa")``."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import numpy  # noqa: F401  # cannot be imported twice, as a run in this process would
import polars  # noqa: F401
import pytest
from numpy import fft  # noqa: F401  # the same, where only a part is loaded late

from mlqa.report import Report

pytest_plugins = ["pytester"]

# A run that a shell starts in the background ignores Ctrl-C, and so would all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Installed, pytest finds us by itself.
_INSTALLED = any(entry.name == "mlqa" for entry in entry_points(group="pytest11"))
_OURS = () if _INSTALLED else ("-p", "mlqa.plugin")
_FIXED = ("-p", "no:nbval", "-p", "no:anyio", "-p", "no:cov")
_PASSING = re.compile(r"in \d+\.\d+s|\d+\.\d+s ")


@dataclass(frozen=True)
class Run:
    """What one run of pytest came to."""

    code: int
    outcomes: dict[str, int]
    text: str
    changed: dict[str, str]

    @property
    def summary(self) -> str:
        """Our section of the terminal summary, whole."""
        found = re.search(r"^=+ mlqa =+\n(.*?)(?=^=+ |\Z)", self.text, re.MULTILINE | re.DOTALL)
        return found.group(1).rstrip("\n") if found else ""

    @property
    def report(self) -> Report:
        """The report of a run with ``--mlqa-report report.json``."""
        return Report.from_json(self.changed["report.json"])


class Project:
    """Files in a folder; running pytest on them says what came out and which files changed."""

    def __init__(self, pytester: pytest.Pytester, files: Mapping[str, str]) -> None:
        self.pytester = pytester
        self.folder = pytester.path
        for name, content in files.items():
            self.write(name, content)

    def write(self, name: str, content: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def run(self, *args: str, apart: bool = False) -> Run:
        """Run pytest in this process, or apart from it (as xdist needs)."""
        before = self._files()
        start = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        result = start(*_FIXED, *_OURS, *args)
        text = _PASSING.sub("", result.stdout.str() + result.stderr.str())
        after = self._files()
        changed = {name: content for name, content in after.items() if before.get(name) != content}
        try:
            outcomes = result.parseoutcomes()
        except ValueError:
            outcomes = {}
        return Run(int(result.ret), outcomes, text, changed)

    def _files(self) -> dict[str, str]:
        found = ((path.relative_to(self.folder), path) for path in self.folder.rglob("*") if path.is_file())
        return {name.as_posix(): path.read_text(encoding="utf-8") for name, path in found if _is_ours(name)}


def _is_ours(path: Path) -> bool:
    """Tell a file of the project from what pytest and its own test kit leave behind."""
    left = {"__pycache__", ".pytest_cache", ".hypothesis", "stdout", "stderr"}
    return not any(part in left or part.startswith("runpytest-") for part in path.parts)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], Project]:
    """Make a project of the given files: ``project({"test_a.py": "..."})``."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    pytester.syspathinsert()
    return lambda files: Project(pytester, files)
