"""What a run leaves of its notebooks: properties of items, executed notebooks, annotations for GitHub."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlqa.ipynb.executed import write_executed
from mlqa.ipynb.lines import line_in_file
from mlqa.plugin.notebook_run import COLOURS, NotebookRun
from mlqa.plugin.options import OPTIONS

__all__: list[str] = []

_TOLD = pytest.StashKey[dict[int, tuple[NotebookRun, dict[str, dict[str, Any]]]]]()
_NOTED = pytest.StashKey[list[str]]()
_RANK = ("passed", "skipped", "failed")
_LONGEST = 2000


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outside of judge, which adds the verdicts
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Add what the cell took, and where it stands in the file; remember what came of it."""
    run = getattr(item, "run", None)
    if not isinstance(run, NotebookRun):
        return (yield)
    cell: Any = getattr(item, "source_cell", None) or item.cell  # type: ignore[attr-defined]  # our items have one
    if call.when == "setup":
        item.user_properties += _cost(run, cell.id)
    report = yield
    if report.failed:
        line = line_in_file(run.notebook.path, run.notebook.cells, cell.id, getattr(item, "line", 1))
        report.mlqa_place = (run.notebook.path.as_posix(), line)
    if item.config.stash[OPTIONS].notebook_out is not None:
        _remember(item, run, cell.id, report)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell GitHub of each failure, at the line of the notebook's file; say what could not be written."""
    for kind in ("failed", "error") if os.environ.get("GITHUB_ACTIONS") == "true" else ():
        for report in terminalreporter.stats.get(kind, []):
            place = getattr(report, "mlqa_place", None)
            if place is not None:
                terminalreporter.ensure_newline()
                terminalreporter.write_line(annotation(report, *place))
    for line in terminalreporter.config.stash.get(_NOTED, []):
        terminalreporter.write_line(f"mlqa {line}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the executed notebooks that ran in this process."""
    folder = session.config.stash[OPTIONS].notebook_out
    if folder is None:
        return
    noted = session.config.stash.setdefault(_NOTED, [])
    for run, told in session.config.stash.get(_TOLD, {}).values():
        path = _place(folder, run, session.config)
        try:
            write_executed(run.notebook, run.shown, told, path)
        except OSError as error:
            noted.append(f"executed notebook not written: {path}: {error.strerror or error}")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR


def annotation(report: pytest.TestReport, path: str, line: int) -> str:
    """Write a failure as GitHub's workflow command: nothing in it can end the command or begin another."""
    start = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    file = Path(path).relative_to(start).as_posix() if Path(path).is_relative_to(start) else path
    text = COLOURS.sub("", report.longreprtext).strip()[-_LONGEST:]
    title = report.nodeid.split("::", 1)[-1]
    return f"::error file={_escaped(file, ',:')},line={line},title={_escaped(title, ',:')}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for letter in f"%\r\n{more}":
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def _cost(run: NotebookRun, cell_id: str) -> list[tuple[str, Any]]:
    """Return time and memory of a cell as properties, which JUnit shows."""
    cost = run.cost(cell_id)
    if cost is None:
        return []
    peak = [] if cost.peak is None else [("mlqa.cell_peak_mb", round(cost.peak / 1e6, 1))]
    return [("mlqa.cell_seconds", round(cost.seconds, 3)), *peak]


def _remember(item: pytest.Item, run: NotebookRun, cell_id: str, report: Any) -> None:
    """Keep the worst outcome of a cell's items, and their verdicts."""
    _, told = item.config.stash.setdefault(_TOLD, {}).setdefault(id(run), (run, {}))
    known = told.setdefault(cell_id, {"outcome": "passed", "verdicts": []})
    if _RANK.index(report.outcome) > _RANK.index(known["outcome"]):
        known["outcome"] = report.outcome
    if report.skipped and isinstance(report.longrepr, tuple):
        known["reason"] = report.longrepr[2].removeprefix("Skipped: ")
    known.update({name.removeprefix("mlqa.cell_"): value for name, value in _cost(run, cell_id)})
    verdicts: list[Mapping[str, Any]] = getattr(report, "mlqa", {}).get("verdicts", [])
    known["verdicts"] += verdicts


def _place(folder: Path, run: NotebookRun, config: pytest.Config) -> Path:
    """Return where the executed notebook goes: as it lies in the project, with its parameters in the name."""
    path, root = run.notebook.path.resolve(), config.stash[OPTIONS].root
    inside = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    return (folder / inside).with_name(f"{path.stem}{f'[{run.label}]' if run.label else ''}.ipynb")
