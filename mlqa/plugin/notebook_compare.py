"""Stored outputs compared with new ones, on nbval's own item. Imported under ``check`` only."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback, TerminalRepr

from mlqa.errors import MlqaError
from mlqa.ipynb.cells import Cell
from mlqa.ipynb.comparison.outputs_hold import outputs_hold
from mlqa.ipynb.comparison.rules import Rules, is_compared, rules_for, rules_of, words_of_cell
from mlqa.ipynb.kernels import Execution
from mlqa.ipynb.rewriting import accept_outputs
from mlqa.plugin import recording
from mlqa.plugin.notebook_run import COLOURS, NotebookRun, pass_over
from mlqa.plugin.options import OPTIONS
from mlqa.verdict import CheckFailed, Outcome, Verdict, require
from mlqa.wording import to_paste

try:
    from nbval.plugin import IPyNbCell
except ImportError as missing:
    raise pytest.UsageError("--mlqa-notebooks=check needs nbval: pip install 'pytest-mlqa[notebook]'") from missing

__all__ = ["ComparedCell", "OutputsDifferError", "compared"]

_RULES = pytest.StashKey[Rules]()
_MOST_LINES = 15
_UNRUN = "the cell has stored outputs but was not run before the notebook was saved"


class OutputsDifferError(AssertionError):
    """A cell raised where none of its words expects it."""


class ComparedCell(IPyNbCell):  # type: ignore[misc]  # nbval is untyped
    """A cell whose stored output is compared; runs in the notebook's one kernel, not in nbval's."""

    source_cell: Cell
    run: NotebookRun
    rules: Rules
    done: Execution

    def setup(self) -> None:
        """Run the cells before this one, and this one."""
        if self.options["skip"]:
            pass_over("nbval-skip")
        self.done = self.run.execution(self.source_cell)

    def runtest(self) -> None:
        """Ask whether the outputs hold; in an update, accept those that do not."""
        if self.done.error is not None and not self.options["check_exception"]:
            error = self.done.error
            told = COLOURS.sub("", "\n".join(error.get("traceback", [])))
            raise OutputsDifferError(f"the cell raised {error['ename']}: {error['evalue']}\n{told}")
        if not self.options["check"]:
            return
        require(self._verdict())

    def _verdict(self) -> Verdict:
        """Compare; a cell that was never run has nothing to hold, unless it is to be accepted."""
        stored, update = self.source_cell, self.config.stash[OPTIONS].update
        verdict = outputs_hold(stored.outputs, self.done.outputs, rules=self.rules)
        never = stored.execution_count is None
        if never and not stored.outputs and not update:
            return replace(verdict, outcome=Outcome.SKIPPED, reason="no stored output: the cell was never run")
        if verdict.outcome is not Outcome.FAIL and not (never and stored.outputs):
            return verdict
        if update:
            return self._accepted(verdict)
        return replace(verdict, outcome=Outcome.FAIL, reason=_UNRUN) if never else verdict

    def _accepted(self, verdict: Verdict) -> Verdict:
        """Write the new outputs to the notebook and tell what changed."""
        accept_outputs(self.path, self.source_cell, self.done.outputs, self.done.execution_count)
        recording.note(self, f"accepted {self.path.name}, cell {self.source_cell.id}: {verdict.reason}")
        now = outputs_hold(self.done.outputs, self.done.outputs, rules=self.rules)
        return replace(now, reason=f"accepted: {verdict.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> TerminalRepr:
        """Show the cell, what differs, then the block."""
        lines = self.source_cell.source.splitlines()
        more = [f"... {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
        source = "\n".join(f"    {line}" for line in [*lines[:_MOST_LINES], *more])
        error = excinfo.value
        told = str(error)
        if isinstance(error, CheckFailed):
            told = "\n\n".join(filter(None, [to_paste(error.verdict.evidence), str(error)]))
        text = f"{self.path.name}, cell {self.name}:\n\n{source}\n\n{told}"
        # pytest's own form, which reaches xdist's controller whole and gives the summary its line
        entry = ReprTraceback([ReprEntryNative([f"{text}\n"])], extraline=None, style="native")
        return ReprExceptionInfo(entry, ReprFileLocation(str(self.path), 1, _headline(error)))

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Return the notebook and a readable name."""
        return self.path, 0, f"cell {self.name}"


def _headline(error: BaseException) -> str:
    """Return one line for pytest's short summary."""
    if isinstance(error, CheckFailed):
        return f"{error.verdict.outcome.name} {error.verdict.check}: {error.verdict.reason}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def compared(parent: Any, cell: Cell) -> ComparedCell:
    """Make the item of one cell.

    Raises
    ------
    pytest.Collector.CollectError
        If a setting, a tag or a comment cannot be used.
    """
    try:
        if _RULES not in parent.config.stash:
            options = parent.config.stash[OPTIONS]
            parent.config.stash[_RULES] = rules_of(options.outputs, options.root)
        rules = rules_for(cell, parent.config.stash[_RULES])
    except MlqaError as error:
        raise parent.CollectError(str(error)) from error
    words = words_of_cell(cell)
    options = {
        "check": is_compared(cell, rules),
        "check_exception": "raises-exception" in words,
        "skip": "skip" in words,
    }
    item = ComparedCell.from_parent(parent, name=cell.id, cell_num=cell.index, cell=cell, options=options)
    item.source_cell, item.run, item.rules = cell, parent.run, rules
    return item  # type: ignore[no-any-return]  # nbval is untyped
