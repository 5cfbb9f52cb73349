"""The pytest plugin of one run in a kernel: puts the cell in, takes the cases out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mlqa.errors import UsageError, nearest
from mlqa.inline.module import CellFolder, CellText
from mlqa.ipynb.names import named
from mlqa.report import Case

__all__ = ["CellPlugin"]

_LONGEST_TEXT = 20_000
_IPYTHON = {"In", "Out", "exit", "get_ipython", "open", "quit"}  # in every notebook, nobody's own


class CellPlugin:
    """Hooks of one run; a class because hooks of one run share what they saw.

    Attributes
    ----------
    cases : list of mlqa.report.Case
        The finished tests.
    collected : list of str
        All tests of the cell, selected or not.
    words : list of str
        For each failed test, its traceback and what it printed; what was
        written of baselines.
    interrupt : BaseException or None
    """

    def __init__(self, folder: Path, text: CellText, select: Sequence[str] | None) -> None:
        self.cases: list[Case] = []
        self.collected: list[str] = []
        self.words: list[str] = []
        self.interrupt: BaseException | None = None
        self._folder, self._text, self._select = folder, text, select

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self) -> bool:
        """Let no setting leave out the notebook's folder."""
        return False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Put the cell in place of the folder's files."""
        if path != self._folder:
            return None
        folder = CellFolder.from_parent(parent, path=path)
        folder.text = self._text
        return folder

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the tests that were asked for."""
        self.collected = [_short(item.nodeid) for item in items]
        if self._select is None:
            return
        wanted = {source for name in self._select for source in named(name, self.collected)}
        kept = [item for item in items if _short(item.nodeid) in wanted]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Name an argument that is neither variable nor fixture, and the nearest that is."""
        __tracebackhide__ = True
        info = getattr(item, "_fixtureinfo", None)
        known = set(getattr(info, "name2fixturedefs", ())) | {"request"}
        known |= set(getattr(getattr(item, "callspec", None), "params", ()))
        for name in getattr(info, "argnames", ()):
            if name not in known:
                variables = [word for word in self._text.namespace if word.isidentifier() and word[0] != "_"]
                variables = [word for word in variables if word not in _IPYTHON]
                wanted = "a variable of the notebook or a fixture"
                raise UsageError("argument", name, wanted, nearest(name, variables), "neither")

    def pytest_mlqa_case(self, case: Case) -> None:
        """Take a finished test; its file name says nothing here."""
        self.cases.append(replace(case, source=_short(case.source)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a failed test says and printed; a verdict that fails is in the report already."""
        told = getattr(report, "mlqa", {})
        self.words += [f"=== {_short(report.nodeid)}: baseline ===\n{note}" for note in told.get("notes", ())]
        if not report.failed:
            return
        parts = [report.longreprtext] if told.get("crash") or told.get("message") else []
        parts += [f"--- {title}\n{text.rstrip()}" for title, text in report.sections if text.strip()]
        if parts:
            self.words.append("\n".join([f"=== {_short(report.nodeid)} ===", *parts])[-_LONGEST_TEXT:])

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember what cut the run short."""
        self.interrupt = excinfo.value


def _short(nodeid: str) -> str:
    """Drop the module's part of a pytest id."""
    return nodeid.split("::", 1)[-1]
