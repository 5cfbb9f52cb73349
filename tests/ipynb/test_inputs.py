"""What a notebook depends on besides its cells."""

from __future__ import annotations

import json
import os

from mlqa.ipynb.cells import Cell, read_notebook
from mlqa.ipynb.inputs import files_named, installed, print_of, same
from mlqa.ipynb.lines import line_in_file


def test_files_folders_and_patterns_that_texts_name_are_found(tmp_path):
    for name in ("a.csv", "data/b.csv", "data/c.txt", "other.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    cells = [
        Cell(id="1", source="read('a.csv'); glob('data/*.csv'); x = '.'", index=0),
        Cell(id="2", source="%", index=1),
    ]
    found = [os.path.relpath(path, tmp_path) for path in files_named(cells, tmp_path)]
    assert found == ["a.csv", "data/b.csv"]


def test_a_file_is_the_same_by_its_content_whatever_its_time(tmp_path):
    file = tmp_path / "a"
    file.write_text("one")
    known = {str(file): print_of(str(file))}
    os.utime(file, (1, 1))
    assert same(known)
    file.write_text("two")
    assert not same(known)
    file.unlink()
    assert not same(known)
    assert same({str(file): []})


def test_what_is_installed_is_listed_with_versions():
    assert any(name.startswith("pytest-") and name.endswith(".dist-info") for name in installed())


def test_lines_of_cells_are_found_in_the_file(tmp_path, recwarn):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    sources = {"a": "x = 1\n\nx = 'é\"'\n", "b": "x = 1\nlast = 1"}
    nodes = [{**cell, "id": name, "source": text.splitlines(keepends=True)} for name, text in sources.items()]
    file = tmp_path / "n.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": nodes}, indent=1))
    notebook = read_notebook(file)
    lines = file.read_text().splitlines()
    assert '"last = 1"' in lines[line_in_file(file, notebook.cells, "b", 2) - 1]
    assert "u00e9" in lines[line_in_file(file, notebook.cells, "a", 3) - 1]
    first, again = (line_in_file(file, notebook.cells, name, 1) for name in ("a", "b"))
    assert first < again
    assert all('"x = 1' in lines[line - 1] for line in (first, again))
