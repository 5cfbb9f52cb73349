"""The question whether columns are distributed as they were: that of drift_free and of its kin."""

from __future__ import annotations

from functools import partial

from mlqa.checks.drift.columns import measure
from mlqa.checks.drift.numbers import UNIT as NUMBERS
from mlqa.checks.drift.question import LEVEL, Measure, Question
from mlqa.stats.power import ks_detectable, share_detectable

__all__ = ["DISTRIBUTION", "comparing"]

DISTRIBUTION = Question(
    check="drift.drift_free",
    claim="every column is distributed as in the reference",
    fault="moved",
    nothing="no move larger than {}",
    methods={
        NUMBERS: "KS, rank-sum, spread, mean, precedence and value tests, Holm over the columns; DKW interval",
        "": "exact test per category, Holm over the columns; Weissman interval",
    },
    smallest={NUMBERS: ks_detectable, "": share_detectable},
)


def comparing(*, times: bool) -> Measure:
    """Return what compares a column; `times` says whether a column of times is one."""
    return partial(measure, times=times, level=LEVEL)
