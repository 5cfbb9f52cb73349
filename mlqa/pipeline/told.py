"""What a run tells of its steps: lines for people, one report for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from mlqa.pipeline.trace import StepResult
from mlqa.report import Report
from mlqa.report.text import one_line, summary_line

__all__ = ["merged", "tell"]

_SILENT = ("not run", "left out")


def merged(results: Iterable[StepResult]) -> Report:
    """Gather the cases of all steps, each under the name of its step."""
    return Report(
        tuple(
            replace(case, source=f"{result.step.name}::{case.source}")
            for result in results
            for case in result.report.cases
        )
    )


def tell(result: StepResult, say: Callable[[str], object]) -> None:
    """Say how a step ended, what stood in its way and where to look."""
    status = result.status.upper() if result.exit_code else result.status
    counts = "" if result.status in _SILENT else f"  {summary_line(result.report)}"
    took = f"  {result.seconds:.1f} s" if result.status not in (*_SILENT, "up to date") else ""
    since = f"  since {result.from_run}" if result.from_run else ""
    say(f"  {result.step.name}  {status}{counts}{took}{since}")
    for reason in result.reasons:
        say(f"    - {one_line(reason)}")
    if result.tries > 1:
        say(f"    it took {result.tries} tries")
    for name in result.strays:
        say(f"    warning: {one_line(name)} was written beside the outputs, so no gate guards it")
    executed = result.folder / "executed.ipynb"
    if result.exit_code and executed.is_file():
        say(f"    see {executed}")
