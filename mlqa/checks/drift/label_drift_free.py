"""The question whether the label is distributed as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles, share_of
from mlqa.checks.drift.distribution import DISTRIBUTION, comparing
from mlqa.checks.drift.question import measured
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Verdict

__all__ = ["label_drift_free"]

_QUESTION = replace(
    DISTRIBUTION,
    check="drift.label_drift_free",
    claim="the label is distributed as in the reference",
    remedy="look at how the rows of {} were chosen; if the change is meant, weight or recalibrate the model",
)


def label_drift_free(
    reference: Any,
    current: Any,
    *,
    target: str,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether the label is distributed as the reference's is (prior shift).

    As `drift_free` of that one column, at the whole level: no other column
    takes a part of it.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    target : str
        The label: classes or numbers; rows without are left out.
    min_effect : float in [0, 1), unit: distance between distributions
        Smallest move that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        SKIPPED where a table holds no label.

    Raises
    ------
    UsageError
        If a table, `target` or `min_effect` cannot be used.

    Notes
    -----
    Two classes: Fisher's exact test of the share of one. More: one for each
    class, corrected for those that could have shown as much. Numbers: the tests
    of `drift_free`.

    Examples
    --------
    >>> import polars as pl
    >>> before, after = (pl.DataFrame({"paid": [i % 10 < k for i in range(1000)]}) for k in (3, 4))
    >>> label_drift_free(before, after, target="paid").columns
    ('paid',)
    """
    level_of(alpha), seed_of(seed)
    limit = share_of("min_effect", min_effect, "0.02 leaves moves of two points in peace")
    before, after = both_profiles(reference, current)
    compare = comparing(times=True)
    found = measured(
        before,
        after,
        [target],
        lambda was, now: "no label in current" if now.present == 0 else compare(was, now),
        alpha,
        name="target",
    )
    return answer(_QUESTION, found, min_effect=limit)
