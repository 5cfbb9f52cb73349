"""Writes what a run did into the records beside the pipeline's file."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlqa import records
from mlqa.gate import Decision
from mlqa.ipynb.parameters import finite
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.imports import project_of
from mlqa.pipeline.made_of import code_files, key_of
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
        ``go``, ``up to date`` (it went before, on equal parts), ``no-go``,
        ``failed`` (a notebook, kernel or test broke), ``not run`` (a step
        before it did not go) or ``left out`` (it was not asked for).
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
    made_of : dict
        The parts that its result depends on; see `mlqa.pipeline.made_of`.
    from_run : str
        The run that an up-to-date step went in.
    tries : int
        How often it was run.
    strays : tuple of str
        Files that appeared or changed beside its outputs while it ran.
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
    made_of: Mapping[str, Any] = field(default_factory=dict)
    from_run: str = ""
    tries: int = 1
    strays: tuple[str, ...] = ()


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
    listener : callable or None
        Told every record after it is on the disk.
    strict : bool
        Whether UNDECIDED counts against every gate.
    """

    pipeline: Pipeline
    run_id: str
    base: Path
    folder: Path
    file: Path
    listener: Callable[[Mapping[str, Any]], object] | None = None
    strict: bool = False

    def started(self, reason: str, given: Mapping[str, Any]) -> None:
        """Record who starts what, from which code, and why; `given` was given by hand."""
        pipeline = self.pipeline
        self._write(
            "START",
            {
                "kind": "run",
                "reason": reason,
                "who": records.who(),
                "code": records.code_version(pipeline.root),
                "environment": self._environment(),
                "file": {"path": pipeline.file.name, "sha256": records.digest_of_path(pipeline.file)},
                "root": str(pipeline.root),
                "sources": self._sources(),
                **given,
                "strict": self.strict,
                "steps": [step.name for step in pipeline.steps],
            },
        )

    def stepping(self, step: Step, key: str) -> None:
        """Record that a step begins, so that a run that was killed tells where."""
        self.write(self._event("START", {"kind": "begin", "step": step.name, "key": key}, **self._named(step)))

    def step_event(self, result: StepResult) -> dict[str, Any]:
        """Word one step as a record: what it read, wrote and found."""
        step = result.step
        event = {"go": "COMPLETE", "up to date": "COMPLETE"}.get(result.status)
        event = event or ("ABORT" if result.status in ("not run", "left out") else "FAIL")
        made_of = dict(result.made_of)
        facet = {
            "kind": "step",
            "step": step.name,
            "status": result.status,
            "reasons": list(result.reasons),
            "decision": None if result.decision is None else result.decision.to_dict(),
            "notebook": {"path": step.notebook.name, "sha256": records.digest_of_path(step.notebook)},
            "parameters": finite(dict(step.parameters)),
            "secrets": dict(step.secrets),
            "verdicts": [_short(case.source, verdict) for case in result.report.cases for verdict in case.verdicts],
            "counts": result.report.counts(),
            "seconds": round(result.seconds, 3),
            "key": key_of(made_of) if made_of else None,
            "made_of": made_of,
            "from_run": result.from_run,
            "tries": result.tries,
            "strays": list(result.strays),
        }
        return self._event(event, facet, inputs=result.inputs, outputs=result.outputs, **self._named(step))

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

    def _event(self, event: str, facet: Mapping[str, Any], **about: Any) -> dict[str, Any]:
        common = {"run_id": self.run_id, "job": self.pipeline.name, "facet": {"run": self.folder.name, **facet}}
        return records.run_event(event, **{**common, **about})

    def _write(self, event: str, facet: Mapping[str, Any]) -> None:
        self.write(self._event(event, facet))

    def write(self, event: Mapping[str, Any]) -> None:
        """Add one record to the chain, and hand it to whoever listens."""
        self.told(records.append(self.file, event))

    def told(self, record: Mapping[str, Any]) -> None:
        """Hand a record that is on the disk to whoever listens."""
        if self.listener is not None:
            self.listener(record)

    def _environment(self) -> dict[str, object]:
        """Describe the environment, and keep the list of all its packages by its digest."""
        records.keep(self.file.parent, records.package_lines(records.installed()).encode())
        return records.environment()

    def _sources(self) -> dict[str, str]:
        """Keep every file of code that the run stands on, by path below the project."""
        root = project_of(self.pipeline.root)
        files = {self.pipeline.file, *(file for step in self.pipeline.steps for file in code_files(step))}
        files |= {file for file in (root / "pyproject.toml",) if file.is_file()}
        return {
            Path(os.path.relpath(file, root)).as_posix(): records.keep(self.file.parent, file.read_bytes())
            for file in sorted(files)
        }


def _short(source: str, verdict: Verdict) -> dict[str, Any]:
    """Keep of a verdict what a later run is compared with; the whole one is in the run's report."""
    evidence = verdict.evidence
    return {
        "source": source,
        "check": verdict.check,
        "outcome": verdict.outcome.value,
        "columns": list(verdict.columns),
        "estimate": evidence.estimate,
        "low": evidence.low,
        "high": evidence.high,
        "level": evidence.level,
        "unit": evidence.unit,
        "p_value": evidence.p_value,
        "limit": evidence.limit,
        "n": evidence.n,
    }
