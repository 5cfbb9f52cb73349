"""Notebooks collected: a notebook is a file, its test cells are its classes, each test is an item.

Registered with ``--mlqa`` only. Nothing of a kernel is imported until one runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mlqa.errors import MlqaError
from mlqa.ipynb.cells import Cell, body_of, is_test_cell, read_notebook
from mlqa.ipynb.names import TestName, gives_more, parse, test_names
from mlqa.ipynb.params import ids_of
from mlqa.plugin.notebook_items import CellTest, Misspelt
from mlqa.plugin.notebook_run import NotebookRun, mode_of

__all__ = ["NotebookFile", "TestCell"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a notebook, unless they are left out."""
    if file_path.suffix != ".ipynb" or ".ipynb_checkpoints" in file_path.parts or mode_of(parent.config) == "off":
        return None
    return NotebookFile.from_parent(parent, path=file_path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a notebook's items on one worker under plain ``-n``: one kernel, not one a worker."""
    if config.getoption("dist", "no") != "load" or mode_of(config) == "off":
        return None
    return import_module("mlqa.plugin.notebook_schedule").WholeNotebooks(config, log)


class NotebookFile(pytest.File):
    """A notebook; its kernel lives from its first item to its last."""

    run: NotebookRun

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Yield the test cells and, under ``--mlqa-notebooks=check``, the cells whose outputs are compared."""
        try:
            notebook = read_notebook(self.path)
        except (MlqaError, ImportError) as error:
            raise self.CollectError(str(error)) from error
        self.run = NotebookRun(notebook, self.config)
        self.add_marker(pytest.mark.xdist_group(self.nodeid))
        compared = mode_of(self.config) == "check"
        for cell in notebook.cells:
            if is_test_cell(cell.source):
                node = TestCell.from_parent(self, name=cell.id)
                node.cell, node.run = cell, self.run
                yield node
            else:
                self._warn_of_tests(cell)
                if compared and cell.source.strip():
                    # nbval is heavy: imported where outputs are compared, and nowhere else
                    yield import_module("mlqa.plugin.notebook_compare").compared(self, cell)

    def teardown(self) -> None:
        """Stop the kernel."""
        self.run.stop()

    def _warn_of_tests(self, cell: Cell) -> None:
        """Point out tests that nothing will run."""
        if any(is_test_cell(line) for line in cell.source.splitlines()):
            self._warn(cell, "has %%mlqa below its first line, where it is no test cell: move it to the top")
            return
        try:
            names = test_names(ast.parse(cell.source))
        except (SyntaxError, ValueError):
            return  # magics, or another language
        if names:
            found = ", ".join(name.source for name in names[:3])
            self._warn(cell, f"defines {found} but is no test cell: add %%mlqa as the first line")

    def _warn(self, cell: Cell, what: str) -> None:
        self.warn(pytest.PytestCollectionWarning(f"{self.nodeid}: cell {cell.id} {what}"))


class TestCell(pytest.Collector):
    """A test cell; its name is the cell's id."""

    __test__ = False

    cell: Cell
    run: NotebookRun

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Yield one item for each test the text shows, and one for the rest of the cell."""
        try:
            tree = parse(body_of(self.cell.source), f"<cell {self.cell.id}>")
        except SyntaxError as error:
            item = Misspelt.from_parent(self, name="cell")
            item.error = error
            yield item
            return
        names = test_names(tree)
        yield from _items(self, self, names, 0)
        if gives_more(tree) or not names:
            rest = CellTest.from_parent(self, name="cell")
            rest.prepare(self.cell, self.run, "", 1, [name.source for name in names])
            yield rest


class _TestClass(pytest.Collector):
    """A class in a test cell."""

    home: TestCell
    names: list[TestName]
    depth: int

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        yield from _items(self, self.home, self.names, self.depth)


def _items(parent: pytest.Collector, home: TestCell, names: Sequence[TestName], depth: int) -> Iterator[Any]:
    """Build the nodes below one node, as deep as pytest's own ids are."""
    classes: dict[str, _TestClass] = {}
    for name in names:
        first = name.path[depth]
        if len(name.path) > depth + 1:
            if first not in classes:
                node = classes[first] = _TestClass.from_parent(parent, name=first)
                node.home, node.names, node.depth = home, [], depth + 1
                yield node
            classes[first].names.append(name)
            continue
        for suffix in [f"[{text}]" for text in ids_of(name.node)] or [""]:
            # the id as text: pytest 9.2 keeps parameters apart in it, and --lf compares the parts
            item = CellTest.from_parent(parent, name=f"{first}{suffix}", nodeid=f"{parent.nodeid}::{first}{suffix}")
            item.prepare(home.cell, home.run, f"{name.source}{suffix}", name.line)
            for mark in name.marks:  # for -m; the kernel knows them by itself
                item.add_marker(mark)
            yield item
