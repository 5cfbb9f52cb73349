"""``mlqa demo``: the project's own pipeline, green on good data, stopped on faulty data."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from mlqa.cli.console import command, say
from mlqa.errors import UsageError
from mlqa.gate import CRASHED, GO, NO_GO
from mlqa.pipeline import Run
from mlqa.pipeline import run as run_pipeline
from mlqa.pipeline.toml import read_toml
from mlqa.records import digest_of_path

__all__ = ["demo"]

_PIPELINE = Path("notebooks", "pipeline.toml")
_KEYS = ("fault_input", "fault_column", "fault_factor")


@click.command(short_help="Run the demo pipeline on good data, then on faulty data.")
@click.option("--into", metavar="DIR", help="Folder for everything it writes.  [default: .mlqa/demo]")
@click.pass_context
def demo(ctx: click.Context, into: str | None) -> None:
    """Run notebooks/pipeline.toml green, then show its gate stopping a fault.

    The fault is a change of unit in one column of the raw data. To be run in a
    source checkout; nothing under version control is touched.

    \b
    Examples:
      mlqa demo
      mlqa demo --into /tmp/demo

    Exit code 0 if the first run is go and a gate stops the second, 3 if a
    notebook failed, else 1.
    """
    file = _found()
    fault = _fault_of(file)
    base = Path(into or Path(".mlqa", "demo")).resolve()
    say("1. The pipeline on good data")
    good = run_pipeline(file, into=base, reason="demo: good data", force=True, say=say)
    column, factor = fault["fault_column"], fault["fault_factor"]
    say(f"\n2. The same on faulty data: {column!r} times {factor}, as after a change of unit")
    before = _published(base, good)
    faulty = _faulty_copy(file, fault, base)
    bad = run_pipeline(file, inputs={fault["fault_input"]: str(faulty)}, into=base, reason="demo: faulty data", say=say)
    for verdict in bad.report.verdicts:
        if not verdict.holds():
            say(f"\n{verdict}")
    named = any(column in verdict.columns for verdict in bad.report.verdicts if not verdict.holds())
    kept = before == _published(base, good)
    say("\n3. What happened")
    for holds, claim in (
        (good.exit_code == GO, "the good run is go, its outputs are published"),
        (bad.exit_code == NO_GO, "a gate stopped the faulty run"),
        (named, f"the verdict names the column {column!r}"),
        (kept, "nothing of the faulty run was published"),
    ):
        say(f"  {'yes' if holds else 'NO '}  {claim}")
    _look(file, (good, bad))
    shown = good.exit_code == GO and bad.exit_code == NO_GO and named and kept
    ctx.exit(GO if shown else CRASHED if CRASHED in (good.exit_code, bad.exit_code) else NO_GO)


def _found() -> Path:
    """Find the demo's pipeline from the working directory upwards."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _PIPELINE).is_file():
            return folder / _PIPELINE
    hint = "change to a source checkout of mlqa"
    raise UsageError("demo", str(here), "a folder in or above which notebooks/pipeline.toml lies", hint, "none")


def _fault_of(file: Path) -> dict[str, Any]:
    """Read which fault to make."""
    table: dict[str, Any] = read_toml(file).get("demo", {})
    for key in _KEYS:
        if key not in table:
            raise UsageError(f"[demo] {key}", None, "the fault to make", f"add {key} to {file}", "none")
    return table


def _faulty_copy(file: Path, fault: Mapping[str, Any], base: Path) -> Path:
    """Write the raw data again, with one column in another unit."""
    import polars as pl

    steps = read_toml(file)["steps"].values()
    name, column = fault["fault_input"], fault["fault_column"]
    raw: Path | None = next(
        (file.parent / step["inputs"][name] for step in steps if name in step.get("inputs", {})), None
    )
    if raw is None or not raw.is_file():
        raise UsageError("[demo] fault_input", name, "an input that is a file", "name the raw data", "none")
    target = base / "faulty" / raw.name
    target.parent.mkdir(parents=True, exist_ok=True)
    pl.read_parquet(raw).with_columns(pl.col(column) * fault["fault_factor"]).write_parquet(target)
    return target


def _published(base: Path, run: Run) -> dict[str, str]:
    """Return the digest of every file that the good run published, as it is now."""
    paths = (path for result in run.steps for path in result.outputs)
    return {path: digest_of_path(base / path) for path in paths if (base / path).exists()}


def _look(file: Path, runs: tuple[Run, ...]) -> None:
    """Say where to look."""
    say("\n4. Where to look")
    for line in _places(runs):
        say(f"  {line}")
    say(f"  {'JupyterLab':<11} {_lab(file.parent)}")
    say(f"  {'the records':<11} {command('mlqa')} show --at {_typed(runs[0].records.parent.parent)}")


def _lab(notebooks: Path) -> str:
    """Return a command that opens JupyterLab, as one may type it here."""
    root = notebooks.parent
    ours = Path(sys.executable).is_relative_to(root / ".venv")
    if ours and root == Path.cwd() and (root / "Makefile").is_file() and shutil.which("make"):
        return "make lab"
    if find_spec("jupyterlab") is None:
        return f"{command('python')} -m pip install 'pytest-mlqa[lab]', then jupyter lab {_typed(notebooks)}"
    return f"{command('jupyter')} lab {_typed(notebooks)}"


def _typed(path: Path) -> str:
    return shlex.quote(_near(path))


def _places(runs: tuple[Run, ...]) -> Iterator[str]:
    for title, run in zip(("good run", "faulty run"), runs):
        width = max(len(result.step.name) for result in run.steps)
        yield f"{title:<11} {'report':<{width}}  {_near(run.folder / 'report.html')}"
        for result in run.steps:
            executed = result.folder / "executed.ipynb"
            if executed.is_file():
                yield f"{'':<11} {result.step.name:<{width}}  {_near(executed)}"


def _near(path: Path) -> str:
    """Write a path as seen from here, where that is shorter."""
    return min(str(path), os.path.relpath(path), key=len)
