"""One notebook on its way through one kernel: every cell once, in order, up to where a test needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

from mlqa.errors import MlqaError, NotebookError
from mlqa.ipynb.cells import Cell, Notebook, is_test_cell, parameters_cell
from mlqa.ipynb.flow import Flow, Lost, flow_of, parted
from mlqa.ipynb.kernels import Execution
from mlqa.ipynb.outputs import reports_in
from mlqa.plugin.notebook_kernel import Cost, WatchedKernel
from mlqa.plugin.notebook_parameters import label_of
from mlqa.plugin.options import OPTIONS
from mlqa.report import Case
from mlqa.report.case import words_of

__all__ = ["COLOURS", "KEPT", "Answer", "NotebookRun", "failing_line", "mode_of", "options_of", "pass_over"]

KEPT = pytest.StashKey[bool]()  # on an item that is answered from the cache
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


@dataclass(slots=True, kw_only=True)
class _Fault:
    """A cell that failed, and whether anybody was told."""

    cell: Cell
    reason: str
    text: str
    told: bool = False


@dataclass(slots=True)
class NotebookRun:
    """State of the run in this process; a class because a kernel stands at one cell at a time.

    Attributes
    ----------
    parameters : dict of str to object
        Given to the notebook after its ``parameters`` cell.
    done : int
        How many of its items were torn down.
    shown, costs : dict
        By cell id, outputs and cost of the last time it ran.
    files : dict
        What the kernel said of the files it read, when it was stopped.
    """

    notebook: Notebook
    config: pytest.Config
    session: Any = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    _wanted: dict[str, dict[str, None]] | None = None
    _kernel: WatchedKernel | None = None
    _at: int = 0
    _answers: dict[str, Answer] = field(default_factory=dict)
    _lost: Lost = field(default_factory=Lost)
    _faults: dict[str, _Fault] = field(default_factory=dict)
    _skips: dict[tuple[str, str], str] = field(default_factory=dict)
    _ended: tuple[int, str] | None = None

    def wanted(self) -> dict[str, dict[str, None]]:
        """Return, by cell id, the tests that this session selected, so that a cell runs once for all of them."""
        if self._wanted is None:
            self._wanted = {}
            for item in self.session.items:
                if getattr(item, "run", None) is self and KEPT not in item.stash:
                    cell = getattr(item, "source_cell", None) or item.cell
                    self._wanted.setdefault(cell.id, {})[getattr(item, "source", "")] = None
        return self._wanted

    def answer(self, cell: Cell, name: str) -> Answer:
        """Return what a test cell says of one test, running what has to run first.

        Raises
        ------
        NotebookError
            If the kernel dies, or a cell without an item of its own fails.
        pytest.skip.Exception
            If what this test needs failed, and that was said.
        """
        known = self._answers.get(cell.id)
        if known is None or name not in known.asked:  # not run yet, or asked for once more
            self._answers.pop(cell.id, None)
            self.wanted().setdefault(cell.id, {})[name] = None
            self.reach(cell)
            self._tell(cell, name)
            known = self._answers[cell.id]
        else:
            self._tell(cell, name)
        known.asked.discard(name)
        return known

    def execution(self, cell: Cell) -> Execution:
        """Return what an ordinary cell gave, running what has to run first."""
        if cell.id not in self.executions:
            self.reach(cell)
            self._tell(cell, "")
        return self.executions.pop(cell.id)

    def reach(self, cell: Cell) -> None:
        """Run the cells up to this one that have not run; where a kernel ended, none is started again."""
        if self._ended is not None and cell.index >= self._ended[0]:
            return
        if self._at > cell.index:
            self.stop()
        try:
            if self._kernel is None:
                self._kernel = WatchedKernel(self.notebook, self.config)
            while self._at <= cell.index and self._kernel is not None:
                self._at += 1
                self._step(self._kernel, self.notebook.cells[self._at - 1])
        except MlqaError as error:  # it did not start, or died
            at = self.notebook.cells[max(self._at - 1, 0)]
            self._end(at if self._at else cell, str(error), first=at.index if self._at else 0)
        except BaseException as error:  # a time limit of the session, say: what comes after shall not wait for it too
            at, why = self.notebook.cells[max(self._at - 1, 0)], words_of(error) or type(error).__name__
            self._end(at, f"cell {at.id} was given up: {why.splitlines()[0]}", first=at.index, told=True)
            raise

    @property
    def label(self) -> str:
        """How ids name the parameters."""
        return label_of(self.parameters)

    def cost(self, cell_id: str) -> Cost | None:
        """Return what a cell took the last time it ran."""
        return {**self.costs, **(self._kernel.costs if self._kernel else {})}.get(cell_id)

    def is_running(self) -> bool:
        """Say whether there is a kernel."""
        return self._kernel is not None

    def is_finished(self) -> bool:
        """Say whether all items of this session are done, here: under xdist others may have some."""
        return self.done >= sum(getattr(item, "run", None) is self for item in self.session.items)

    def stop(self) -> None:
        """Kill the kernel; the next test starts another one."""
        if self._kernel is not None:
            self.files = {**self._kernel.stop()}
            self.costs.update(self._kernel.costs)
        self._kernel, self._at, self._lost = None, 0, Lost()

    def _end(self, cell: Cell, said: str, *, first: int, told: bool = False) -> None:
        """Note that from a cell on nothing can run, and which cell is to blame."""
        self.stop()
        self._faults[cell.id] = _Fault(cell=cell, reason=said.splitlines()[0], text=said, told=told)
        self._ended = (first, cell.id)

    def _step(self, kernel: WatchedKernel, cell: Cell) -> None:
        """Run one cell, unless it needs what was lost."""
        flow = flow_of(cell.source) if kernel.python else Flow(opaque=True)
        why = self._lost.why_not(flow)
        self._skips[cell.id, ""] = why
        if why:
            self._lost.lose(flow, why)
            return
        if is_test_cell(cell.source):
            self._run_tests(kernel, cell, flow)
        elif _SKIP not in options_of(cell):
            self._run_ordinary(kernel, cell, flow)
        if self.parameters and cell is parameters_cell(self.notebook):
            values = "; ".join(f"{name} = {value!r}" for name, value in self.parameters.items())
            kernel.execute(f"{values};", cell_id=f"{cell.id}-parameters")

    def _run_ordinary(self, kernel: WatchedKernel, cell: Cell, flow: Flow) -> None:
        done = kernel.execute(cell.source, cell_id=cell.id)
        self.executions[cell.id] = done
        self.shown[cell.id] = done.outputs
        if done.error is None or _RAISES in options_of(cell):
            self._lost.keep(flow)
            return
        broken = f"cell {cell.id} raised {done.error['ename']}: {done.error['evalue']}".splitlines()[0]
        told = COLOURS.sub("", "\n".join(done.error["traceback"]))
        self._faults[cell.id] = _Fault(cell=cell, reason=broken, text=f"{broken}\n{told}")
        before, after = parted(cell.source, failing_line(cell, told)) if kernel.python else (Flow(), flow)
        self._lost.keep(before)
        self._lost.lose(after, broken)

    def _run_tests(self, kernel: WatchedKernel, cell: Cell, flow: Flow) -> None:
        """Run a test cell: the tests selected here, or only its definitions."""
        answered = cell.id in self._answers
        names = [] if answered else list(self.wanted().get(cell.id, ()))
        for name in names:
            self._skips[cell.id, name] = self._lost.why_not(flow_of(cell.source, name)) if name else ""
        chosen = [name for name in names if not self._skips[cell.id, name]]
        done = kernel.execute(self._code(cell, None if "" in chosen else chosen), cell_id=cell.id)
        self.shown[cell.id] = done.outputs
        # a test may display reports of its own: the cell's comes last, and says whose it is
        reports = [one for one in reports_in(done.outputs) if one.origin is not None and one.origin.cell_id == cell.id]
        if done.error is not None and not reports:
            ename, evalue = done.error["ename"], done.error["evalue"]
            if ename in {"ModuleNotFoundError", "ImportError"}:
                evalue += f" (kernel {self.notebook.kernel!r} must have pytest-mlqa installed)"
            raise NotebookError(f"test cell {cell.id} could not be run: {ename}: {evalue}")
        cases = reports[-1].cases if reports else ()
        crash = next((case.crash for case in cases if re.fullmatch(r"cell|line \d+", case.source) and case.crash), None)
        if crash is None:
            self._lost.keep(flow)
        else:
            broken = f"cell {cell.id} raised {crash.type}: {crash.message}".splitlines()[0]
            self._faults[cell.id] = _Fault(cell=cell, reason=broken, text=f"{broken}\n{crash.traceback}")
            self._lost.lose(flow, broken)
        if not answered:
            printed = "".join(output["text"] for output in done.outputs if output["output_type"] == "stream")
            self._answers[cell.id] = Answer(cases=cases, printed=printed.strip(), asked=set(names))

    def _tell(self, cell: Cell, name: str) -> None:
        """Say why an item of this cell has no answer: once as an error, unless the failing cell's own item says it."""
        why = self._skips.get((cell.id, "")) or self._skips.get((cell.id, name)) or ""
        fault = next((one for one in self._faults.values() if one.reason == why), None) if why else None
        if self._ended is not None and cell.index >= self._ended[0] and cell.id not in self.executions:
            fault = self._faults[self._ended[1]]
        if fault is None:
            return
        own = fault.cell.id == cell.id
        if not fault.told and (own or fault.cell.id not in self.wanted()):
            fault.told = True
            raise NotebookError(fault.text)
        pass_over(f"{fault.reason}, which this needs" if not own else fault.reason)

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


def failing_line(cell: Cell, told: str) -> int:
    """Return the line of a cell that a traceback of IPython points at, from 1."""
    found = re.findall(r"^-+> (\d+)", told, re.MULTILINE)
    return min(int(found[0]), cell.source.count("\n") + 1) if found else 1


def options_of(cell: Cell) -> set[str]:
    """Return what a cell's tags and comments ask for, in nbval's words.

    Returns
    -------
    set of str
        Of ``skip``, ``raises-exception``, ``ignore-output``.
    """
    words = {tag.lower().removeprefix("nbval-") for tag in cell.tags}
    if "skip-execution" in words:  # nbclient's word, and so nbmake's
        words.add(_SKIP)
    for line in cell.source.splitlines():
        comment = line.strip().lstrip("#").strip()
        if line.strip().startswith("#") and (
            comment.startswith("NBVAL_") or comment == "PYTEST_VALIDATE_IGNORE_OUTPUT"
        ):
            words.add(comment.removeprefix("NBVAL_").removeprefix("PYTEST_VALIDATE_").lower().replace("_", "-"))
    return words & {_SKIP, _RAISES, "ignore-output"}
