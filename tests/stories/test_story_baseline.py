"""A baseline is proposed by the first run, recorded by a person, and compared with ever after."""

from __future__ import annotations

import pytest

from mlqa.baselines import load

TEST = """
from answers import answer, compared

PREDICTIONS = [1, 1, 1, 0]

def test_model(mlqa_baseline):
    assert compared(PREDICTIONS, mlqa_baseline)
    assert answer(check="demo.after")
"""
WORSE = TEST.replace("[1, 1, 1, 0]", "[0, 0, 0, 0]")
OTHER = TEST.replace("PREDICTIONS, mlqa", "PREDICTIONS, mlqa").replace(
    "mlqa_baseline)\n    assert answer", 'mlqa_baseline, data="d2")\n    assert answer'
)


def test_the_first_run_proposes_and_fails(answers):
    run = answers({"test_a.py": TEST}).run("--mlqa")
    assert run.outcomes == {"failed": 1}
    assert set(run.changed) == {"baselines/test_model.proposed.json"}
    assert "mlqa proposed baselines/test_model.proposed.json: accuracy: none -> 0.75 [0.7, 0.8], n = 4" in run.summary


def test_an_update_records_and_passes_and_the_next_run_compares(answers):
    project = answers({"test_a.py": TEST})
    project.run("--mlqa")
    update = project.run("--mlqa-update")
    assert update.outcomes == {"passed": 1}
    assert "mlqa recorded baselines/test_model.json: accuracy: none -> 0.75 [0.7, 0.8], n = 4" in update.summary
    assert set(update.changed) == {"baselines/test_model.json"}
    assert not (project.folder / "baselines/test_model.proposed.json").exists()
    again = project.run("--mlqa")
    assert again.outcomes == {"passed": 1}
    assert again.changed == {}
    assert "recorded" not in again.text
    project.write("test_a.py", WORSE)
    worse = project.run("--mlqa")
    assert worse.outcomes == {"failed": 1}
    assert worse.changed == {}


def test_an_update_says_what_changes_and_only_once(answers):
    project = answers({"test_a.py": TEST})
    project.run("--mlqa-update")
    project.write("test_a.py", WORSE)
    run = project.run("--mlqa", "--mlqa-update")
    assert run.outcomes == {"passed": 1}
    assert "accuracy: 0.75 [0.7, 0.8] -> 0 [-0.05, 0.05], n = 4" in run.summary
    assert load(project.folder / "baselines/test_model.json").evidence.estimate == 0
    assert project.run("--mlqa-update").changed == {}


def test_an_update_records_nothing_where_the_test_fails_for_another_reason(answers):
    run = answers({"test_a.py": TEST.replace("answer(check", 'answer("fail", check')}).run("--mlqa-update")
    assert run.outcomes == {"failed": 1}
    assert run.changed == {}


@pytest.mark.parametrize("ci", ["true", "1", "yes"])
def test_an_update_is_refused_on_ci_before_any_test_runs(answers, monkeypatch, ci):
    monkeypatch.setenv("CI", ci)
    run = answers({"test_a.py": TEST}).run("--mlqa-update")
    assert run.code == 4
    assert run.changed == {}
    assert run.text.strip() == (
        "ERROR: --mlqa-update='yes': expected a run outside CI, got a run with CI set.\n"
        "Hint: record it where a person reviews it, or force it: --mlqa-update=force"
    )


def test_an_update_can_be_forced_on_ci_and_takes_no_path_for_its_value(answers, monkeypatch):
    monkeypatch.setenv("CI", "true")
    run = answers({"test_a.py": TEST}).run("--mlqa-update=force", "test_a.py")
    assert run.outcomes == {"passed": 1}
    assert set(run.changed) == {"baselines/test_model.json"}
    monkeypatch.setenv("CI", "false")
    assert answers({}).run("--mlqa-update", "test_a.py").outcomes == {"passed": 1}


def test_a_baseline_of_other_data_is_a_crash_that_an_update_mends(answers):
    project = answers({"test_a.py": TEST})
    project.run("--mlqa-update")
    project.write("test_a.py", OTHER)
    run = project.run("--mlqa", "--mlqa-report=report.json")
    assert run.report.cases[0].crash.type == "BaselineError"
    assert "mlqa.errors.BaselineError: recorded on other data.\n" in run.text
    update = project.run("--mlqa-update")
    assert update.outcomes == {"passed": 1}
    assert "(other data)" in update.summary


def test_a_baseline_that_cannot_be_read_is_named_and_an_update_mends_it(answers):
    project = answers({"test_a.py": TEST, "baselines/test_model.json": "{ not json"})
    run = project.run("--mlqa")
    assert run.outcomes == {"failed": 1}
    assert run.changed == {}
    assert "baselines/test_model.json cannot be read as a baseline" in run.text
    update = project.run("--mlqa-update")
    assert update.outcomes == {"passed": 1}
    assert "(the old file could not be read)" in update.summary


NAMES = """
import pytest
from answers import compared

@pytest.mark.parametrize("system", ["ios", "an/droid"])
def test_by(mlqa_baseline, system):
    assert compared([1, 0], mlqa_baseline)

@pytest.mark.mlqa(baseline="champion-2")
def test_named(mlqa_baseline):
    assert compared([1, 0], mlqa_baseline)

@pytest.mark.mlqa(baseline="../outside")
def test_outside(mlqa_baseline):
    pass
"""


def test_the_file_is_named_by_the_test_or_by_its_mark(answers):
    run = answers({"test_a.py": NAMES, "pyproject.toml": "[tool.mlqa]\nbaselines = 'kept'\n"}).run("--mlqa-update")
    assert run.outcomes == {"passed": 3, "errors": 1}
    first, *others = sorted(run.changed)
    assert others == [
        "kept/test_by-an-droid-" + others[0].removeprefix("kept/test_by-an-droid-"),
        "kept/test_by-ios.json",
    ]
    assert first == "kept/champion-2.json"
    assert "mlqa(baseline=...)='../outside': expected the name of a file, without folder or suffix" in run.text


def test_workers_record_their_own_baselines(answers):
    run = answers({"test_a.py": TEST + TEST.replace("test_model", "test_second")}).run(
        "--mlqa-update", "-n2", apart=True
    )
    assert run.outcomes == {"passed": 2}
    assert set(run.changed) == {"baselines/test_model.json", "baselines/test_second.json"}
    assert run.summary.count("mlqa recorded baselines/") == 2


REAL = """
import numpy as np
import mlqa

def test_model(mlqa_baseline, mlqa_rng):
    y = mlqa_rng.integers(0, 2, 400)
    new = np.where(mlqa_rng.random(400) < WRONG, 1 - y, y)
    assert mlqa.not_worse(new, mlqa_baseline, y, metric="accuracy")
"""


def test_not_worse_goes_all_the_way(project):
    place = project({"test_a.py": REAL.replace("WRONG", "0.1")})
    first = place.run("--mlqa")
    assert first.outcomes == {"failed": 1}
    assert set(first.changed) == {"baselines/test_model.proposed.json"}
    assert place.run("--mlqa-update").outcomes == {"passed": 1}
    assert place.run("--mlqa").outcomes == {"passed": 1}
    place.write("test_a.py", REAL.replace("WRONG", "0.4"))
    worse = place.run("--mlqa", "--mlqa-report=report.json")
    assert worse.outcomes == {"failed": 1}
    assert "FAILED test_a.py::test_model - FAIL regression.not_worse" in worse.text
    assert worse.report.verdicts[0].evidence.estimate < -0.2
