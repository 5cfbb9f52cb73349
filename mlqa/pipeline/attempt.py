"""One step of a run: its process, its gate, its outputs ready to be published."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event
from typing import Any

from mlqa.errors import NotebookError
from mlqa.gate import CRASHED, GO, NO_GO, Decision
from mlqa.pipeline.fresh import DONE, Past, stale, unpublished
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.launch import INTERRUPTED, launch
from mlqa.pipeline.made_of import key_of, made_of
from mlqa.pipeline.publish import Move, missing, prepare, staged
from mlqa.pipeline.secrets import values_of
from mlqa.pipeline.strays import seen, strays
from mlqa.pipeline.trace import StepResult, Trace
from mlqa.records import digest_of_path
from mlqa.report import Report

__all__ = ["attempt", "blocked", "parts_of", "unpublishable"]


def blocked(trace: Trace, step: Step, before: Mapping[str, StepResult]) -> StepResult | None:
    """Return the result of a step that cannot run, for one that it needs did not go; None where it can."""
    needed = [before[name] for name in trace.pipeline.needs[step.name] if name in before]
    stopped = [result.step.name for result in needed if result.status not in (*DONE, "left out")]
    if not stopped:
        return None
    reasons = (f"it needs {stopped[0]!r}, which did not go",)
    return StepResult(
        step=step, status="not run", reasons=reasons, folder=trace.folder / step.name, inputs={}, outputs={}
    )


def parts_of(trace: Trace, step: Step, past: Past) -> dict[str, Any]:
    """Digest what a step reads, and return all the parts its result depends on."""
    sources = {path: _place(trace.pipeline, path, trace.base) for path in step.inputs.values()}
    return made_of(step, {path: digest_of_path(place, past.known) for path, place in sources.items()}, past.known)


def attempt(
    trace: Trace,
    step: Step,
    past: Past,
    *,
    force: bool = False,
    stop: Event | None = None,
    watch: Callable[[str], object] | None = None,
) -> tuple[StepResult, tuple[Move, ...]]:
    """Run one step, unless it is up to date.

    Parameters
    ----------
    trace : Trace
    step : Step
    past : Past
        What earlier runs left.
    force : bool
        Whether it is run even so.
    stop : threading.Event, optional
        Ends it when set.
    watch : callable, optional
        Told how many cells are done.

    Returns
    -------
    result : StepResult
    moves : tuple of Move
        Its outputs, ready to be published; none unless its gate says go.
    """
    folder, job = trace.folder / step.name, f"{trace.pipeline.name}.{step.name}"
    parts = parts_of(trace, step, past)
    if not force:
        facet, _ = stale(past, job, parts, trace.base)
        if facet is not None:
            return _again(trace, step, parts, facet), ()
    trace.stepping(step, key_of(parts))
    started = time.monotonic()
    finished = None if force else unpublished(past, job, step, parts, trace.file.parent)
    if finished is not None:
        finished.rename(folder)
        places = staged(step.outputs, folder)
        result = _judged(step, json.loads((folder / "result.json").read_text(encoding="utf-8")), folder, places)
    else:
        result, places = _tried(trace, step, folder, stop, watch)
    moves: tuple[Move, ...] = ()
    if result.status == "go":
        written = {step.outputs[name]: digest_of_path(place) for name, place in places.items()}
        result = replace(result, outputs=written)
        try:
            moves = prepare(places, {name: trace.base / path for name, path in step.outputs.items()})
        except NotebookError as error:
            result = unpublishable(result, error)
    return replace(result, seconds=time.monotonic() - started, inputs=parts["inputs"], made_of=parts), moves


def unpublishable(result: StepResult, error: NotebookError) -> StepResult:
    """Return the result of a step whose outputs could not be moved to their place."""
    return replace(result, status="failed", exit_code=CRASHED, reasons=(str(error),), outputs={})


def _again(trace: Trace, step: Step, parts: Mapping[str, Any], facet: Mapping[str, Any]) -> StepResult:
    """Return what an up-to-date step found when it went."""
    run = str(facet.get("from_run") or facet.get("run"))
    folder = trace.file.parent / "runs" / run / step.name
    report = Report()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # it was removed: the record still tells
        report = Report.from_dict(json.loads((folder / "result.json").read_text(encoding="utf-8"))["report"])
    return StepResult(
        step=step,
        status="up to date",
        report=report,
        folder=folder,
        inputs=parts["inputs"],
        outputs=facet["outputs"],
        made_of=parts,
        from_run=run,
    )


def _tried(
    trace: Trace, step: Step, folder: Path, stop: Event | None, watch: Callable[[str], object] | None
) -> tuple[StepResult, dict[str, Path]]:
    """Launch a step, and again as often as it may crash; the folder of a crashed try is kept beside."""
    for tries in range(1, step.retries + 2):
        folder.mkdir()
        places = staged(step.outputs, folder)
        before = seen(step.notebook.parent)
        found = launch(
            _order(trace, step, folder, places),
            folder,
            timeout=step.timeout,
            memory=step.memory,
            secrets=values_of(step.secrets, trace.pipeline.root),
            stop=stop,
            watch=watch,
        )
        result = replace(_judged(step, found, folder, places), tries=tries)
        if result.status != "failed" or found.get("error") == INTERRUPTED or tries > step.retries:
            break
        folder.rename(folder.with_name(f"{step.name}.try{tries}"))
        (stop or Event()).wait(step.retry_wait * 2 ** (tries - 1))
    published = [output for one in trace.pipeline.steps for output in one.outputs.values()]
    return replace(result, strays=strays(before, seen(step.notebook.parent), published)), places


def _place(pipeline: Pipeline, path: str, base: Path) -> Path:
    """Return where an input is: what a step makes lies where outputs go."""
    return (base if pipeline.makers_of(path) else pipeline.root) / path


def _order(trace: Trace, step: Step, folder: Path, places: Mapping[str, Path]) -> dict[str, Any]:
    sources = {name: _place(trace.pipeline, path, trace.base) for name, path in step.inputs.items()}
    return {
        "notebook": str(step.notebook),
        "executed": str(folder / "executed.ipynb"),
        "parameters": {**step.parameters, **{name: str(path) for name, path in {**sources, **places}.items()}},
        "policy": asdict(step.policy),
        "secrets": dict(step.secrets),
        "root": str(trace.pipeline.root),
        "cell_timeout": step.cell_timeout,
        "cpus": step.cpus,
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
