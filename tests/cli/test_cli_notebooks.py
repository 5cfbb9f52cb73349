"""``mlqa notebooks``: outputs that vary, and those that differ between files and interpreters."""

from __future__ import annotations

import json
import sys

import pytest
from click.testing import CliRunner

from mlqa.cli import main
from mlqa.ipynb.cells import read_notebook
from mlqa.report import Report

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
VARIES = {
    "same": "print(1)",
    "near": "import itertools, os, pathlib\nn = len(list(pathlib.Path('runs').glob('*')))\n"
    "pathlib.Path(f'runs/{n}').touch()\nprint(1 + n * 1e-4)",
    "text": "print('token', 'abcdefg'[n])",
    "timed": "import time; print(f'in {time.perf_counter():.3f} s')",
    "tests": "%%mlqa\ndef test_a(): assert n < 0\nhelper = 1",
    "after": "print(helper)",
}


def written(folder, cells, outputs=None):
    """Write a notebook; each cell printed a text, by its id."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"cell_type": "code", "metadata": {}, "execution_count": 1}
    said = {name: [{"output_type": "stream", "name": "stdout", "text": text}] for name, text in (outputs or {}).items()}
    listed = [{**kept, "id": name, "source": source, "outputs": said.get(name, [])} for name, source in cells.items()]
    file = folder / "a.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": KERNEL, "cells": listed}, indent=1))
    return file


def mlqa(*args):
    return CliRunner().invoke(main, ["notebooks", *map(str, args)])


def test_stored_outputs_of_two_files_and_two_folders_are_compared(tmp_path):
    cells = {"one": "print(x)", "two": "print(y)"}
    old = written(tmp_path / "old", cells, {"one": "loss 0.5\n", "two": "b\n"})
    new = written(tmp_path / "new", cells, {"one": "loss 0.6\n", "two": "b\n"})
    same = mlqa("compare", old, old)
    assert (same.exit_code, same.output) == (0, "0 of 2 cells differ\n")
    run = mlqa("compare", old, new, "--report", tmp_path / "report.json")
    assert run.exit_code == 1
    assert (
        f"{new.as_posix()}::one\n  stdout\n    place   stored    new       apart\n    line 1  loss 0.5  loss 0.6  17 %"
        in run.output
    )
    assert [case.outcome for case in Report.from_json((tmp_path / "report.json").read_text()).cases] == ["fail", "pass"]
    written(tmp_path / "new" / "more", cells)
    folders = mlqa("compare", tmp_path / "old", tmp_path / "new")
    assert folders.exit_code == 1
    assert "more/a.ipynb\n  only in" in folders.output
    assert "2 of 3 cells differ" in folders.output


def test_what_cannot_be_compared_is_refused(tmp_path):
    file = written(tmp_path, {"one": "1"})
    for args, told in (
        (("compare", file), "OLD NEW"),
        (("compare", file, tmp_path), "two of a kind"),
        (("compare", file, "--python", sys.executable), "give --python twice"),
        (("compare", file, "--python", "absent-python", "--python", sys.executable), "no such command"),
        (("flaky", tmp_path / "absent.ipynb"), "check the path"),
    ):
        run = mlqa(*args)
        assert run.exit_code == 2, run.output
        assert told in run.output


def test_an_interpreter_without_ipykernel_is_named(tmp_path):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -I "$@"\n')
    bare.chmod(0o755)
    run = mlqa("compare", written(tmp_path, {"one": "1"}), "--python", sys.executable, "--python", bare)
    assert run.exit_code == 3
    assert "has no ipykernel that works (ModuleNotFoundError: No module named 'ipykernel')" in run.output
    assert "pip install ipykernel" in run.output


@pytest.mark.kernel
def test_flaky_lists_what_varies_and_applies_the_tags(tmp_path):
    file = written(tmp_path, VARIES)
    (tmp_path / "runs").mkdir()
    run = mlqa("flaky", file, "-n", 2, "--apply")
    assert run.exit_code == 1, run.output
    assert "  tagged: mlqa-relative=0.001 (numbers vary by at most 1.0e-04 relative)" in run.output
    assert "  tagged: nbval-ignore-output (text varies)" in run.output
    assert "regex: token \\S+" in run.output
    assert "2 of 5 cells vary over 2 runs" in run.output
    tags = {cell.id: cell.tags for cell in read_notebook(file).cells if cell.tags}
    assert tags == {"near": ("mlqa-relative=0.001",), "text": ("nbval-ignore-output",)}
    again = mlqa("flaky", file, "-n", 2)
    assert (again.exit_code, again.output) == (0, "0 of 4 cells vary over 2 runs\n")


@pytest.mark.kernel
def test_two_interpreters_are_compared_and_a_failing_cell_ends_it(tmp_path):
    other = tmp_path / "other-python"
    other.write_text(f'#!/bin/sh\nFLAVOUR=sour exec "{sys.executable}" "$@"\n')
    other.chmod(0o755)
    cells = {"one": "import os; print(os.environ.get('FLAVOUR'))", "two": "print(1)"}
    run = mlqa("compare", written(tmp_path, cells), "--python", sys.executable, "--python", other)
    assert run.exit_code == 1, run.output
    assert "line 1  None    sour" in run.output
    assert "1 of 2 cells differ" in run.output
    broken = mlqa("compare", written(tmp_path, {"one": "1 / 0"}), "--python", sys.executable, "--python", other)
    assert broken.exit_code == 3
    assert "a.ipynb: cell one raised ZeroDivisionError: division by zero" in broken.output
