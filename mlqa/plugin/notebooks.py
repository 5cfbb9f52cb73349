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

from mlqa.errors import MlqaError, UsageError
from mlqa.ipynb.cells import Cell, body_of, is_test_cell, read_notebook
from mlqa.ipynb.names import TestName, gives_more, parse, test_names
from mlqa.ipynb.params import ids_of
from mlqa.plugin.notebook_items import CellRun, CellTest, Misspelt
from mlqa.plugin.notebook_parameters import label_of, sets_of
from mlqa.plugin.notebook_run import NotebookRun, mode_of

__all__ = ["NotebookFile", "ParameterSet", "TestCell"]

_PARKED = pytest.StashKey[list[NotebookRun]]()
_MOST_PARKED = 2
_DISTS = ("load", "loadfile", "loadgroup", "loadscope", "worksteal")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a notebook, unless they are left out."""
    if file_path.suffix != ".ipynb" or ".ipynb_checkpoints" in file_path.parts or mode_of(parent.config) == "off":
        return None
    return NotebookFile.from_parent(parent, path=file_path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a notebook's items on one worker: one kernel, not one a worker."""
    dist = config.getoption("dist", "no")
    if dist not in _DISTS or mode_of(config) == "off":
        return None
    return import_module("mlqa.plugin.notebook_schedule").WholeNotebooks(config, log, dist)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the kernels that waited for items of other workers."""
    for run in session.config.stash.get(_PARKED, []):
        run.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Count the items of a notebook that are done."""
    run = getattr(item, "run", None)
    if isinstance(run, NotebookRun):
        run.done += 1


class _Home(pytest.Collector):
    """What holds the cells of one run of a notebook; its kernel lives from its first item to its last."""

    run: NotebookRun

    def cells(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield a class for each test cell, an item for each other."""
        for cell in self.run.notebook.cells:
            if is_test_cell(cell.source):
                node = TestCell.from_parent(self, name=cell.id)
                node.cell, node.run = cell, self.run
                yield node
            elif cell.source.strip() and mode_of(self.config) == "check":
                # nbval is heavy: imported where outputs are compared, and nowhere else
                yield import_module("mlqa.plugin.notebook_compare").compared(self, cell)
            elif cell.source.strip():
                item = CellRun.from_parent(self, name=cell.id)
                item.cell, item.run = cell, self.run
                yield item

    def teardown(self) -> None:
        """Stop the kernel, unless items are left that come later or run elsewhere."""
        run = getattr(self, "run", None)
        if run is None or not run.is_running():
            return
        parked = self.config.stash.setdefault(_PARKED, [])
        if run in parked:
            parked.remove(run)
        if run.is_finished():
            run.stop()
            return
        parked.append(run)
        while len(parked) > _MOST_PARKED:
            parked.pop(0).stop()


class NotebookFile(_Home, pytest.File):
    """A notebook."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Yield the cells, below their set of parameters if the notebook is run with some."""
        try:
            notebook = read_notebook(self.path)
            sets = sets_of(notebook, self.config)
        except (MlqaError, ImportError, UsageError) as error:
            raise self.CollectError(str(error)) from error
        for cell in notebook.cells:
            if not is_test_cell(cell.source):
                self._warn_of_tests(cell)
        if not sets:
            self.run = NotebookRun(notebook, self.config, self.session)
            yield from self.cells()
        for parameters in sets:
            node = ParameterSet.from_parent(self, name=label_of(parameters))
            node.run = NotebookRun(notebook, self.config, self.session, parameters)
            yield node

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


class ParameterSet(_Home):
    """A notebook with one set of parameters, in a kernel of its own."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Yield the cells."""
        yield from self.cells()


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
            item.error, item.cell = error, self.cell
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
