"""The question whether a column that the model goes by moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles, share_of
from mlqa.checks.drift.distribution import DISTRIBUTION, comparing
from mlqa.checks.drift.question import measured
from mlqa.errors import UsageError
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Outcome, Verdict

__all__ = ["harmful_drift_free"]

_QUESTION = replace(
    DISTRIBUTION,
    check="drift.harmful_drift_free",
    claim="every column that the model goes by is distributed as in the reference",
    remedy="look at where {} comes from, and at the model's errors on rows where it moved",
)


def harmful_drift_free(
    reference: Any,
    current: Any,
    *,
    importance: Mapping[str, float],
    at_least: float = 0.02,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether any column that the model goes by moved: drift that can do harm.

    What the model does not look at may drift. As fewer columns share the
    level, smaller moves of those that matter are seen than `drift_free` sees.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    importance : mapping of column to float of at least 0
        How much the model goes by each column: permutation importances, gains,
        absolute coefficients of scaled features. Only their ratios count.
    at_least : float in [0, 1), unit: share of all importance
        Columns below it are left out.
    min_effect : float in [0, 1), unit: distance between distributions
        Smallest move that matters, as of :func:`mlqa.drift_free`.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns asked.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        As of :func:`mlqa.drift_free`; the examples tell each column's share of
        the importance. SKIPPED where the model goes by nothing.

    Raises
    ------
    UsageError
        If a table cannot be read, a column is not in both, or an importance
        is no number of at least 0.

    Examples
    --------
    >>> import polars as pl
    >>> before = pl.DataFrame({"used": range(400), "unused": range(400)})
    >>> after = before.with_columns(unused=pl.col("unused") * 9)
    >>> harmful_drift_free(before, after, importance={"used": 0.8, "unused": 0.0}).outcome
    <Outcome.PASS: 'pass'>
    """
    level, seed = level_of(alpha), seed_of(seed)
    limit = share_of("min_effect", min_effect, "0.02 leaves moves of two points in peace")
    at_least = share_of("at_least", at_least, "0.02 leaves out what the model hardly goes by")
    shares = _shares(importance)
    before, after = both_profiles(reference, current)
    used = [name for name, share in shares.items() if share > 0.0 and share >= at_least]
    if not used:
        reason = "the model goes by no column"
        return Verdict(
            check=_QUESTION.check, outcome=Outcome.SKIPPED, claim=_QUESTION.claim, reason=reason, alpha=level
        )
    verdict = answer(_QUESTION, measured(before, after, used, comparing(times=True), level), min_effect=limit)
    worst = tuple({**row, "importance": shares[str(row["column"])]} for row in verdict.evidence.worst)
    return replace(verdict, evidence=replace(verdict.evidence, worst=worst))


def _shares(importance: Mapping[str, Any]) -> dict[str, float]:
    """Return each column's share of the importance of all."""
    hint = "pass {column: permutation importance}; put negative ones to 0"
    if not isinstance(importance, Mapping):
        raise UsageError("importance", importance, "a mapping of columns to numbers of at least 0", hint)
    for name, value in importance.items():
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or not 0.0 <= float(value) < math.inf:
            raise UsageError(f"importance[{name!r}]", value, "a number of at least 0", hint)
    whole = math.fsum(float(value) for value in importance.values())
    return {name: float(value) / whole if whole else 0.0 for name, value in importance.items()}
