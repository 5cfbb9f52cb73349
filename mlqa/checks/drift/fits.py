"""What a share of rows that no longer fit is worth: its interval, what could have been seen, its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy.special import ndtri

from mlqa.checks.drift.relations import Relation
from mlqa.checks.drift.surprise import Surprise
from mlqa.report.bars import share_bars

__all__ = ["LEVEL", "bounded", "fit_bars", "interval"]

LEVEL = 0.95


def bounded(share: float) -> float:
    """Return a difference of two shares as one: the estimate may overshoot where all rows are broken.

    Examples
    --------
    >>> bounded(1.07), bounded(-0.2)
    (1.0, -0.2)
    """
    return min(1.0, max(-1.0, share))


def interval(found: Surprise) -> tuple[float | None, float | None]:
    """Return the normal interval of a share of broken rows at :data:`LEVEL`."""
    if not math.isfinite(found.error):
        return None, None
    half = found.error * float(ndtri((1.0 + LEVEL) / 2.0))
    return bounded(found.share - half), bounded(found.share + half)


def fit_bars(shares: Sequence[tuple[str, Relation]]) -> dict[str, Any]:
    """Draw for each column the share of rows in which it no longer fits, beside that of the table that fits better."""
    names = [name for name, _ in shares]
    worse = [round(bounded(relation.told.share), 4) for _, relation in shares]
    before, after = [max(0.0, -share) for share in worse], [max(0.0, share) for share in worse]
    return share_bars("column", names, before, after, y="share of rows that do not fit")
