"""``mlqa migrate``: a test file or notebook of another library, rewritten."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import difflib
from pathlib import Path

import click

from mlqa.bridges.deepchecks.migrate.files import Migrated
from mlqa.bridges.deepchecks.migrate.files import migrate as migrated
from mlqa.cli.console import printable, say
from mlqa.files import write_atomically

__all__ = ["migrate"]


@click.command(short_help="Rewrite deepchecks' suites and checks in a file.")
@click.argument("program", type=click.Choice(["deepchecks"]))
@click.argument("file", metavar="FILE.py|NOTEBOOK")
@click.option("--write", is_flag=True, help="Change the file; without it the changes are only shown.")
def migrate(program: str, file: str, write: bool) -> None:
    """Rewrite suites and conditions of deepchecks in FILE to checks of mlqa.

    Where mlqa has no check that keeps your limits, the question stays
    deepchecks' own, run by mlqa.deepchecks. Shows the changes, and for each of
    them what it means.

    \b
    Examples:
      mlqa migrate deepchecks tests/test_data.py
      mlqa migrate deepchecks model.ipynb --write
    """
    path = Path(file)
    found = migrated(path)
    for line in _changes(found, path.name):
        click.echo(printable(line))
    for note in found.notes:
        say(note)
    if found.after == found.before:
        say("nothing to change")
    elif write:
        write_atomically(path, found.content)
        say(f"written: {file}")
    else:
        say("nothing is written yet: add --write")


def _changes(found: Migrated, name: str) -> list[str]:
    before, after = found.before.splitlines(), found.after.splitlines()
    return list(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""))
