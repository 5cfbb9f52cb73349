"""Without a test written: the default checks of the tables that pyproject.toml names, as items of their own."""

from __future__ import annotations

import random

import polars as pl
import pytest

import mlqa
from mlqa.checks import default

SETTINGS = """
[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.mlqa.subjects.churn]
reference = "data/reference.csv"
current = "data/current.csv"
target = "left"
"""
TWO = """
train = "data/reference.csv"
test = "data/reference.csv"

[tool.mlqa.subjects.fraud]
test = "data/reference.csv"
"""
# Questions of our own, so that the story does not change with the catalogue; each reading leaves a line.
STUB = """
from mlqa import Outcome, Verdict
from mlqa.checks import default
from mlqa.errors import UsageError
from mlqa.subjects.table import read_table

REAL = default.questions, default.questions_named


def answer(check, outcome="pass", **more):
    words = {"claim": "the claim holds", "reason": "so it was measured", "remedy": "look at it"}
    return Verdict(check=f"demo.{check}", outcome=Outcome(outcome), **{**words, **more})


def named(has_reference, *, has_target, has_time, has_id, has_group):
    return (*(("drift_free",) if has_reference else ()), "good", "passed_over", *(("labels",) if has_target else ()))


def questions(current, reference=None, *, target=None, time=None, id=None, group=None, categorical=None,
              alpha=None, seed=0):
    with open("reads.txt", "a") as file:
        file.write(f"{current.name}\\n")
    table = read_table(current, name="current")
    if target is not None and target not in table.columns:
        raise UsageError("target", target, "a column of the table", "look at it", "no such column")
    return {
        "drift_free": lambda: answer("drift_free", "fail", reason="'age' moved", columns=("age",), alpha=1e-4),
        "good": lambda: answer("good", reason=f"seed {seed}"),
        "passed_over": lambda: answer("passed_over", "skipped", reason="no text"),
        "labels": lambda: 1 / 0,
    }


def pytest_configure(config):
    default.questions, default.questions_named = questions, named


def pytest_unconfigure(config):
    default.questions, default.questions_named = REAL
"""
TEST = "def test_mine():\n    assert True\n"


def rows(moved: float = 0.0, count: int = 300) -> str:
    rng = random.Random(moved)
    made = (f"{rng.gauss(40 + moved, 9):.3f},{rng.choice('ab')},{rng.randint(0, 1)}" for _ in range(count))
    return "\n".join(["age,plan,left", *made]) + "\n"


FILES = {
    "pyproject.toml": SETTINGS,
    "conftest.py": STUB,
    "tests/test_a.py": TEST,
    "data/reference.csv": rows(),
    "data/current.csv": rows(30.0),
}
CHURN = [f"pyproject.toml::churn::{name}" for name in ("drift_free", "good", "passed_over", "labels")]


def collected(run):
    return [line for line in run.text.splitlines() if "::" in line and " " not in line]


def test_each_default_check_is_an_item_of_its_subject(project):
    run = project(FILES).run("--mlqa", "--collect-only", "-q")
    assert collected(run) == ["tests/test_a.py::test_mine", *CHURN]
    assert "reads.txt" not in run.changed


def test_they_run_and_fail_and_crash_as_tests_do(project):
    run = project(FILES).run("--mlqa", "--mlqa-report=report.json", "--mlqa-seed=7")
    assert run.outcomes == {"passed": 2, "failed": 2, "skipped": 1}
    assert "pyproject.toml, subject 'churn': current against reference\n\nFAIL  demo.drift_free  (alpha" in run.text
    assert "FAILED pyproject.toml::churn::drift_free - FAIL demo.drift_free: 'age' moved" in run.text
    assert "ZeroDivisionError" in run.text
    assert "_pytest" not in run.text
    cases = {case.source: case for case in run.report.cases}
    assert list(cases) == [*CHURN, "tests/test_a.py::test_mine"]
    assert [cases[name].outcome for name in CHURN] == ["fail", "pass", "skipped", "crash"]
    assert cases[CHURN[0]].line == 5
    assert cases[CHURN[1]].verdicts[0].reason == "seed 7"


def test_tables_are_read_once_in_a_run(project):
    assert project(FILES).run("--mlqa").changed["reads.txt"] == "current.csv\n"


def test_without_mlqa_there_are_none(project):
    assert project(FILES).run().outcomes == {"passed": 1}


@pytest.mark.parametrize(
    ("args", "outcomes"),
    [
        (("pyproject.toml::churn::drift_free",), {"failed": 1}),
        (("pyproject.toml::churn",), {"passed": 1, "failed": 2, "skipped": 1}),
        (("tests/test_a.py",), {"passed": 1}),
        ((".",), {"passed": 2, "failed": 2, "skipped": 1}),
        (("tests", "pyproject.toml::churn::good"), {"passed": 2}),
        (("-k", "drift_free"), {"failed": 1}),
        (("--deselect=pyproject.toml::churn::labels", "-k", "churn"), {"passed": 1, "failed": 1, "skipped": 1}),
        (("--ignore=pyproject.toml",), {"passed": 1}),
        (("-x", "pyproject.toml", "--random-order", "--random-order-seed=4"), {"failed": 1}),
    ],
)
def test_they_are_chosen_as_tests_are(project, args, outcomes):
    run = project(FILES).run("--mlqa", *args)
    assert {key: count for key, count in run.outcomes.items() if key != "deselected"} == outcomes


