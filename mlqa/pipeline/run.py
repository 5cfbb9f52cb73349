"""Runs a pipeline: every step in its process, each behind its gate, all of it on record."""

from __future__ import annotations

import contextlib
import functools
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from mlqa import records
from mlqa.errors import NotebookError, UsageError
from mlqa.files import write_atomically
from mlqa.gate import CRASHED, GO
from mlqa.ipynb.parameters import finite, plain
from mlqa.pipeline import journal
from mlqa.pipeline.attempt import attempt, blocked, unpublishable
from mlqa.pipeline.chosen import chosen_steps
from mlqa.pipeline.form import one_step, read_pipeline
from mlqa.pipeline.fresh import Past, past_of
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.lock import alone
from mlqa.pipeline.publish import Move, interrupts_held
from mlqa.pipeline.secrets import resolved
from mlqa.pipeline.together import together
from mlqa.pipeline.told import merged, tell
from mlqa.pipeline.trace import RECORDS, StepResult, Trace
from mlqa.records.send import sending
from mlqa.report import Report
from mlqa.report.files import write_report
from mlqa.report.text import one_line

__all__ = ["Run", "run"]

_DIGESTS = "digests.json"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """How the steps are to be run; a class because it goes through many hands unchanged."""

    strict: bool
    force: bool
    jobs: int
    asked: frozenset[str]
    say: Callable[[str], object]
    watch: Callable[[str, str], object] | None


def run(
    source: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    reason: str = "",
    into: str | Path | None = None,
    strict: bool = False,
    force: bool = False,
    only: Sequence[str] = (),
    start: str | None = None,
    jobs: int | None = None,
    say: Callable[[str], object] = print,
    watch: Callable[[str, str], object] | None = None,
) -> Run:
    """Run a pipeline, or one notebook, and record it; steps that are up to date are not run again.

    Parameters
    ----------
    source : path
        A ``pipeline.toml``, a ``pyproject.toml`` with ``[tool.mlqa.pipeline]``
        or a notebook.
    parameters : dict, optional
        Values that win over the pipeline's own.
    inputs : dict of str to path, optional
        Files to read in place of an input's own.
    secrets : dict of str to str, optional
        References ``env:NAME`` or ``file:PATH``; the values are written nowhere.
    reason : str
        Why it is run; kept in the record.
    into : path, optional
        Folder for outputs and records, in place of the pipeline's own.
    strict : bool
        Whether UNDECIDED counts against every gate.
    force : bool
        Whether steps that are up to date are run too.
    only : sequence of str
        Run these steps alone, on what the others have published.
    start : str, optional
        Run this step and those that need it, on what the others have published.
    jobs : int, optional
        Processors that steps share; by default the pipeline's ``jobs``, else
        all there are.
    say : callable
        Told each line of progress.
    watch : callable, optional
        Told a step's name with ``"3/12"`` (cells done) or how it ended.

    Returns
    -------
    Run

    Raises
    ------
    UsageError
        Before anything runs; `mlqa.pipeline.read_pipeline` says when.

    Notes
    -----
    A step is up to date when its notebook's code, parameters, the digests of
    its inputs, the project's modules it imports, the installed packages and
    its gate are those of a step that went, and its outputs still lie there as
    published. So a run after a failure, or after a kill at any moment, goes on
    with what is missing. A step that does not go stops the steps that need it,
    not the others. One folder takes one run at a time: a second one waits for
    the first, so that a step reads what its own run has published.
    """
    read = one_step if Path(source).suffix == ".ipynb" else read_pipeline
    given = {name: plain(f"-p {name}", value) for name, value in (parameters or {}).items()}
    pipeline = read(source, parameters=given, inputs=inputs, secrets=secrets)
    base = pipeline.root if into is None else Path(into).resolve()
    if jobs is not None and jobs < 1:
        raise UsageError("jobs", jobs, "a number of at least 1", "leave it out for all processors")
    key = "" if pipeline.openlineage_key is None else _key(pipeline.openlineage_key, pipeline.root)
    asked = chosen_steps(pipeline, base, only, start)
    count = jobs or pipeline.jobs or os.cpu_count() or 1
    wish = _Wish(strict=strict, force=force, jobs=count, asked=asked, say=say, watch=watch)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(alone(base / ".mlqa", say))
            trace, past = _opened(pipeline, base, say)
            trace = replace(trace, strict=strict, listener=stack.enter_context(sending(pipeline.openlineage, key, say)))
            paths = {name: str(Path(path).resolve()) for name, path in (inputs or {}).items()}
            trace.started(reason, {"parameters": finite(given), "input_paths": paths, "secrets": dict(secrets or {})})
        except OSError as error:
            hint = "pass a folder of yours: --into DIR"
            raise UsageError("--into", str(base), "a folder that can be written", hint, _told(error)) from error
        return _recorded(trace, past, wish)


