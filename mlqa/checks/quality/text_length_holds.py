"""The question whether texts are as long as in the reference, or as limits allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlqa.alpha import level_of
from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.asked import asked
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.checks.quality.spelling import tells_rows_apart
from mlqa.errors import UsageError
from mlqa.stats.multiple import holm
from mlqa.stats.power import GROSS
from mlqa.stats.ranks import precedence_test
from mlqa.stats.rates import smallest_count_seen
from mlqa.stats.seeds import seed_of
from mlqa.stats.tally import Tally, quantile
from mlqa.stats.two_sample import ks_test
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import Grid, joined
from mlqa.subjects.profile import Profile
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["text_length_holds"]

_CLAIM = Claim(
    check="quality.text_length_holds",
    claim="texts are no longer and no shorter than they should be",
    what="texts of unusual length",
    remedy="look at these texts: were they cut, joined, or put in the wrong column?",
)
_METHOD = "precedence test beyond the reference's lengths, KS of the lengths of texts that do not repeat, Holm"
_MIN_DISTANCE = 0.02
_ENDS = 4  # looks of the precedence test at one column


@dataclass(frozen=True, slots=True)
class _Lengths:
    """What the lengths of one column show."""

    name: str
    p_value: float
    beyond: int
    was: tuple[float, float, float]
    now: tuple[float, float, float]
    rows: tuple[int, int]

    @property
    def told(self) -> str:
        """Say how the lengths differ."""
        place = 2 if self.beyond > 0 else 0 if self.beyond < 0 else 1
        what = ("shortest", "median", "longest")[place]
        return f"{what} text has {number(self.now[place])} characters, was {number(self.was[place])}"


def text_length_holds(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    shortest: int | None = None,
    longest: int | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether texts are as long as they should be.

    With limits, a contract: FAIL where a text is shorter than `shortest` or
    longer than `longest`. With a reference: FAIL where more texts than chance
    allows are longer, or shorter, than all of the reference's; and, in columns
    where most values occur once, where the lengths are otherwise distributed
    (of categories `drift_free` asks that). UNDECIDED where not even half of the
    texts being beyond would have shown. SKIPPED with neither, or without texts.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, optional
    columns : list of str, optional
        By default all that both tables have.
    shortest, longest : int of at least 0, optional, unit: characters
        Limits, instead of a reference.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, with a reference.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows beyond, in the worst column.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used, or limits and a reference
        are given.

    Notes
    -----
    Precedence is exact under exchangeable rows [1]_, KS conservative with ties.

    References
    ----------
    .. [1] Nelson, L. S. (1963), Tables for a precedence life test,
       Technometrics 5, 491-499.

    Examples
    --------
    >>> import polars as pl
    >>> text_length_holds(pl.DataFrame({"zip": ["12345", "123"]}), shortest=5).reason
    "'zip' holds texts of unusual length in 1 of 2 rows ('123')"
    """
    level, seed = level_of(alpha), seed_of(seed)
    limits = _limits(shortest, longest, reference)
    after, before, names = asked(current, reference, columns)
    sides = [after] if before is None else [after, before]
    texts = [name for name in names if all(side.columns[name].text is not None for side in sides)]
    if before is None and limits is None:
        return _CLAIM.skipped("neither a reference nor a limit says how long texts should be", alpha=None)
    if not texts:
        return _CLAIM.skipped("no column holds texts", alpha=None if before is None else level)
    if before is not None:
        return _compared(before, after, texts, level)
    found = [_outside(after.columns[name], *(limits or (0, 0))) for name in texts]
    guilty = [one for one in found if one.current]
    return judge_alone(_CLAIM, found, guilty, rows=after.rows, method="count of characters")


def _limits(shortest: int | None, longest: int | None, reference: Any) -> tuple[float, float] | None:
    """Return both limits, infinite where one is not given; None without any."""
    for name, given in (("shortest", shortest), ("longest", longest)):
        if given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, int) or given < 0:
            raise UsageError(name, given, "a number of characters", "leave it out for no limit")
        if reference is not None:
            raise UsageError(name, given, "either a reference or limits", "leave one of the two out", "both")
    if shortest is None and longest is None:
        return None
    if shortest is not None and longest is not None and shortest > longest:
        raise UsageError("shortest", shortest, f"at most longest={longest}", "exchange the two")
    return float(shortest or 0), float("inf") if longest is None else float(longest)


def _outside(column: ColumnProfile, shortest: float, longest: float) -> Found:
    """Count the texts outside the limits."""
    lengths, values = column.text.lengths if column.text is not None else None, column.values
    if lengths is None or values is None:
        return Found(name=column.name, current=0)
    outside = (lengths.values < shortest) | (lengths.values > longest)
    labels = sorted(label for label in values.labels if not shortest <= len(label) <= longest)
    return Found(
        name=column.name,
        current=int(lengths.counts[outside].sum()),
        examples=tuple(quoted(label) for label in labels[:4]),
    )


