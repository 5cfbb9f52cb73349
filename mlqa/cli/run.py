"""``mlqa run``: a pipeline, or one notebook, behind its gates and on record."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import click

from mlqa.cli.console import say
from mlqa.gate import CRASHED, GO, NO_GO
from mlqa.pipeline import run as run_pipeline
from mlqa.pipeline.parameters import value_of

__all__ = ["run"]


@click.command(short_help="Run a pipeline or a notebook behind its gates.")
@click.argument("source", metavar="PIPELINE|NOTEBOOK")
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter.")
@click.option("-i", "inputs", nargs=2, multiple=True, metavar="NAME PATH", help="Read another file as an input.")
@click.option("--reason", default="", metavar="TEXT", help="Why it is run; kept in the record.")
@click.option("--into", metavar="DIR", help="Folder for outputs and records, in place of the pipeline's.")
@click.option("--strict", is_flag=True, help="UNDECIDED counts against every gate.")
@click.pass_context
def run(
    ctx: click.Context,
    source: str,
    parameters: tuple[tuple[str, str], ...],
    inputs: tuple[tuple[str, str], ...],
    reason: str,
    into: str | None,
    strict: bool,
) -> None:
    """Run the steps of a pipeline.toml, or one notebook.

    Each step runs in its own process; its outputs are published only if its
    gate says go. A VALUE is read as JSON, else as text.

    \b
    Examples:
      mlqa run notebooks/pipeline.toml
      mlqa run notebooks/pipeline.toml -p seed 3 --reason "weekly retraining"
      mlqa run notebooks/pipeline.toml -i raw new.parquet --into /tmp/trial
      mlqa run analysis.ipynb -p rows 1000

    Exit code 0 go, 1 a gate said no, 2 usage error, 3 a notebook failed.
    """
    done = run_pipeline(
        source,
        parameters={name: value_of(text) for name, text in parameters},
        inputs=dict(inputs),
        reason=reason,
        into=into,
        strict=strict,
        say=say,
    )
    say({GO: "go", NO_GO: "NO-GO: a gate said no", CRASHED: "FAILED: a notebook or test broke"}[done.exit_code])
    ctx.exit(done.exit_code)
