"""``mlqa diff``: what changed between two runs, and what it did to the metrics."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import click

from mlqa import records
from mlqa.cli.console import say, table
from mlqa.cli.show import records_file
from mlqa.records.compare import Difference, compared

__all__ = ["diff", "listed"]

_TITLES = {
    "code": "code (digests of the files)",
    "data": "data read (digests)",
    "parameters": "parameters",
    "environment": "environment",
    "gate": "what the gates said",
    "metrics": "what the checks measured [interval]",
    "outputs": "outputs (digests)",
}


@click.command(short_help="Show what changed between two runs.")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B", default="last")
@click.option("--at", "home", metavar="DIR", help="Folder of the pipeline, or the one given as --into.")
def diff(old: str, new: str, home: str | None) -> None:
    """Compare run A with run B: code, data, parameters, environment, metrics.

    \b
    Examples:
      mlqa diff 20260101T0102 last
      mlqa diff 4f2a 9c1e --at notebooks
    """
    file = records_file(home)
    runs = records.runs_of(records.read(file).records)
    sides = [records.chosen(runs, name, file) for name in (old, new)]
    names = [str(records.facet_of(side[0]).get("run")) for side in sides]
    found = compared(sides[0], sides[1], (file.parent, file.parent))
    say(f"A {names[0]}: {records.ended(sides[0])}")
    say(f"B {names[1]}: {records.ended(sides[1])}")
    listed(found)
    if not found:
        say("nothing that is on record differs")


def listed(found: Iterable[Difference]) -> None:
    """Print differences under the title of their kind."""
    for kind, group in groupby(found, key=lambda one: one.kind):
        say(f"\n{_TITLES[kind]}")
        table(["", "", "A", "B"], [["", one.name, one.old, one.new] for one in group])
