"""Run the tests of one cell with real pytest in this process: the one function behind every inline run."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import traceback
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from mlqa.alpha import level_of, using
from mlqa.inline.collector import CellPlugin
from mlqa.inline.module import CellText, compiled
from mlqa.inline.options import arguments_of
from mlqa.inline.surroundings import left_as_found, shown
from mlqa.ipynb.cells import magic_line, source_hash
from mlqa.report import Case, Crash, Origin, Report
from mlqa.report.case import LONGEST_MESSAGE, case_of
from mlqa.settings import read_settings
from mlqa.verdict import strict

__all__ = ["Ran", "run", "run_cell"]

# addopts of the project are for its own runs: '-n2' or '--cov' would break one in a kernel
_ARGUMENTS = (
    *("-o", "addopts=", "--mlqa", "--mlqa-notebooks=off", "--capture=sys", "--color=no"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
    # settings of the plugins left out below are unknown to pytest
    *("-o", "strict_config=false", "-W", "ignore::pytest.PytestConfigWarning"),
)
_UNWANTED = ("cacheprovider", "faulthandler", "nbmake", "nbval", "threadexception", "unraisableexception")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run: its report, and what a reader of the cell wants besides.

    Attributes
    ----------
    report : Report
    words : str
        Tracebacks and captured output of the failed tests, what was written
        of baselines, or why nothing was run.
    error : SyntaxError or None
    """

    report: Report
    words: str = ""
    error: SyntaxError | None = None


def run_cell(
    source: str,
    *,
    namespace: dict[str, Any],
    cell_id: str,
    select: Sequence[str] | None = None,
    options: Sequence[str] = (),
) -> Report:
    """Run the tests and the bare checks of one cell.

    Parameters
    ----------
    source : str
        Whole text of the cell, its ``%%mlqa`` line included; without one, it
        is run as if it had an empty one.
    namespace : dict
        The notebook's variables. The cell runs in it, so its definitions stay.
    cell_id : str
        May be empty.
    select : sequence of str, optional
        Names such as ``test_x``, ``test_x[1]``, ``TestA::test_y``, ``line 3``:
        only these are run and reported. The cell's top level runs anyway.
    options : sequence of str
        More options of pytest; those of the cell itself come after them.

    Returns
    -------
    Report
        Cases in the order of their lines. A cell without tests gives one
        skipped case that says so; an empty `select` gives none.

    Raises
    ------
    UsageError
        If the options after ``%%mlqa`` are not known.
    KeyboardInterrupt
        If the run was interrupted.
    """
    return run(source, namespace=namespace, cell_id=cell_id, select=select, options=options).report


def run(
    source: str,
    *,
    namespace: dict[str, Any],
    cell_id: str,
    select: Sequence[str] | None = None,
    options: Sequence[str] = (),
) -> Ran:
    """Run a cell as `run_cell` does, and return what to show besides."""
    own = arguments_of(magic_line(source))
    origin = Origin(cell_id=cell_id, source_hash=source_hash(source), kernel=kernel_id(os.getpid()))
    filename = f"<cell {cell_id or origin.source_hash}>"
    try:
        tree = compiled(source, filename)
    except SyntaxError as error:
        return Ran(report=Report((_misspelt(error),), origin), error=error)
    folder = Path.cwd()
    text = CellText(source=source, filename=filename, namespace=namespace, tree=tree, policy=_policy, outside=shown())
    plugin = CellPlugin(folder, text, select)
    said = _pytest([*options, *own], plugin)
    if type(plugin.interrupt) is KeyboardInterrupt:  # pytest's own Interrupted is a subclass
        raise _interrupted(plugin.interrupt, filename) from None
    cases = [case for case in text.cases if select is None or case.source in select or case.crash is not None]
    cases = sorted([*cases, *plugin.cases], key=lambda case: case.line or 0)
    if said:
        cases.append(Case(source="cell", crash=Crash(type="PytestError", message=_last(said), traceback=said)))
    words = plugin.words
    if not cases and (select is None or select):
        cases = [_nothing(own, plugin.collected, select)]
        words = [f"mlqa: {cases[0].verdicts[0].reason}"]
    return Ran(report=Report(tuple(cases), origin), words="\n\n".join(words))


@functools.lru_cache(maxsize=1)
def kernel_id(process: int) -> str:
    """Return an id of this process; a forked kernel gets one of its own."""
    return uuid.uuid4().hex


def _pytest(arguments: list[str], plugin: CellPlugin) -> str:
    """Run pytest without a word of its own; return what it said if it could not run."""
    said = io.StringIO()
    blocked = [word for name in _UNWANTED for word in ("-p", f"no:{name}")]
    # the folder as ".": pytest takes a bracket in a path for parameters
    with left_as_found(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pytest.main([*_ARGUMENTS, *blocked, "-p", _our_plugin(), *arguments, "."], plugins=[plugin])
    if code in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR}:
        return _COLOURS.sub("", said.getvalue()).strip() or "pytest could not run"
    told = any(case.crash is not None for case in plugin.cases)  # a test that cannot be collected, by name
    return str(plugin.interrupt) if code == pytest.ExitCode.INTERRUPTED and not told else ""


@functools.cache
def _our_plugin() -> str:
    """Return the name pytest knows our plugin by: its entry point, if mlqa was installed with one."""
    found = entry_points(group="pytest11", name="mlqa")
    return "mlqa" if found else "mlqa.plugin"


@contextlib.contextmanager
def _policy(config: pytest.Config) -> Iterator[None]:
    """Set level and strictness for the bare checks: the option, else the project's setting."""
    _, settings = read_settings(config.rootpath)
    alpha = config.getoption("mlqa_alpha", None)
    strictly = config.getoption("mlqa_strict", None)
    level = level_of(settings["alpha"] if alpha is None else float(alpha))
    with using(level), strict(settings["strict"] if strictly is None else strictly):
        yield


def _interrupted(error: BaseException, filename: str) -> KeyboardInterrupt:
    """Say where in the cell it was interrupted, without the many frames of pytest."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    return KeyboardInterrupt(f"interrupted at {filename}, line {frames[-1].lineno}" if frames else "interrupted")


def _misspelt(error: SyntaxError) -> Case:
    """Make a case of a cell that is not Python."""
    text = "".join(traceback.format_exception_only(type(error), error))
    crash = Crash(type=type(error).__name__, message=error.msg, traceback=text)
    return Case(source=f"line {error.lineno}" if error.lineno else "cell", crash=crash, line=error.lineno)


def _nothing(own: Sequence[str], collected: Sequence[str], select: Sequence[str] | None) -> Case:
    """Say that nothing was run, and why."""
    if not collected:
        reason = "no tests in this cell: write a function test_..., or a check on a line of its own"
    else:
        asked = f"the names {', '.join(select)}" if select else " ".join(own)
        reason = f"{asked} fits none of this cell's tests: {', '.join(collected[:8])}"
    return case_of("cell", phase_outcome="skipped", message=reason, line=1)


def _last(said: str) -> str:
    """Return the line of pytest's complaint that says most."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "E "))]
    inside = [line.removeprefix("INTERNALERROR> ") for line in lines if line.startswith("INTERNALERROR> ")]
    return [*errors[:1], *inside[-1:], *lines[-1:]][0][:LONGEST_MESSAGE]
