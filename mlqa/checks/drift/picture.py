"""A small picture of the column that moved most."""

from __future__ import annotations

from typing import Any

from mlqa.checks.drift.moves import Column

__all__ = ["bars"]


def bars(column: Column) -> dict[str, Any] | None:
    """Return a Vega-Lite specification: the share of rows per bar, reference beside current.

    Parameters
    ----------
    column : Column

    Returns
    -------
    dict or None
        At most twenty bars; None where the column has nothing to draw.
    """
    if column.sides is None:
        return None
    tables = (("reference", column.sides.reference), ("current", column.sides.current))
    values = [
        {"value": label, "table": table, "share": share}
        for table, shares in tables
        for label, share in zip(column.sides.labels, shares)
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "x": {"field": "value", "type": "nominal", "sort": None, "title": column.name},
            "xOffset": {"field": "table"},
            "y": {"field": "share", "type": "quantitative", "title": "share of rows"},
            "color": {"field": "table", "type": "nominal", "sort": None},
        },
    }
