"""The question whether columns are distributed as they were: that of drift_free and of its kin."""

from __future__ import annotations

from functools import partial

from mlqa.checks.drift.columns import measure
from mlqa.checks.drift.moves import Column
from mlqa.checks.drift.numbers import UNIT as NUMBERS
from mlqa.checks.drift.question import LEVEL, Measure, Question
from mlqa.stats.power import ks_detectable, share_detectable
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.remembered import memory_of

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
    return partial(_compared, times=times)


def _compared(before: ColumnProfile, after: ColumnProfile, *, times: bool) -> Column | str:
    """Compare a column once, whoever asks; only of times it matters whether they are wanted."""
    memory, wanted = memory_of(before, after), times or "time" not in (before.kind, after.kind)
    with memory.lock:
        if wanted not in memory.known:
            memory.known[wanted] = measure(before, after, times=wanted, level=LEVEL)
        found: Column | str = memory.known[wanted]
    return found