def _compared(before: Profile, after: Profile, texts: list[str], alpha: float) -> Verdict:
    """Test every column, and judge them together."""
    found = [one for one in (_measured(before.columns[name], after.columns[name]) for name in texts) if one is not None]
    if not found:
        return _CLAIM.skipped("no column holds texts in both tables", alpha=alpha)
    p_values = holm([one.p_value for one in found])
    order = sorted(range(len(found)), key=lambda at: (p_values[at], -abs(found[at].beyond), found[at].name))
    guilty = [found[at] for at in order if p_values[at] <= alpha]
    top = found[order[0]]
    by_rows = {rows: _detectable(*rows, alpha / len(found)) for rows in {one.rows for one in found}}
    seen = [by_rows[one.rows] for one in found]
    able = [rise for rise in seen if rise <= GROSS]
    outcome = Outcome.FAIL if guilty else Outcome.PASS if able else Outcome.UNDECIDED
    return Verdict(
        check=_CLAIM.check,
        outcome=outcome,
        claim="texts are as long as in the reference",
        reason=_reason(outcome, guilty, found),
        evidence=Evidence(
            estimate=abs(top.beyond) / top.rows[1],
            p_value=float(p_values[order[0]]),
            unit="of texts beyond the reference's lengths",
            n=before.rows + after.rows,
            method=_METHOD,
            detectable=max(able, default=None),
            rows_needed=_rows_needed(found, alpha) if outcome is Outcome.UNDECIDED else None,
            worst=tuple(_example(found[at], float(p_values[at])) for at in order if p_values[at] <= alpha),
        ),
        columns=tuple(one.name for one in guilty),
        remedy=_CLAIM.remedy if guilty else "",
        alpha=alpha,
    )


def _measured(was: ColumnProfile, now: ColumnProfile) -> _Lengths | None:
    """Compare the lengths of one column; None where a table has no text in it."""
    if was.text is None or now.text is None or was.values is None or now.values is None:
        return None
    counted = Tally(*joined(was.text.lengths, now.text.lengths))
    beyond, p_value = precedence_test(counted.x, counted.y)
    if tells_rows_apart(was.values, now.values):
        distance, p_shape = ks_test(counted.x, counted.y)
        p_shape = p_shape if distance > _MIN_DISTANCE else 1.0
        beyond = beyond if p_value <= p_shape else 0
        p_value = min(1.0, 2.0 * min(p_value, p_shape))
    sides = [_three(side.text.lengths) for side in (was, now) if side.text is not None]
    return _Lengths(now.name, p_value, beyond, sides[0], sides[1], (was.present, now.present))


def _three(lengths: Grid) -> tuple[float, float, float]:
    """Return shortest, median and longest."""
    return lengths.low, float(quantile(lengths.values, lengths.counts, 0.5)), lengths.high


def _detectable(n_ref: int, n_cur: int, alpha: float) -> float:
    """Return the smallest share of texts beyond all of the reference's that would be seen."""
    fewest = smallest_count_seen([0], n_ref, n_cur, alpha=alpha / _ENDS / 2.0, min_effect=0.0)
    return float(fewest[0] / n_cur) if fewest[0] <= n_cur else np.inf


def _rows_needed(found: list[_Lengths], alpha: float) -> int:
    """Return about how many more texts would show half of them being beyond."""
    rows = max((one.rows for one in found), key=min)
    for factor in 2 ** np.arange(1, 31):
        if _detectable(rows[0] * int(factor), rows[1] * int(factor), alpha / len(found)) <= GROSS:
            return (int(factor) - 1) * sum(rows)
    return sum(rows)


def _example(one: _Lengths, p_value: float) -> dict[str, str | float]:
    return {
        "column": one.name,
        "what": one.told,
        "texts_beyond": abs(one.beyond),
        "p_value": p_value,
    }


def _reason(outcome: Outcome, guilty: list[_Lengths], found: list[_Lengths]) -> str:
    """Say in one sentence why the outcome is what it is."""
    if outcome is Outcome.UNDECIDED:
        rows = max((one.rows for one in found), key=min)
        return f"with at most {rows[0]} and {rows[1]} texts not even half of them being longer would have shown"
    if outcome is Outcome.PASS:
        return f"no text beyond the reference's lengths that chance does not explain in {_counted(len(found))}"
    top = guilty[0]
    others = f"; also {listed([one.name for one in guilty[1:]])}" if len(guilty) > 1 else ""
    count = f": {abs(top.beyond)} of {top.rows[1]} lie beyond" if top.beyond else ""
    return f"{top.name!r}: the {top.told}{count}{others}"


def _counted(columns: int) -> str:
    return "1 column" if columns == 1 else f"any of {columns} columns"