def _recorded(trace: Trace, past: Past, wish: _Wish) -> Run:
    """Run every step and write down what came of it."""
    count = len(trace.pipeline.steps)
    wish.say(f"run {trace.folder.name} of {trace.pipeline.name}, {count} step{'s' if count > 1 else ''}")
    results = _all_steps(trace, past, wish)
    code = max(result.exit_code for result in results)
    report = merged(results)
    write_report(report, trace.folder / "report.json")
    write_report(report, trace.folder / "report.html")
    trace.ended("COMPLETE" if code == GO else "FAIL", code, results)
    records.save_digests(trace.file.parent / _DIGESTS, past.known)
    wish.say(f"report {trace.folder / 'report.html'}")
    return Run(
        name=trace.folder.name,
        folder=trace.folder,
        exit_code=code,
        steps=tuple(results),
        report=report,
        records=trace.file,
    )


def _opened(pipeline: Pipeline, base: Path, say: Callable[[str], object]) -> tuple[Trace, Past]:
    """Finish what a killed run left, and make the folder of a new run; ``.mlqa`` keeps itself out of git."""
    run_id = str(uuid.uuid4())
    home = base / ".mlqa"
    folder = home / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{run_id[:8]}"
    folder.mkdir(parents=True)
    if not (home / ".gitignore").exists():
        write_atomically(home / ".gitignore", "*\n")
    file = home / RECORDS
    journal.finished(home, file, say)
    found = records.read(file).records
    past = past_of(found, records.load_digests(home / _DIGESTS))
    _close(found, file, folder.name)
    return Trace(pipeline=pipeline, run_id=run_id, base=base, folder=folder, file=file), past


def _close(found: Sequence[dict[str, Any]], file: Path, by: str) -> None:
    """Record the end of runs that were killed: no other run is at work here, as the lock is ours."""
    for name, events in records.runs_of(found).items():
        started = next((record for record, _ in records.of_kind(events, "run")), None)
        if started is None or any(records.of_kind(events, "end")):
            continue
        about = {"run_id": started["run"]["runId"], "job": str(records.part(started, "job").get("name"))}
        facet = {"run": name, "kind": "end", "exit_code": CRASHED, "error": f"it was killed; told by run {by}"}
        records.append(file, records.run_event("ABORT", facet=facet, **about))


def _key(reference: str, root: Path) -> str:
    return resolved("[pipeline] openlineage_key", reference, root)


def _all_steps(trace: Trace, past: Past, wish: _Wish) -> list[StepResult]:
    """Run the steps as they become ready; an interrupt ends those at work, is recorded and goes on."""
    results: dict[str, StepResult] = {}
    stop = Event()
    try:
        start = functools.partial(_work, trace, past, wish, results, stop)
        with contextlib.closing(together(trace.pipeline, start, jobs=wish.jobs, stop=stop)) as ended:
            for step, work in ended:
                result, moves = work or (results[step.name], ())
                with interrupts_held():  # what is published is on record
                    result = _published(trace, result, moves)
                    results[step.name] = result
                tell(result, wish.say)
                if wish.watch is not None:
                    wish.watch(step.name, result.status)
    except BaseException as error:
        broken = None if isinstance(error, KeyboardInterrupt) else one_line(f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError):  # a full disk takes no record of itself
            trace.ended("ABORT", CRASHED, list(results.values()), broken)
        raise
    return [results[step.name] for step in trace.pipeline.steps]


def _work(
    trace: Trace, past: Past, wish: _Wish, results: dict[str, StepResult], stop: Event, step: Step
) -> Callable[[], tuple[StepResult, tuple[Move, ...]]] | None:
    """Return what is to be done for a step; None, with its result, where nothing is."""
    asked = replace(step, policy=replace(step.policy, strict=step.policy.strict or wish.strict))
    if step.name not in wish.asked:
        folder = trace.folder / step.name
        results[step.name] = StepResult(step=asked, status="left out", folder=folder, inputs={}, outputs={})
        return None
    stopped = blocked(trace, asked, results)
    if stopped is not None:
        results[step.name] = stopped
        return None
    watch = None if wish.watch is None else functools.partial(wish.watch, step.name)
    if watch is not None:
        watch("0/1")  # it is seen while its kernel starts
    return functools.partial(attempt, trace, asked, past, force=wish.force, stop=stop, watch=watch)


def _published(trace: Trace, result: StepResult, moves: tuple[Move, ...]) -> StepResult:
    """Publish the outputs of a step and record it; one that cannot be published has failed."""
    home = trace.file.parent
    try:
        trace.told(journal.publish(home, moves, trace.step_event(result), trace.file))
    except NotebookError as error:
        result = unpublishable(result, error)
        trace.write(trace.step_event(result))
    return result


def _told(error: OSError) -> str:
    return error.strerror or type(error).__name__
