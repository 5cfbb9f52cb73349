"""The plot of a verdict as a specification: shares of rows, reference beside current."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["share_bars"]

_MOST_BARS = 20
_LONGEST = 40


def share_bars(
    title: str,
    labels: Sequence[str],
    reference: Sequence[float] | None,
    current: Sequence[float],
    *,
    y: str = "share of rows",
) -> dict[str, Any]:
    """Return a Vega-Lite specification of the one form that reports and JupyterLab draw.

    Parameters
    ----------
    title : str
        Of the axis of labels.
    labels : list of str
        At most twenty are drawn.
    reference, current : list of float in [0, 1]
        As long as `labels`; no bars for a reference of None.
    y : str
        What the bars show.

    Examples
    --------
    >>> spec = share_bars("income", ["low", "high"], [0.5, 0.5], [0.9, 0.1])
    >>> spec["data"]["values"][-1]
    {'value': 'high', 'table': 'current', 'share': 0.1}
    """
    sides = (("reference", reference), ("current", current))
    values = [
        {"value": label if len(label) <= _LONGEST else f"{label[: _LONGEST - 3]}...", "table": table, "share": share}
        for table, shares in sides
        if shares is not None
        for label, share in list(zip(labels, shares))[:_MOST_BARS]
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
