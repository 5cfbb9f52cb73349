"""From the categories that came and went to a verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtri

from mlqa.checks.quality.category_chance import Chance, chances, fewest_new
from mlqa.checks.quality.category_change import CategoryChange, New
from mlqa.report.bars import share_bars
from mlqa.stats.power import GROSS, POWER
from mlqa.stats.proportion import clopper_pearson
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["answered"]

_METHOD = (
    "unseen rows and spellings of closed sets by a law fitted to real tables (model-based, 83 % of alpha); "
    "else exact given the pooled counts; Bonferroni over the columns"
)
_LEVEL = 0.95
_SHOWN = 3
_LONGEST = 40


def answered(compared: list[CategoryChange], alpha: float, *, n: int, check: str, claim: str) -> Verdict:
    """Judge the columns together.

    Parameters
    ----------
    compared : list of CategoryChange
        At least one.
    alpha : float
    n : int
        Rows of both tables.
    check, claim : str
    """
    judged = sorted(zip(compared, chances(compared)), key=lambda pair: (pair[1].p_value, -pair[0].unseen, pair[0].name))
    guilty = [pair for pair in judged if pair[1].p_value <= alpha]
    able = [share for share in (_detectable(found, compared, alpha) for found in compared) if share <= GROSS]
    outcome = Outcome.FAIL if guilty else Outcome.PASS if able else Outcome.UNDECIDED
    top, chance = judged[0]
    count, rows = (top.unseen, top.m) if chance.came <= chance.went else (sum(was for _, was in top.gone), top.n)
    low, high = clopper_pearson(count, rows, level=_LEVEL)
    return Verdict(
        check=check,
        outcome=outcome,
        claim=claim,
        reason=_reason(guilty) if guilty else _quiet(compared, outcome),
        evidence=Evidence(
            estimate=count / rows,
            low=float(low),
            high=float(high),
            level=_LEVEL,
            p_value=chance.p_value,
            unit="of rows",
            n=n,
            method=_METHOD,
            detectable=max(able) if able else None,
            rows_needed=_rows_needed(compared, alpha) if outcome is Outcome.UNDECIDED else None,
            worst=tuple(_example(*pair) for pair in guilty),
            plot=_picture(top) if guilty else None,
        ),
        columns=tuple(found.name for found, _ in guilty),
        remedy=_remedy(top) if guilty else "",
        alpha=alpha,
    )


def _detectable(found: CategoryChange, compared: list[CategoryChange], alpha: float) -> float:
    """Return the smallest share of a new category seen with 80 % power; infinite where none is."""
    fewest = fewest_new(found, compared, alpha)
    if fewest > found.m:
        return float(np.inf)
    # P(Binomial(m, p) >= k) = I_p(k, m - k + 1), solved for p
    return float(betaincinv(fewest, found.m - fewest + 1, POWER))


def _reason(guilty: list[tuple[CategoryChange, Chance]]) -> str:
    """Say what came and went in the worst column, and which others are at fault."""
    top, chance = guilty[0]
    parts = [_came(top)] if top.new else []
    renamed = {entry.renamed_from for entry in top.new}
    gone = [(label, rows) for label, rows in top.gone if label not in renamed]
    if gone and chance.went <= chance.came:
        shown = ", ".join(f"{_quoted(label)} ({_rows(rows)} before)" for label, rows in _first(gone))
        parts.insert(0, f"gone: {shown}{_more(len(gone))}")
    others = f"; also {listed([found.name for found, _ in guilty[1:]])}" if len(guilty) > 1 else ""
    return f"{top.name!r}: {'; '.join(parts)}{others}"


def _came(top: CategoryChange) -> str:
    """Say how many rows are in new categories, and what these look like."""
    told = ", ".join(f"{_quoted(entry.label)} ({_rows(entry.rows)}{_likeness(entry)})" for entry in top.new[:_SHOWN])
    kinds = "1 category" if len(top.new) == 1 else f"{len(top.new)} categories"
    share = number(100 * top.unseen / top.m)
    return f"{_rows(top.unseen)} ({share} %) in {kinds} that the reference has not: {told}{_more(len(top.new))}"


def _first(gone: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(gone, key=lambda entry: (-entry[1], entry[0]))[:_SHOWN]


def _likeness(entry: New) -> str:
    if entry.spelling_of is not None:
        return f", looks like {_quoted(entry.spelling_of)}"
    return "" if entry.renamed_from is None else f", looks renamed from {_quoted(entry.renamed_from)}"


def _more(count: int) -> str:
    return f" and {count - _SHOWN} more" if count > _SHOWN else ""


def _quoted(label: str) -> str:
    return repr(label if len(label) <= _LONGEST else f"{label[: _LONGEST - 3]}...")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _quiet(compared: list[CategoryChange], outcome: Outcome) -> str:
    """Say what was not shown, or that nothing could be."""
    if outcome is Outcome.UNDECIDED:
        most = max(compared, key=lambda found: min(found.n, found.m))
        return f"with at most {most.n} and {most.m} values in a column not even half of them being new would have shown"
    columns = "1 column" if len(compared) == 1 else f"any of {len(compared)} columns"
    few = sum(found.unseen for found in compared)
    chance = f"; {_rows(few)} in new categories are within chance" if few else ""
    return f"no category came or went in {columns} beyond chance{chance}"


def _remedy(top: CategoryChange) -> str:
    """One thing to do next."""
    for entry in top.new:
        if entry.spelling_of is not None:
            return f"trim {top.name!r} and spell it in one way where it is read"
        if entry.renamed_from is not None:
            return f"map {_quoted(entry.label)} back to {_quoted(entry.renamed_from)}, or take a new reference"
    return f"look at where {top.name!r} comes from; if the change is meant, take a newer reference"


def _example(found: CategoryChange, chance: Chance) -> dict[str, Any]:
    """Return the category that stands for the column."""
    row: dict[str, Any] = {"column": found.name, "p_value": chance.p_value}
    if chance.came <= chance.went:
        entry = found.new[0]
        likeness = {"spelling_of": entry.spelling_of, "renamed_from": entry.renamed_from}
        row |= {"new": entry.label, "rows": entry.rows, "share": entry.rows / found.m}
        return row | {key: value for key, value in likeness.items() if value is not None}
    label, rows = _first(list(found.gone))[0]
    return row | {"gone": label, "rows": rows, "share": rows / found.n}


def _picture(found: CategoryChange) -> dict[str, Any]:
    """Draw the categories that came and went."""
    came = [(entry.label, 0.0, entry.rows / found.m) for entry in found.new[:5]]
    went = [(label, rows / found.n, 0.0) for label, rows in _first(list(found.gone))]
    labels, before, after = zip(*[*came, *went])
    return share_bars(found.name, labels, before, after)


def _rows_needed(compared: list[CategoryChange], alpha: float) -> int:
    """Return about how many more current rows would show half of them in a new category."""
    fewest, m = min((fewest_new(found, compared, alpha), found.m) for found in compared)
    expected = fewest + float(ndtri(POWER)) * np.sqrt(fewest) + 1.0
    return max(1, int(np.ceil(expected / GROSS)) - m)
