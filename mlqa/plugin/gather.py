"""The finished tests of a run gathered into one Report, and its files written. Controller only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mlqa.plugin.options import OPTIONS
from mlqa.report import Case, Crash, Report
from mlqa.report.case import case_of
from mlqa.report.files import write_report
from mlqa.verdict import Verdict, strict

__all__ = ["NOTES", "REPORT", "Gatherer"]

REPORT = pytest.StashKey[Report]()
NOTES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to gather."""
    config.stash[NOTES] = []
    config.pluginmanager.register(Gatherer(config), "mlqa.plugin.gatherer")


class Gatherer:
    """Gathers reports of phases into cases; a class because pytest's report hooks carry no config."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.phases: dict[str, list[pytest.TestReport]] = {}
        self.cases: list[tuple[tuple[str, int], Case]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase of a test; its teardown finishes it, and so does the death of its worker."""
        self.phases.setdefault(report.nodeid, []).append(report)
        if report.when not in {"setup", "call"}:
            self._finish(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take a file that could not be collected: its tests did not answer."""
        if report.failed:
            self._take((report.nodeid, 0), Case(source=report.nodeid, crash=_unexplained(report, "CollectError")))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report files, also of a run that was cut short."""
        for nodeid in list(self.phases):
            self._finish(nodeid)
        # By the place where they were found, not by arrival: the same report under xdist and in random order.
        report = Report(tuple(case for _, case in sorted(self.cases, key=lambda pair: pair[0])))
        self.config.stash[REPORT] = report
        options = self.config.stash[OPTIONS]
        for path in options.reports:
            try:
                with strict(options.strict):
                    write_report(report, path)
            except OSError as error:
                self.config.stash[NOTES].append(f"report not written: {path}: {error.strerror or error}")
                session.exitstatus = pytest.ExitCode.USAGE_ERROR
            else:
                self.config.stash[NOTES].append(f"report: {_shown(self.config, path)}")

    def _finish(self, nodeid: str) -> None:
        phases = self.phases.pop(nodeid)
        place = max(_payload(report)["place"] for report in phases)
        self._take((phases[0].location[0], place), _case(nodeid, phases))
        for report in phases:
            self.config.stash[NOTES] += _payload(report)["notes"]

    def _take(self, place: tuple[str, int], case: Case) -> None:
        self.cases.append((place, case))
        self.config.hook.pytest_mlqa_case(config=self.config, case=case)


def _case(nodeid: str, phases: Sequence[pytest.TestReport]) -> Case:
    """Turn the reports of one test into its case."""
    line = phases[0].location[1]
    told = [_payload(report) for report in phases]
    crashes = [Crash(**part["crash"]) for part in told if part["crash"]]
    crashes += [_unexplained(report, "Error") for report in phases if report.failed and not hasattr(report, "mlqa")]
    outcome, message = _outcome(phases)
    return case_of(
        nodeid,
        verdicts=[Verdict.from_dict(verdict) for part in told for verdict in part["verdicts"]],
        phase_outcome=outcome,
        message=message,
        crash=crashes[0] if crashes else None,
        seconds=sum(report.duration for report in phases),
        line=None if line is None else line + 1,
    )


def _outcome(phases: Sequence[pytest.TestReport]) -> tuple[str, str]:
    """Say what pytest made of the test as a whole, and why."""
    for report in phases:
        if report.failed:
            return "failed", _payload(report)["message"]
    for report in phases:
        if hasattr(report, "wasxfail"):
            return "xfailed" if report.skipped else "xpassed", report.wasxfail.removeprefix("reason: ")
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            return "skipped", reason.removeprefix("Skipped: ")
    return "passed", ""


def _payload(report: pytest.TestReport) -> dict[str, Any]:
    """Return what the judging side put on a report; nothing where the worker died first."""
    return {"place": 0, "verdicts": [], "notes": [], "message": "", "crash": None, **getattr(report, "mlqa", {})}


def _unexplained(report: pytest.TestReport | pytest.CollectReport, kind: str) -> Crash:
    """Make a crash of a report that carries only text."""
    text = report.longreprtext
    last = next((line for line in reversed(text.splitlines()) if line.strip()), kind)
    return Crash(type=kind, message=last.removeprefix("E ").strip(), traceback=text)


def _shown(config: pytest.Config, path: Any) -> str:
    start = config.invocation_params.dir
    return path.relative_to(start).as_posix() if path.is_relative_to(start) else str(path)
