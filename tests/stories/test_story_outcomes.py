"""What a user sees of tests that pass, fail, cannot tell or do not apply."""

from __future__ import annotations

import pytest

FOUR = """
from answers import answer

def test_good():
    assert answer("pass", estimate=0.1, limit=0.2, n=100)

def test_bad():
    name = "bad"
    assert answer("fail", "regression.not_worse", reason="it is beyond the limit", estimate=-0.024, limit=-0.01, n=1800)
    assert name == "never reached"

def test_unsure():
    assert answer("undecided", estimate=0.15, limit=0.2, n=100, rows_needed=4300)

def test_not_asked():
    assert answer("skipped", "drift.free", alpha=None, reason="there is no reference")
"""

BLOCK = """\
>       assert answer("fail", "regression.not_worse", reason="it is beyond the limit", estimate=-0.024, limit=-0.01, \
n=1800)
E       FAIL  regression.not_worse  (alpha 0.0001)
E         claim     the claim holds
E         measured  -0.024, n = 1800
E         because   it is beyond the limit
E         next      look at it
E         docs      mlqa: regression.not_worse
"""

SUMMARY = """\
statistical checks (each may raise a false alarm, at its alpha)
  outcome    check                 test                     value / limit   n
  FAIL       regression.not_worse  test_a.py::test_bad      -0.024 / -0.01  1800
  UNDECIDED  demo.claim            test_a.py::test_unsure   0.15 / 0.2      100
  PASS       demo.claim            test_a.py::test_good     0.1 / 0.2       100

contract checks (true or false, no error rate)
  outcome    check                 test                     value / limit   n
  SKIPPED    drift.free            ...a.py::test_not_asked  -               -

false-alarm budget: 0.0003 (the sum of the levels spent)
undecided: demo.claim in test_a.py::test_unsure: about 4300 more rows would decide
"""


def test_each_outcome_has_its_place_in_the_summary(answers):
    run = answers({"test_a.py": FOUR}).run("--mlqa", "-ra")
    assert run.outcomes == {"passed": 1, "failed": 1, "undecided": 1, "skipped": 1}
    assert run.code == 1
    assert BLOCK in run.text
    assert run.summary + "\n" == SUMMARY
    assert all(len(line) <= 80 for line in run.summary.splitlines() if not line.startswith("undecided"))
    assert "FAILED test_a.py::test_bad - FAIL regression.not_worse: it is beyond the l" in run.text
    assert "SKIPPED [1] test_a.py:15: drift.free: there is no reference" in run.text


def test_undecided_alone_is_green_and_letter_u(answers):
    run = answers({"test_a.py": FOUR}).run("--mlqa", "-k", "unsure")
    assert run.code == 0
    assert "test_a.py U " in run.text
    assert run.outcomes["undecided"] == 1


def test_undecided_fails_when_strict(answers):
    run = answers({"test_a.py": FOUR}).run("--mlqa", "--mlqa-strict", "-k", "unsure")
    assert run.outcomes == {"failed": 1, "deselected": 3}
    assert "E       UNDECIDED  demo.claim  (alpha 0.0001)\n" in run.text
    assert "E         next      about 4300 more rows would decide; look at it\n" in run.text
    assert "FAILED test_a.py::test_unsure - UNDECIDED demo.claim" in run.text


@pytest.mark.parametrize(
    ("style", "mark"),
    [("long", "E       "), ("short", "E   "), ("native", "AssertionError: "), ("auto", "E       ")],
)
def test_the_block_is_whole_in_every_traceback_style(answers, style, mark):
    run = answers({"test_a.py": FOUR}).run("--mlqa", "-k", "bad", f"--tb={style}")
    assert f"{mark}FAIL  regression.not_worse  (alpha 0.0001)\n" in run.text
    assert "  because   it is beyond the limit\n" in run.text
    assert 'assert answer("fail", "regression.not_worse"' in run.text


def test_one_line_tracebacks_carry_the_headline(answers):
    run = answers({"test_a.py": FOUR}).run("--mlqa", "-k", "bad", "--tb=line")
    assert "test_a.py:9: FAIL regression.not_worse: it is beyond the limit\n" in run.text


