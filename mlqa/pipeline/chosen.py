"""Which steps a run is asked for: all, some alone, or all from one on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlqa.errors import UsageError, nearest
from mlqa.pipeline.graph import Pipeline

__all__ = ["chosen_steps"]


def chosen_steps(pipeline: Pipeline, base: Path, only: Sequence[str] = (), start: str | None = None) -> frozenset[str]:
    """Return the names of the steps that are asked for.

    Raises
    ------
    UsageError
        If there is no such step, or one needs an output that no run has
        published and that is not asked for either.
    """
    names = [step.name for step in pipeline.steps]
    for option, name in [*(("--only", name) for name in only), *([("--from", start)] if start else [])]:
        if name not in names:
            raise UsageError(option, name, "the name of a step", nearest(name, names), "no such step")
    if not only and start is None:
        return frozenset(names)
    asked = set(only) | ({start} if start else set())
    if start is not None:
        for step in pipeline.steps:  # in order, so that one look at each is enough
            if asked.intersection(pipeline.needs[step.name]):
                asked.add(step.name)
    for step in pipeline.steps:
        for path in step.inputs.values() if step.name in asked else ():
            makers = set(pipeline.makers_of(path))
            if makers - asked and not (base / path).exists():
                maker = min(makers - asked)
                hint = f"run it too: --only {maker} --only {step.name}"
                raise UsageError("--only", step.name, "a step whose inputs are there", hint, f"no {path} of {maker!r}")
    return frozenset(asked)
