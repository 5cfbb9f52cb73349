"""Records put together again: which belong to one run, and what each says. Damaged ones are passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError

__all__ = ["chosen", "datasets_of", "ended", "facet_of", "of_kind", "part", "runs_of"]

_ENDS = {"0": "go", "1": "no-go", "3": "failed"}


def part(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table within a record; empty where it is missing or damaged."""
    found = holder.get(name) if isinstance(holder, Mapping) else None
    return found if isinstance(found, dict) else {}


def facet_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facet of ours: ``run``, ``kind`` and what that kind tells."""
    return part(part(part(record, "run"), "facets"), "mlqa")


def datasets_of(record: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Return path to sha256 of the ``inputs`` or ``outputs`` of a record."""
    found = record.get(kind)
    sets = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    versions = ((one.get("name"), part(part(one, "facets"), "version").get("datasetVersion", "")) for one in sets)
    return {str(name): str(version).removeprefix("sha256:") for name, version in versions}


def runs_of(found: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Group records by the name of their run, oldest first."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for record in found:
        name = facet_of(record).get("run")
        if name is not None:
            runs.setdefault(str(name), []).append(record)
    return runs


def of_kind(found: Iterable[dict[str, Any]], kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the records of one kind, each with its facet."""
    for record in found:
        facet = facet_of(record)
        if facet.get("kind") == kind:
            yield record, facet


def ended(found: Iterable[dict[str, Any]]) -> str:
    """Say how a run ended: go, no-go, failed, interrupted, broke off or not ended."""
    for record, facet in of_kind(found, "end"):
        if record.get("eventType") == "ABORT":
            return "broke off" if facet.get("error") else "interrupted"
        return _ENDS.get(str(facet.get("exit_code")), "failed")
    return "not ended"


def chosen(runs: Mapping[str, list[dict[str, Any]]], name: str, file: Path) -> list[dict[str, Any]]:
    """Return the records of one run by its name, the start of it, or ``last``.

    Raises
    ------
    UsageError
        If no run, or more than one, has that name.
    """
    names = [run for run in runs if run.startswith(name) or run.split("-")[-1].startswith(name)]
    if name == "last":
        names = list(runs)[-1:]
    if len(names) != 1:
        hint = f"choose from {', '.join(names or list(runs)[-5:])}" if runs else "run a pipeline first"
        raise UsageError("RUN", name, f"the name of one run in {file}", hint, f"{len(names)} runs")
    return runs[names[0]]
