"""``mlqa reproduce``: a recorded run again; the same outputs, or what differs and likely why."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from mlqa.cli.console import say
from mlqa.cli.show import records_file
from mlqa.pipeline.reproduce import reproduce as run_again

__all__ = ["reproduce"]


@click.command(short_help="Run a recorded run again and compare what comes out.")
@click.argument("name", metavar="RUN", default="last")
@click.option("--at", "home", metavar="DIR", help="Folder of the pipeline, or the one given as --into.")
@click.option("--into", metavar="DIR", help="Empty folder to run in; by default a new one for scratch files.")
@click.option(
    "--environment",
    type=click.Choice(["auto", "present"]),
    default="auto",
    help="auto builds the recorded one where it is not the present one and can be built.",
)
@click.pass_context
def reproduce(ctx: click.Context, name: str, home: str | None, into: str | None, environment: str) -> None:
    """Run RUN again on the code, parameters and data of its record.

    The code is what the run kept beside its record, so it may have changed
    since. Nothing of the project is overwritten.

    \b
    Examples:
      mlqa reproduce last
      mlqa reproduce 20260101T0102 --at notebooks --environment present

    Exit code 0 if every output is bit-identical, 1 if one differs, 2 usage
    error, 3 if a step did not go.
    """
    folder = Path(into).resolve() if into else Path(tempfile.mkdtemp(prefix="mlqa-reproduce-"))
    done = run_again(name, records_file(home), folder, environment=environment, say=say)
    for path in done.same:
        say(f"  identical  {path}")
    for path in done.other:
        say(f"  DIFFERS    {path}")
    if done.why:
        say("likely why")
        for reason in done.why:
            say(f"  - {reason}")
    say(f"files {folder / 'again'}")
    if done.exit_code:
        say(f"FAILED: run {done.run} could not be run to its end again")
        ctx.exit(3)
    say(f"NO-GO: {len(done.other)} outputs differ" if done.other else f"go: run {done.run} is reproduced")
    ctx.exit(1 if done.other else 0)
