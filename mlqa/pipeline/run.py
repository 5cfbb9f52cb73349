"""Runs a pipeline: every step in its process, each behind its gate, all of it on record."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError
from mlqa.files import write_atomically
from mlqa.gate import CRASHED, GO
from mlqa.pipeline.attempt import attempt, published
from mlqa.pipeline.form import one_step, read_pipeline
from mlqa.pipeline.graph import Pipeline
from mlqa.pipeline.lock import alone
from mlqa.pipeline.parameters import plain
from mlqa.pipeline.publish import interrupts_held
from mlqa.pipeline.trace import RECORDS, StepResult, Trace
from mlqa.report import Report
from mlqa.report.files import write_report
from mlqa.report.text import one_line, summary_line

__all__ = ["Run", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One recorded execution of a pipeline.

    Attributes
    ----------
    name : str
        What to call it: the name of its folder.
    folder : pathlib.Path
        Holds ``report.html``, ``report.json`` and a folder for each step.
    exit_code : int
        0 go, 1 a gate said no, 3 a notebook or kernel failed.
    steps : tuple of StepResult
    report : Report
        Of all steps; the source of each case starts with its step's name.
    records : pathlib.Path
        The file that the run was recorded in.
    """

    name: str
    folder: Path
    exit_code: int
    steps: tuple[StepResult, ...]
    report: Report
    records: Path


def run(
    source: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
    reason: str = "",
    into: str | Path | None = None,
    strict: bool = False,
    say: Callable[[str], object] = print,
) -> Run:
    """Run a pipeline, or one notebook, and record it.

    Parameters
    ----------
    source : path
        A ``pipeline.toml`` or a notebook.
    parameters : dict, optional
        Values that win over the pipeline's own.
    inputs : dict of str to path, optional
        Files to read in place of an input's own.
    reason : str
        Why it is run; kept in the record.
    into : path, optional
        Folder for outputs and records, in place of the pipeline's own.
    strict : bool
        Whether UNDECIDED counts against every gate.
    say : callable
        Told each line of progress.

    Returns
    -------
    Run

    Raises
    ------
    UsageError
        Before anything runs; `mlqa.pipeline.read_pipeline` says when.

    Notes
    -----
    Steps run one after the other. A step that does not go stops the steps that
    need it, not the others. One folder takes one run at a time: a second one
    waits for the first, so that a step reads what its own run has published.
    """
    read = one_step if Path(source).suffix == ".ipynb" else read_pipeline
    given = {name: plain(f"-p {name}", value) for name, value in (parameters or {}).items()}
    pipeline = read(source, parameters=given, inputs=inputs)
    base = pipeline.root if into is None else Path(into).resolve()
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(alone(base / ".mlqa", say))
            trace = _opened(pipeline, base)
            trace.started(reason, given, {name: str(path) for name, path in (inputs or {}).items()})
        except OSError as error:
            hint = "pass a folder of yours: --into DIR"
            raise UsageError("--into", str(base), "a folder that can be written", hint, _told(error)) from error
        return _recorded(trace, strict, say)


def _recorded(trace: Trace, strict: bool, say: Callable[[str], object]) -> Run:
    """Run every step and write down what came of it."""
    count = len(trace.pipeline.steps)
    say(f"run {trace.folder.name} of {trace.pipeline.name}, {count} step{'s' if count > 1 else ''}")
    results = _all_steps(trace, strict, say)
    code = max(result.exit_code for result in results)
    report = _merged(results)
    write_report(report, trace.folder / "report.json")
    write_report(report, trace.folder / "report.html")
    trace.ended("COMPLETE" if code == GO else "FAIL", code, results)
    say(f"report {trace.folder / 'report.html'}")
    return Run(
        name=trace.folder.name,
        folder=trace.folder,
        exit_code=code,
        steps=tuple(results),
        report=report,
        records=trace.file,
    )


def _opened(pipeline: Pipeline, base: Path) -> Trace:
    """Make the folder of a new run; what lies in ``.mlqa`` keeps itself out of git."""
    run_id = str(uuid.uuid4())
    home = base / ".mlqa"
    folder = home / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{run_id[:8]}"
    folder.mkdir(parents=True)
    if not (home / ".gitignore").exists():
        write_atomically(home / ".gitignore", "*\n")
    return Trace(pipeline=pipeline, run_id=run_id, base=base, folder=folder, file=home / RECORDS)


def _all_steps(trace: Trace, strict: bool, say: Callable[[str], object]) -> list[StepResult]:
    """Run the steps in order; an interrupt is recorded and goes on."""
    results: list[StepResult] = []
    try:
        for step in trace.pipeline.steps:
            asked = replace(step, policy=replace(step.policy, strict=step.policy.strict or strict))
            trace.stepping(step)
            result, moves = attempt(trace, asked, results)
            with interrupts_held():  # what is published is on record
                result = published(result, moves)
                trace.stepped(result)
                results.append(result)
            _tell(result, say)
    except BaseException as error:
        broken = None if isinstance(error, KeyboardInterrupt) else one_line(f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError):  # a full disk takes no record of itself
            trace.ended("ABORT", CRASHED, results, broken)
        raise
    return results


def _told(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _merged(results: list[StepResult]) -> Report:
    """Gather the cases of all steps, each under the name of its step."""
    return Report(
        tuple(
            replace(case, source=f"{result.step.name}::{case.source}")
            for result in results
            for case in result.report.cases
        )
    )


def _tell(result: StepResult, say: Callable[[str], object]) -> None:
    status = result.status.upper() if result.exit_code else result.status
    counts = "" if result.status == "not run" else f"  {summary_line(result.report)}  {result.seconds:.1f} s"
    say(f"  {result.step.name}  {status}{counts}")
    for reason in result.reasons:
        say(f"    - {one_line(reason)}")
    executed = result.folder / "executed.ipynb"
    if result.exit_code and executed.is_file():
        say(f"    see {executed}")
