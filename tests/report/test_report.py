"""A report gathers verdicts in order and says whether to go on."""

import json

import pytest

from mlqa import Outcome, Report, UsageError, Verdict, strict
from mlqa.report import Case, Crash, Origin
from mlqa.verdict import judged


def verdict(outcome, alpha=None):
    return Verdict(check="demo.claim", outcome=outcome, claim="it holds", reason="seen", alpha=alpha)


def test_an_empty_report_is_ok_and_has_no_verdicts():
    assert Report().ok
    assert Report().verdicts == ()


@pytest.mark.parametrize(
    ("outcomes", "crash", "expected"),
    [
        ([], True, "crash"),
        ([Outcome.PASS, Outcome.FAIL, Outcome.UNDECIDED], False, "fail"),
        ([Outcome.PASS, Outcome.UNDECIDED], False, "undecided"),
        ([Outcome.SKIPPED, Outcome.PASS], False, "pass"),
        ([Outcome.SKIPPED], False, "skipped"),
        ([], False, "skipped"),
    ],
)
def test_the_outcome_of_a_case_is_its_worst(outcomes, crash, expected):
    error = Crash(type="ValueError", message="boom") if crash else None
    assert Case(verdicts=tuple(verdict(one) for one in outcomes), crash=error).outcome == expected


def test_ok_follows_strictness_and_crashes():
    assert not Report.of(verdict(Outcome.FAIL)).ok
    undecided = Report.of(verdict(Outcome.UNDECIDED))
    assert undecided.ok
    with strict():
        assert not undecided.ok
    assert not Report((Case(crash=Crash(type="E", message="m")),)).ok


def test_asserting_a_report_judges_its_verdicts():
    report = Report.of(verdict(Outcome.PASS), verdict(Outcome.FAIL))
    with judged() as seen:
        assert not report
    assert seen == list(report.verdicts)


def test_the_budget_is_the_sum_of_the_levels_spent():
    spent = Report.of(
        verdict(Outcome.PASS, 1e-4), verdict(Outcome.SKIPPED, 1e-4), verdict(Outcome.PASS), verdict(Outcome.FAIL, 1e-2)
    )
    assert spent.alpha_spent == pytest.approx(0.0101)
    assert spent.counts() == {"pass": 2, "fail": 1, "undecided": 0, "skipped": 1, "crash": 0}


def test_a_whole_report_survives_json():
    report = Report(
        (
            Case(source="t.py::a", verdicts=(verdict(Outcome.PASS, 1e-4),), seconds=0.25, line=3),
            Case(source="t.py::b", crash=Crash(type="KeyError", message="'x'", traceback="...")),
        ),
        Origin(cell_id="abc", source_hash="0011aabb", kernel="k"),
    )
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected JSON"),
        ("[]", "expected a report of schema 1"),
        ("[" * 100_000, "expected JSON"),
        ('{"schema": 2, "cases": []}', "schema=2: expected a report of schema 1"),
        ('{"schema": 1}', "damaged"),
        ('{"schema": 1, "cases": [{"source": "x", "verdicts": [{}]}]}', "damaged or not ours"),
        ('{"schema": 1, "cases": [3]}', "damaged"),
    ],
)
def test_what_is_no_report_is_refused(text, message):
    with pytest.raises(UsageError, match=message):
        Report.from_json(text)


def test_json_has_no_nan_and_sorted_keys():
    text = Report.of(verdict(Outcome.PASS)).to_json()
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_a_report_prints_as_its_table_and_shows_itself_in_any_notebook():
    report = Report.of(Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="so"))
    assert str(report).startswith("mlqa: 1 passed")
    shown = report._repr_mimebundle_()
    assert shown["text/plain"] == str(report)
    assert shown["application/vnd.mlqa.report+json"] == report.to_dict()
    assert "demo.always" in shown["text/html"]


def test_a_report_is_saved_in_the_form_its_path_names(tmp_path):
    report = Report.of(Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="so"))
    assert Report.from_json(report.save(tmp_path / "report.json").read_text()) == report
    assert "demo.always" in report.save(tmp_path / "report.html").read_text()
    with pytest.raises(UsageError, match=r"a path ending in \.html, \.json, \.md, \.xml"):
        report.save(tmp_path / "report.pdf")
