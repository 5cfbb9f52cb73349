"""A finished test says the same in CI and in the kernel: one function turns it into a case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa import Outcome, Report, UsageError, Verdict, strict
from mlqa.report import Crash
from mlqa.report.case import PHASES, case_of


def verdict(outcome):
    return Verdict(check="demo.claim", outcome=Outcome(outcome), claim="it holds", reason="seen")


STRICT = "UNDECIDED counts as a failure here: demo.claim: seen"


@pytest.mark.parametrize(
    ("phase", "message", "outcomes", "told"),
    [
        ("passed", "", [], [("test.assertion", "pass", "no assertion failed")]),
        ("passed", "", ["pass", "undecided"], [("demo.claim", "pass", "seen"), ("demo.claim", "undecided", "seen")]),
        ("passed", "", ["fail"], [("test.assertion", "pass", "the test passes although demo.claim fails: seen")]),
        ("failed", "assert 1 == 2", [], [("test.assertion", "fail", "assert 1 == 2")]),
        ("failed", "", [], [("test.assertion", "fail", "an assertion failed")]),
        ("failed", "", ["fail"], [("demo.claim", "fail", "seen")]),
        ("failed", "", ["pass"], [("demo.claim", "pass", "seen"), ("test.assertion", "fail", "an assertion failed")]),
        ("failed", "", ["undecided"], [("demo.claim", "undecided", "seen"), ("test.assertion", "fail", STRICT)]),
        ("failed", "no", ["pass"], [("demo.claim", "pass", "seen"), ("test.assertion", "fail", "no")]),
        ("skipped", "not today", [], [("test.assertion", "skipped", "not today")]),
        ("skipped", "", ["skipped"], [("demo.claim", "skipped", "seen")]),
        ("skipped", "late", ["pass"], [("demo.claim", "pass", "seen"), ("test.assertion", "skipped", "late")]),
        ("xfailed", "known", [], [("test.assertion", "skipped", "expected to fail (known)")]),
        ("xfailed", "known", ["fail"], [("demo.claim", "skipped", "expected to fail (known): seen")]),
        ("xfailed", "", ["fail"], [("demo.claim", "skipped", "expected to fail: seen")]),
        ("xpassed", "known", [], [("test.assertion", "pass", "no assertion failed")]),
    ],
)
def test_what_a_test_says(phase, message, outcomes, told):
    case = case_of("t", verdicts=map(verdict, outcomes), phase_outcome=phase, message=message, seconds=1.0, line=3)
    assert [(one.check, one.outcome.value, one.reason) for one in case.verdicts] == told
    assert (case.source, case.seconds, case.line) == ("t", 1.0, 3)


def test_a_crash_keeps_what_was_judged_before_it():
    crash = Crash(type="ValueError", message="no")
    case = case_of("t", verdicts=[verdict("pass")], phase_outcome="failed", crash=crash)
    assert (case.outcome, len(case.verdicts), case.crash) == ("crash", 1, crash)


@given(st.sampled_from(PHASES), st.lists(st.sampled_from(["pass", "fail", "undecided", "skipped"])), st.booleans())
def test_a_report_is_green_exactly_where_the_run_is(phase, outcomes, strictly):
    if strictly and phase in {"passed", "xpassed"}:
        outcomes = [outcome for outcome in outcomes if outcome != "undecided"]
    case = case_of("t", verdicts=map(verdict, outcomes), phase_outcome=phase)
    assert case.verdicts
    with strict(strictly and phase != "xfailed"):
        assert Report((case,)).ok == (phase != "failed") or (strictly and "undecided" in outcomes)


def test_an_unknown_outcome_is_refused():
    with pytest.raises(UsageError, match=r"phase_outcome='error': expected one of passed, failed"):
        case_of("t", phase_outcome="error")
