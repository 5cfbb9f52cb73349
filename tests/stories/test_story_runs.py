"""The same tests selected, repeated, spread over workers, in another order, into files."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from mlqa.report import Report

SUITE = """
import mlqa
from answers import answer

def test_good():
    assert answer("pass", estimate=0.1, limit=0.2, n=100)

def test_bad():
    assert answer("fail", "demo.bad", reason="a|b <c>")

def test_unsure():
    assert answer("undecided", rows_needed=4300)

def test_left_out():
    assert answer("skipped", alpha=None)

def test_plain():
    assert True

def test_broken():
    raise ValueError("no data")
"""


def _timeless(report: Report) -> list[object]:
    return [{**case, "seconds": None} for case in report.to_dict()["cases"]]


def test_workers_and_random_order_give_the_same_report(answers):
    project = answers({"test_a.py": SUITE, "test_b.py": SUITE})
    plain = project.run("--mlqa", "--mlqa-report=report.json")
    spread = project.run("--mlqa", "--mlqa-report=report.json", "-n2", apart=True)
    shuffled = project.run("--mlqa", "--mlqa-report=report.json", "--random-order", "--random-order-seed=3")
    assert plain.outcomes == {"passed": 4, "failed": 4, "undecided": 2, "skipped": 2}
    assert {**spread.outcomes, "warnings": 0} == {**plain.outcomes, "warnings": 0}
    assert spread.summary == plain.summary == shuffled.summary
    # A traceback is the one thing that a worker may word otherwise.
    strip = re.compile(r'"traceback": "[^"]*"')
    assert strip.sub("", str(_timeless(spread.report))) == strip.sub("", str(_timeless(plain.report)))
    assert _timeless(shuffled.report) == _timeless(plain.report)


def test_selection_first_failure_and_last_failed(answers):
    project = answers({"test_a.py": SUITE})
    assert project.run("--mlqa", "-k", "good or unsure").outcomes == {"passed": 1, "undecided": 1, "deselected": 4}
    cut = project.run("--mlqa", "-x", "--mlqa-report=report.json")
    assert cut.outcomes == {"passed": 1, "failed": 1}
    assert [case.outcome for case in cut.report.cases] == ["pass", "fail"]
    again = project.run("--mlqa", "--lf")
    assert again.outcomes == {"failed": 1, "deselected": 5} or again.outcomes == {"failed": 1}
    assert project.run("--mlqa", "-p", "no:cacheprovider").outcomes["failed"] == 2


def test_the_reports_are_written_by_their_suffix_and_named(answers):
    names = ("out/r.html", "out/r.json", "out/r.md", "out/r.xml")
    run = answers({"test_a.py": SUITE}).run("--mlqa", *(f"--mlqa-report={name}" for name in names))
    assert set(run.changed) == set(names)
    assert run.summary.endswith("\n".join(f"mlqa report: {name}" for name in names))
    assert "a|b &lt;c&gt;" in run.changed["out/r.html"]
    assert r"a\|b &lt;c&gt;" in run.changed["out/r.md"]
    suite = ET.fromstring(run.changed["out/r.xml"])[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert Report.from_json(run.changed["out/r.json"]).counts() == {
        "pass": 2,
        "fail": 1,
        "undecided": 1,
        "skipped": 1,
        "crash": 1,
    }


def test_a_report_that_cannot_be_written_is_an_error_and_not_a_traceback(answers):
    run = answers({"test_a.py": SUITE, "file": ""}).run("--mlqa", "--mlqa-report=file/r.json", "-k", "good")
    assert run.code == 4
    assert "mlqa report not written:" in run.summary
    assert "INTERNALERROR" not in run.text


def test_pytests_own_junit_file_carries_the_verdicts_as_readable_strings(answers):
    run = answers({"test_a.py": SUITE}).run("--mlqa", "--junitxml=junit.xml")
    found = {
        case.get("name"): [(item.get("name"), item.get("value")) for item in case.iter("property")]
        for case in ET.fromstring(run.changed["junit.xml"]).iter("testcase")
    }
    assert found["test_good"] == [("mlqa.demo.claim", "PASS (alpha 0.0001): it was so measured")]
    assert found["test_bad"] == [("mlqa.demo.bad", "FAIL (alpha 0.0001): a|b <c>")]
    assert found["test_plain"] == []


def test_a_file_that_cannot_be_collected_is_a_crash_of_the_report(answers):
    run = answers({"test_a.py": "import nothing_of_that_name"}).run("--mlqa", "--mlqa-report=report.json")
    assert run.code == 2
    (case,) = run.report.cases
    assert (case.source, case.outcome) == ("test_a.py", "crash")
    assert "nothing_of_that_name" in case.crash.message


def test_a_worker_that_dies_is_a_crash_of_its_test(answers):
    test = "import os\n\ndef test_dies():\n    os._exit(3)\n"
    run = answers({"test_a.py": test}).run("--mlqa", "-n1", "--mlqa-report=report.json", apart=True)
    (case,) = run.report.cases
    assert (case.source, case.outcome) == ("test_a.py::test_dies", "crash")


def test_a_long_run_lists_what_needs_a_reader(answers):
    many = """
import pytest
from answers import answer

@pytest.mark.parametrize("k", range(70))
def test_many(k):
    assert answer("fail" if k == 7 else "pass")
"""
    run = answers({"test_a.py": many}).run("--mlqa")
    assert run.summary.count("PASS") == 0
    assert "69 more rows left out here (--mlqa-report writes all): 1 failed, 69 passed" in run.summary
    assert "false-alarm budget: 0.007 " in run.summary


def test_without_a_terminal_nothing_breaks(answers):
    run = answers({"test_a.py": SUITE}).run("--mlqa", "-p", "no:terminal", "--mlqa-report=report.json")
    assert len(run.report.cases) == 6


LISTENER = """
import pytest

def pytest_mlqa_case(config, case):
    with open(config.rootpath / "heard.txt", "a") as file:
        file.write(f"{case.source} {case.outcome}\\\\n")
"""


def test_another_plugin_hears_of_each_finished_test(answers):
    run = answers({"test_a.py": SUITE, "conftest.py": LISTENER.replace("\\\\n", "\\n")}).run("--mlqa")
    assert run.changed["heard.txt"].splitlines() == [
        "test_a.py::test_good pass",
        "test_a.py::test_bad fail",
        "test_a.py::test_unsure undecided",
        "test_a.py::test_left_out skipped",
        "test_a.py::test_plain pass",
        "test_a.py::test_broken crash",
    ]


def test_an_item_may_bring_verdicts_as_plain_values(answers):
    test = """
from answers import answer

def test_brings(request):
    request.node.user_properties.append(("mlqa", answer().to_dict()))
"""
    run = answers({"test_a.py": test}).run("--mlqa", "--mlqa-report=report.json", "--junitxml=junit.xml")
    assert [verdict.check for verdict in run.report.verdicts] == ["demo.claim"]
    assert 'value="PASS (alpha 0.0001): it was so measured"' in run.changed["junit.xml"]
