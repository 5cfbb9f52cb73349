"""``mlqa notebooks``: which outputs vary from run to run, and which differ between two environments."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from mlqa.cli.console import say
from mlqa.errors import UsageError
from mlqa.ipynb.cells import Cell, Notebook, is_test_cell, read_notebook
from mlqa.ipynb.comparison.outputs_hold import outputs_hold
from mlqa.ipynb.comparison.rules import Rules, is_compared, rules_for, rules_of
from mlqa.ipynb.comparison.stable import outputs_stable, proposal_for
from mlqa.ipynb.execution import executed
from mlqa.ipynb.interpreters import kernel_of
from mlqa.ipynb.rewriting import add_tags
from mlqa.report import Case, Report
from mlqa.settings import read_settings
from mlqa.verdict import Outcome, Verdict
from mlqa.wording import to_paste

__all__ = ["notebooks"]

_Outputs = Sequence[Mapping[str, Any]]


@click.group(short_help="Find outputs that vary, and those that differ between environments.")
def notebooks() -> None:
    """Look at the outputs of notebooks over several runs or in two environments."""


@notebooks.command(short_help="Run notebooks several times; list the outputs that vary.")
@click.argument("paths", metavar="NOTEBOOK...", nargs=-1, required=True)
@click.option("-n", "times", default=5, show_default=True, type=click.IntRange(2, 1000), help="How many runs.")
@click.option("--apply", "apply", is_flag=True, help="Write the proposed tags into the notebooks.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Of each cell.")
@click.option("--report", "into", metavar="PATH", help="Write the report; .json, .html, .md, .xml by suffix.")
@click.pass_context
def flaky(
    ctx: click.Context, paths: tuple[str, ...], times: int, apply: bool, timeout: float | None, into: str | None
) -> None:
    """Run each notebook in fresh kernels and compare the runs with each other.

    Of each output that varies it tells how, and proposes a tag: a tolerance
    where only numbers vary and by little, else to ignore the output.

    \b
    Examples:
      mlqa notebooks flaky analysis.ipynb -n 5
      mlqa notebooks flaky notebooks/ --apply

    Exit code 0 all outputs are stable, 1 some vary, 2 usage error, 3 a notebook
    or kernel failed.
    """
    cases: list[Case] = []
    for path in _files(paths):
        notebook = read_notebook(path)
        rules = _rules(path)
        runs = [executed(notebook, timeout=timeout) for _ in range(times)]
        for cell in _compared(notebook, rules):
            outputs = [run[cell.id].outputs for run in runs if cell.id in run]
            if len(outputs) < times:
                continue
            verdict = outputs_stable(outputs, rules=rules_for(cell, rules))
            cases.append(_told(path, cell, verdict))
            if verdict.outcome is Outcome.FAIL:
                _propose(path, cell, outputs, rules_for(cell, rules), apply=apply)
    _end(ctx, cases, into, f"vary over {times} runs")


@notebooks.command(short_help="Show which outputs differ between two environments, files or folders.")
@click.argument("paths", metavar="NOTEBOOK... | OLD NEW", nargs=-1, required=True)
@click.option("--python", "pythons", multiple=True, metavar="PYTHON", help="An interpreter; give two.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Of each cell.")
@click.option("--report", "into", metavar="PATH", help="Write the report; .json, .html, .md, .xml by suffix.")
@click.pass_context
def compare(
    ctx: click.Context, paths: tuple[str, ...], pythons: tuple[str, ...], timeout: float | None, into: str | None
) -> None:
    """Compare outputs: of two interpreters, or as stored in two notebooks or folders.

    With --python twice, each notebook runs in both; each interpreter needs its
    own ipykernel. Without, the outputs stored in OLD and NEW are compared.

    \b
    Examples:
      mlqa notebooks compare analysis.ipynb --python old/bin/python --python new/bin/python
      mlqa notebooks compare before.ipynb after.ipynb
      mlqa notebooks compare runs/monday runs/tuesday

    Exit code 0 the outputs are the same, 1 some differ, 2 usage error, 3 a
    notebook or kernel failed.
    """
    cases = _between(paths, pythons, timeout) if pythons else _stored(paths)
    _end(ctx, cases, into, "differ")


def _between(paths: Sequence[str], pythons: Sequence[str], timeout: float | None) -> list[Case]:
    """Run notebooks in two interpreters."""
    if len(pythons) != 2:
        raise UsageError("--python", pythons, "two interpreters", "give --python twice", f"{len(pythons)}")
    files, cases = _files(paths), []
    with ExitStack() as stack:
        kernels = [stack.enter_context(kernel_of(python)) for python in pythons]
        for path in files:
            notebook, rules = read_notebook(path), _rules(path)
            first, second = (executed(notebook, kernel, timeout=timeout) for kernel in kernels)
            for cell in _compared(notebook, rules):
                if cell.id in first and cell.id in second:
                    sides = first[cell.id].outputs, second[cell.id].outputs
                    cases.append(_case(path, cell, sides, rules))
    return cases


def _stored(paths: Sequence[str]) -> list[Case]:
    """Compare what is stored in two notebooks, or in those of the same name of two folders."""
    if len(paths) != 2:
        hint = "give --python twice to run notebooks, or OLD and NEW"
        raise UsageError("OLD NEW", paths, "two notebooks or two folders", hint, f"{len(paths)}")
    old, new = (Path(path) for path in paths)
    if old.is_dir() != new.is_dir():
        raise UsageError("NEW", str(new), "a folder beside a folder", "give two of a kind", "a file and a folder")
    if not old.is_dir():
        return _between_files(old, new)
    sides = [{file.relative_to(folder): file for file in _files([str(folder)])} for folder in (old, new)]
    cases = [_lacking(name, old if name in sides[0] else new) for name in sorted(sides[0].keys() ^ sides[1].keys())]
    for name in sorted(sides[0].keys() & sides[1].keys()):
        cases += _between_files(sides[0][name], sides[1][name])
    return cases


def _between_files(old: Path, new: Path) -> list[Case]:
    """Compare cell by cell: by id, or in order where the ids have nothing in common."""
    left, right = read_notebook(old), read_notebook(new)
    rules = _rules(new)
    by_id = {cell.id: cell for cell in left.cells}
    if not any(cell.id in by_id for cell in right.cells):
        by_id = {cell.id: before for cell, before in zip(right.cells, left.cells)}
    found = []
    for cell in _compared(right, rules):
        before = by_id.get(cell.id)
        found.append(_case(new, cell, (() if before is None else before.outputs, cell.outputs), rules))
    return found


def _lacking(name: Path, folder: Path) -> Case:
    """Say that a notebook is in one folder only."""
    reason = f"{name} is only in {folder}"
    verdict = Verdict(check="notebook.outputs_hold", outcome=Outcome.FAIL, claim="both have it", reason=reason)
    say(f"{name}\n  only in {folder}")
    return Case(source=name.as_posix(), verdicts=(verdict,))


def _case(path: Path, cell: Cell, sides: tuple[_Outputs, _Outputs], rules: Rules) -> Case:
    return _told(path, cell, outputs_hold(*sides, rules=rules_for(cell, rules)))


def _told(path: Path, cell: Cell, verdict: Verdict) -> Case:
    """Show a cell that does not hold, and make it a case of the report."""
    if verdict.outcome is Outcome.FAIL:
        say(f"{path.as_posix()}::{cell.id}")
        for line in to_paste(verdict.evidence).splitlines():
            say(f"  {line}")
    return Case(source=f"{path.as_posix()}::{cell.id}", verdicts=(verdict,))


def _propose(path: Path, cell: Cell, runs: Sequence[_Outputs], rules: Rules, *, apply: bool) -> None:
    """Show the tag that would make the outputs hold; write it, where that is wanted."""
    proposal = proposal_for(runs, rules)
    say(f"  {'tagged' if apply else 'proposed tag'}: {proposal.tag} ({proposal.because})")
    if proposal.sanitize:
        say(f"  or in the file of [tool.mlqa.outputs] sanitize: regex: {proposal.sanitize}")
    if apply:
        add_tags(path, cell, [proposal.tag])


def _end(ctx: click.Context, cases: Sequence[Case], into: str | None, what: str) -> None:
    """Count, write the report, and leave with the code."""
    report = Report(tuple(cases))
    differing = sum(case.outcome == "fail" for case in cases)
    if into is not None:
        say(f"report: {report.save(into)}")
    say(f"{differing} of {len(cases)} cells {what}")
    ctx.exit(1 if differing else 0)


def _compared(notebook: Notebook, rules: Rules) -> list[Cell]:
    """Return the cells whose outputs are compared; test cells have verdicts, not outputs."""
    return [cell for cell in notebook.cells if not is_test_cell(cell.source) and is_compared(cell, rules)]


def _rules(path: Path) -> Rules:
    root, settings = read_settings(path)
    return rules_of(settings["outputs"], root)


def _files(paths: Sequence[str]) -> list[Path]:
    """Return notebooks, those in folders included."""
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        inside = [one for one in sorted(path.rglob("*.ipynb")) if ".ipynb_checkpoints" not in one.parts]
        if not path.exists() or (path.is_dir() and not inside):
            raise UsageError("NOTEBOOK", given, "a notebook, or a folder with notebooks", "check the path", "none")
        found += inside if path.is_dir() else [path]
    return found
