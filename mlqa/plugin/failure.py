"""A failed assertion of a verdict shown as the verdict's whole block, beside the source line."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from mlqa.errors import MlqaError
from mlqa.report.case import LONGEST_MESSAGE, LONGEST_TRACEBACK, words_of
from mlqa.verdict import CheckFailed, Verdict

__all__ = ["explain", "restyle", "reword", "without_our_frames"]

_HOME = str(Path(__file__).parents[1]) + os.sep
_REWRITTEN = re.compile(r"^assert (.*)$", re.MULTILINE)
# Our value itself stands where the truth was asked, alone or in a chain of and/or.
_OURS = re.compile(r"\(*<(?:Verdict|Report) ")
_UNITTEST = re.compile(r"^<(?:Verdict|Report) .*> is not true(?: : )?", re.DOTALL)
_COMPARED = re.compile(r"> (?:==|!=|is|in|not in) ")
_PREFIX = re.compile(r"^(E\s+)(?:[A-Za-z_]\w*\.)*(?:AssertionError|CheckFailed): ")


def reword(excinfo: pytest.ExceptionInfo[BaseException] | None, seen: Sequence[Verdict]) -> str:
    """Put the blocks of the verdicts that do not hold in place of an assertion's squashed repr.

    Returns
    -------
    str
        The headline for the short summary; empty where the assertion is about
        something else.
    """
    failing = [verdict for verdict in seen if not verdict.holds()]
    if excinfo is None or not failing or not _concerns(excinfo):
        return ""
    text = "" if isinstance(excinfo.value, CheckFailed) else words_of(excinfo.value)
    found = _REWRITTEN.search(text)
    words = (text[: found.start()] if found else _UNITTEST.sub("", text)).rstrip()
    blocks = "\n\n".join(str(verdict) for verdict in failing)
    excinfo.value.args = (f"{words}\n{blocks}" if words else blocks,)
    more = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
    return f"{failing[0].outcome.name} {failing[0].check}: {failing[0].reason}{more}"


def without_our_frames(excinfo: pytest.ExceptionInfo[BaseException]) -> pytest.ExceptionInfo[BaseException]:
    """Cut our own frames from the traceback of an error of ours and of its cause.

    The reader's line is where it was raised; how we found out helps nobody.
    """
    if not isinstance(excinfo.value, MlqaError):
        return excinfo
    for error in (excinfo.value, excinfo.value.__cause__):
        if error is not None:
            error.__traceback__ = _theirs(error.__traceback__)
    return pytest.ExceptionInfo.from_exception(excinfo.value)


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """Chain the frames that are not ours; all of them if there is no other."""
    frames, at = [], trace
    while at is not None:
        if not at.tb_frame.f_code.co_filename.startswith(_HOME):
            frames.append(at)
        at = at.tb_next
    chain = None
    for frame in reversed(frames):
        chain = TracebackType(chain, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return chain or trace


def restyle(report: pytest.TestReport, headline: str) -> None:
    """Give the summary line its headline, and the block its first line without the exception's name."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = headline
    for entry in getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ()):
        entry.lines[:] = [_PREFIX.sub(r"\1", line) for line in entry.lines]


def explain(
    report: pytest.TestReport,
    excinfo: pytest.ExceptionInfo[BaseException] | None,
    seen: Sequence[Verdict],
    headline: str,
) -> dict[str, Any]:
    """Say in plain values why a phase did not pass: an assertion's message, or a crash.

    Parameters
    ----------
    report, excinfo
        What pytest made of the phase.
    seen : sequence of Verdict
        Those the test judged.
    headline : str
        What :func:`reword` returned.

    Returns
    -------
    dict
        ``message`` (empty where the verdicts say it themselves) and ``crash``
        (None, or the fields of :class:`mlqa.report.Crash`).
    """
    told: dict[str, Any] = {"message": "", "crash": None}
    if not report.failed:
        return told
    if excinfo is None:  # XPASS(strict): pytest hands over words only
        return {**told, "message": str(report.longrepr)}
    value, failing = excinfo.value, [verdict for verdict in seen if not verdict.holds()]
    asserted = isinstance(value, (AssertionError, pytest.fail.Exception))
    told_itself = isinstance(value, CheckFailed) and value.verdict in seen
    if headline or told_itself or (asserted and failing and _concerns(excinfo)):
        return told
    if asserted and report.when == "call":
        message = " ".join(excinfo.exconly(tryshort=True).split())
        return {**told, "message": message.removeprefix("Failed: ")[:LONGEST_MESSAGE]}
    said = getattr(report.longrepr, "errorstring", "")  # of a fixture that is not there, without pytest's objects
    message = said.splitlines()[0] if said else words_of(value)
    crash = {"type": type(value).__name__, "message": message[:LONGEST_MESSAGE]}
    return {**told, "crash": {**crash, "traceback": report.longreprtext[-LONGEST_TRACEBACK:]}}


def _concerns(excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
    """Tell whether an assertion asks the truth of a verdict or a report, not something else beside it."""
    error = excinfo.value
    if isinstance(error, CheckFailed):
        return True
    if not isinstance(error, AssertionError):
        return False
    text = words_of(error)
    found = _REWRITTEN.search(text)
    if found is None:
        return bool(_OURS.match(text)) or _is_bare_assert(excinfo)
    asked, details = found.group(1), text[found.end() :]
    if asked == "False":  # report.ok, all(verdicts), or a name for it
        return not details.strip() or "<Verdict " in details or "<Report " in details
    return bool(_OURS.match(asked)) and not _COMPARED.search(asked)


def _is_bare_assert(excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
    """Tell an assert statement without rewriting (--assert=plain) from a library's AssertionError."""
    try:
        return str(excinfo.traceback[-1].statement).lstrip().startswith("assert ")
    except Exception:  # no source to look at
        return False
