"""``mlqa run``: a pipeline, or one notebook, behind its gates and on record."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mlqa.cli.bars import bars
from mlqa.cli.console import say
from mlqa.errors import UsageError
from mlqa.gate import CRASHED, GO, NO_GO
from mlqa.ipynb.parameters import value_of
from mlqa.pipeline import run as run_pipeline
from mlqa.pipeline.plan import plan
from mlqa.pipeline.toml import found_in

__all__ = ["run"]


@click.command(short_help="Run a pipeline or a notebook behind its gates.")
@click.argument("source", metavar="[PIPELINE|NOTEBOOK]", required=False)
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter.")
@click.option("-i", "inputs", nargs=2, multiple=True, metavar="NAME PATH", help="Read another file as an input.")
@click.option("--secret", "secrets", nargs=2, multiple=True, metavar="NAME REF", help="env:NAME or file:PATH.")
@click.option("--reason", default="", metavar="TEXT", help="Why it is run; kept in the record.")
@click.option("--into", metavar="DIR", help="Folder for outputs and records, in place of the pipeline's.")
@click.option("--strict", is_flag=True, help="UNDECIDED counts against every gate.")
@click.option("--force", is_flag=True, help="Run steps that are up to date too.")
@click.option("--dry-run", is_flag=True, help="Say what would be run and why, and run nothing.")
@click.option("--only", multiple=True, metavar="STEP", help="Run this step alone; may be repeated.")
@click.option("--from", "start", metavar="STEP", help="Run this step and those that need it.")
@click.option("--jobs", type=int, metavar="N", help="Processors that steps share; by default all.")
@click.pass_context
def run(ctx: click.Context, /, source: str | None, reason: str, jobs: int | None, dry_run: bool, **given: Any) -> None:
    """Run the steps of a pipeline.toml, of pyproject.toml, or one notebook.

    Each step runs in its own process; its outputs are published only if its
    gate says go. Steps that are up to date are not run again, so that a run
    after a failure or a kill goes on with what is missing. A VALUE is read as
    JSON, else as text. A secret is read by the kernel and written nowhere.

    \b
    Examples:
      mlqa run                      the pipeline of this folder
      mlqa run notebooks/pipeline.toml --dry-run
      mlqa run notebooks/pipeline.toml -p seed 3 --reason "weekly retraining"
      mlqa run notebooks/pipeline.toml -i raw new.parquet --into /tmp/trial
      mlqa run notebooks/pipeline.toml --from train --force
      mlqa run analysis.ipynb -p rows 1000 --secret token env:API_TOKEN

    Exit code 0 go, 1 a gate said no, 2 usage error, 3 a notebook failed.
    """
    file = found_in(Path()) if source is None else Path(source)
    parameters = {name: value_of(text) for name, text in given.pop("parameters")}
    given |= {"inputs": dict(given["inputs"]), "secrets": dict(given["secrets"]), "parameters": parameters}
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs", jobs, "a number of at least 1", "leave it out for all processors")
    if dry_run:
        _dry(file, given)
        return
    with bars() as (told, watch):
        done = run_pipeline(file, reason=reason, jobs=jobs, say=told, watch=watch, **given)
    say({GO: "go", NO_GO: "NO-GO: a gate said no", CRASHED: "FAILED: a notebook or test broke"}[done.exit_code])
    ctx.exit(done.exit_code)


def _dry(file: Path, given: dict[str, Any]) -> None:
    """Say what would be run."""
    found = plan(file, **given)
    width = max(len(one.step) for one in found)
    for one in found:
        words = {"run": "would run", "depends": "may run"}.get(one.would, one.would)
        first, *rest = one.reasons or ("",)
        say(f"  {one.step:<{width}}  {words:<10}  {first}".rstrip())
        for reason in rest:
            say(f"  {'':<{width}}  {'':<10}  {reason}")
    say("nothing was run")
