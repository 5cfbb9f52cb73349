"""What init writes runs green, and nothing is overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner

import mlqa
from mlqa.cli import main

FILES = ("pyproject.toml", "tests/test_quality_mlqa.py", ".github/workflows/mlqa.yml")


def init(folder):
    return CliRunner().invoke(main, ["init", str(folder)])


def test_all_files_are_written_once_and_then_kept(tmp_path):
    first = init(tmp_path / "new")
    before = {name: (tmp_path / "new" / name).read_text() for name in FILES}
    second = init(tmp_path / "new")
    assert (first.output.count("written  "), second.output.count("kept     ")) == (3, 3)
    assert {name: (tmp_path / "new" / name).read_text() for name in FILES} == before


def test_what_exists_is_kept(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# mine\n")
    result = init(tmp_path)
    assert (result.exit_code, result.output.count("kept     ")) == (0, 2)
    assert (tmp_path / FILES[1]).read_text() == (tmp_path / FILES[2]).read_text() == "# mine\n"


@pytest.mark.parametrize(
    "before", ['[project]\nname = "x"', '[project]\nname = "x"\n\n[tool.ruff]\nline-length = 99\n']
)
def test_the_table_is_appended_to_a_pyproject_that_has_none(tmp_path, before):
    (tmp_path / "pyproject.toml").write_text(before)
    init(tmp_path)
    text = (tmp_path / "pyproject.toml").read_text()
    assert text.startswith(before)
    assert tomllib.loads(text)["tool"]["mlqa"]["alpha"] == 1e-4


@pytest.mark.parametrize("before", ["[tool.mlqa]\nalpha = 0.01\n", "[tool.mlqa.subjects.a]\ntarget = 'y'\n"])
def test_a_table_that_exists_is_kept(tmp_path, before):
    (tmp_path / "pyproject.toml").write_text(before)
    init(tmp_path)
    assert (tmp_path / "pyproject.toml").read_text() == before


@pytest.mark.parametrize("before", ["[tool", "tool = {ruff = {}}"])
def test_a_pyproject_that_cannot_take_the_table_is_left_alone(tmp_path, before):
    (tmp_path / "pyproject.toml").write_text(before)
    result = init(tmp_path)
    assert result.exit_code == 2
    assert "expected valid TOML" in result.output
    assert (tmp_path / "pyproject.toml").read_text() == before


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    result = init(tmp_path / "file")
    assert result.exit_code == 2
    assert "expected a folder, got a file" in result.output


def test_what_is_written_runs_green(tmp_path):
    init(tmp_path)
    source = str(Path(mlqa.__file__).parents[1])
    registered = any(point.name == "mlqa" for point in entry_points(group="pytest11"))
    plugin = [] if registered else ["-p", "mlqa.plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--mlqa", *plugin, "-q", "-p", "no:nbval", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": source, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


MINE = """[project]
name = "x"
version = "1"
[tool.pytest.ini_options]
addopts = "--strict-markers --strict-config"
filterwarnings = ["error"]
# the last line is a comment without an end"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", MINE),
        ("setup.cfg", "[metadata]\nname = x\n[tool:pytest]\naddopts = -q\n"),
        ("pytest.ini", "[pytest]\naddopts = --import-mode=importlib\n"),
    ],
)
def test_in_a_project_with_tests_and_settings_of_its_own_all_runs_green(tmp_path, name, text):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("")
    (tmp_path / "tests" / "test_mine.py").write_text("def test_mine(): ...\n")
    (tmp_path / name).write_text(text)
    init(tmp_path)
    assert (tmp_path / name).read_text().startswith(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--mlqa", "-p", "no:nbval", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_the_ends_of_lines_and_a_link_stay_as_they_are(tmp_path):
    (tmp_path / "real.toml").write_bytes(b'[project]\r\nname = "x"\r\n')
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "pyproject.toml").symlink_to(tmp_path / "real.toml")
    assert init(tmp_path / "p").exit_code == 0
    content = (tmp_path / "real.toml").read_bytes()
    assert content.startswith(b'[project]\r\nname = "x"\r\n\r\n[tool.mlqa]\r\n')
    assert content.count(b"\n") == content.count(b"\r\n")
    assert (tmp_path / "p" / "pyproject.toml").is_symlink()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pyproject.toml", b'name = "\xff"', "expected valid TOML, got damage"),
        ("tests", b"", "expected a file that can be written"),
    ],
)
def test_what_is_in_the_way_is_named(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    result = init(tmp_path)
    assert result.exit_code == 2
    assert message in result.output
    assert (tmp_path / name).read_bytes() == content
