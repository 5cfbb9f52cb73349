"""Reports stored in a cell's outputs: read as data from a stranger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlqa.errors import UsageError
from mlqa.report import Report
from mlqa.report.report import MIME

__all__ = ["reports_in"]

_MOST = 1000
_LARGEST = 50_000_000


def reports_in(outputs: Iterable[Mapping[str, Any]]) -> list[Report]:
    """Read the reports among the outputs of a cell.

    Parameters
    ----------
    outputs : iterable of dict
        In nbformat 4 shape: ``cell.outputs`` of a file or of `mlqa.ipynb.kernels`.

    Returns
    -------
    list of Report
        In order; outputs without a report are passed over.

    Raises
    ------
    UsageError
        If an output claims to be a report and is damaged or larger than 50 MB, or
        there are more than 1000 of them.
    """
    found: list[Report] = []
    for output in outputs:
        data = output.get("data")
        if not isinstance(data, Mapping) or MIME not in data:
            continue
        if len(found) == _MOST:  # to pass over the rest could pass over a FAIL
            raise UsageError("outputs", f"{_MOST} reports", f"at most {_MOST} of a cell", "show fewer", "more")
        found.append(_report(data[MIME]))
    return found


def _report(value: Any) -> Report:
    """Read one report, from an object or from JSON text in one or many lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if isinstance(value, str):
        if len(value) > _LARGEST:
            raise UsageError("report", value[:40], "at most 50 MB of JSON", "run the cell again", f"{len(value)} bytes")
        return Report.from_json(value)
    return Report.from_dict(value)
