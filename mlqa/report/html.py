"""The report as HTML: a fragment for a notebook's output, a page for a file.

Without script and style elements, so that GitHub, VS Code, Colab and nbconvert
all show it; outcomes are told by words, colour only helps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from mlqa import wording
from mlqa.report.picture import to_svg
from mlqa.report.text import check_name, names_tests, one_line, summary_line, value_and_limit, worst_first
from mlqa.report.triptych import to_figures
from mlqa.verdict import Outcome, Verdict

if TYPE_CHECKING:  # a report knows its views, not the other way
    from mlqa.report.report import Case, Report

__all__ = ["to_fragment", "to_html"]

_HEAD = ("Outcome", "Check", "Kind", "Test", "Estimate / limit", "n", "Because")
_CELL = "text-align:left;vertical-align:top;padding:3px 8px;border-top:1px solid #80808040;overflow-wrap:anywhere"
_READABLE = 34  # characters: below, a reason is a tower of words
_OURS = re.compile(r"[a-z]{1,12}\.[a-z_]{1,30}|[-0-9.e+]{1,12} / [-0-9.e+]{1,12}")
_BESIDE = "display:flex;flex-wrap:wrap;gap:0.5em 2.5em;align-items:flex-start"
# Mid tones: readable on a white and on a dark page alike.
_COLOURS = {"PASS": "#2e8b57", "FAIL": "#d9443a", "UNDECIDED": "#b8860b", "SKIPPED": "#808080", "CRASH": "#d9443a"}


def to_fragment(report: Report) -> str:
    """Write a report as one HTML table.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        A ``table`` element: no script, no style element, no reference to
        anything outside; every value escaped.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> verdict = Verdict(check="demo.<b>", outcome=Outcome.PASS, claim="it holds", reason="so")
    >>> "demo.&lt;b&gt;" in to_fragment(Report.of(verdict))
    True
    """
    named = names_tests(report)
    shown = [name for name in _HEAD if named or name != "Test"]
    head = "".join(f'<th scope="col" style="{_CELL};white-space:nowrap">{name}</th>' for name in shown)
    rows = "\n".join(row for case in worst_first(report.cases) for row in _rows(case, named))
    caption = f'<caption style="text-align:left">mlqa: {_text(summary_line(report))}{_budget(report)}</caption>'
    return (
        f'<table class="mlqa-report" style="border-collapse:collapse">\n{caption}\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def to_html(report: Report) -> str:
    """Write a report as a page that stands alone: the table, then what needs a reader in full.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        An HTML 5 document.
    """
    details = "\n".join(block for case in worst_first(report.cases) for block in _details(case))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>mlqa: {_text(summary_line(report))}</title>\n</head>\n"
        '<body style="font-family:system-ui,sans-serif;margin:2em">\n<h1>mlqa report</h1>\n'
        f"{to_fragment(report)}\n{details}\n</body>\n</html>\n"
    )


def _rows(case: Case, named: bool) -> Iterator[str]:
    source = (case.source,) if named else ()
    for verdict in case.verdicts:
        n = "" if verdict.evidence.n is None else str(verdict.evidence.n)
        kind = verdict.kind if verdict.alpha is None else f"{verdict.kind}, alpha {wording.number(verdict.alpha)}"
        cells = check_name(case, verdict), kind, *source, value_and_limit(verdict), n
        yield _row(verdict.outcome.name, cells, _because(verdict))
    if case.crash is not None:
        yield _row("CRASH", ("", "", case.source, "", ""), f"{case.crash.type}: {case.crash.message}")


def _row(outcome: str, cells: Iterable[str], because: str) -> str:
    """Write one row; the outcome is the row's header."""
    first = f'<th scope="row" style="{_CELL};white-space:nowrap;color:{_COLOURS[outcome]}">{outcome}</th>'
    middle = "".join(f'<td style="{_CELL};{_width(cell)}">{_text(cell)}</td>' for cell in cells)
    last = f'<td style="{_CELL};min-width:{min(len(because), _READABLE)}ch">{_text(because)}</td>'
    return f"<tr>{first}{middle}{last}</tr>"


def _width(cell: str) -> str:
    """Keep a name of ours on one line, and any other narrow cell readable: it may break anywhere, but not at once."""
    return "white-space:nowrap" if _OURS.fullmatch(cell) else f"min-width:{min(len(cell), 12)}ch"


def _because(verdict: Verdict) -> str:
    """Say why and, where there is something to do, what."""
    told = verdict.remedy and verdict.outcome is not Outcome.PASS
    return f"{verdict.reason}. Next: {verdict.remedy}" if told else verdict.reason


def _details(case: Case) -> Iterator[str]:
    for verdict in case.verdicts:
        if verdict.outcome in (Outcome.FAIL, Outcome.UNDECIDED):
            text = "\n\n".join(filter(None, [str(verdict), wording.to_paste(verdict.evidence)]))
            yield _block(case.source or verdict.check, text, _drawn(verdict))
    if case.crash is not None:
        yield _block(case.source, case.crash.traceback or f"{case.crash.type}: {case.crash.message}")


def _drawn(verdict: Verdict) -> str:
    """Draw the plot of a verdict: bars, or pictures side by side."""
    return to_svg(verdict.evidence.plot) or to_figures(verdict.evidence.plot)


def _block(source: str, body: str, picture: str = "") -> str:
    """Write a verdict in full, its picture beside it where the page is wide enough."""
    title = f'<h2 style="font-size:1.1em;margin:1.5em 0 0">{_text(source)}</h2>\n' if source else ""
    text = f'<pre style="margin:0.5em 0;overflow-x:auto;max-width:100%">{escape(_visible(body))}</pre>'
    return f'{title}<div style="{_BESIDE}">{text}{picture}</div>'


def _budget(report: Report) -> str:
    spent = report.alpha_spent
    return f"; false-alarm budget {wording.number(spent)}" if spent else ""


def _text(value: str) -> str:
    return escape(one_line(value))


def _visible(text: str) -> str:
    """Keep lines and drop control characters, which HTML does not allow."""
    return "\n".join("".join(char if char.isprintable() else " " for char in line) for line in text.splitlines())
