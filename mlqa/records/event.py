"""The shape of a record: an OpenLineage run event with one facet of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mlqa import __version__
from mlqa.errors import UsageError, nearest

__all__ = ["NAMESPACE", "run_event"]

NAMESPACE = "mlqa"
_SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_PRODUCER = f"urn:mlqa:producer:{__version__}"
_FACET = "urn:mlqa:facet:run-1"
_TYPES = ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")


def run_event(
    event: str,
    *,
    run_id: str,
    job: str,
    facet: Mapping[str, Any],
    parent: tuple[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Make one record.

    Parameters
    ----------
    event : str
        ``START``, ``COMPLETE``, ``FAIL`` or ``ABORT``.
    run_id : str
        A UUID.
    job : str
        ``pipeline`` or ``pipeline.step``.
    facet : dict
        What only mlqa knows: who, why, code, parameters, decision, verdicts.
    parent : tuple of (run_id, job), optional
        The pipeline's run that a step belongs to.
    inputs, outputs : dict of str to str, optional
        Path to sha256 of what was read and written.

    Returns
    -------
    dict
        Plain values, ready for :func:`mlqa.records.append`.

    Raises
    ------
    UsageError
        If `event` is no type of OpenLineage.
    """
    if event not in _TYPES:
        raise UsageError("event", event, "a type of OpenLineage event", nearest(event, _TYPES))
    facets: dict[str, Any] = {"mlqa": _with_schema({"version": __version__, **facet})}
    if parent is not None:
        parent_id, parent_job = parent
        about = {"run": {"runId": parent_id}, "job": {"namespace": NAMESPACE, "name": parent_job}}
        facets["parent"] = _with_schema(about)
    return {
        "eventType": event,
        "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "producer": _PRODUCER,
        "schemaURL": _SCHEMA,
        "run": {"runId": run_id, "facets": facets},
        "job": {"namespace": NAMESPACE, "name": job},
        "inputs": [_dataset(name, digest) for name, digest in (inputs or {}).items()],
        "outputs": [_dataset(name, digest) for name, digest in (outputs or {}).items()],
    }


def _dataset(name: str, digest: str) -> dict[str, Any]:
    """Describe a file by its path and the digest of its bytes."""
    version = _with_schema({"datasetVersion": f"sha256:{digest}"})
    return {"namespace": "file", "name": name, "facets": {"version": version}}


def _with_schema(facet: dict[str, Any]) -> dict[str, Any]:
    """Add the two keys that OpenLineage asks of every facet."""
    return {"_producer": _PRODUCER, "_schemaURL": _FACET, **facet}
