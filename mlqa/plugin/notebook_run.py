"""One notebook on its way through one kernel: every cell once, in order, up to where a test needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from mlqa.errors import MlqaError, NotebookError
from mlqa.ipynb.cells import Cell, Notebook, is_test_cell
from mlqa.ipynb.kernels import Execution, Kernel
from mlqa.ipynb.outputs import reports_in
from mlqa.plugin.options import OPTIONS
from mlqa.report import Case
from mlqa.report.case import words_of

__all__ = ["COLOURS", "Answer", "NotebookRun", "mode_of", "options_of", "pass_over"]

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SKIP, _RAISES = "skip", "raises-exception"


def mode_of(config: pytest.Config) -> str:
    """Return what is done with notebooks: ``run``, ``check`` or ``off``."""
    return config.stash[OPTIONS].notebooks


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a test cell said.

    Attributes
    ----------
    cases : tuple of mlqa.report.Case
    printed : str
        Tracebacks and captured output of failed tests.
    asked : set of str
        The tests it was asked for.
    """

    cases: tuple[Case, ...]
    printed: str
    asked: set[str]


@dataclass(slots=True)
class NotebookRun:
    """State of the run in this process; a class because a kernel stands at one cell at a time.

    Attributes
    ----------
    wanted : dict of str to dict of str to None
        By cell id, the tests that this session selected, in order.
    """

    notebook: Notebook
    config: pytest.Config
    wanted: dict[str, dict[str, None]] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    _kernel: Kernel | None = None
    _at: int = 0
    _answers: dict[str, Answer] = field(default_factory=dict)
    _broken: str = ""

    def want(self, cell: Cell, name: str) -> None:
        """Note that a test is selected, so that its cell runs once for all of its tests."""
        self.wanted.setdefault(cell.id, {})[name] = None

    def answer(self, cell: Cell, name: str) -> Answer:
        """Return what a test cell says of one test, running what has to run first.

        Raises
        ------
        NotebookError
            If a cell before it fails or the kernel dies.
        pytest.skip.Exception
            If that was said before.
        """
        known = self._answers.get(cell.id)
        if known is None or name not in known.asked:  # not run yet, or asked for once more
            self._answers.pop(cell.id, None)
            if self._at > cell.index:
                self.stop()
            self.want(cell, name)
            self.reach(cell.index + 1)
            known = self._answers[cell.id]
        known.asked.discard(name)
        return known

    def execution(self, cell: Cell) -> Execution:
        """Return what an ordinary cell gave, running what has to run first."""
        if cell.id not in self.executions:
            if self._at > cell.index:
                self.stop()
            self.reach(cell.index + 1)
        return self.executions.pop(cell.id)

    def reach(self, index: int) -> None:
        """Run the cells before `index` that have not run."""
        if self._broken:
            pass_over(self._broken)
        try:
            if self._kernel is None:
                self._kernel = Kernel(self.notebook.kernel, self.notebook.path.absolute().parent)
            while self._at < index:
                cell = self.notebook.cells[self._at]
                self._at += 1
                if is_test_cell(cell.source):
                    self._run_tests(self._kernel, cell)
                else:
                    self._run_ordinary(self._kernel, cell, index)
        except MlqaError as error:
            self._broken = str(error).splitlines()[0]
            raise
        except BaseException as error:  # a time limit of the session, say: what comes after shall not wait for it too
            name, why = self.notebook.cells[max(self._at - 1, 0)].id, words_of(error) or type(error).__name__
            self.stop()
            self._broken = f"cell {name} was given up: {why.splitlines()[0]}"
            raise

    def stop(self) -> None:
        """Kill the kernel; the next test starts another one."""
        if self._kernel is not None:
            self._kernel.stop()
        self._kernel, self._at, self._broken = None, 0, ""

    def _run_ordinary(self, kernel: Kernel, cell: Cell, index: int) -> None:
        if _SKIP in options_of(cell):
            return
        done = kernel.execute(cell.source, cell_id=cell.id)
        if mode_of(self.config) == "check":
            self.executions[cell.id] = done
        if done.error is not None and _RAISES not in options_of(cell):
            broken = f"cell {cell.id} raised {done.error['ename']}: {done.error['evalue']}"
            if index > cell.index + 1:
                raise NotebookError(f"{broken}\n{COLOURS.sub('', chr(10).join(done.error['traceback']))}")
            self._broken = broken  # its own item tells it; those after it cannot run

    def _run_tests(self, kernel: Kernel, cell: Cell) -> None:
        """Run a test cell: the tests selected here, or only its definitions."""
        answered = cell.id in self._answers
        names = [] if answered else list(self.wanted.get(cell.id, ()))
        done = kernel.execute(self._code(cell, None if "" in names else names), cell_id=cell.id)
        # a test may display reports of its own: the cell's comes last, and says whose it is
        reports = [one for one in reports_in(done.outputs) if one.origin is not None and one.origin.cell_id == cell.id]
        if done.error is not None and not reports:
            ename, evalue = done.error["ename"], done.error["evalue"]
            if ename in {"ModuleNotFoundError", "ImportError"}:
                evalue += f" (kernel {self.notebook.kernel!r} must have pytest-mlqa installed)"
            raise NotebookError(f"test cell {cell.id} could not be run: {ename}: {evalue}")
        if answered:
            return
        cases = reports[-1].cases if reports else ()
        printed = "".join(output["text"] for output in done.outputs if output["output_type"] == "stream")
        self._answers[cell.id] = Answer(cases=cases, printed=printed.strip(), asked=set(names))

    def _code(self, cell: Cell, names: list[str] | None) -> str:
        """Write the call that runs the cell in the kernel, leaving no name behind."""
        options = self.config.stash[OPTIONS]
        arguments = ["--mlqa-alpha", repr(options.alpha), "--mlqa-seed", str(options.seed)]
        arguments += ["--mlqa-strict"] if options.strict else []
        arguments += ["--mlqa-update=force"] if options.update else []
        call = f"{cell.source!r}, cell_id={cell.id!r}, select={names!r}, options={arguments!r}"
        return f"__import__('importlib').import_module('mlqa.inline.show').show_cell({call})"


def pass_over(reason: str) -> NoReturn:
    """Skip the running item; pytest's summary names the notebook, not a line of ours."""
    raise pytest.skip.Exception(reason, _use_item_location=True)


def options_of(cell: Cell) -> set[str]:
    """Return what a cell's tags and comments ask for, in nbval's words.

    Returns
    -------
    set of str
        Of ``skip``, ``raises-exception``, ``ignore-output``.
    """
    words = {tag.lower().removeprefix("nbval-") for tag in cell.tags}
    for line in cell.source.splitlines():
        comment = line.strip().lstrip("#").strip()
        if line.strip().startswith("#") and (
            comment.startswith("NBVAL_") or comment == "PYTEST_VALIDATE_IGNORE_OUTPUT"
        ):
            words.add(comment.removeprefix("NBVAL_").removeprefix("PYTEST_VALIDATE_").lower().replace("_", "-"))
    return words & {_SKIP, _RAISES, "ignore-output"}
