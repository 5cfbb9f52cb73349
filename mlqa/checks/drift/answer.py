"""From measured columns to the verdict."""

from __future__ import annotations

from collections.abc import Mapping

from mlqa.checks.drift.moves import Column
from mlqa.checks.drift.picture import bars
from mlqa.checks.drift.question import LEVEL, Measured, Question
from mlqa.stats.power import GROSS, rows_to_see
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["answer"]

_MOST_NAMED = 3  # of the columns left out for one reason


def answer(question: Question, found: Measured, *, min_effect: float = 0.0) -> Verdict:
    """Judge the columns together.

    Parameters
    ----------
    question : Question
    found : Measured
    min_effect : float
        Smallest move that matters.
    """
    compared, alpha = found.compared, found.alpha
    if not compared:
        return _skipped(question, found.left_out, alpha)
    p_values = found.p_values(min_effect)
    order = sorted(range(len(compared)), key=lambda i: (p_values[i], -compared[i].effect, compared[i].name))
    guilty = [compared[i] for i in order if p_values[i] <= alpha]
    top = compared[order[0]]
    seen = {column.name: _detectable(question, column, alpha / len(compared)) for column in compared}
    able = [column for column in compared if seen[column.name] <= GROSS]
    outcome = Outcome.FAIL if guilty else Outcome.PASS if able else Outcome.UNDECIDED
    alike = [seen[column.name] for column in able if column.unit == top.unit]
    reason = _undecided(compared)
    if outcome is not Outcome.UNDECIDED:
        said = _quiet(question, compared, able, top, min_effect, alpha)
        reason = _moved(question, guilty, min_effect) if guilty else said
    evidence = Evidence(
        estimate=top.effect,
        low=top.low,
        high=top.high,
        level=LEVEL,
        p_value=p_values[order[0]],
        unit=top.unit,
        n=found.n,
        method=question.methods.get(top.unit, question.methods[""]),
        detectable=max(alike, default=max((seen[column.name] for column in able), default=None)),
        rows_needed=_rows_needed(compared, alpha) if outcome is Outcome.UNDECIDED else None,
        worst=tuple(compared[i].example(min_effect, p_values[i]) for i in order[: len(guilty)]),
        plot=bars(guilty[0]) if guilty else None,
    )
    return Verdict(
        check=question.check,
        outcome=outcome,
        claim=question.claim,
        reason=reason + _left(found.left_out),
        evidence=evidence,
        columns=tuple(column.name for column in guilty),
        remedy=_remedy(question, guilty),
        alpha=alpha,
    )


def _skipped(question: Question, left_out: Mapping[str, str], alpha: float) -> Verdict:
    """Say that there was nothing to compare, and why."""
    reason = f"no column can be compared{_left(left_out)}"
    return Verdict(check=question.check, outcome=Outcome.SKIPPED, claim=question.claim, reason=reason, alpha=alpha)


def _detectable(question: Question, column: Column, alpha: float) -> float:
    """Smallest move of a column seen with 80 % power, at the strictest step of Holm."""
    smallest = question.smallest.get(column.unit, question.smallest[""])
    return smallest(*column.rows, alpha / column.tests)


def _rows_needed(compared: list[Column], alpha: float) -> int:
    """About how many more rows, over both tables, would show a gross move in the fullest column."""
    fullest = max(compared, key=lambda column: min(column.rows))
    wanted = rows_to_see(GROSS, alpha / len(compared) / fullest.tests)
    return sum(max(0, wanted - rows) for rows in fullest.rows)


def _undecided(compared: list[Column]) -> str:
    rows = max((column.rows for column in compared), key=min)
    return f"with at most {rows[0]} and {rows[1]} values in a column not even a gross move would have shown"


def _quiet(
    question: Question, compared: list[Column], able: list[Column], top: Column, min_effect: float, alpha: float
) -> str:
    """Say what was not shown, what was but does not matter, and where nothing could be."""
    faint = [column.name for column in compared if column not in able]
    unseen = f"; too few values to tell in {listed(faint)}" if faint else ""
    small = [column.name for column in compared if column.p_value(0.0) <= alpha / len(compared)]
    shown = f"; smaller ones are shown in {listed(small)}" if small and min_effect else ""
    p_value = min(1.0, len(compared) * top.p_value(min_effect))
    beside = f"p = {number(p_value)} is above alpha {number(alpha)}"
    nearest = f"; {top.name!r} comes nearest, but {beside}" if not small and top.effect > min_effect else ""
    said = question.nothing.format(number(min_effect))
    return f"{said} is shown in {_counted(len(compared))}{nearest}{shown}{unseen}"


def _moved(question: Question, guilty: list[Column], min_effect: float) -> str:
    """Say what moved in the worst column, and which others did."""
    top, move = guilty[0], guilty[0].first(min_effect)
    was, now = _told_apart(move.reference, move.current)
    others = f"; also {listed([column.name for column in guilty[1:]])}" if len(guilty) > 1 else ""
    return f"{top.name!r} {question.fault}: {move.what} is {now}, was {was}{others}"


def _told_apart(was: float | str | None, now: float | str | None) -> tuple[str, str]:
    """Write both sides, numbers with as many digits as tell them apart."""
    if isinstance(was, float) and isinstance(now, float) and was != now and number(was) == number(now):
        digits = next((some for some in range(5, 17) if f"{was:.{some}g}" != f"{now:.{some}g}"), 17)
        return f"{was:.{digits + 1}g}", f"{now:.{digits + 1}g}"
    first, second = (number(side) if isinstance(side, float) else str(side) for side in (was, now))
    return first, second


def _counted(columns: int) -> str:
    return "1 column" if columns == 1 else f"any of {columns} columns"


def _left(left_out: Mapping[str, str]) -> str:
    """Name what was not compared, by reason; of many, the number."""
    parts = []
    for reason in sorted(set(left_out.values())):
        names = [name for name, why in left_out.items() if why == reason]
        named = listed(names) if len(names) <= _MOST_NAMED else f"{len(names)} columns"
        parts.append(f"{named} ({reason})")
    return f"; left out: {', '.join(parts)}" if parts else ""


def _remedy(question: Question, guilty: list[Column]) -> str:
    """One thing to do next."""
    for column in guilty:
        if column.change:
            return f"{column.name!r} looks {column.change}: check its unit"
    return question.remedy.format(repr(guilty[0].name)) if guilty else ""
