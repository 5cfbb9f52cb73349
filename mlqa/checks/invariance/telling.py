"""A relation in words: what should hold, why the outcome is what it is, what to do; and what cannot be asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mlqa.checks.invariance.expectation import Expectation
from mlqa.checks.invariance.judged import CHANCE, up
from mlqa.checks.invariance.search import Search
from mlqa.checks.invariance.smallest import Smallest
from mlqa.errors import UsageError
from mlqa.verdict import Outcome
from mlqa.wording import listed, number

__all__ = ["claim_of", "reason_of", "refuse", "remedy_of"]


def refuse(at_most: float, change: float | None, columns: Sequence[str] | None) -> None:
    """Raise for an argument that cannot be used."""
    if not _is_number(at_most) or not 0 <= at_most < 1:
        raise UsageError("at_most", at_most, "a share of rows in [0, 1)", "pass 0.01 for one row in a hundred")
    if change is not None and (not _is_number(change) or change < 0):
        raise UsageError("change", change, "a number of at least 0, or None", "pass the largest change you accept")
    if columns is not None and (isinstance(columns, str) or not len(columns)):
        raise UsageError(
            "columns", columns, "a list of column names", f"write [{columns!r}]" if columns else "name one"
        )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def claim_of(expectation: Expectation, functions: list[str], at_most: float, *, along: bool) -> str:
    """Say what should hold."""
    far = "" if expectation.change is None else f" by more than {number(expectation.change)}"
    who = f"at most {number(100 * at_most)} % of predictions" if at_most else "no prediction"
    verb = expectation.verb if at_most else f"{expectation.verb}s"
    if along:
        return f"{who} {verb}{far} as {functions[0]!r} grows"
    if expectation.direction:
        return f"{who} {verb}{far} under {listed(functions)}"
    return f"{who} {'are' if at_most else 'is'} changed{far} by {listed(functions)}"


def reason_of(expectation: Expectation, found: dict[str, Any], search: Search, story: str, idle: list[str]) -> str:
    """Say what was counted, the smallest counterexample, and what was odd."""
    hits, n, limit, verb = int(search.violated.sum()), found["n"], found["limit"], expectation.verb
    parts = [f"{hits} of {n} rows {verb}"]
    if "remembered" in found["unit"]:
        parts[0] = f"{hits} of {n} remembered rows still {verb}, nothing else was asked"
    elif not hits and not limit:
        parts[0] = f"0 of {n}: rate below {number(up(found['high']))} at {100 * CHANCE:g} %"
    elif limit:
        where = "above" if found["low"] > limit else "within" if found["high"] <= limit else "astride"
        parts[0] += f": the interval is {where} the limit {number(limit)}"
    if story:
        parts.append(story)
    if search.unsteady:
        parts.append(f"{search.unsteady} untouched rows change too: the model is not deterministic")
    if idle:
        parts.append(f"{listed(idle)} changes no cell")
    return "; ".join(parts)


def remedy_of(outcome: Outcome, small: Smallest | None) -> str:
    """Say what to do next."""
    if outcome is Outcome.FAIL:
        if small is not None and not small.cells.cells.any():
            return "look for what the model takes from the whole batch: a mean, a rank, the order"
        return "normalise those cells before the model, or train with such variants"
    return "add rows, or accept a higher limit" if outcome is Outcome.UNDECIDED else ""
