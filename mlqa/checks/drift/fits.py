"""What a share of rows that no longer fit is worth: its interval, what could have been seen, its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy.special import ndtri

from mlqa.checks.drift.relations import Relation
from mlqa.checks.drift.surprise import Surprise

__all__ = ["LEVEL", "fit_bars", "interval"]

LEVEL = 0.95
_MOST_BARS = 20
_NAME = 60


def interval(found: Surprise) -> tuple[float | None, float | None]:
    """Return the normal interval of a share of broken rows at :data:`LEVEL`."""
    if not math.isfinite(found.error):
        return None, None
    half = found.error * float(ndtri((1.0 + LEVEL) / 2.0))
    return found.share - half, found.share + half


def fit_bars(shares: Sequence[tuple[str, Relation]]) -> dict[str, Any]:
    """Return a Vega-Lite specification: for each column the share of rows in which it no longer fits."""
    values = [
        {"column": name[:_NAME], "share": round(min(1.0, max(-1.0, relation.told.share)), 4)}
        for name, relation in shares[:_MOST_BARS]
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "y": {"field": "column", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "share", "type": "quantitative", "title": "share of current rows that do not fit"},
        },
    }
