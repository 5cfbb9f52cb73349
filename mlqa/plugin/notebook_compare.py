"""Stored outputs compared with new ones, by nbval's own comparison. Imported under ``check`` only."""

from __future__ import annotations

import copy
from os import PathLike
from typing import Any, NoReturn

import nbformat
import pytest

from mlqa.ipynb.cells import Cell
from mlqa.plugin.notebook_run import COLOURS, NotebookRun, options_of

try:
    from nbval.plugin import IPyNbCell, coalesce_streams
except ImportError as missing:
    raise pytest.UsageError("--mlqa-notebooks=check needs nbval: pip install 'pytest-mlqa[notebook]'") from missing

__all__ = ["ComparedCell", "OutputsDifferError", "compared"]

# What differs from run to run, or is a picture: as nbval leaves them out.
_LEFT_OUT = (
    *("metadata", "traceback", "prompt_number", "output_type", "name", "execution_count"),
    *("application/vnd.jupyter.widget-view+json", "image/png", "image/jpeg"),
)


class OutputsDifferError(AssertionError):
    """A cell gave other outputs than those stored, or raised."""


class ComparedCell(IPyNbCell):  # type: ignore[misc]  # nbval is untyped
    """A cell whose stored output is compared; runs in the notebook's one kernel, not in nbval's."""

    source_cell: Cell
    run: NotebookRun

    def setup(self) -> None:
        """Run the cells before this one, and this one."""
        if self.options["skip"]:
            pytest.skip("nbval-skip")
        self.done = self.run.execution(self.source_cell)

    def runtest(self) -> None:
        """Compare, by nbval's rules."""
        if self.done.error is not None and not self.options["check_exception"]:
            error = self.done.error
            told = "\n".join(error["traceback"])
            self.raise_cell_error(f"the cell raised {error['ename']}: {error['evalue']}", COLOURS.sub("", told))
        if self.source_cell.execution_count is None:
            if self.source_cell.outputs:
                self.raise_cell_error("the stored cell has outputs but was never run")
            return
        new, stored = (_nodes(outputs) for outputs in (self.done.outputs, self.source_cell.outputs))
        if self.options["check"] and not self.compare_outputs(new, stored):
            self.raise_cell_error("the outputs differ from those stored", "\n".join(self.comparison_traceback))

    def raise_cell_error(self, message: str, *args: Any) -> NoReturn:
        """Fail as an assertion does."""
        raise OutputsDifferError("\n".join([message, *map(str, args)]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """Show the cell, then what differs."""
        return f"{self.path.name}, cell {self.name}:\n\n{self.source_cell.source}\n\n{excinfo.value}"

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Return the notebook and a readable name."""
        return self.path, 0, f"cell {self.name}"


def compared(parent: Any, cell: Cell) -> ComparedCell:
    """Make the item of one cell; its parent lends what nbval's comparison asks of it."""
    if not hasattr(parent, "skip_compare"):
        parent.skip_compare, parent.sanitize_patterns, parent.timed_out = _LEFT_OUT, {}, False
    words = options_of(cell)
    options = {
        "check": "ignore-output" not in words,
        "check_exception": "raises-exception" in words,
        "skip": "skip" in words,
    }
    item = ComparedCell.from_parent(parent, name=cell.id, cell_num=cell.index, cell=cell, options=options)
    item.source_cell, item.run = cell, parent.run
    return item  # type: ignore[no-any-return]  # nbval is untyped


def _nodes(outputs: Any) -> Any:
    """Copy outputs in the form nbval edits in place."""
    return coalesce_streams([nbformat.from_dict(copy.deepcopy(dict(output))) for output in outputs])
