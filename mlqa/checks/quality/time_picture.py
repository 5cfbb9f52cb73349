"""A small picture of a hole in time: rows before, in and after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlqa.checks.quality.time_column import moment
from mlqa.checks.quality.time_series import Series
from mlqa.report.bars import share_bars
from mlqa.stats.gaps import Hole

__all__ = ["hole_bars"]

_BINS = 10
_BESIDE = 2.0  # lengths of the hole on either side of it


def hole_bars(title: str, hole: Hole, before: Series, series: Series, unit: str) -> dict[str, Any]:
    """Return a Vega-Lite specification: shares of rows in ten stretches around a hole.

    Parameters
    ----------
    title : str
        Of the axis of times.
    hole : Hole
        Lies in the two stretches in the middle.
    before, series : Series
        Of the reference and of current.
    unit : {'days', 'hours', 'steps'}
    """
    beside = _BESIDE * hole.length
    edges = np.linspace(hole.start - beside, hole.stop + beside, _BINS + 1)
    edges[_BINS // 2 - 1] = np.nextafter(hole.start, np.inf)  # the last row before the hole is not in it
    shares = [np.histogram(one.times, edges, weights=one.rows)[0] / one.rows.sum() for one in (before, series)]
    labels = [moment(float(start), unit) for start in edges[:-1]]
    return share_bars(title, labels, shares[0].tolist(), shares[1].tolist())
