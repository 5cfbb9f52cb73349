"""From what each thing gives away of the label to the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlqa.checks.leakage.predictive import LEVEL, Told
from mlqa.checks.skipped import skipped
from mlqa.errors import UsageError
from mlqa.stats.single_feature import Gain, share_explained
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["Question", "answer", "limit_of", "min_effect_of", "unasked"]

_METHOD = "share of the label's variance explained out of fold (Brier score; ranks of a number), delta-method interval"
_RISEN = "; rank-sum and score test against the reference, Holm"
_MOST = 10_000
_FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of this family.

    Attributes
    ----------
    check, claim, remedy : str
    what : str
        How a thing is called in a sentence; ``{}`` is its quoted name.
    alpha : float in (0, 0.5)
    limit : float or None
        Share explained that is too much whatever the reference says.
    min_effect : float
        Smallest rise against the reference that matters.
    target : str
    names : tuple of str or None
        What to blame instead of what was measured.
    """

    check: str
    claim: str
    remedy: str
    what: str
    alpha: float
    limit: float | None
    min_effect: float
    target: str
    names: tuple[str, ...] | None = None

    def risen(self, one: Told) -> bool:
        """Say whether it explains more than it did in the reference."""
        return one.p_value <= self.alpha and one.rise > self.min_effect

    def named(self, name: str) -> str:
        """Return how a thing is called in a sentence."""
        return self.what.format(repr(name))


def limit_of(at_most: float | None) -> float | None:
    """Return a limit that can be used.

    Raises
    ------
    UsageError
        If it is no share.
    """
    if at_most is None:
        return None
    if isinstance(at_most, bool) or not isinstance(at_most, (int, float)) or not 0 <= at_most <= 1:
        raise UsageError("at_most", at_most, "a share in [0, 1], or None", "0.75 is three quarters of the variance")
    return float(at_most)


def min_effect_of(min_effect: float) -> float:
    """Return a smallest rise that can be used.

    Raises
    ------
    UsageError
        If it is no share below 1.
    """
    if isinstance(min_effect, bool) or not isinstance(min_effect, (int, float)) or not 0 <= min_effect < 1:
        raise UsageError("min_effect", min_effect, "a share in [0, 1)", "0.1 is a tenth of the variance")
    return float(min_effect)


def unasked(check: str, claim: str, reason: str, alpha: float) -> Verdict:
    """Say why nothing was asked, and of a profile without rows what to do."""
    remedy = "pass the table, or save the profile with rows=True" if "no rows" in reason else ""
    return skipped(check, claim, reason, alpha=alpha, remedy=remedy)


def answer(question: Question, found: list[Told], n: int, n_both: int | None) -> Verdict:
    """Judge everything that was measured.

    Parameters
    ----------
    question : Question
    found : list of Told
        At least one.
    n : int
        Current rows used.
    n_both : int or None
        Rows of both tables; None where nothing was compared.
    """
    guilty = [one for one in found if one.too_much or question.risen(one)]
    guilty.sort(key=lambda one: (not one.too_much, one.p_value, -one.estimate, one.name))
    top = guilty[0] if guilty else max(found, key=lambda one: (one.estimate, one.name))
    blind = not guilty and _blind(question, len(found), n)
    compared = n_both is not None
    return Verdict(
        check=question.check,
        outcome=Outcome.FAIL if guilty else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=question.claim,
        reason=_guilty(question, guilty) if guilty else _quiet(question, top, compared, n, blind),
        evidence=Evidence(
            estimate=top.estimate,
            low=top.low,
            high=top.high,
            level=LEVEL,
            p_value=top.p_value if compared else None,
            limit=question.limit,
            unit="of the label's variance",
            n=n_both or n,
            method=_METHOD + (_RISEN if compared else ""),
            rows_needed=_rows_needed(question, len(found), n) if blind else None,
            worst=tuple(_example(one) for one in guilty),
        ),
        columns=question.names if guilty and question.names else tuple(one.name for one in guilty),
        remedy=question.remedy if guilty else "",
        alpha=question.alpha,
    )


def _guilty(question: Question, guilty: list[Told]) -> str:
    """Say how much the worst tells, and of the others their names."""
    top = guilty[0]
    share = f"{question.named(top.name)} alone explains {number(100 * top.estimate)} % of {question.target!r}"
    if top.too_much and top.others is not None:
        share += f", all other columns together {number(100 * top.others)} %"
    elif question.risen(top) and top.reference is not None:
        share += f", in the reference {number(100 * max(0.0, top.reference))} %"
    return share + (f"; also {listed([one.name for one in guilty[1:]])}" if len(guilty) > 1 else "")


def _quiet(question: Question, top: Told, compared: bool, n: int, blind: bool) -> str:
    """Say what comes nearest, or that the rows are too few."""
    if blind:
        return f"with {n} labelled rows not even a copy of {question.target!r} would have shown"
    if top.estimate <= 0.0:
        told = f"nothing of {question.target!r} is explained by {question.named(top.name)}"
    else:
        share = number(100 * top.estimate)
        told = f"{question.named(top.name)} tells most of {question.target!r} of all columns, {share} % of its variance"
    if top.others is not None:
        told += f"; all others together explain {number(100 * top.others)} %"
    if compared and top.reference is not None and top.p_value <= question.alpha and top.rise <= question.min_effect:
        return f"{told}; {number(100 * max(0.0, top.estimate - top.rise))} % is what the reference leads one to expect"
    return told + ("; no rise against the reference is shown" if compared else "")


def _blind(question: Question, asked: int, n: int) -> bool:
    """Say whether so few rows are there that a copy of the label would pass."""
    return n < _FEWEST or _least_of_copy(question, asked, n) <= (
        0.5 if question.limit is None else min(question.limit, 0.99)
    )


def _least_of_copy(question: Question, asked: int, n: int) -> float:
    level = 1.0 - 2.0 * question.alpha / max(1, asked)
    return share_explained(Gain(np.ones(n), np.ones(n)), level)[1]


def _rows_needed(question: Question, asked: int, n: int) -> int:
    """About how many more rows would show a copy of the label."""
    wanted = n
    while wanted < _MOST and _blind(question, asked, wanted):
        wanted = math.ceil(wanted * 1.2) + 1
    return wanted - n


def _example(one: Told) -> dict[str, Any]:
    given = {"reference": one.reference, "all_others": one.others}
    told: dict[str, Any] = {"column": one.name, "explains": one.estimate}
    told |= {key: value for key, value in given.items() if value is not None}
    return told | ({} if one.reference is None else {"p_value": one.p_value})
