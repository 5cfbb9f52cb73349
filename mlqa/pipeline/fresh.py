"""Whether a step is up to date: a passed record of the same parts whose outputs still lie there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlqa import records
from mlqa.pipeline.graph import Step
from mlqa.pipeline.made_of import changes, key_of

__all__ = ["DONE", "Past", "past_of", "stale", "unpublished"]

DONE = ("go", "up to date")


@dataclass(slots=True)
class Past:
    """What earlier runs of a folder left; a class because steps of one run add digests to it.

    Attributes
    ----------
    passed : dict of str to list of dict
        Job to the facets of its steps that went, the newest first, each with
        its ``outputs`` (path to digest).
    begun : dict of str to list of dict
        Job to the facets of steps that began and have no end.
    known : dict
        Digests of files, as `mlqa.records.digest_of_path` keeps them.
    """

    passed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    begun: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)


def past_of(found: Iterable[Mapping[str, Any]], known: dict[str, Any]) -> Past:
    """Gather from records what concerns the freshness of steps; damaged ones are passed over."""
    past = Past(known=known)
    for record in found:
        facet = records.facet_of(record)
        job = str(record.get("job", {}).get("name")) if isinstance(record.get("job"), dict) else ""
        if facet.get("kind") == "begin":
            past.begun.setdefault(job, []).insert(0, facet)
        elif facet.get("kind") == "step":
            past.begun[job] = [one for one in past.begun.get(job, []) if one.get("run") != facet.get("run")]
            if facet.get("status") in DONE and isinstance(facet.get("made_of"), dict):
                outputs = records.datasets_of(record, "outputs")
                past.passed.setdefault(job, []).insert(0, {**facet, "outputs": outputs})
    return past


def stale(past: Past, job: str, parts: Mapping[str, Any], base: Path) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Find the passed record that a step need not be run for, or say why it must be run.

    Returns
    -------
    passed : dict or None
        Facet of the record.
    reasons : tuple of str
    """
    key = key_of(parts)
    found = past.passed.get(job, [])
    reasons: list[str] = []
    for facet in (one for one in found if one.get("key") == key):
        moved = [*_moved(facet["outputs"], base, past.known)]
        if not moved:
            return facet, ()
        reasons = reasons or moved
    if reasons:
        return None, tuple(reasons)
    if not found:
        return None, ("it has not gone before",)
    return None, tuple(changes(found[0]["made_of"], parts)) or ("its record cannot be compared",)


def unpublished(past: Past, job: str, step: Step, parts: Mapping[str, Any], home: Path) -> Path | None:
    """Return the folder of an attempt that was finished when its run was killed, but not yet published."""
    key = key_of(parts)
    for facet in past.begun.get(job, []):
        folder = home / "runs" / str(facet.get("run")) / step.name
        if facet.get("key") == key and (folder / "result.json").is_file():
            try:
                result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            except ValueError:
                continue
            if result.get("error") is None and all((folder / "outputs" / p).exists() for p in step.outputs.values()):
                return folder
    return None


def _moved(outputs: Mapping[str, str], base: Path, known: dict[str, Any]) -> Iterable[str]:
    for path, digest in outputs.items():
        if not (base / path).exists():
            yield f"output {path} is gone"
        elif records.digest_of_path(base / path, known) != digest:
            yield f"output {path} is not what was published"
