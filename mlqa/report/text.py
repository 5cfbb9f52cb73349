"""The report as plain text of 80 columns: a table, then the block of each verdict that fails."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mlqa import wording
from mlqa.verdict import Outcome, Verdict

if TYPE_CHECKING:  # a report knows its views, not the other way
    from mlqa.report.report import Case, Report

__all__ = [
    "check_name",
    "names_tests",
    "one_line",
    "summary_line",
    "to_table",
    "to_text",
    "value_and_limit",
    "worst_first",
]

_WIDTH = 80
_WIDEST_CHECK = 26
_WIDEST_VALUE = 21
_WIDEST_TEST = 60
_HEAD = ("outcome", "check", "test", "value / limit", "n")
_WORDS = {"pass": "passed", "fail": "failed", "undecided": "undecided", "skipped": "skipped", "crash": "crashed"}
_ORDER = ("fail", "crash", "undecided", "pass", "skipped")
_KINDS = {
    "statistical": "statistical checks (each may raise a false alarm, at its alpha)",
    "contract": "contract checks (true or false, no error rate)",
}


def to_text(report: Report) -> str:
    """Write a report as text.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        The counts, a table, and the block of each verdict that fails, each
        crash, and each UNDECIDED verdict.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> print(to_text(Report.of(Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="so"))))
    mlqa: 1 passed
    <BLANKLINE>
    contract checks (true or false, no error rate)
      outcome  check        value / limit  n
      PASS     demo.always  -              -
    """
    parts = [f"mlqa: {summary_line(report)}"]
    table = to_table(report)
    if table:
        parts.append(table)
    for case in worst_first(report.cases):
        parts += _blocks(case)
    skipped = "\n".join(_skipped(report))
    if skipped:
        parts.append(skipped)
    return "\n\n".join(parts)


def summary_line(report: Report) -> str:
    """Count the verdicts in words, those that occur.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> summary_line(Report())
    'no verdicts'
    """
    counts = report.counts()
    return ", ".join(f"{counts[name]} {_WORDS[name]}" for name in _ORDER if counts[name]) or "no verdicts"


def to_table(report: Report) -> str:
    """Write one row for each verdict and crash, statistical checks and contracts apart.

    Returns
    -------
    str
        Lines of at most 80 columns; empty for a report without cases.
    """
    sections = {
        **{title: list(_verdict_rows(report, kind)) for kind, title in _KINDS.items()},
        "crashes (an exception kept the test from answering)": list(_crash_rows(report)),
    }
    shown = [row for rows in sections.values() for row in rows]
    if not shown:
        return ""
    widths = _widths([_HEAD, *shown], named=names_tests(report))
    lines = []
    for title, rows in sections.items():
        if rows:
            lines += ["", title, *(_row(cells, widths) for cells in (_HEAD, *rows))]
    if report.alpha_spent:
        lines += ["", f"false-alarm budget: {wording.number(report.alpha_spent)} (the sum of the levels spent)"]
    return "\n".join(lines[1:])


def names_tests(report: Report) -> bool:
    """Say whether a column of tests would tell more than that of the checks does.

    Examples
    --------
    >>> from mlqa.report import Case, Report
    >>> verdict = Verdict(check="demo.always", outcome=Outcome.PASS, claim="", reason="")
    >>> cases = [Case(source=source, verdicts=(verdict,)) for source in ("always", "test_a.py::test_always")]
    >>> [names_tests(Report((case,))) for case in cases]
    [False, True]
    """
    return any(
        case.crash is not None
        or any(_apart(case, one) and case.source != check_name(case, one) for one in case.verdicts)
        for case in report.cases
    )


def _apart(case: Case, verdict: Verdict) -> bool:
    """Say whether a case is called otherwise than its check."""
    return case.source not in ("", verdict.check, verdict.check.rpartition(".")[2])


def check_name(case: Case, verdict: Verdict) -> str:
    """Name the check of a verdict, with what it was asked of where one is asked more than once.

    Examples
    --------
    >>> from mlqa.report import Case
    >>> verdict = Verdict(check="regression.not_worse", outcome=Outcome.PASS, claim="", reason="")
    >>> check_name(Case(source="regression.not_worse[log_loss]", verdicts=(verdict,)), verdict)
    'regression.not_worse[log_loss]'
    """
    return case.source if case.source.startswith(f"{verdict.check}[") else verdict.check


def value_and_limit(verdict: Verdict) -> str:
    """Write what was measured beside the line not to cross.

    Examples
    --------
    >>> from mlqa.verdict import Evidence
    >>> evidence = Evidence(estimate=0.024, limit=0.01)
    >>> value_and_limit(Verdict(check="a.b", outcome=Outcome.FAIL, claim="", reason="", evidence=evidence))
    '0.024 / 0.01'
    """
    evidence = verdict.evidence
    if evidence.estimate is None:
        return "-"
    estimate = wording.number(evidence.estimate)
    return estimate if evidence.limit is None else f"{estimate} / {wording.number(evidence.limit)}"


def one_line(text: str) -> str:
    """Put a text on one line, without what could command a terminal.

    Examples
    --------
    >>> one_line("two" + chr(10) + "lines")
    'two lines'
    """
    return wording.printable(" ".join(text.split()))


def worst_first(cases: Iterable[Case]) -> list[Case]:
    """Put what failed before what holds; the order is kept among equals.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> verdicts = [Verdict(check="a.b", outcome=outcome, claim="", reason="") for outcome in Outcome]
    >>> [case.outcome for case in worst_first(Report.of(*verdicts).cases)]
    ['fail', 'undecided', 'pass', 'skipped']
    """
    return sorted(cases, key=lambda case: _ORDER.index(case.outcome))


def _verdict_rows(report: Report, kind: str) -> Iterator[tuple[str, ...]]:
    for case in worst_first(report.cases):
        for verdict in case.verdicts:
            if verdict.kind == kind:
                rows = "-" if verdict.evidence.n is None else str(verdict.evidence.n)
                test = case.source.removesuffix(f"::{verdict.check.rpartition('.')[2]}")
                yield verdict.outcome.name, check_name(case, verdict), test, value_and_limit(verdict), rows


def _crash_rows(report: Report) -> Iterator[tuple[str, ...]]:
    for case in report.cases:
        if case.crash is not None:
            yield "CRASH", case.crash.type, case.source, "-", "-"


def _widths(rows: Iterable[tuple[str, ...]], *, named: bool) -> list[int]:
    """Give each column what it needs, and the test what is left of 80 columns: 0 where it repeats the check."""
    columns = [max(len(one_line(cell)) for cell in column) for column in zip(*rows, strict=True)]
    outcome, check, test, value, n = columns
    check, value = min(check, _WIDEST_CHECK if named else _WIDTH // 2), min(value, _WIDEST_VALUE)
    left = _WIDTH - 2 - 2 * (len(columns) - 1) - outcome - check - value - n
    return [outcome, check, min(test, left, _WIDEST_TEST) if named else 0, value, n]


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [_fitted(cell, width).ljust(width) for cell, width in zip(cells, widths, strict=True) if width]
    return ("  " + "  ".join(padded)).rstrip()


def _fitted(cell: str, width: int) -> str:
    """Cut a text from the left: the end of a test's id tells tests apart."""
    flat = one_line(cell)
    return flat if len(flat) <= width else "..." + flat[len(flat) - width + 3 :]


def _skipped(report: Report) -> Iterator[str]:
    """Say why what was skipped was, once for each reason."""
    reasons: dict[str, list[str]] = {}
    for case in report.cases:
        for verdict in case.verdicts:
            if verdict.outcome is Outcome.SKIPPED:
                why = f"{verdict.reason} ({verdict.remedy})" if verdict.remedy else verdict.reason
                reasons.setdefault(why, []).append(verdict.check.rpartition(".")[2])
    for why, names in reasons.items():
        text = one_line(f"skipped: {why}: {', '.join(dict.fromkeys(names))}")
        yield textwrap.fill(text, width=_WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _blocks(case: Case) -> Iterator[str]:
    """Write in full what needs a reader: failures, undecided verdicts, crashes."""
    for verdict in case.verdicts:
        if verdict.outcome in (Outcome.FAIL, Outcome.UNDECIDED):
            source = one_line(case.source) if _apart(case, verdict) else ""
            test = wording.to_paste(verdict.evidence)
            yield "\n".join(filter(None, [source, str(verdict), test and f"\n{test.rstrip()}"]))
    if case.crash is not None:
        headline = f"CRASH  {case.crash.type}: {one_line(case.crash.message)}"
        yield "\n".join(filter(None, [one_line(case.source), headline]))
