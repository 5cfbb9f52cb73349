"""One step of a run: its process, its gate, its outputs ready to be published."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.gate import CRASHED, GO, NO_GO, Decision
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.launch import launch
from mlqa.pipeline.publish import Move, commit, missing, prepare, staged
from mlqa.pipeline.trace import StepResult, Trace
from mlqa.records import digest_of_path
from mlqa.report import Report

__all__ = ["attempt", "published"]


def attempt(trace: Trace, step: Step, before: list[StepResult]) -> tuple[StepResult, tuple[Move, ...]]:
    """Run one step, unless a step it needs did not go.

    Parameters
    ----------
    trace : Trace
    step : Step
    before : list of StepResult
        What the steps before it did.

    Returns
    -------
    result : StepResult
    moves : tuple of Move
        Its outputs, ready for :func:`published`; none unless its gate says go.
    """
    pipeline, base, folder = trace.pipeline, trace.base, trace.folder / step.name
    blocked = [r.step.name for r in before if r.step.name in pipeline.needs[step.name] and r.status != "go"]
    if blocked:
        reasons = (f"it needs {blocked[0]!r}, which did not go",)
        return StepResult(step=step, status="not run", reasons=reasons, folder=folder, inputs={}, outputs={}), ()
    folder.mkdir()
    sources = {name: _place(pipeline, path, base) for name, path in step.inputs.items()}
    read = {step.inputs[name]: digest_of_path(path) for name, path in sources.items()}
    places = staged(step.outputs, folder)
    order = _order(step, folder, {**sources, **places})
    started = time.monotonic()
    result = _judged(step, launch(order, folder, timeout=step.timeout), folder, places)
    moves: tuple[Move, ...] = ()
    if result.status == "go":
        written = {step.outputs[name]: digest_of_path(place) for name, place in places.items()}
        result = replace(result, outputs=written)
        try:
            moves = prepare(places, {name: base / path for name, path in step.outputs.items()})
        except NotebookError as error:
            result = _unpublished(result, error)
    return replace(result, seconds=time.monotonic() - started, inputs=read), moves


def published(result: StepResult, moves: tuple[Move, ...]) -> StepResult:
    """Move the outputs of an attempt to their places."""
    try:
        commit(moves)
    except NotebookError as error:
        return _unpublished(result, error)
    return result


def _unpublished(result: StepResult, error: NotebookError) -> StepResult:
    return replace(result, status="failed", exit_code=CRASHED, reasons=(str(error),), outputs={})


def _place(pipeline: Pipeline, path: str, base: Path) -> Path:
    """Return where an input is: what a step makes lies where outputs go."""
    return (base if pipeline.makers_of(path) else pipeline.root) / path


def _order(step: Step, folder: Path, paths: Mapping[str, Path]) -> dict[str, Any]:
    return {
        "notebook": str(step.notebook),
        "executed": str(folder / "executed.ipynb"),
        "parameters": {**step.parameters, **{name: str(path) for name, path in paths.items()}},
        "policy": asdict(step.policy),
    }


def _judged(step: Step, found: Mapping[str, Any], folder: Path, places: Mapping[str, Path]) -> StepResult:
    """Put what a step's process handed back into words and an exit code."""
    result = StepResult(step=step, status="failed", exit_code=CRASHED, folder=folder, inputs={}, outputs={})
    if found["report"] is not None:
        decision = Decision(**{**found["decision"], "reasons": tuple(found["decision"]["reasons"])})
        result = replace(result, report=Report.from_dict(found["report"]), decision=decision, reasons=decision.reasons)
    if found["error"] is not None:
        others = tuple(reason for reason in result.reasons if reason != found["error"])
        return replace(result, reasons=(found["error"], *others))
    if result.decision is None or result.decision.exit_code == CRASHED:
        return result
    if not result.decision.go:
        return replace(result, status="no-go", exit_code=NO_GO)
    unwritten = missing(places)
    if unwritten:
        return replace(result, reasons=tuple(f"output {name!r} was not written" for name in unwritten))
    return replace(result, status="go", exit_code=GO)
