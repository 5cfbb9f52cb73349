"""Runs a pipeline: every step in its process, each behind its gate, all of it on record."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.files import write_atomically
from mlqa.gate import Decision
from mlqa.pipeline.form import one_step, read_pipeline
from mlqa.pipeline.graph import Pipeline, Step, normal
from mlqa.pipeline.launch import launch
from mlqa.pipeline.publish import missing, publish, staged
from mlqa.pipeline.trace import RECORDS, StepResult, Trace
from mlqa.records import digest_of_path
from mlqa.report import Report
from mlqa.report.files import write_report
from mlqa.report.text import one_line

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
    need it, not the others.
    """
    read = one_step if Path(source).suffix == ".ipynb" else read_pipeline
    pipeline = read(source, parameters=parameters, inputs=inputs)
    trace = _opened(pipeline, pipeline.root if into is None else Path(into).resolve())
    trace.started(reason, parameters or {}, inputs or {})
    say(f"run {trace.folder.name} of {pipeline.name}, {len(pipeline.steps)} step(s)")
    results = _all_steps(trace, strict, say)
    code = max(result.exit_code for result in results)
    report = _merged(results)
    write_report(report, trace.folder / "report.json")
    write_report(report, trace.folder / "report.html")
    trace.ended("COMPLETE" if code == 0 else "FAIL", code, results)
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
            result = _step(trace, asked, results)
            trace.stepped(result)
            results.append(result)
            _tell(result, say)
    except BaseException:
        trace.ended("ABORT", 3, results)
        raise
    return results


def _step(trace: Trace, step: Step, before: list[StepResult]) -> StepResult:
    """Run one step, unless a step it needs did not go, and publish its outputs if its gate says go."""
    pipeline, base, folder = trace.pipeline, trace.base, trace.folder / step.name
    blocked = [r.step.name for r in before if r.step.name in pipeline.needs[step.name] and r.status != "go"]
    if blocked:
        reasons = (f"it needs {blocked[0]!r}, which did not go",)
        return StepResult(step=step, status="not run", reasons=reasons, folder=folder, inputs={}, outputs={})
    folder.mkdir()
    sources = {name: _place(pipeline, path, base) for name, path in step.inputs.items()}
    read = {step.inputs[name]: digest_of_path(path) for name, path in sources.items()}
    places = staged(step.outputs, folder)
    order = _order(step, folder, {**sources, **places})
    started = time.monotonic()
    result = _judged(step, launch(order, folder, timeout=step.timeout), folder, places)
    written: dict[str, str] = {}
    if result.status == "go":
        written = {step.outputs[name]: digest_of_path(place) for name, place in places.items()}
        try:
            publish(places, {name: base / path for name, path in step.outputs.items()})
        except NotebookError as error:
            result = replace(result, status="failed", exit_code=3, reasons=(str(error),))
    return replace(result, seconds=time.monotonic() - started, inputs=read, outputs=written)


def _place(pipeline: Pipeline, path: str, base: Path) -> Path:
    """Return where an input is: what a step makes lies where outputs go."""
    return (base if normal(path) in pipeline.made else pipeline.root) / path


def _order(step: Step, folder: Path, paths: Mapping[str, Path]) -> dict[str, Any]:
    return {
        "notebook": str(step.notebook),
        "executed": str(folder / "executed.ipynb"),
        "parameters": {**step.parameters, **{name: str(path) for name, path in paths.items()}},
        "policy": asdict(step.policy),
    }


def _judged(step: Step, found: Mapping[str, Any], folder: Path, places: Mapping[str, Path]) -> StepResult:
    """Put what a step's process handed back into words and an exit code."""
    result = StepResult(step=step, status="failed", exit_code=3, folder=folder, inputs={}, outputs={})
    if found["report"] is not None:
        decision = Decision(**{**found["decision"], "reasons": tuple(found["decision"]["reasons"])})
        result = replace(result, report=Report.from_dict(found["report"]), decision=decision, reasons=decision.reasons)
    if found["error"] is not None:
        others = tuple(reason for reason in result.reasons if reason != found["error"])
        return replace(result, reasons=(found["error"], *others))
    if result.decision is None or result.decision.exit_code == 3:
        return result
    if not result.decision.go:
        return replace(result, status="no-go", exit_code=1)
    unwritten = missing(places)
    if unwritten:
        return replace(result, reasons=tuple(f"output {name!r} was not written" for name in unwritten))
    return replace(result, status="go", exit_code=0)


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
    counts = ", ".join(f"{n} {name}" for name, n in result.report.counts().items() if n)
    status = result.status.upper() if result.exit_code else result.status
    say(f"  {result.step.name}  {status}  {counts or 'no verdict'}  {result.seconds:.1f} s")
    for reason in result.reasons:
        say(f"    - {one_line(reason)}")
