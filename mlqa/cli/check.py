"""``mlqa check``: the default checks on a table file."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import mlqa
from mlqa.cli.console import say
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
@click.option("--id", metavar="COL", help="Column that names a row.")
@click.option("--group", metavar="COL", help="Column whose values must not be in both tables.")
@click.option("--json", "json_file", metavar="OUT", help="Write the report as JSON.")
@click.option("--html", "html_file", metavar="OUT", help="Write the report as HTML.")
@click.option("--alpha", type=float, metavar="A", help="False-alarm level of each check.  [default: 1e-4]")
@click.option("--strict", is_flag=True, help="UNDECIDED counts against it.")
def check(
    current: str,
    json_file: str | None,
    html_file: str | None,
    alpha: float | None,
    strict: bool,
    **columns: str | None,
) -> None:
    """Ask every default check of the table CURRENT (parquet, csv, arrow, feather).

    \b
    Examples:
      mlqa check new.parquet
      mlqa check new.parquet --reference old.parquet --target churn
      mlqa check new.csv --reference old.csv --json report.json --html report.html

    Exit code 0 if every check holds, 1 if one does not, 2 on a usage error.
    """
    settings = read_settings(Path.cwd())[1]
    named: dict[str, Any] = {name: value for name, value in columns.items() if value is not None}
    level = settings["alpha"] if alpha is None else alpha
    report = mlqa.check(current, alpha=level, seed=settings["seed"], **named)
    say(to_text(report))
    for file, view in ((json_file, Report.to_json), (html_file, to_html)):
        if file is not None:
            click.echo(f"written {write_atomically(file, view(report) + chr(10))}")
    decision = gate_on(report, Policy(strict=strict or settings["strict"], forbid_empty=False))
    click.get_current_context().exit(decision.exit_code)
