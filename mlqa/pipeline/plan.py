"""What a run would do, and why, without doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from mlqa import records
from mlqa.ipynb.parameters import plain
from mlqa.pipeline.attempt import parts_of
from mlqa.pipeline.chosen import chosen_steps
from mlqa.pipeline.form import one_step, read_pipeline
from mlqa.pipeline.fresh import past_of, stale
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.trace import RECORDS, Trace

__all__ = ["Planned", "plan"]


class Planned(NamedTuple):
    """What a run would do with a `step`: ``run``, ``up to date``, ``left out`` or ``depends``; and why."""

    step: str
    would: str
    reasons: tuple[str, ...]


def plan(
    source: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    into: str | Path | None = None,
    strict: bool = False,
    force: bool = False,
    only: Sequence[str] = (),
    start: str | None = None,
) -> tuple[Planned, ...]:
    """Say which steps `mlqa.pipeline.run` would run, and why; arguments and errors are its own.

    Returns
    -------
    tuple of Planned
        In the order of the run. A step after one that would run ``depends``:
        it is up to date if what it reads comes out the same.
    """
    read = one_step if Path(source).suffix == ".ipynb" else read_pipeline
    given = {name: plain(f"-p {name}", value) for name, value in (parameters or {}).items()}
    pipeline = read(source, parameters=given, inputs=inputs, secrets=secrets)
    base = pipeline.root if into is None else Path(into).resolve()
    asked = chosen_steps(pipeline, base, only, start)
    home = base / ".mlqa"
    past = past_of(records.read(home / RECORDS).records, records.load_digests(home / "digests.json"))
    trace = Trace(pipeline=pipeline, run_id="", base=base, folder=home / "runs" / "none", file=home / RECORDS)
    found: dict[str, Planned] = {}
    for step in pipeline.steps:
        meant = replace(step, policy=replace(step.policy, strict=step.policy.strict or strict))
        if step.name not in asked:
            found[step.name] = Planned(step.name, "left out", ("it was not asked for",))
            continue
        before = _before(pipeline, step, found)
        if force:
            found[step.name] = Planned(step.name, "run", ("it is forced",))
        elif before:
            found[step.name] = Planned(step.name, "depends", (f"{before!r} runs before it: run if its outputs change",))
        else:
            facet, reasons = stale(past, f"{pipeline.name}.{step.name}", parts_of(trace, meant, past), base)
            since = () if facet is None else (f"since {facet.get('from_run') or facet.get('run')}",)
            found[step.name] = Planned(step.name, "run" if facet is None else "up to date", reasons or since)
    return tuple(found.values())


def _before(pipeline: Pipeline, step: Step, found: Mapping[str, Planned]) -> str | None:
    """Name a step whose outputs may change before this one reads them."""
    return next((name for name in pipeline.needs[step.name] if found[name].would in ("run", "depends")), None)
