"""Notebook files read: ids that stay, test cells told apart, damage named."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.errors import NotebookError, UsageError
from mlqa.ipynb.cells import body_of, is_test_cell, magic_line, read_notebook, source_hash


def written(tmp_path, cells, *, minor=5, metadata=None, **more):
    """Write a notebook of the given code cells and return its path."""
    content = {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata or {}, "cells": cells, **more}
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


CELL = '"cell_type": "code"'


def code(source, **more):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source, **more}


def test_code_cells_are_read_with_ids_tags_and_outputs(tmp_path):
    output = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}
    cell = code(["x = 1\n", "x"], id="one", metadata={"tags": ["slow"]}, outputs=[output], execution_count=3)
    prose = {"cell_type": "markdown", "metadata": {}, "source": "# title", "id": "two"}
    notebook = read_notebook(written(tmp_path, [prose, cell]))
    assert len(notebook.cells) == 1
    only = notebook.cells[0]
    assert (only.id, only.source, only.index, only.tags, only.execution_count) == ("one", "x = 1\nx", 0, ("slow",), 3)
    assert only.outputs[0]["text"] == "a\nb"


def test_without_ids_they_come_from_the_source_and_stay_when_a_cell_is_added(tmp_path):
    before = read_notebook(written(tmp_path, [code("x"), code("y"), code("x")], minor=4))
    after = read_notebook(written(tmp_path, [code("new"), code("x"), code("y"), code("x")], minor=4))
    ids = [cell.id for cell in before.cells]
    assert ids == [source_hash("x"), source_hash("y"), f"{source_hash('x')}-2"]
    assert [cell.id for cell in after.cells][1:] == ids


def test_stored_outputs_and_texts_are_joined_as_nbformat_joins_them(tmp_path):
    data = {"text/plain": ["a\n", "b"], "application/json": ["a", "b"], "application/x+json": ["c"], "image/png": "d"}
    outputs = [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["a", "b"]},
    ]
    path = written(tmp_path, [code(["x = 1\n", "x"], id="one", outputs=outputs)])
    theirs = nbformat.read(path, as_version=4).cells[0]
    ours = read_notebook(path).cells[0]
    assert (ours.source, list(ours.outputs)) == (theirs.source, theirs.outputs)


def test_ids_given_twice_are_told_apart(tmp_path):
    notebook = read_notebook(written(tmp_path, [code("x", id="same"), code("y", id="same")]))
    assert len({cell.id for cell in notebook.cells}) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("{", "its text is not JSON"),
        ("[1]", "JSON, but not a notebook"),
        ('{"cells": []}', "JSON, but not a notebook"),
        ('{"nbformat": 4, "cells": 3, "metadata": {}}', "not a notebook, it has no list of 'cells'"),
        ('{"nbformat": 4, "metadata": {}}', "not a notebook, it has no list of 'cells'"),
        ('{"nbformat": 4, "cells": [], "metadata": 3}', "not a notebook, its 'metadata' is not an object"),
        ('{"nbformat": 4, "cells": [3], "metadata": {}}', "not a notebook, its cell 1 has no 'cell_type'"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "its cell 1 has no text in 'source'"),
        (f'{{"nbformat": 4, "cells": [{{{CELL}, "source": 3}}]}}', "its cell 1 has no text in 'source'"),
        (
            f'{{"nbformat": 4, "cells": [{{{CELL}, "source": "", "outputs": [3]}}]}}',
            "cell 1 has 'outputs' that are not",
        ),
        (f'{{"nbformat": 4, "cells": [{{{CELL}, "source": "", "metadata": 3}}]}}', "cell 1 has 'metadata' that is not"),
        ('{"nbformat": 99, "nbformat_minor": 0, "cells": [], "metadata": {}}', "not a notebook that nbformat can read"),
    ],
)
def test_what_is_no_notebook_is_named(tmp_path, content, message):
    path = tmp_path / "nb.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookError, match=message) as caught:
        read_notebook(path)
    assert "nb.ipynb" in str(caught.value)


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"readable \.ipynb file"):
        read_notebook(tmp_path / "absent.ipynb")


def test_a_file_that_is_not_text_is_named(tmp_path):
    path = tmp_path / "nb.ipynb"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotebookError, match="not UTF-8"):
        read_notebook(path)


def test_a_python_notebook_without_a_kernel_takes_python3_and_says_so(tmp_path):
    notebook = read_notebook(written(tmp_path, []))
    assert notebook.kernel == "python3"
    assert "names no kernel" in notebook.note


def test_another_language_without_a_kernel_is_refused(tmp_path):
    path = written(tmp_path, [], metadata={"language_info": {"name": "R"}})
    with pytest.raises(NotebookError, match="jupyter kernelspec list"):
        read_notebook(path)


def test_a_notebook_of_format_3_is_read(tmp_path):
    old = {
        "cell_type": "code",
        "language": "python",
        "input": "x = 1",
        "outputs": [],
        "metadata": {},
        "collapsed": False,
    }
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [old], "metadata": {}}]}
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps(content))
    ids = [[cell.id for cell in read_notebook(path).cells] for _ in range(2)]
    assert ids[0] == ids[1] == [source_hash("x = 1")]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("%%mlqa", True),
        ("\n  \n%%mlqa -k x\ndef test_a(): ...", True),
        ("%%mlqax\n", False),
        ("# %%mlqa\n", False),
        ("x = 1\n%%mlqa\n", False),
        ("", False),
    ],
)
def test_a_test_cell_starts_with_the_magic(source, wanted):
    assert is_test_cell(source) is wanted


def test_the_body_keeps_the_line_numbers_of_the_cell():
    source = "\n%%mlqa -k 'a b'\nx = 1\ny = 2\n"
    assert magic_line(source) == "-k 'a b'"
    assert body_of(source).splitlines() == ["", "", "x = 1", "y = 2"]


@given(st.text())
def test_the_hash_is_eight_digits_and_blind_to_blanks_at_the_ends(text):
    found = source_hash(text)
    assert re.fullmatch("[0-9a-f]{8}", found)
    assert source_hash(f" \t\r\n{text}\n") == found


def test_the_hash_is_the_published_one():
    # test vectors of FNV-1a 32
    assert [source_hash(text) for text in ("", "a", "foobar")] == ["811c9dc5", "e40c292c", "bf9cf968"]
