"""The question whether rows with equal features carry different labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of, share_of
from mlqa.checks.labels.sides import profiles_of
from mlqa.checks.skipped import skipped
from mlqa.stats.conflicts import conflict_tail
from mlqa.stats.rates import newcombe, rise_p_value
from mlqa.stats.seeds import seed_of
from mlqa.subjects.kept import LabelCounts
from mlqa.subjects.profile import Profile
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_conflicting_labels"]

_CHECK = "labels.no_conflicting_labels"
_CLAIM = "rows with equal features carry equal labels"
_UNIT = "of rows"
_LATER = "ask once the labels are known"
_REMEDY = "look at how these rows came to be twice, and which of the labels is right"
_MOST_CLASSES = 20
_LEVEL = 0.95


def no_conflicting_labels(
    current: Any,
    *,
    target: str,
    reference: Any = None,
    leave_out: Sequence[str] = (),
    at_most: float | None = None,
    min_effect: float = 0.005,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether rows with equal features carry different labels.

    In a table of few columns with few values equal features and unlike labels
    are natural. So a table alone fails only where they differ more often than
    coin flips would (copies with a changed label), or by a limit; beside a
    reference it fails where more rows are in conflict than there.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes.
    reference : DataFrame, path or Profile, optional
    leave_out : list of str
        Columns that are no features, such as identifiers.
    at_most : float in [0, 1], optional, unit: share of rows
        A contract on the rows at hand.
    min_effect : float in [0, 1), unit: share of rows
        Smallest rise against the reference that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows whose features occur
        with more than one label (over both tables, where there are two).

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Notes
    -----
    Which rows are in conflict is decided over both tables together, so that it
    does not depend on which table a row is of, nor on the number of rows:
    Fisher's test of the two shares is exact where rows are exchangeable. Alone:
    Chernoff's bound of the number of groups in conflict, were labels dealt at
    random with equal chances.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"x": [*range(40)] * 2, "churn": ["yes"] * 40 + ["no"] * 40})
    >>> no_conflicting_labels(table, target="churn").outcome
    <Outcome.FAIL: 'fail'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit = None if at_most is None else share_of("at_most", at_most, "0.01 is one row in a hundred")
    min_effect = share_of("min_effect", min_effect, "0.01 is one row in a hundred")
    after, before = profiles_of(current, reference, target, leave_out)
    if target not in after.columns:
        return skipped(_CHECK, _CLAIM, f"current has no labels: no column {target!r}", alpha=alpha, remedy=_LATER)
    reason, remedy = _unfit(after, before, target)
    if reason or after.features is None:
        return skipped(_CHECK, _CLAIM, reason, alpha=alpha, remedy=remedy)
    if limit is not None:
        return _within(after.features, target, limit)
    if before is None or before.features is None:
        return _alone(after.features, _classes(after, target), target, alpha)
    return _against(before.features, after.features, target, min_effect, alpha)


def _within(features: LabelCounts, target: str, at_most: float) -> Verdict:
    """Hold the rows at hand to a limit."""
    x, n = _in_conflict(features, features)
    failed = x > at_most * n
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=_told(x, n),
        evidence=Evidence(estimate=x / n, limit=at_most, unit=_UNIT, n=n, method="count of rows in conflict"),
        columns=(target,) if failed else (),
        remedy=_REMEDY if failed else "",
    )


def _alone(features: LabelCounts, classes: int, target: str, alpha: float) -> Verdict:
    """Hold conflicts to what labels dealt by coin flips would give."""
    repeated = features.counts > 1
    conflicting = int((features.labels_low != features.labels_high)[repeated].sum())
    p_value = conflict_tail(features.counts[repeated], conflicting, classes) if conflicting else 1.0
    failed = p_value <= alpha
    x, n = _in_conflict(features, features)
    groups = f"; of {int(repeated.sum())} groups of rows with equal features {conflicting} are in conflict"
    chance = ", more than if labels were dealt at random" if failed else ", no more than if labels were dealt at random"
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=_told(x, n) + (groups + chance if conflicting else ""),
        evidence=Evidence(
            estimate=x / n,
            p_value=p_value,
            unit=_UNIT,
            n=n,
            method="groups of equal features in conflict, Chernoff bound of the Poisson-binomial tail",
        ),
        columns=(target,) if failed else (),
        remedy=_REMEDY if failed else "",
        alpha=alpha,
    )


def _against(before: LabelCounts, after: LabelCounts, target: str, min_effect: float, alpha: float) -> Verdict:
    """Compare the share of rows in conflict with the reference's."""
    both = before.merge(after)
    (x_ref, n_ref), (x_cur, n_cur) = _in_conflict(before, both), _in_conflict(after, both)
    p_value = float(rise_p_value([x_ref], n_ref, [x_cur], n_cur)[0])
    low, high = (float(end[0]) for end in newcombe([x_ref], n_ref, [x_cur], n_cur, _LEVEL))
    failed = p_value <= alpha and low > min_effect
    blind = not failed and rise_p_value([0], n_ref, [n_cur], n_cur)[0] > alpha
    rise = x_cur / n_cur - x_ref / n_ref
    was = f"; in the reference {x_ref} of {n_ref} ({number(100 * x_ref / n_ref)} %)"
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason="so few rows would not have shown even a conflict in all of them"
        if blind
        else _told(x_cur, n_cur) + was,
        evidence=Evidence(
            estimate=rise,
            low=min(low, rise),
            high=max(high, rise),
            level=_LEVEL,
            p_value=p_value,
            limit=min_effect,
            unit=_UNIT,
            n=n_ref + n_cur,
            method="rows in conflict over both tables, Fisher's exact test, one-sided; Newcombe interval",
        ),
        columns=(target,) if failed else (),
        remedy=_REMEDY if failed else "",
        alpha=alpha,
    )


