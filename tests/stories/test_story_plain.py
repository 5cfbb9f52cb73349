"""A plain run with mlqa installed is a plain run."""

from __future__ import annotations

TESTS = """
import pytest

def test_plain():
    assert 1 == 1

def test_fixture(mlqa_rng):
    assert False, "must not run"

def test_baseline(mlqa_baseline):
    assert False, "must not run"

@pytest.fixture
def mine(mlqa_model):
    return mlqa_model

def test_through_a_fixture(mine):
    assert False, "must not run"

@pytest.mark.mlqa
def test_marked():
    assert False, "must not run"

class TestGroup:
    pytestmark = pytest.mark.mlqa(baseline="x")

    def test_in_a_class(self):
        assert False, "must not run"
"""


def test_our_tests_are_skipped_with_the_reason(project):
    run = project({"test_a.py": TESTS}).run("-rs", "--strict-markers")
    assert run.outcomes == {"passed": 1, "skipped": 5}
    reasons = [line.partition(": ")[2] for line in run.text.splitlines() if line.startswith("SKIPPED")]
    assert set(reasons) == {"needs --mlqa"}
    assert "= mlqa =" not in run.text
    assert run.changed == {}


def test_a_verdict_asserted_in_a_plain_run_is_still_asserted(answers):
    test = 'from answers import answer\n\ndef test_bad():\n    assert answer("fail")\n'
    run = answers({"test_a.py": test}).run()
    assert run.outcomes == {"failed": 1}
    assert "= mlqa =" not in run.text


def test_settings_are_not_even_read(project):
    run = project({"test_a.py": "def test_a(): pass", "pyproject.toml": "[tool.mlqa]\nnonsense = 1\n"}).run()
    assert run.outcomes == {"passed": 1}


def test_the_mark_and_the_options_explain_themselves(project):
    run = project({}).run("--markers")
    assert "@pytest.mark.mlqa(baseline=NAME): a quality test, run with --mlqa only" in run.text
    shown = project({}).run("--help").text
    for option in (
        "--mlqa ",
        "--mlqa-update ",
        "--mlqa-strict",
        "--mlqa-alpha=A",
        "--mlqa-seed=N",
        "--mlqa-report=PATH",
    ):
        assert option in shown
    fixtures = project({}).run("--mlqa", "--fixtures").text
    assert "mlqa_baseline" in fixtures
    assert "Give the place of this test's baseline" in fixtures
