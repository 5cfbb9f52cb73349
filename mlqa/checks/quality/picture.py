"""A small picture of shares: reference beside current."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["share_bars"]

_BARS = 10
_LONGEST = 40


def share_bars(
    title: str, labels: Sequence[str], reference: Sequence[float], current: Sequence[float], *, y: str = "share of rows"
) -> dict[str, Any]:
    """Return a Vega-Lite specification: one bar for each label and table.

    Parameters
    ----------
    title : str
        Of the axis of labels.
    labels : list of str
        At most ten are drawn.
    reference, current : list of float
        As long as `labels`.
    y : str
        What the bars show.
    """
    values = [
        {"value": label if len(label) <= _LONGEST else f"{label[: _LONGEST - 3]}...", "table": table, "share": share}
        for table, shares in (("reference", reference), ("current", current))
        for label, share in list(zip(labels, shares))[:_BARS]
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "x": {"field": "value", "type": "nominal", "sort": None, "title": title},
            "xOffset": {"field": "table"},
            "y": {"field": "share", "type": "quantitative", "title": y},
            "color": {"field": "table", "type": "nominal", "sort": None},
        },
    }