WAYS = """
import mlqa
import pytest
from answers import answer

def test_required():
    mlqa.require(answer("fail"))

def test_with_words():
    assert answer("fail"), "my own words"

def test_report():
    assert mlqa.Report.of(answer(), answer("fail", "demo.one"), answer("fail", "demo.two"))

def test_report_ok():
    assert mlqa.Report.of(answer(), answer("fail", "demo.one"), answer("fail", "demo.two")).ok

@pytest.fixture
def checked():
    assert answer("fail", "demo.fixture")

def test_in_a_fixture(checked):
    pass
"""


@pytest.mark.parametrize("more", [(), ("--assert=plain",)])
def test_every_way_to_assert_shows_the_block(answers, more):
    run = answers({"test_a.py": WAYS}).run("--mlqa", *more)
    assert run.outcomes == {"failed": 4, "errors": 1}
    for head, times in {"demo.claim": 2, "demo.one": 2, "demo.two": 2, "demo.fixture": 1}.items():
        found = [line for line in run.text.splitlines() if line.split() == ["E", "FAIL", head, "(alpha", "0.0001)"]]
        assert len(found) == times, run.text
    assert "E       my own words\n" in run.text
    assert "FAILED test_a.py::test_report - FAIL demo.one: it was so measured (and 1 more)" in run.text
    assert "ERROR test_a.py::test_in_a_fixture - FAIL demo.fixture" in run.text


OTHERS = """
import pytest
from answers import answer

def test_plain_after_good():
    assert answer()
    assert 1 == 2

def test_plain_after_expected_failure():
    assert not answer("fail")
    assert 3 == 4

def test_expected_failure():
    assert not answer("fail")

def test_about_a_verdict():
    verdict = answer("fail")
    assert not verdict
    assert verdict.columns == ("age",)

def test_of_a_library():
    import numpy as np
    assert not answer("fail")
    np.testing.assert_allclose([1.0], [2.0])

def test_crash():
    assert answer()
    [][0]

@pytest.mark.xfail(reason="known")
def test_known():
    assert answer("fail")

def test_left_out():
    pytest.skip("not today")

def test_plain():
    assert True
"""


def test_plain_assertions_and_crashes_keep_their_own_words(answers):
    run = answers({"test_a.py": OTHERS}).run("--mlqa", "--mlqa-report=report.json")
    assert run.outcomes == {"failed": 5, "passed": 2, "xfailed": 1, "skipped": 1}
    assert "E       assert 1 == 2\n" in run.text
    assert "E       assert 3 == 4\n" in run.text
    assert "E       AssertionError: assert () == ('age',)\n" in run.text
    assert "Mismatched elements: 1 / 1" in run.text
    assert "E       IndexError: list index out of range\n" in run.text
    assert "E       FAIL" not in run.text
    told = {case.source.partition("::")[2]: case for case in run.report.cases}
    assert {name: case.outcome for name, case in told.items()} == {
        "test_plain_after_good": "fail",
        "test_plain_after_expected_failure": "fail",
        "test_expected_failure": "pass",
        "test_about_a_verdict": "fail",
        "test_of_a_library": "fail",
        "test_crash": "crash",
        "test_known": "skipped",
        "test_left_out": "skipped",
        "test_plain": "pass",
    }
    assert [v.check for v in told["test_plain_after_good"].verdicts] == ["demo.claim", "test.assertion"]
    assert told["test_plain_after_good"].verdicts[1].reason == "assert 1 == 2"
    assert told["test_crash"].crash.type == "IndexError"
    assert told["test_known"].verdicts[0].reason == "expected to fail (known): it was so measured"
    assert told["test_left_out"].verdicts[0].reason == "not today"
    assert told["test_left_out"].line == 34


BROKEN = """
import mlqa
import pytest
import polars as pl

TABLE = pl.DataFrame({"x": [1.0, 2.0, 3.0]})

@pytest.mark.mlqa
def test_column():
    assert mlqa.drift_free(TABLE, TABLE, columns=["y"])

@pytest.mark.mlqa
def test_model():
    assert mlqa.unchanged_by(broken, TABLE, lambda table: table + 1)

def broken(table):
    raise ZeroDivisionError("inside the model")
"""


def test_an_error_of_ours_shows_the_readers_line_and_none_of_ours(project):
    run = project({"test_it.py": BROKEN}).run("--mlqa")
    assert run.outcomes == {"failed": 2}
    assert '>       assert mlqa.drift_free(TABLE, TABLE, columns=["y"])' in run.text
    assert "columns='y': expected a column of the table" in run.text
    assert 'raise ZeroDivisionError("inside the model")' in run.text
    assert "mlqa/subjects" not in run.text
    assert "mlqa/checks" not in run.text
