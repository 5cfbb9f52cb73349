"""A test is first asked what broke it before; nothing that is remembered lies beside a notebook."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

from mlqa.plugin.counterexamples import HYPOTHESIS, MOST_REMEMBERED, Counterexamples, pytest_configure
from mlqa.plugin.options import OPTIONS

TEST = """
import numpy as np
import pandas as pd
import mlqa
from mlqa.subjects.perturb import exchanged

X = pd.DataFrame({"sex": ["f", "m"] * 50, "x": np.arange(100.0)})

def model(table):
    return np.where((table["sex"] == "f") & (table["x"] > 50), "yes", "no")

def test_sex_is_ignored(mlqa_counterexamples):
    assert mlqa.unchanged_by(model, X, exchanged("sex"), remembered=mlqa_counterexamples)
"""
PROPERTY = """
from hypothesis import given, strategies as st

@given(st.integers())
def test_small(number):
    assert number < 1000
"""
FILES = {"pyproject.toml": "[tool.mlqa]\n", "tests/test_a.py": TEST}


def remembered(run):
    return [name for name in run.changed if name.startswith(".mlqa/counterexamples/")]


def test_what_broke_a_test_is_kept_shown_and_asked_first(project):
    made = project(FILES)
    first = made.run("--mlqa")
    assert first.outcomes == {"failed": 1}
    (name,) = remembered(first)
    assert f"remembered in {name}" in first.summary
    assert "- the counterexample as a test -" in first.text
    assert "def test_row_51_unchanged_by_exchanged_sex(model):" in first.text
    (record,) = json.loads(first.changed[name])["counterexamples"]
    assert (record["before"]["sex"], record["after"]["sex"]) == ("m", "f")
    again = made.run("--mlqa")
    assert "1 of 1 remembered rows still change, nothing else was asked" in " ".join(
        again.text.replace("\nE", " ").split()
    )
    assert not remembered(again)


def test_a_mended_model_passes_and_a_deleted_memory_is_no_error(project):
    made = project(FILES)
    (name,) = remembered(made.run("--mlqa"))
    made.write("tests/test_a.py", TEST.replace('(table["sex"] == "f") & ', ""))
    assert made.run("--mlqa").outcomes == {"passed": 1}
    (made.folder / name).unlink()
    assert made.run("--mlqa").outcomes == {"passed": 1}


def test_without_the_option_the_test_is_skipped_and_nothing_is_written(project):
    run = project(FILES).run()
    assert run.outcomes == {"skipped": 1}
    assert not run.changed


def test_hypothesis_remembers_inside_the_project_and_not_beside_the_tests(project, monkeypatch):
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    made = project({"pyproject.toml": "[tool.mlqa]\n", "notebooks/test_b.py": PROPERTY})
    monkeypatch.chdir(made.folder / "notebooks")
    done = made.pytester.runpytest_subprocess("--mlqa", "-p", "no:cacheprovider", "test_b.py")
    done.assert_outcomes(failed=1)
    assert list((made.folder / ".mlqa" / "hypothesis" / "examples").iterdir())
    assert not (made.folder / "notebooks" / ".hypothesis").exists()


def test_a_place_that_hypothesis_has_already_is_left_alone(tmp_path, monkeypatch):
    cleanups = []
    config = SimpleNamespace(stash={OPTIONS: SimpleNamespace(root=tmp_path)}, add_cleanup=cleanups.append)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HYPOTHESIS, "own")
    pytest_configure(config)
    assert os.environ[HYPOTHESIS] == "own"
    monkeypatch.delenv(HYPOTHESIS)
    (tmp_path / ".hypothesis").mkdir()
    pytest_configure(config)
    assert HYPOTHESIS not in os.environ
    (tmp_path / ".hypothesis").rmdir()
    pytest_configure(config)
    assert os.environ[HYPOTHESIS] == str(tmp_path / ".mlqa" / "hypothesis")
    for function in cleanups:
        function()
    assert HYPOTHESIS not in os.environ


def test_only_the_newest_are_kept_and_a_damaged_file_holds_none(tmp_path):
    path = tmp_path / "test_x.json"
    path.write_text("{", encoding="utf-8")
    assert Counterexamples(path).recorded == []
    for number in range(MOST_REMEMBERED + 5):
        kept = Counterexamples(path)
        kept.offer({"perturb": "p", "before": {"x": number}, "after": {"x": -1}}, "")
        assert kept.keep()
        assert not kept.keep()
    newest = Counterexamples(path).recorded
    assert len(newest) == MOST_REMEMBERED
    assert newest[0]["before"] == {"x": MOST_REMEMBERED + 4}
    assert repr(kept) == "<Counterexamples test_x.json>"
