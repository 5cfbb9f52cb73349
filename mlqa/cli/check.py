"""``mlqa check``: the default checks on a table file."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

import mlqa
from mlqa.cli.console import say
from mlqa.errors import UsageError
from mlqa.files import write_atomically
from mlqa.gate import Policy
from mlqa.gate import gate as gate_on
from mlqa.report import Report
from mlqa.report.html import to_html
from mlqa.report.text import to_text
from mlqa.settings import read_settings

__all__ = ["check"]


@click.command(short_help="Check a table, alone or against a reference.")
@click.argument("current")
@click.option("--reference", metavar="REF", help="Table to compare with.")
@click.option("--target", metavar="COL", help="Column that is predicted.")
@click.option("--time", metavar="COL", help="Column that orders the rows in time.")
@click.option("--id", metavar="COL", multiple=True, help="Column that names a row.  [repeatable]")
@click.option(
    "--group", metavar="COL", multiple=True, help="Column of groups (a user, a day): left out of drift.  [repeatable]"
)
@click.option("--categorical", metavar="COL", multiple=True, help="Column of numbers that are codes.  [repeatable]")
@click.option("--prediction", metavar="COL", help="Column of what a model predicted.")
@click.option(
    "--probability",
    metavar="COL",
    multiple=True,
    help="Column of a model's probabilities: of one class, or repeated for all.  [repeatable]",
)
@click.option("--json", "json_file", metavar="OUT", help="Write the report as JSON.")
@click.option("--html", "html_file", metavar="OUT", help="Write the report as HTML.")
@click.option("--alpha", type=float, metavar="A", help="False-alarm level of each check.  [default: 1e-4]")
@click.option("--seed", type=int, metavar="N", help="Seed of the checks that draw.  [default: 0]")
@click.option("--strict", is_flag=True, help="UNDECIDED counts against it.")
def check(
    current: str,
    json_file: str | None,
    html_file: str | None,
    alpha: float | None,
    strict: bool,
    **options: Any,
) -> None:
    """Ask every default check of the table CURRENT (parquet, csv, arrow, feather).

    \b
    Examples:
      mlqa check new.parquet
      mlqa check new.parquet --reference old.parquet --target churn
      mlqa check new.csv --reference old.csv --json report.json --html report.html
      mlqa check new.csv --id shop --id order --probability no --probability yes

    Exit code 0 if every check holds, 1 if one does not, 2 on a usage error.
    """
    settings = read_settings(Path.cwd())[1]
    named = {name: _one_or_more(name, value) for name, value in options.items() if value not in (None, ())}
    level = settings["alpha"] if alpha is None else alpha
    files = {"--json": json_file, "--html": html_file}
    for option, file in files.items():
        _writable(option, file)
    report = mlqa.check(current, alpha=level, **named)
    say(to_text(report))
    for (option, file), view in zip(files.items(), (Report.to_json, to_html)):
        if file is not None:
            say(f"written {_written(option, file, view(report))}")
    decision = gate_on(report, Policy(strict=strict or settings["strict"], forbid_empty=False))
    click.get_current_context().exit(decision.exit_code)


def _one_or_more(name: str, value: Any) -> Any:
    """Hand on a repeatable option as :func:`mlqa.check` takes it: one name plainly, several as a list."""
    if not isinstance(value, tuple):
        return value
    return value[0] if len(value) == 1 and name != "categorical" else [*value]


def _writable(option: str, file: str | None) -> None:
    """Refuse a file that cannot be written, before anything is computed."""
    if file is None:
        return
    nearest = next(folder for folder in Path(file).absolute().parents if folder.exists())
    if Path(file).is_dir() or not nearest.is_dir() or not os.access(nearest, os.W_OK):
        got = "a folder" if Path(file).is_dir() else f"{nearest}, where nothing can be written"
        raise UsageError(option, file, "a file that can be written", "name a file in a folder of yours", got)


def _written(option: str, file: str, text: str) -> Path:
    try:
        return write_atomically(file, text.encode("utf-8", "replace") + b"\n")
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise UsageError(option, file, "a file that can be written", "name another place", got) from error
