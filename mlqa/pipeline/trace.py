"""Writes what a run did into the records beside the pipeline's file."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlqa import records
from mlqa.gate import Decision
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.report import Report
from mlqa.verdict import Verdict

__all__ = ["RECORDS", "StepResult", "Trace"]

RECORDS = "records.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step did.

    Attributes
    ----------
    step : Step
    status : str
        ``go``, ``no-go``, ``failed`` (a notebook, kernel or test broke) or
        ``not run`` (a step before it did not go).
    exit_code : int
        0, 1 or 3; 0 where it was not run.
    reasons : tuple of str
        What stood in the way, one sentence each.
    decision : Decision or None
        What the gate said, where it was reached.
    report : Report
    seconds : float
    folder : pathlib.Path
        Holds ``executed.ipynb`` and ``step.log``.
    inputs, outputs : dict of str to str
        Path to sha256 of what was read and published.
    """

    step: Step
    status: str
    exit_code: int = 0
    reasons: tuple[str, ...] = ()
    decision: Decision | None = None
    report: Report = field(default_factory=Report)
    seconds: float = 0.0
    folder: Path
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One run, as it writes itself down.

    Attributes
    ----------
    pipeline : Pipeline
    run_id : str
        A UUID.
    base : pathlib.Path
        Folder that outputs are published below.
    folder : pathlib.Path
        Of the run; its name is what people call the run.
    file : pathlib.Path
        Of the records.
    """

    pipeline: Pipeline
    run_id: str
    base: Path
    folder: Path
    file: Path

    def started(self, reason: str, parameters: Mapping[str, Any], inputs: Mapping[str, str]) -> None:
        """Record who starts what, from which code, and why."""
        pipeline = self.pipeline
        self._write(
            "START",
            {
                "kind": "run",
                "reason": reason,
                "who": records.who(),
                "code": records.code_version(pipeline.root),
                "environment": records.environment(),
                "file": {"path": pipeline.file.name, "sha256": records.digest_of_path(pipeline.file)},
                "parameters": _finite(dict(parameters)),
                "input_paths": dict(inputs),
                "steps": [step.name for step in pipeline.steps],
            },
        )

    def stepping(self, step: Step) -> None:
        """Record that a step begins, so that a run that was killed tells where."""
        self._write("START", {"kind": "begin", "step": step.name}, **self._named(step))

    def stepped(self, result: StepResult) -> None:
        """Record one step: what it read, wrote and found."""
        step = result.step
        event = {"go": "COMPLETE", "not run": "ABORT"}.get(result.status, "FAIL")
        facet = {
            "kind": "step",
            "step": step.name,
            "status": result.status,
            "reasons": list(result.reasons),
            "decision": None if result.decision is None else result.decision.to_dict(),
            "notebook": {"path": step.notebook.name, "sha256": records.digest_of_path(step.notebook)},
            "parameters": _finite(dict(step.parameters)),
            "verdicts": [_short(verdict) for verdict in result.report.verdicts],
            "counts": result.report.counts(),
            "seconds": round(result.seconds, 3),
        }
        self._write(event, facet, inputs=result.inputs, outputs=result.outputs, **self._named(step))

    def ended(self, event: str, exit_code: int, results: list[StepResult], error: str | None = None) -> None:
        """Record how the run ended; `error` is what broke it off, if not an interrupt."""
        statuses = {result.step.name: result.status for result in results}
        self._write(event, {"kind": "end", "exit_code": exit_code, "statuses": statuses, "error": error})

    def _named(self, step: Step) -> dict[str, Any]:
        """Return a step's own run id and job, below those of the pipeline."""
        return {
            "run_id": str(uuid.uuid5(uuid.UUID(self.run_id), step.name)),
            "job": f"{self.pipeline.name}.{step.name}",
            "parent": (self.run_id, self.pipeline.name),
        }

    def _write(self, event: str, facet: Mapping[str, Any], **about: Any) -> None:
        common = {"run_id": self.run_id, "job": self.pipeline.name, "facet": {"run": self.folder.name, **facet}}
        records.append(self.file, records.run_event(event, **{**common, **about}))


def _finite(value: Any) -> Any:
    """Write NaN and infinity as texts: JSON has neither."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _short(verdict: Verdict) -> dict[str, Any]:
    """Keep of a verdict what a later run is compared with; the whole one is in the run's report."""
    evidence = verdict.evidence
    return {
        "check": verdict.check,
        "outcome": verdict.outcome.value,
        "columns": list(verdict.columns),
        "estimate": evidence.estimate,
        "p_value": evidence.p_value,
        "limit": evidence.limit,
        "n": evidence.n,
    }
