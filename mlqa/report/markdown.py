"""The report as Markdown: a table that GitHub and GitLab show in a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import compress
from typing import TYPE_CHECKING

from mlqa import wording
from mlqa.report.text import check_name, names_tests, one_line, summary_line, value_and_limit

if TYPE_CHECKING:  # a report knows its views, not the other way
    from mlqa.report.report import Case, Report

__all__ = ["to_markdown"]

_HEAD = ("outcome", "check", "kind", "test", "estimate / limit", "n", "because")
# An underscore inside a word is only an underscore.
_SPECIAL = re.compile(r"([\\`*{}\[\]()#+!|~$]|(?<![^\W_])_|_(?![^\W_]))")


def to_markdown(report: Report) -> str:
    r"""Write a report as a Markdown table.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        A line of counts and a table; every value escaped, so that a column
        called ``a|b`` or ``<img>`` shows as written.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> from mlqa.verdict import Outcome, Verdict
    >>> verdict = Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="a|b")
    >>> print(to_markdown(Report.of(verdict)))
    **mlqa**: 1 passed
    <BLANKLINE>
    | outcome | check | kind | estimate / limit | n | because |
    | --- | --- | --- | --- | --- | --- |
    | PASS | demo.always | contract | - |  | a\|b |
    """
    lines = [f"**mlqa**: {_text(summary_line(report))}"]
    if report.alpha_spent:
        lines[0] += f"; false-alarm budget {wording.number(report.alpha_spent)}"
    kept = [name != "test" or names_tests(report) for name in _HEAD]
    rows = [map(_text, row) for case in report.cases for row in _rows(case)]
    if rows:
        cells = [_HEAD, ("---",) * len(_HEAD), *rows]
        lines += ["", *(_row(compress(row, kept)) for row in cells)]
    return "\n".join(lines)


def _rows(case: Case) -> Iterator[tuple[str, ...]]:
    for verdict in case.verdicts:
        n = "" if verdict.evidence.n is None else str(verdict.evidence.n)
        kind = wording.kind(verdict)
        value = value_and_limit(verdict)
        yield verdict.outcome.name, check_name(case, verdict), kind, case.source, value, n, verdict.reason
    if case.crash is not None:
        yield "CRASH", case.crash.type, "", case.source, "-", "", case.crash.message


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: str) -> str:
    """Escape one cell: HTML first, then what Markdown reads."""
    plain = one_line(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain)
