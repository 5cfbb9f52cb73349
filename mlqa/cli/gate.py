"""``mlqa gate``: go or no-go from a report file or an executed notebook."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import json
from pathlib import Path

import click

from mlqa.cli.console import say
from mlqa.errors import UsageError
from mlqa.gate import Decision, Policy
from mlqa.gate import gate as gate_on
from mlqa.pipeline.engine import judge, stale_in
from mlqa.report import Report
from mlqa.report.text import one_line, summary_line

__all__ = ["gate", "report_of"]


@click.command(short_help="Say go or no-go from a report or an executed notebook.")
@click.argument("file")
@click.option("--strict", is_flag=True, help="UNDECIDED counts against it.")
@click.option("--expect", multiple=True, metavar="ID", help="A check id or test name that must have a verdict.")
@click.pass_context
def gate(ctx: click.Context, file: str, strict: bool, expect: tuple[str, ...]) -> None:
    """Say go or no-go from FILE, a REPORT.json or an EXECUTED.ipynb.

    A missing verdict is not a pass: every test found in a notebook, and every
    ID expected, must have one, of the cell as it is now.

    \b
    Examples:
      mlqa gate report.json --expect drift.drift_free
      mlqa gate executed.ipynb --strict

    Exit code 0 go, 1 no-go, 2 usage error, 3 a test or cell broke.
    """
    report, decision = report_of(Path(file), Policy(strict=strict, expect=expect))
    say(f"{'go' if decision.go else 'NO-GO'}  {summary_line(report)}")
    for reason in decision.reasons:
        say(f"  - {one_line(reason)}")
    ctx.exit(decision.exit_code)


def report_of(file: Path, policy: Policy) -> tuple[Report, Decision]:
    """Read the report in a file and ask the gate.

    Raises
    ------
    UsageError
        If the file does not exist, or is neither a report nor a notebook.
    """
    if not file.is_file():
        raise UsageError("file", str(file), "a REPORT.json or an EXECUTED.ipynb", "check the path", "no file")
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        if file.suffix != ".ipynb":
            report = Report.from_json(text)
            return report, gate_on(report, policy)
        notebook = json.loads(text)
        report, decision = judge(notebook, policy)
        stale = tuple(stale_in(notebook))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        wanted = "a notebook of format 4" if file.suffix == ".ipynb" else "a report"
        told = str(error).splitlines()[0] if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
        why = f"write it again ({one_line(told)[:120]})"
        raise UsageError("file", str(file), wanted, why, "damage") from error
    if not stale:
        return report, decision
    return report, Decision(go=False, reasons=(*decision.reasons, *stale), exit_code=max(1, decision.exit_code))
