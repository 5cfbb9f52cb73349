"""``mlqa env``: environments of programs that never share one with the user's."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import sys
from contextlib import ExitStack

import click
from rich.console import Console
from rich.progress import Progress

from mlqa.bridges.deepchecks.environment import PINS, create, find
from mlqa.cli.console import say

__all__ = ["env"]

_PROGRAM = click.argument("program", type=click.Choice(["deepchecks"]))


@click.group(short_help="Build the environment of deepchecks, or list what it holds.")
def env() -> None:
    """Build the environment of deepchecks, or list what it holds.

    \b
    Examples:
      mlqa env create deepchecks
      mlqa env pins deepchecks > pins.txt
      mlqa env create deepchecks --wheelhouse wheels
    """


@env.command("create", short_help="Build it now, rather than on first use.")
@_PROGRAM
@click.option("--wheelhouse", metavar="DIR", help="A folder of wheels; nothing is fetched.")
def create_one(program: str, wheelhouse: str | None) -> None:
    """Build the environment of PROGRAM in the user's cache, from exact pins with hashes.

    MLQA_CACHE names another folder. deepchecks is AGPL-3.0; it stays a program
    of its own.
    """
    there = find()
    if there is not None:
        say(f"{program}'s environment is there: {there.parents[1]}")
        return
    with ExitStack() as shown:
        progress = None
        if sys.stdout.isatty():
            bar = shown.enter_context(Progress(console=Console(), transient=True))
            line = bar.add_task("packages", total=None)

            def progress(done: int, total: int, text: str) -> None:
                bar.update(line, completed=done, total=total, description=text[:50])

        python = create(wheelhouse=wheelhouse, say=say, progress=progress)
    say(f"{program}'s environment: {python.parents[1]}")


@env.command("pins", short_help="Print its packages with their hashes.")
@_PROGRAM
def pins(program: str) -> None:
    """Print the packages of PROGRAM's environment, to fill a wheelhouse with.

    \b
    Example:
      mlqa env pins deepchecks > pins.txt
      pip download --no-deps --require-hashes -r pins.txt -d wheels
    """
    click.echo(PINS.read_text(encoding="utf-8"), nl=False)
