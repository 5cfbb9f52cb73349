"""The gate: a missing verdict is not a pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.errors import UsageError
from mlqa.gate import Decision, Policy, gate
from mlqa.report import Case, Crash, Report
from mlqa.verdict import Outcome, Verdict


def verdict(outcome: Outcome, check: str = "demo.holds") -> Verdict:
    return Verdict(check=check, outcome=outcome, claim="it holds", reason=f"it is {outcome.value}")


def test_when_every_verdict_holds_then_go():
    report = Report.of(verdict(Outcome.PASS), verdict(Outcome.SKIPPED), verdict(Outcome.UNDECIDED))
    assert gate(report) == Decision(go=True, reasons=(), exit_code=0)


@pytest.mark.parametrize(
    ("report", "policy", "reason", "code"),
    [
        (Report(), Policy(), "nothing was answered: there is no verdict", 1),
        (Report.of(verdict(Outcome.SKIPPED)), Policy(), "nothing was answered: all 1 verdicts are SKIPPED", 1),
        (Report.of(verdict(Outcome.FAIL)), Policy(), "demo.holds is FAIL: it is fail", 1),
        (
            Report.of(verdict(Outcome.UNDECIDED)),
            Policy(strict=True),
            "demo.holds is UNDECIDED under a strict policy: it is undecided",
            1,
        ),
        (
            Report.of(verdict(Outcome.PASS)),
            Policy(expect=("quality.schema_holds",)),
            "'quality.schema_holds' was expected and has no verdict",
            1,
        ),
        (
            Report((Case(source="test_x", crash=Crash(type="KeyError", message="'age'")),)),
            Policy(expect=("test_x",)),
            "test_x crashed: KeyError: 'age'",
            3,
        ),
    ],
)
def test_when_something_stands_in_the_way_then_no_go_with_one_sentence(report, policy, reason, code):
    assert gate(report, policy) == Decision(go=False, reasons=(reason,), exit_code=code)


@pytest.mark.parametrize("name", ["demo.holds", "test_x", "TestA::test_x", "TestA", "a.py::TestA::test_x[1-b]"])
def test_an_expected_test_is_known_by_any_of_its_names(name):
    report = Report((Case(source="a.py::TestA::test_x[1-b]", verdicts=(verdict(Outcome.PASS),)),))
    assert gate(report, Policy(expect=(name,))).go


def test_a_test_without_verdict_is_missing_even_if_another_has_one():
    report = Report((Case(source="test_x"), Case(source="test_y", verdicts=(verdict(Outcome.PASS),))))
    assert gate(report, Policy(expect=("test_x",))).reasons == ("'test_x' was expected and has no verdict",)


def test_empty_may_be_allowed():
    assert gate(Report(), Policy(forbid_empty=False)).go


def test_asking_the_gate_judges_no_verdict():
    from mlqa.verdict import judged

    with judged() as seen:
        gate(Report.of(verdict(Outcome.FAIL)))
    assert seen == []


@pytest.mark.parametrize("expect", ["quality.schema_holds", [""], [3]])
def test_when_expect_is_no_list_of_names_then_refused(expect):
    with pytest.raises(UsageError, match="expected a list of check ids or test names"):
        Policy(expect=expect)


def test_when_strict_is_no_boolean_then_refused():
    with pytest.raises(UsageError, match="strict='yes': expected true or false, got str"):
        Policy(strict="yes")


outcomes = st.lists(st.sampled_from(list(Outcome)), max_size=6)


@given(outcomes)
def test_a_strict_gate_never_goes_where_a_lenient_one_stops(found):
    report = Report.of(*(verdict(outcome) for outcome in found))
    assert gate(report, Policy(strict=True)).go <= gate(report).go


@given(outcomes, st.randoms())
def test_the_order_of_verdicts_does_not_matter(found, rng):
    shuffled = rng.sample(found, len(found))
    reports = [Report.of(*(verdict(outcome) for outcome in order)) for order in (found, shuffled)]
    assert gate(reports[0]).go == gate(reports[1]).go