def test_what_failed_is_asked_again_alone(project):
    place = project(FILES)
    place.run("--mlqa")
    again = place.run("--mlqa", "--lf", "-v")
    assert again.outcomes["failed"] == 2
    assert "passed" not in again.outcomes
    assert "pyproject.toml::churn::good" not in again.text


def test_workers_share_them(project):
    run = project(FILES).run("--mlqa", "-n2", "--mlqa-report=report.json", apart=True)
    assert {**run.outcomes, "warnings": 0} == {"passed": 2, "failed": 2, "skipped": 1, "warnings": 0}
    assert [case.source for case in run.report.cases] == [*CHURN, "tests/test_a.py::test_mine"]
    assert set(run.changed["reads.txt"].split()) == {"current.csv"}


def test_without_testpaths_the_walk_finds_them_once(project):
    files = {**FILES, "pyproject.toml": SETTINGS.replace('testpaths = ["tests"]', "")}
    run = project(files).run("--mlqa", "--collect-only", "-q")
    assert sorted(collected(run)) == sorted(["tests/test_a.py::test_mine", *CHURN])


def test_in_a_folder_only_what_lies_there_is_asked(project, monkeypatch):
    place = project(FILES)
    monkeypatch.chdir(place.folder / "tests")
    assert place.run("--mlqa").outcomes == {"passed": 1}


def test_every_pair_of_tables_has_items_and_ids_stay_when_one_is_added(project):
    run = project({**FILES, "pyproject.toml": SETTINGS + TWO}).run("--mlqa", "--collect-only", "-q")
    pair = [f"{name}[train-test]" for name in CHURN]
    alone = [f"pyproject.toml::fraud::{name}[test]" for name in ("good", "passed_over")]
    assert collected(run) == ["tests/test_a.py::test_mine", *CHURN, *pair, *alone]


def test_a_pair_is_chosen_by_its_id(project):
    place = project({**FILES, "pyproject.toml": SETTINGS + TWO})
    run = place.run("--mlqa", "pyproject.toml::churn::good[train-test]", "pyproject.toml::fraud::good[test]")
    assert run.outcomes == {"passed": 2}
    both = place.run("--mlqa", "pyproject.toml::churn::good", "-v")
    assert both.outcomes == {"passed": 2}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('current = "data/no.csv"', "[tool.mlqa.subjects.other] current='data/no.csv': expected a file that exists"),
        ("current = 3", "[tool.mlqa.subjects.other] current=3: expected a path or 'pkg.module:name', got int"),
        ('current = "no.such:table"', "[tool.mlqa.subjects.other] current='no.such:table': expected"),
        (
            'current = "data/current.csv"\ntarget = "lfet"',
            "[tool.mlqa.subjects.other] target='lfet': expected a column of the table",
        ),
    ],
)
def test_what_cannot_be_read_is_named_by_its_key(project, line, said):
    settings = f"{SETTINGS}\n[tool.mlqa.subjects.other]\n{line}\n"
    run = project({**FILES, "pyproject.toml": settings}).run("--mlqa", "-k", "other and good")
    assert run.outcomes["errors"] == 1
    assert "failed" not in run.outcomes
    assert said in run.text
    assert "Traceback" not in run.text


def test_a_function_may_make_the_table_and_fixtures_share_it(project):
    shop = 'def table():\n    import polars as pl\n    print("MADE")\n    return pl.DataFrame({"x": [1.0, 2.0]})\n'
    settings = '[tool.mlqa.subjects.made]\ncurrent = "shop:table"\n'
    test = "def test_it(mlqa_current):\n    assert mlqa_current.columns == ['x']\n"
    conftest = STUB.replace("{current.name}", "{type(current).__name__}")
    files = {"pyproject.toml": settings, "shop.py": shop, "test_a.py": test, "conftest.py": conftest}
    run = project(files).run("--mlqa", "-s")
    assert run.outcomes == {"passed": 2, "skipped": 1}
    assert run.text.count("MADE") == 1


def test_a_subject_without_tables_has_none(project):
    run = project({"pyproject.toml": '[tool.mlqa.subjects.a]\ntarget = "y"\n', "test_a.py": TEST}).run("--mlqa")
    assert run.outcomes == {"passed": 1}


def test_the_verdicts_are_those_of_mlqa_check(project):
    place = project({name: text for name, text in FILES.items() if name != "conftest.py"})
    run = place.run("--mlqa", "--mlqa-report=report.json", "pyproject.toml")
    tables = [pl.read_csv(place.folder / "data" / f"{name}.csv") for name in ("current", "reference")]
    asked = mlqa.check(*tables, target="left")
    named = default.questions_named(True, has_target=True, has_time=False, has_id=False, has_group=False)
    assert [case.source.rpartition("::")[2] for case in run.report.cases] == list(named)
    assert "quality.missing_rate_holds" in {verdict.check for verdict in run.report.verdicts}
    given = {verdict.check: verdict.to_json() for verdict in asked.verdicts}
    assert {verdict.check: verdict.to_json() for verdict in run.report.verdicts if verdict.check in given} == given
