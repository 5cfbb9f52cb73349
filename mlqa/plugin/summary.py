"""What the terminal says of a run's verdicts. Controller only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mlqa.plugin.gather import NOTES, REPORT
from mlqa.report import Report
from mlqa.report.case import ASSERTION
from mlqa.report.text import one_line, summary_line, to_table
from mlqa.verdict import Outcome, Verdict
from mlqa.wording import number

__all__: list[str] = []

_MOST_ROWS = 60


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Show UNDECIDED as a category of its own."""
    told = getattr(report, "mlqa", None)
    if told is None or report.when != "call" or not report.passed or hasattr(report, "wasxfail"):
        return None
    if any(verdict["outcome"] == "undecided" for verdict in told["verdicts"]):
        return "undecided", "U", ("UNDECIDED", {"yellow": True})
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write the table of verdicts, what would decide the undecided, and what was written."""
    report = _with_verdicts(config.stash.get(REPORT, Report()))
    notes = config.stash.get(NOTES, [])
    if not report.cases and not notes:
        return
    terminalreporter.section("mlqa")
    for line in _table(report) + _undecided(report):
        terminalreporter.write_line(line)
    for note in notes:
        terminalreporter.write_line(f"mlqa {one_line(note)}")


def _with_verdicts(report: Report) -> Report:
    """Leave out plain tests: pytest lists those."""
    return _only(report, [verdict for verdict in report.verdicts if verdict.check != ASSERTION])


def _table(report: Report) -> list[str]:
    """Write the table; of a long one only what needs a reader."""
    if len(report.verdicts) <= _MOST_ROWS:
        return to_table(report).splitlines()
    waiting = [verdict for verdict in report.verdicts if verdict.outcome in (Outcome.FAIL, Outcome.UNDECIDED)]
    shown = _only(report, waiting[:_MOST_ROWS])
    left = len(report.verdicts) - len(shown.verdicts)
    budget = f"false-alarm budget: {number(report.alpha_spent)} (the sum of the levels spent)"
    table = [line for line in to_table(shown).splitlines() if not line.startswith("false-alarm budget")]
    return [*table, f"{left} more rows left out here (--mlqa-report writes all): {summary_line(report)}", budget]


def _only(report: Report, kept: list[Verdict]) -> Report:
    """Keep these verdicts and the cases they stand in."""
    wanted = {id(verdict) for verdict in kept}
    cases = [replace(case, verdicts=tuple(v for v in case.verdicts if id(v) in wanted)) for case in report.cases]
    return Report(tuple(case for case in cases if case.verdicts))


def _undecided(report: Report) -> list[str]:
    """Say of each undecided verdict what would decide it."""
    return [
        f"undecided: {verdict.check} in {one_line(case.source)}: "
        + (
            verdict.reason
            if verdict.evidence.rows_needed is None
            else f"about {verdict.evidence.rows_needed} more rows would decide"
        )
        for case in report.cases
        for verdict in case.verdicts
        if verdict.outcome is Outcome.UNDECIDED
    ]
