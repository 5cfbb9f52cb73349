"""The rate of rows that break a relation, against its limit."""

from __future__ import annotations

import math
from typing import Any

from mlqa.checks.invariance.search import Search
from mlqa.stats.proportion import at_most_p_value, clopper_pearson, detectable_rate, rows_needed
from mlqa.verdict import Outcome

__all__ = ["CHANCE", "judged", "up"]

CHANCE = 0.95


def judged(search: Search, at_most: float, alpha: float) -> tuple[dict[str, Any], Outcome]:
    """Return the numbers of the evidence, and the outcome.

    Parameters
    ----------
    search : Search
    at_most : float in [0, 1)
        0: one row is a FAIL.
    alpha : float in (0, 0.5)
        Level with a limit above 0, one-sided at either end.
    """
    n, hits = int(search.touched.sum()), int(search.violated.sum())
    found: dict[str, Any] = {"estimate": hits / n, "n": n, "limit": float(at_most), "unit": "of rows"}
    if not at_most:
        high = float(clopper_pearson(hits, n, level=CHANCE, sides=1)[1])
        found |= {"low": 0.0, "high": high, "level": CHANCE, "method": "Clopper-Pearson, one-sided"}
        return found, Outcome.FAIL if hits else Outcome.PASS
    low, high = (float(end) for end in clopper_pearson(hits, n, level=1.0 - alpha, sides=1))
    found |= {"low": low, "high": high, "level": 1.0 - 2.0 * alpha, "method": "exact binomial, Clopper-Pearson"}
    found |= {
        "p_value": float(at_most_p_value(hits, n, at_most)),
        "detectable": detectable_rate(n, at_most, alpha=alpha),
    }
    if low > at_most:
        return found, Outcome.FAIL
    if high <= at_most:
        return found, Outcome.PASS
    return {**found, "rows_needed": rows_needed(hits, n, at_most, alpha=alpha)}, Outcome.UNDECIDED


def up(bound: float) -> float:
    """Round a bound up to two digits, so that the sentence stays true.

    Examples
    --------
    >>> up(0.00123)
    0.0013
    """
    digits = 1 - math.floor(math.log10(bound))
    return float(math.ceil(round(bound * 10.0**digits, 6)) / 10.0**digits)
