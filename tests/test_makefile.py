"""The Makefile: what it asks of a machine, and when the environment is stale."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", ".ci/constraints.txt", "jupyter_ext/src/a.ts", "jupyter_ext/package.json")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a folder with a space, its environment made after all of its files."""
    root = tmp_path / "a b"
    for name in (*SOURCES, ".venv/.ready"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
        os.utime(root / name, (1000, 1000 if name != ".venv/.ready" else 2000))
    shutil.copy(ROOT / "Makefile", root)
    return root


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    return folder / name


def make(root: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MAKEFLAGS": "", **({} if path is None else {"PATH": path})}
    command = [str(shutil.which("make")), *words]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_a_second_install_does_nothing(checkout):
    assert make(checkout, "-q", "install").returncode == 0


@pytest.mark.parametrize("name", SOURCES)
def test_when_a_source_changes_then_the_environment_is_made_anew(checkout, name):
    (checkout / name).touch()
    assert make(checkout, "-q", "install").returncode == 1
    assert "uv pip install" in make(checkout, "-n", "demo").stdout


def test_another_python_is_refused_with_what_to_do(checkout):
    (checkout / "pyproject.toml").touch()
    old = program(checkout, "old", "exit 1")
    done = make(checkout, "install", f"PYTHON=./{old.name}")
    assert done.returncode == 2
    assert "./old is no Python 3.11-3.13; pass one: make PYTHON=" in done.stdout


def test_without_venv_and_without_root_the_package_is_named(checkout, tmp_path):
    (checkout / "pyproject.toml").touch()
    program(checkout, "bare", 'case "$2" in *ensurepip*) exit 1;; esac')
    program(tmp_path / "bin", "id", "echo 1000")
    done = make(checkout, "install", "PYTHON=./bare", path=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert (done.returncode, "run: sudo apt-get install python3-venv" in done.stdout) == (2, True)


def test_without_chromium_and_without_root_the_tests_say_so_before_anything_is_installed(checkout, tmp_path):
    (checkout / "pyproject.toml").touch()
    program(tmp_path / "bin", "id", "echo 1000")
    done = make(checkout, "test", path=str(tmp_path / "bin"))
    assert (done.returncode, "the browser tests need Chromium" in done.stdout) == (2, True)
    assert "pip install" not in done.stdout
