"""Building the environment: whole or not at all, offline from a wheelhouse, and clear words where it cannot be."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import mlqa
from mlqa.bridges.deepchecks import environment, suites
from mlqa.cli import main
from mlqa.errors import BridgeError, UsageError


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MLQA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def wheelhouse(tmp_path, monkeypatch):
    """A folder with the one wheel that a list of one pin asks for."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel = folder / "tinything-1.0-py3-none-any.whl"
    info = "tinything-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tinything.py", "there = True\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", f"tinything.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    pins = tmp_path / "pins.txt"
    pins.write_text(f"tinything==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    monkeypatch.setattr(environment, "PINS", pins)
    return folder


def test_a_wheelhouse_builds_it_without_network(cache, wheelhouse):
    said, done = [], []
    python = environment.create(wheelhouse=wheelhouse, say=said.append, progress=lambda *told: done.append(told))
    assert environment.find() == python
    assert subprocess.run([python, "-c", "import tinything"], check=False, timeout=60).returncode == 0
    assert said[0].startswith("building deepchecks' environment, once")
    assert environment.create(say=said.append) == python
    assert len(said) == 2


def test_of_two_that_build_at_once_one_builds_and_the_other_waits_and_uses_it(cache, wheelhouse, monkeypatch):
    code = f"""
from pathlib import Path
from mlqa.bridges.deepchecks import environment
environment.PINS = Path({str(environment.PINS)!r})
print(environment.create(wheelhouse={str(wheelhouse)!r}, say=lambda text: print(text, flush=True)))
"""
    others, run = [], environment._run

    def building(*given):
        if not others:  # the lock is held now: the other cannot but wait
            command = [sys.executable, "-c", code]
            others.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            others.append(others[0].stdout.readline())
        run(*given)

    monkeypatch.setattr(environment, "_run", building)
    python = environment.create(wheelhouse=wheelhouse, say=str)
    other, waited = others
    told, _ = other.communicate(timeout=60)
    assert waited == "another process builds deepchecks' environment: waiting for it\n"
    assert told == f"{python}\n"
    assert len([path for path in (cache / "environments").iterdir() if path.is_dir()]) == 1


def test_a_wheel_of_another_hash_is_refused_and_nothing_is_left(cache, wheelhouse):
    wheel = next(wheelhouse.iterdir())
    with zipfile.ZipFile(wheel, "a") as file:
        file.writestr("tinything2.py", "")
    with pytest.raises(BridgeError, match="cannot be built"):
        environment.create(wheelhouse=wheelhouse, say=str)
    assert environment.find() is None
    assert [path.name for path in (cache / "environments").iterdir() if path.is_dir()] == []


def test_a_wheelhouse_that_is_none_is_refused_before_anything(cache, tmp_path):
    with pytest.raises(UsageError, match="wheelhouse"):
        environment.create(wheelhouse=tmp_path / "nowhere", say=str)
    assert not cache.exists()


def test_a_build_that_was_broken_off_is_not_found(cache, wheelhouse):
    folder = environment.environment_folder()
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("")
    assert environment.find() is None
    python = environment.create(wheelhouse=wheelhouse, say=str)
    assert python == environment.find()


def test_without_uv_the_error_says_how_to_get_it(cache, monkeypatch):
    monkeypatch.setattr(environment.shutil, "which", lambda *_given, **_named: None)
    with pytest.raises(BridgeError, match=r"uv.*\nHint: pip install uv"):
        mlqa.deepchecks("IsSingleValue", train=_table())


def test_without_the_environment_everything_else_works_and_doctor_says_how_to_get_it(cache):
    assert mlqa.check(_table()).verdicts
    found = CliRunner().invoke(main, ["doctor"]).output
    assert "deepchecks: mlqa env create deepchecks" in found


def test_the_verb_builds_it_and_lists_the_pins(cache, wheelhouse):
    built = CliRunner().invoke(main, ["env", "create", "deepchecks", "--wheelhouse", str(wheelhouse)])
    assert built.exit_code == 0, built.output
    again = CliRunner().invoke(main, ["env", "create", "deepchecks"])
    assert "is there" in again.output


def test_the_pins_are_those_of_the_extra_with_hashes_and_no_address():
    text = (Path(environment.__file__).with_name("pins.txt")).read_text(encoding="utf-8")
    pins = dict(line.split(" ")[0].split("==") for line in text.splitlines() if "==" in line)
    root = Path(mlqa.__file__).parents[1]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"deepchecks=={pins['deepchecks']}" in project["optional-dependencies"]["deepchecks"]
    from packaging.requirements import Requirement

    for wanted in map(Requirement, project["optional-dependencies"]["deepchecks"]):
        assert wanted.specifier.contains(pins[wanted.name]), wanted
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pins)


def test_where_it_is_kept_follows_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("MLQA_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert environment.cache_folder() == tmp_path / "mlqa"
    monkeypatch.setenv("MLQA_CACHE", str(tmp_path / "other"))
    assert environment.cache_folder() == tmp_path / "other"


def test_bad_arguments_are_refused_before_anything_is_built(cache):
    wrong = [
        ({"suite": "FeatureDrif"}, "FeatureDrift"),
        ({"suite": "FeatureDrift"}, "train"),
        ({"suite": "FeatureDrift", "train": _table(), "target": "z"}, "target"),
        ({"suite": "FeatureDrift", "train": _table(), "arguments": {"a": print}}, "arguments"),
        ({"suite": ["FeatureDrift", "LabelDrift"], "train": _table(), "conditions": {"Nothing": {}}}, "conditions"),
        ({"suite": "FeatureDrift", "train": _table(), "workers": 0}, "workers"),
        ({"suite": "FeatureDrift", "train": _table(), "timeout": -1}, "timeout"),
        ({"suite": "FeatureDrift", "train": _table(), "test_probability": [0.1] * 3}, "test_probability"),
    ]
    for given, named in wrong:
        with pytest.raises(UsageError, match=named):
            suites.deepchecks(**given)
    assert not cache.exists()


def _table():
    import polars as pl

    return pl.DataFrame({"a": [1.0, 2.0, 3.0] * 10})
