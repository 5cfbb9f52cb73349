"""One finished test put as a Case: the one place that knows what a test without verdicts says.

Level 1: plain values in, no pytest. The plugin calls it in CI and, since real
pytest runs in the kernel too, for the tests of a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mlqa.errors import UsageError
from mlqa.report.report import Case, Crash
from mlqa.verdict import Outcome, Verdict

__all__ = ["ASSERTION", "LONGEST_MESSAGE", "LONGEST_TRACEBACK", "PHASES", "case_of", "judged_in", "words_of"]

ASSERTION = "test.assertion"
LONGEST_MESSAGE = 500  # characters of what an assertion or an exception says
LONGEST_TRACEBACK = 10_000
PHASES = ("passed", "failed", "skipped", "xfailed", "xpassed")
_CLAIM = "every assertion of the test holds"
_STRICT = "UNDECIDED counts as a failure here"


def case_of(
    source: str,
    *,
    verdicts: Iterable[Verdict] = (),
    phase_outcome: str = "passed",
    message: str = "",
    crash: Crash | None = None,
    seconds: float | None = None,
    line: int | None = None,
) -> Case:
    """Turn a finished test into a case of the report.

    Parameters
    ----------
    source : str
        The test's id.
    verdicts : iterable of Verdict
        Those the test judged, in order.
    phase_outcome : {'passed', 'failed', 'skipped', 'xfailed', 'xpassed'}
        What the runner said of the test as a whole. Left unread where `crash`
        is given.
    message : str
        Why it failed or was skipped; empty where its verdicts say so
        themselves.
    crash : Crash, optional
        The exception, neither an assertion nor a skip, that ended the test.
    seconds : float of at least 0, optional
    line : int of at least 1, optional

    Returns
    -------
    Case
        With at least one verdict, or a crash.

    Notes
    -----
    A test without verdicts gives one of the contract ``test.assertion``. A
    verdict that fails in a test that passes (``assert not verdict``) becomes a
    passed assertion, one that fails in a test that is skipped or marked
    ``xfail`` is SKIPPED, and an UNDECIDED that fails a strict test gets a failed
    assertion beside it: a report is green exactly where the run is.

    Examples
    --------
    >>> case = case_of("test_a.py::test_sum", phase_outcome="failed", message="assert 3 == 4")
    >>> case.outcome, case.verdicts[0].check, case.verdicts[0].reason
    ('fail', 'test.assertion', 'assert 3 == 4')
    """
    if phase_outcome not in PHASES:
        raise UsageError("phase_outcome", phase_outcome, f"one of {', '.join(PHASES)}", "pass what pytest reported")
    given = tuple(verdicts)
    found = given if crash is not None else _completed(given, phase_outcome, message)
    return Case(source=source, verdicts=found, crash=crash, seconds=seconds, line=line)


def words_of(error: BaseException) -> str:
    """Return an exception's message, also of one that cannot word it."""
    try:
        return str(error)
    except Exception:
        return "<its message cannot be written>"


def judged_in(case: Case) -> tuple[Verdict, ...]:
    """Return the verdicts of a case less the assertion that `case_of` adds where UNDECIDED fails a test.

    Fewer than the case has: the test was strict.
    """
    given = case.verdicts[:-1]
    strict = any(verdict.outcome is Outcome.UNDECIDED for verdict in given)
    return given if strict and case.verdicts[-1] == _failed_assertion(given) else case.verdicts


def _completed(given: tuple[Verdict, ...], phase_outcome: str, message: str) -> tuple[Verdict, ...]:
    """Add or reword verdicts until they say what the test said."""
    if phase_outcome == "failed":
        explained = not message and any(verdict.outcome is Outcome.FAIL for verdict in given)
        return given if explained else (*given, _failed_assertion(given, message))
    if phase_outcome == "skipped":
        kept = tuple(_set_aside(verdict, _because("the test was skipped", message)) for verdict in given)
        only_skipped = given and all(verdict.outcome is Outcome.SKIPPED for verdict in given)
        return kept if only_skipped else (*kept, _assertion(Outcome.SKIPPED, message or "skipped"))
    if phase_outcome == "xfailed":
        why = _because("expected to fail", message)
        kept = tuple(_set_aside(verdict, why) for verdict in given)
        told = any(verdict.outcome is Outcome.SKIPPED for verdict in kept)
        return kept if told else (*kept, _assertion(Outcome.SKIPPED, why))
    return tuple(_tolerated(verdict) for verdict in given) or (_assertion(Outcome.PASS, "no assertion failed"),)


def _assertion(outcome: Outcome, reason: str) -> Verdict:
    """Build the verdict of a plain assertion."""
    remedy = "read the test's traceback" if outcome is Outcome.FAIL else ""
    return Verdict(check=ASSERTION, outcome=outcome, claim=_CLAIM, reason=reason, remedy=remedy)


def _failed_assertion(given: tuple[Verdict, ...], message: str = "") -> Verdict:
    """Say why a test failed; of UNDECIDED too, since a reader of the report may not be strict."""
    unsure = [verdict for verdict in given if verdict.outcome is Outcome.UNDECIDED]
    if unsure and not message:
        message = f"{_STRICT}: {unsure[0].check}: {unsure[0].reason}"
    return _assertion(Outcome.FAIL, message or "an assertion failed")


def _set_aside(verdict: Verdict, why: str) -> Verdict:
    """Skip a verdict that fails in a test whose failure does not count."""
    if verdict.outcome is not Outcome.FAIL:
        return verdict
    return replace(verdict, outcome=Outcome.SKIPPED, reason=f"{why}: {verdict.reason}")


def _tolerated(verdict: Verdict) -> Verdict:
    """Put a verdict that fails in a test that passes as what the test said of it."""
    if verdict.outcome is not Outcome.FAIL:
        return verdict
    return _assertion(Outcome.PASS, f"the test passes although {verdict.check} fails: {verdict.reason}")


def _because(what: str, message: str) -> str:
    return f"{what} ({message})" if message else what