def _in_conflict(side: LabelCounts, decided: LabelCounts) -> tuple[int, int]:
    """Count the rows of a table in conflict, and all of its rows that were looked at."""
    conflicts = decided.hashes[decided.labels_low != decided.labels_high]
    seen = side.counts if decided.complete else side.counts[side.hashes < np.uint64(decided.limit)]
    there: NDArray[np.bool_] = np.isin(side.hashes, conflicts, assume_unique=True)
    return int(side.counts[there].sum()), int(seen.sum())


def _told(x: int, n: int) -> str:
    if not x:
        return f"none of {n} rows shares its features with a row of another label"
    return f"{x} of {n} rows ({number(100 * x / n)} %) share their features with a row of another label"


def _unfit(after: Profile, before: Profile | None, target: str) -> tuple[str, str]:
    """Say why the question does not apply, and what to do about it; or nothing."""
    for side in (after, before):
        if side is None:
            continue
        if side.features is None or side.target != target:
            return f"rows were not counted by the label {target!r}", f"profile the table with target={target!r}"
        if not set(side.hashed) - {target}:
            return "there is no feature beside the label", "pass the features too"
    if before is not None and before.hashed != after.hashed:
        reason = "the rows of the two profiles were told apart by different columns"
        return reason, "profile both tables with the same hashed="
    column = after.columns[target]
    if column.present == 0:
        return f"{target!r} is missing in every row", _LATER
    if column.values is None and _classes(after, target) > _MOST_CLASSES:
        reason = f"{target!r} is a number of many values, which equal features need not share"
        return reason, "cut it into classes, or pass it as categorical= to mlqa.check if it is a code"
    return "", ""


def _classes(after: Profile, target: str) -> int:
    """Count the label's values, missing among them."""
    column = after.columns[target]
    counts = column.values.counts if column.values is not None else None if column.grid is None else column.grid.counts
    return (0 if counts is None else int((counts > 0).sum())) + (column.nulls > 0)
