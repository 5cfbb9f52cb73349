"""The question whether the label still follows from the features as it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.concept import Concept, concept
from mlqa.checks.drift.fits import LEVEL, bounded, interval
from mlqa.checks.drift.labelled import FEW_ROWS, Labelled, labelled, too_few
from mlqa.checks.drift.surprise import detectable
from mlqa.checks.skipped import skipped
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["concept_holds"]

_CHECK = "drift.concept_holds"
_CLAIM = "the label follows from the features as in the reference"
_METHOD = "ridge of the label on the features, likelihood-ratio permutation tests, Bonferroni over five"
_UNIT = "of current rows"


def concept_holds(
    reference: Any,
    current: Any,
    *,
    target: str,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether the label still follows from the features as it did: no concept drift.

    Labels that contradict the features in some rows, a rule that no longer
    holds, or one that was replaced by another in a part of the data. A label
    that became more frequent for no reason the features give is one too. SKIPPED
    where current or the reference has no labels, UNDECIDED where few rows have.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    columns : list of str, optional
        Features; by default all that both tables have but times.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int of at least 0
        Of the split of the tables into halves.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows whose label looks
        changed to a model of the reference, less that of its own rows;
        ``columns`` names the target.

    Raises
    ------
    UsageError
        If a table cannot be read, or no table has the target or a column.

    Notes
    -----
    Null hypothesis: rows are exchangeable; so a covariate that drifted may be
    seen too, which `drift_free` names. Rows without a label are left out; at
    most 2,000 rows of each table are used.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=1200)
    >>> table = pl.DataFrame({"x": x, "z": rng.normal(size=1200), "y": x + 0.5 * rng.normal(size=1200) > 0})
    >>> concept_holds(table[:600], table[600:], target="y").outcome
    <Outcome.PASS: 'pass'>
    >>> changed = table[600:].with_columns(y=pl.col("y") ^ (pl.col("z") > 0.5))
    >>> concept_holds(table[:600], changed, target="y").outcome
    <Outcome.FAIL: 'fail'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    rows = labelled(_CHECK, reference, current, target, columns, seed)
    if isinstance(rows, str):
        return skipped(_CHECK, _CLAIM, rows, alpha=alpha)
    if min(rows.sides) < FEW_ROWS:
        return too_few(_CHECK, _CLAIM, _METHOD, rows, alpha)
    return _judged(rows, concept(rows.rows, rows.label), target, alpha, seed)


def _how_much(found: Concept) -> str:
    """Say in how many rows the rule looks changed, or that the rows at odds with it are the reference's."""
    share = found.told.share
    if share > 0.0:
        return f"; in about {number(100 * min(1.0, share))} % of the current rows it looks changed"
    _, high = interval(found.told)
    return "; the reference contradicts it more than current does" if high is not None and high < 0.0 else ""


def _judged(rows: Labelled, found: Concept, target: str, alpha: float, seed: int) -> Verdict:
    """Say whether the rule changed, by which test, and in how many rows."""
    failed = found.p_value <= alpha
    low, high = interval(found.told)
    seen = detectable(found.pooled, alpha)
    reason = (
        f"{target!r} no longer follows from the features as in the reference ({found.test}){_how_much(found)}"
        if failed
        else f"{target!r} follows from the features as in the reference"
        if seen <= 1.0
        else f"no change is shown; the features tell too little of {target!r} for one to be seen surely"
    )
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=reason,
        evidence=Evidence(
            estimate=bounded(found.told.share),
            low=low,
            high=high,
            level=LEVEL,
            p_value=found.p_value,
            unit=_UNIT,
            n=sum(rows.sides),
            method=_METHOD,
            seed=seed,
            detectable=seen if seen <= 1.0 else None,
            worst=({"column": target, "share": bounded(found.told.share), "test": found.test},) if failed else (),
        ),
        columns=(target,) if failed else (),
        remedy=f"check how {target!r} is made; if the change is meant, train anew" if failed else "",
        alpha=alpha,
    )
