"""Errors, levels, settings and files: what every room stands on."""

import os
import pickle

import pytest

import mlqa
from mlqa import UsageError
from mlqa.alpha import level_of, using
from mlqa.errors import BaselineError, nearest
from mlqa.files import write_atomically
from mlqa.settings import read_settings


def test_a_usage_error_says_what_was_given_wanted_and_what_to_do():
    error = UsageError("margin", -0.1, "a number of at least 0", "pass the largest drop you accept")
    assert str(error) == (
        "margin=-0.1: expected a number of at least 0, got float.\nHint: pass the largest drop you accept"
    )
    again = pickle.loads(pickle.dumps(error))
    assert (again.name, again.given, again.wanted, str(again)) == ("margin", -0.1, error.wanted, str(error))
    assert isinstance(error, ValueError)


def test_a_usage_error_never_prints_a_whole_table():
    class Table:
        shape = (1_000_000, 31)

    assert str(UsageError("current", Table(), "a table", "pass one")).startswith(
        "current=<Table of shape (1000000, 31)>: expected a table, got Table."
    )
    assert len(str(UsageError("x", "y" * 10_000, "less", "less"))) < 200


@pytest.mark.parametrize("alpha", [0, -1, 0.5, 1, "0.01", True, float("nan")])
def test_a_level_outside_its_range_is_refused(alpha):
    with pytest.raises(UsageError, match=r"alpha=.*: expected a number in \(0, 0\.5\)"):
        level_of(alpha)


def test_the_level_in_force_is_set_in_one_place():
    assert level_of(None) == 1e-4
    with using(0.01):
        assert level_of(None) == 0.01
        assert level_of(0.2) == 0.2
    assert level_of(None) == 1e-4


def test_settings_have_defaults_and_name_what_they_refuse(tmp_path):
    assert read_settings(tmp_path)[1]["baselines"] == "baselines"
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.mlqa]\nalpha = 0.001\nbaselines = "kept"\n[tool.mlqa.subjects.churn]\ntarget = "y"\n')
    (tmp_path / "deep" / "er").mkdir(parents=True)
    root, settings = read_settings(tmp_path / "deep" / "er")
    assert root == tmp_path
    assert (settings["alpha"], settings["baselines"]) == (0.001, "kept")
    assert settings["subjects"] == {"churn": {"target": "y"}}
    for text, message in (
        ("[tool.mlqa]\nalhpa = 1", "did you mean 'alpha'"),
        ("[tool.mlqa]\nstrict = 1", "expected a value of type bool"),
        ("[tool.mlqa]\nseed = true", "expected a value of type int"),
        ("[tool.mlqa\n", "expected valid TOML"),
        ("[tool]\nmlqa = 3", "expected a table"),
        ('[tool.mlqa.subjects.a]\ntraget = "y"', "did you mean 'target'"),
        ("[tool.mlqa.subjects]\na = 3", "expected a table of"),
    ):
        file.write_text(text)
        with pytest.raises(UsageError, match=message):
            read_settings(tmp_path)


def test_settings_go_past_a_pyproject_without_our_table(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.mlqa]\nseed = 7\n")
    inner = tmp_path / "package"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert read_settings(inner)[1]["seed"] == 7


def test_an_interrupted_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    target = write_atomically(tmp_path / "new" / "file.json", "old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, "half of the new")
    assert target.read_text() == "old"
    assert [file.name for file in target.parent.iterdir()] == ["file.json"]


def test_a_written_file_has_the_usual_permissions(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("x")
    assert write_atomically(tmp_path / "ours", b"x").stat().st_mode == plain.stat().st_mode


def test_an_unknown_name_is_an_attribute_error():
    assert set(mlqa.__all__) <= set(dir(mlqa))
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        mlqa.chekc  # noqa: B018


def test_the_nearest_name_is_suggested():
    assert nearest("tenrue", ["tenure", "churn"]) == "did you mean 'tenure'?"
    assert nearest("q", [str(i) for i in range(20)]).endswith(", ...")
    assert issubclass(BaselineError, mlqa.MlqaError)
