"""The tests of a notebook as pytest items: what the kernel reported becomes pytest's outcome."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from os import PathLike

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback, TerminalRepr

from mlqa.errors import MlqaError, NotebookError
from mlqa.ipynb.cells import Cell, is_selective, magic_line
from mlqa.ipynb.kernels import Execution
from mlqa.ipynb.names import named
from mlqa.plugin import recording
from mlqa.plugin.notebook_run import COLOURS, Answer, NotebookRun, failing_line, options_of, pass_over
from mlqa.report import Case, Crash
from mlqa.report.case import judged_in
from mlqa.verdict import CheckFailed, Outcome, Verdict

__all__ = ["CellRun", "CellTest", "InKernelError", "Misspelt"]

_HEADER = re.compile(r"^=== (.+?)((?:: baseline)?) ===$", re.MULTILINE)


class InKernelError(Exception):
    """A test of a notebook raised in its kernel."""

    def __init__(self, crash: Crash) -> None:
        self.crash = crash
        super().__init__(crash.message)


class _CellItem(pytest.Item):
    """What both kinds of items share: the place they name and how a failure reads."""

    line = 1
    cell: Cell

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Return the notebook, the line in the cell (from 0) and the id without the file."""
        return self.path, self.line - 1, self.nodeid.split("::", 1)[-1]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> TerminalRepr:  # noqa: ARG002  # pytest passes it
        """Show where in the notebook, then the block, the kernel's traceback or the message."""
        where = f"{self.path.name}, cell {self.cell.id}, line {self.line}"
        text = f"{where}\n\n{self.told(excinfo.value)}"
        # pytest's own form, which reaches xdist's controller whole
        told = ReprTraceback([ReprEntryNative([f"{text}\n"])], extraline=None, style="native")
        return ReprExceptionInfo(told, ReprFileLocation(str(self.path), self.line, _headline(excinfo.value)))

    # pytest words what setup raises by this name, with frames of ours that help no reader
    _repr_failure_py = repr_failure

    def told(self, error: BaseException) -> str:
        """Return what to say of an error."""
        return "".join(traceback.format_exception_only(error)).rstrip()


class CellRun(_CellItem):
    """An ordinary cell: passes when it runs."""

    run: NotebookRun
    done: Execution

    def setup(self) -> None:
        """Run the cells before this one, and this one."""
        if "skip" in options_of(self.cell):
            pass_over("the cell's tags or comments say so")
        self.done = self.run.execution(self.cell)

    def runtest(self) -> None:
        """Fail as the cell did."""
        error = self.done.error
        if error is None or "raises-exception" in options_of(self.cell):
            return
        told = COLOURS.sub("", "\n".join(error["traceback"]))
        self.line = failing_line(self.cell, told)
        crash = Crash(type=error["ename"], message=error["evalue"], traceback=told)
        raise type(error["ename"], (InKernelError,), {})(crash)

    def told(self, error: BaseException) -> str:
        """Return the kernel's traceback."""
        return error.crash.traceback if isinstance(error, InKernelError) else str(error)


class CellTest(_CellItem):
    """One test of a cell, all parameter sets of one the text cannot tell, or the rest of the cell."""

    cell: Cell
    run: NotebookRun
    source: str
    others: Sequence[str]
    answer: Answer | None = None

    def prepare(self, cell: Cell, run: NotebookRun, source: str, line: int, others: Sequence[str] = ()) -> None:
        """Tell the item which test it is.

        Parameters
        ----------
        cell, run
            The cell it is in and the notebook's run.
        source : str
            The test as a report's case names it; empty for the rest of the cell.
        line : int
        others : sequence of str
            Of the rest of the cell: the tests that have items of their own.
        """
        self.cell, self.run, self.source, self.line, self.others = cell, run, source, line, others

    def setup(self) -> None:
        """Run the cells before this one, and this cell; a failure here is not this test's."""
        self.answer = self.run.answer(self.cell, self.source)

    def runtest(self) -> None:
        """Turn what the kernel said of this test into an outcome."""
        cases = self._cases()
        verdicts = [verdict for case in cases for verdict in judged_in(case)]
        self.user_properties += [("mlqa", verdict.to_dict()) for verdict in verdicts]
        for text in self._printed(": baseline"):
            recording.note(self, text)
        for case in cases:
            if case.crash is not None:
                # an exception named as the kernel's, so that reports here and there say the same
                raise type(case.crash.type, (InKernelError,), {})(case.crash)
        strictly = len(verdicts) < sum(len(case.verdicts) for case in cases) or None
        for verdict in verdicts:
            if not verdict.holds(strictly=strictly):
                raise CheckFailed(verdict)
        if all(verdict.outcome is Outcome.SKIPPED for verdict in verdicts):
            pass_over("; ".join(_reason(verdict) for verdict in verdicts) or "the cell's top level gave no verdict")

    def _cases(self) -> Sequence[Case]:
        """Return the cases of this test; a broken cell is the answer of each of its tests."""
        cases = () if self.answer is None else self.answer.cases
        broken = [case for case in cases if case.crash is not None and re.fullmatch(r"cell|line \d+", case.source)]
        if broken:
            return broken
        sources = [case.source for case in cases]
        if not self.source:
            theirs = {source for name in self.others for source in named(name, sources)}
            return [case for case in cases if case.source not in theirs]
        mine = named(self.source, sources)
        if not mine and is_selective(self.cell.source):
            pass_over(f"left out by the cell's own options: {magic_line(self.cell.source)}")
        if not mine:
            raise NotebookError(f"cell {self.cell.id} has no test {self.source!r} once it runs in the kernel")
        return [case for case in cases if case.source in mine]

    def told(self, error: BaseException) -> str:
        """Return the kernel's traceback or the block, and what the test printed."""
        if isinstance(error, InKernelError):
            said = error.crash.traceback or f"{error.crash.type}: {error.crash.message}"
            # what was printed has the traceback too; a broken top level printed nothing
            return "\n\n".join(self._printed() or [said])
        if isinstance(error, MlqaError | CheckFailed):
            return "\n\n".join([str(error), *self._printed()])
        return "".join(traceback.format_exception(error)).rstrip()

    def _printed(self, what: str = "") -> list[str]:
        """Return what the kernel printed of this test: of its failures, or of `what`."""
        parts = re.split(
            r"^=== (.+?)((?:: baseline)?) ===$", self.answer.printed if self.answer else "", flags=re.MULTILINE
        )
        told = [(name, text.strip()) for name, kind, text in zip(parts[1::3], parts[2::3], parts[3::3]) if kind == what]
        mine = named(self.source, [name for name, _ in told]) if self.source else []
        return [text for name, text in told if name in mine]


class Misspelt(_CellItem):
    """A test cell that is not Python."""

    error: SyntaxError

    def runtest(self) -> None:
        """Raise the error of the text."""
        self.line = self.error.lineno or 1
        raise self.error.with_traceback(None)


def _headline(error: BaseException) -> str:
    """Return one line for pytest's short summary."""
    if isinstance(error, CheckFailed):
        return f"{error.verdict.outcome.name} {error.verdict.check}: {error.verdict.reason}"
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}, line {error.lineno}"
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _reason(verdict: Verdict) -> str:
    return verdict.reason if verdict.check == "test.assertion" else f"{verdict.check}: {verdict.reason}"
