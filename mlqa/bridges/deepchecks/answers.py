"""Their answer as ours: a condition becomes a verdict, one that could not run is skipped or a crash, never a pass."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mlqa.bridges.deepchecks.known import snake
from mlqa.report.bars import share_bars
from mlqa.report.report import Case, Crash
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["case_of", "skipped"]

_OUTCOMES = {"PASS": Outcome.PASS, "FAIL": Outcome.FAIL, "WARN": Outcome.FAIL}
_WORST = 10


def case_of(found: Mapping[str, Any], *, suite: str, version: str, columns: Sequence[str]) -> Case:
    """Return one result of deepchecks as a case.

    Parameters
    ----------
    found : mapping
        As the worker tells it.
    suite : str
        The suite or check that was asked; begins the case's source.
    version : str
        Of deepchecks.
    columns : sequence of str
        Of the table: those that a failed condition names are at fault.
    """
    check, side = found["check"], found["side"]
    source = " ".join(part for part in (f"{suite}:", check, side and f"({side})") if part)
    if "failure" in found:
        return _not_run(found["failure"], check, source)
    broken = next((one for one in found["conditions"] if one["category"] not in _OUTCOMES), None)
    if broken is not None:
        message = f"the condition {broken['name']!r} broke: {broken['details']}"
        return Case(source=source, crash=Crash(type="ConditionError", message=message))
    evidence = _evidence(found, version)
    if not found["conditions"]:
        reason = "it has no condition, so nothing could fail; what it found is in the evidence"
        return Case(source=source, verdicts=(skipped(check, reason, evidence=evidence),))
    told = tuple(_verdict(one, check, side, evidence, columns) for one in found["conditions"])
    return Case(source=source, verdicts=told)


def skipped(check: str, reason: str, *, remedy: str = "", evidence: Evidence | None = None) -> Verdict:
    """Say that a check of deepchecks has no answer here, and why."""
    return Verdict(
        check=f"deepchecks.{snake(check)}",
        outcome=Outcome.SKIPPED,
        claim=f"deepchecks' {check} holds",
        reason=reason,
        remedy=remedy,
        evidence=evidence or Evidence(),
    )


def _not_run(failure: Mapping[str, Any], check: str, source: str) -> Case:
    """Tell what does not apply from what broke."""
    if failure["applies"]:
        crash = Crash(type=failure["type"], message=failure["message"], traceback=failure["traceback"])
        return Case(source=source, crash=crash)
    return Case(source=source, verdicts=(skipped(check, f"deepchecks says: {failure['message']}"),))


def _verdict(one: Mapping[str, str], check: str, side: str, evidence: Evidence, columns: Sequence[str]) -> Verdict:
    outcome = _OUTCOMES[one["category"]]
    details = one["details"] or "deepchecks says no more"
    warned = "a warning, which deepchecks' passed() counts as failed: " if one["category"] == "WARN" else ""
    named = tuple(_named(details, columns)) if outcome is Outcome.FAIL else ()
    where = f", in {side}" if side else ""
    return Verdict(
        check=f"deepchecks.{snake(check)}",
        outcome=outcome,
        claim=f"{one['name']}{where}",
        reason=f"{warned}{details}",
        evidence=evidence,
        columns=named,
    )


def _named(text: str, columns: Sequence[str]) -> list[str]:
    """Return the columns that a text names in quotes, in its order."""
    # each name with its quotes: a text has apostrophes too ("Cramer's V above threshold: {'plan': '0.6'}")
    places = {
        name: [at for at in map(text.find, (repr(name), f'"{name}"', f"'{name}'")) if at >= 0] for name in columns
    }
    return sorted((name for name, found in places.items() if found), key=lambda name: min(places[name]))


def _evidence(found: Mapping[str, Any], version: str) -> Evidence:
    value, rows = found.get("value"), found["rows"]
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return Evidence(
        estimate=number,
        n=rows.get(found["side"] or "train"),
        method=f"deepchecks {version}, {found['check']}",
        worst=tuple(_largest(value)),
        plot=_plot(found.get("plot"), found["check"]),
    )


def _largest(value: Any) -> list[dict[str, Any]]:
    """Return the named numbers of a value, the largest first."""
    if not isinstance(value, Mapping):
        return []
    found = {str(name): _numbers(part) for name, part in value.items() if name != "n_samples"}
    order = sorted((name for name in found if found[name]), key=lambda name: -max(map(abs, found[name].values())))
    return [{"name": name, **found[name]} for name in order[:_WORST]]


def _numbers(part: Any) -> dict[str, float]:
    """Return the finite numbers of a part, by name."""
    pairs = part.items() if isinstance(part, Mapping) else [("value", part)]
    found = {str(key): one for key, one in pairs if isinstance(one, (int, float)) and not isinstance(one, bool)}
    return {key: float(one) for key, one in list(found.items())[:4] if math.isfinite(one)}


def _plot(bars: Mapping[str, Any] | None, check: str) -> dict[str, Any] | None:
    """Return the bars of a display, where our one form of a picture can hold them."""
    if not bars or not all(math.isfinite(one) and one >= 0 for series in bars["series"] for one in series):
        return None
    first, *second = bars["series"]
    reference, current = (first, second[0]) if second else (None, first)
    title = re.sub(r"<[^>]*>", " ", bars["title"]).strip() or check
    return share_bars(title, bars["labels"], reference, current, y=bars["y"])
