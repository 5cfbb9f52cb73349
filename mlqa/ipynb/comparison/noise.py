"""What differs from run to run without a meaning, put out of the texts: times, addresses, paths, progress."""

from __future__ import annotations

import ast
import re

from mlqa.ipynb.comparison.rules import Rules

__all__ = ["quiet"]

_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_BACKSPACE = re.compile(r"[^\n\x08]\x08")
_FIGURE = r"[-+]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?"
_UNIT = r"(?:ns|us|µs|μs|ms|s|secs?|seconds?|mins?|minutes?|hrs?|hours?)"
_KINDS = r"(?:elapsed|execution|training|fitting|fit|running|run|wall|cpu|compute|loading|processing|inference|query)"
_DATE = r"\d{4}[-/]\d\d[-/]\d\d|\d{1,2}/\d{1,2}/\d{4}"
_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?:\s?(?:Z|UTC|[-+]\d\d:?\d\d))?"
_FOLDERS = r"(?<![\w./:<~-])/(?:[\w.+@~-]+/)+|\b[A-Za-z]:\\(?:[\w.+@~-]+\\)*"
_HEX4 = r"[0-9a-f]{4}"

# Each pattern with what stands in its place; in order, and on both sides alike.
_ALWAYS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # %time and %timeit
        (r"(?m)^(CPU times|Wall time|Compiler +time|Parser +: *):?.*$", r"\1: (time)"),
        (rf"{_FIGURE} {_UNIT} (?:\d+ {_UNIT} )?± {_FIGURE} {_UNIT} per loop \(.*?\)", "(time) per loop"),
        # tqdm: 100%|####| 10/10 [00:01<00:00, 9.87it/s]
        (r"(\d+%)\|[^|\n]*\|", r"\1"),
        (r"\[(?:\d+:)?\d+:\d\d(?:<[^\]\n]*)?(?:, ?[^\]\n]*)?\]", "(time)"),
        (r"\[[^\]\n]*(?:\d|\?)(?:it|B|s)/(?:s|it)[^\]\n]*\]", "(time)"),
        (rf"{_FIGURE} ?{_UNIT}/(?:step|epoch|it|iter|sample|batch|row|call)\b", "(time)"),
        (r"\b\d+(?:ms|us|s|m|h)(?: \d+s)? (?=\(time\))", ""),
        (rf"{_FIGURE} ?(?:it|steps?|epochs?|samples?|batches|rows|calls|[kMG]?i?B)/s(?:ec)?\b", "(time)"),
        (rf"\b(in|[Tt]ook|[Ee]lapsed|ETA)([ :=]+){_FIGURE} ?{_UNIT}\b", r"\1\2(time)"),
        (rf"(?i)\b({_KINDS}[ _-]?(?:time|duration))([ :=()s]+?){_FIGURE}(?: ?{_UNIT}\b)?", r"\1\2(time)"),
        # objects, identifiers
        (r"\b(at|object|id=|id:) ?0x[0-9a-fA-F]{4,}", r"\1 (address)"),
        (r"\b0x[0-9a-f]{9,16}\b", "(address)"),
        (r"\bid([ =:]+)\d{12,16}\b", r"id\1(address)"),
        (rf"(?i)\b[0-9a-f]{{8}}-{_HEX4}-{_HEX4}-{_HEX4}-[0-9a-f]{{12}}\b", "(uuid)"),
        # cells and files
        (r"\S*ipykernel_\d+[/\\]\d+\.py(?::\d+)?", "(cell)"),
        (r"<ipython-input-\d+-\w+>(?::\d+)?", "(cell)"),
        (r"\b(Cell In|In|Out) ?\[(?:\d+|\*)\]", r"\1[]"),
        (_FOLDERS, ""),
        (r"(\.py):\d+(?=:)", r"\1"),
        (r"\btmp[a-z0-9_]{8}\b", "(temporary)"),
        (r"\bpytest-of-\w+\b|\bpytest-\d+\b", "(temporary)"),
        (r"\b(pid|PID)([ =:]+)\d+", r"\1\2(pid)"),
    )
)
_STAMPS = (
    (re.compile(rf"\b(?:{_DATE})[T ]{_CLOCK}"), "(date)"),
    (re.compile(rf"\b(?:{_DATE})\b(?!-)"), "(date)"),
    (re.compile(rf"\b{_CLOCK}"), "(clock)"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \w{3} +\d+ (?:\(clock\) )?\d{4}(?: \(clock\))?"), "(date)"),
)
# A value that is a date is data, unless it is as fine as only a clock is.
_FINE = (
    (re.compile(rf"\b(?:{_DATE})[T ]\d\d:\d\d:\d\d[.,]\d{{3,}}(?:Z|[-+]\d\d:?\d\d)?"), "(date)"),
    (re.compile(r"\bdatetime\.datetime\((?:\d+, ){6}\d+(?=[,)])"), "datetime.datetime((date)"),
)
_LONGEST, _LONGEST_LINE = 500_000, 5_000  # characters
_BRACES = re.compile(r"\{[^{}\n]{1,5000}\}")


def quiet(text: str, rules: Rules, *, printed: bool = True) -> str:
    r"""Return a text without what differs from run to run.

    Parameters
    ----------
    text : str
    rules : Rules
        Its ``sanitize`` patterns come first.
    printed : bool
        Whether the text was printed. There a date or a time of day is when it
        ran; in a value it is data, unless as fine as a clock's.

    Examples
    --------
    >>> quiet("fit in 0.231 s, <Model at 0x7f3a5c>", Rules())
    'fit in (time), <Model at (address)>'
    >>> quiet("10%\r50%\r100%\n", Rules())
    '100%\n'
    """
    for pattern, replacement in rules.sanitize:
        text = pattern.sub(replacement, text)
    text = _shown_last(_COLOURS.sub("", text))
    if len(text) > _LONGEST or max(map(len, text.splitlines()), default=0) > _LONGEST_LINE:
        return text  # what is that long is compared as it is: the patterns would take minutes
    for pattern, replacement in (*_ALWAYS, *(_STAMPS if printed else _FINE)):
        text = pattern.sub(replacement, text)
    return _BRACES.sub(_in_order, text)


def _shown_last(text: str) -> str:
    """Keep of each line what a terminal shows in the end."""
    if "\r" not in text and "\b" not in text:
        return text
    while _BACKSPACE.search(text):
        text = _BACKSPACE.sub("", text)
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(next((part for part in reversed(line.split("\r")) if part.strip()), "") for line in lines)


def _in_order(found: re.Match[str]) -> str:
    """Write the members of a set in an order of their own; a dict keeps its own, which has a meaning."""
    try:
        value = ast.literal_eval(found.group())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return found.group()
    if not isinstance(value, set):
        return found.group()
    numbers = all(isinstance(member, (int, float)) for member in value)
    members = sorted(value) if numbers else sorted(value, key=lambda member: (type(member).__name__, repr(member)))
    return "{" + ", ".join(map(repr, members)) + "}"
