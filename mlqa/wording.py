"""How numbers and verdicts read. Level 0: the only place where a verdict is put in words.

The same lines appear in pytest, in the notebook and in the pipeline: at most
80 columns, no colour needed to understand them.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlqa.verdict import Evidence, Verdict

__all__ = ["block", "headline", "kind", "listed", "measured", "number", "printable", "to_paste", "worst_row"]

_WIDTH = 80
_LABEL = 12
_LONGEST_WHOLE = 1e9
_LONG = ("pytest", "diff")  # keys of texts of many lines: a counterexample written as a test, a diff


def number(value: float | None, unit: str | None = None) -> str:
    """Write a number with four significant digits, a whole one in full, and its unit.

    Examples
    --------
    >>> number(0.0312345), number(3043000.0), number(1234567.8), number(3.0, "rows"), number(None)
    ('0.03123', '3043000', '1.235e+06', '3 rows', 'unbounded')
    """
    if value is None:
        return "unbounded"
    text = str(int(value)) if float(value).is_integer() and abs(value) < _LONGEST_WHOLE else f"{value:.4g}"
    return f"{text} {unit}" if unit else text


def listed(names: tuple[str, ...] | list[str], most: int = 4) -> str:
    """Join names, quoted, and count those left out.

    Examples
    --------
    >>> listed(["a", "b"]), listed(list("abcdef"), most=2)
    ("'a', 'b'", "'a', 'b' and 4 more")
    """
    shown = ", ".join(repr(str(name)) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def measured(evidence: Evidence, *, power: bool = True) -> str:
    """Say what was measured: estimate, interval, p-value, rows, method, seed, and what `power` would show."""
    parts = []
    if evidence.estimate is not None:
        parts.append(number(evidence.estimate, evidence.unit))
    if evidence.level is not None and (evidence.low is not None or evidence.high is not None):
        low = "-inf" if evidence.low is None else number(evidence.low)
        high = "inf" if evidence.high is None else number(evidence.high)
        parts.append(f"{100 * evidence.level:.6g} % interval [{low}, {high}]")
    if evidence.p_value is not None:
        parts.append(f"p = {number(evidence.p_value)}" if evidence.p_value else "p < 1e-300")
    if evidence.n is not None:
        parts.append(f"n = {evidence.n}")
    if evidence.method:
        parts.append(evidence.method)
    if evidence.seed is not None:
        parts.append(f"seed {evidence.seed}")
    if power and evidence.detectable is not None:
        parts.append(f"would see {number(evidence.detectable, evidence.unit)} at 80 % power")
    return ", ".join(parts)


def worst_row(evidence: Evidence) -> str:
    """Write the first of the worst examples as ``name = value`` pairs."""
    if not evidence.worst:
        return ""
    pairs = []
    for name, value in evidence.worst[0].items():
        if name in _LONG:
            continue
        shown = number(value) if isinstance(value, float) else repr(value)
        pairs.append("p_value < 1e-300" if name == "p_value" and value == 0 else f"{name} = {shown}")
    return ", ".join(pairs)


def to_paste(evidence: Evidence) -> str:
    """Return the counterexample as a test to paste into a file, or the diff; empty where there is none."""
    return "\n\n".join(str(evidence.worst[0][key]) for key in _LONG if evidence.worst and evidence.worst[0].get(key))


def headline(verdict: Verdict) -> str:
    """Write the first line: outcome, check, and whether it is a contract."""
    name = " ".join(printable(verdict.check, keep="\n\t").split())
    return f"{verdict.outcome.name}  {name}  ({kind(verdict)})"


def kind(verdict: Verdict) -> str:
    """Tell a contract from a statistical check, with its level, in one or two words."""
    return "contract" if verdict.alpha is None else f"alpha {number(verdict.alpha)}"


def block(verdict: Verdict) -> str:
    """Write a verdict as its block of at most seven labelled lines.

    Returns
    -------
    str
        Lines of at most 80 columns; empty lines of the block are left out.
    """
    next_step = verdict.remedy
    if verdict.evidence.rows_needed is not None:
        more = f"about {verdict.evidence.rows_needed} more rows would decide"
        next_step = f"{more}; {next_step}" if next_step else more
    lines = [headline(verdict)]
    for label, text in (
        ("claim", verdict.claim),
        ("measured", measured(verdict.evidence, power=verdict.outcome.value != "fail")),
        ("because", verdict.reason),
        ("worst", worst_row(verdict.evidence)),
        ("next", next_step),
        ("docs", f"mlqa: {verdict.check}"),
    ):
        if text:
            lines += _wrapped(label, text)
    return "\n".join(lines)


def _wrapped(label: str, text: str) -> list[str]:
    """Wrap one labelled text to the width, with a hanging indent."""
    one_line = " ".join(printable(text, keep="\n\t").split())
    return textwrap.wrap(
        one_line,
        width=_WIDTH,
        initial_indent=f"  {label}".ljust(_LABEL),
        subsequent_indent=" " * _LABEL,
        break_long_words=True,
        break_on_hyphens=False,
    )


def printable(text: str, *, keep: str = "") -> str:
    r"""Replace control characters but those to `keep`: names of columns are hostile input to a terminal.

    Examples
    --------
    >>> printable("a\x1b[2Jb\n", keep="\n") == "a\N{REPLACEMENT CHARACTER}[2Jb\n"
    True
    """
    return "".join(char if char.isprintable() or char in keep else "\N{REPLACEMENT CHARACTER}" for char in text)
