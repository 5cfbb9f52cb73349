"""The question whether a model's outputs are distributed as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles, share_of
from mlqa.checks.drift.distribution import DISTRIBUTION, comparing
from mlqa.checks.drift.question import measured
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Verdict

__all__ = ["prediction_drift_free"]

_QUESTION = replace(
    DISTRIBUTION,
    check="drift.prediction_drift_free",
    claim="the model's outputs are distributed as in the reference",
    remedy="look at which features moved with {}; if none did, at the version of the model",
)


def prediction_drift_free(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str],
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether a model's outputs are distributed as the reference's are.

    As `drift_free` of those columns, at the whole level: no feature takes a
    part of it.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str
        That hold what the model said: classes, scores, probabilities.
    min_effect : float in [0, 1), unit: distance between distributions
        Smallest move that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict

    Raises
    ------
    UsageError
        If a table, column or `min_effect` cannot be used.

    Notes
    -----
    Of all summaries of the features, what the model makes of them comes
    nearest to harm [1]_.

    References
    ----------
    .. [1] Rabanser, S., Guennemann, S. and Lipton, Z. C. (2019), Failing
       loudly: an empirical study of methods for detecting dataset shift,
       Advances in Neural Information Processing Systems 32.

    Examples
    --------
    >>> import polars as pl
    >>> before, after = (pl.DataFrame({"score": [i / 1000 * k for i in range(1000)]}) for k in (1.0, 0.8))
    >>> prediction_drift_free(before, after, columns=["score"]).columns
    ('score',)
    """
    level_of(alpha), seed_of(seed)
    limit = share_of("min_effect", min_effect, "0.02 leaves moves of two points in peace")
    before, after = both_profiles(reference, current)
    return answer(_QUESTION, measured(before, after, columns, comparing(times=True), alpha), min_effect=limit)
