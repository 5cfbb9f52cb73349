"""A notebook file changed in one place: every other byte stays."""

from __future__ import annotations

import json

import pytest

from mlqa.errors import NotebookError
from mlqa.ipynb.cells import read_notebook
from mlqa.ipynb.rewriting import accept_outputs, add_tags

OLD = [{"output_type": "stream", "name": "stdout", "text": ["old\n"]}]
NEW = [
    {"output_type": "stream", "name": "stdout", "text": "é\nnew\n"},
    {"output_type": "execute_result", "data": {"text/plain": "1\n2"}, "metadata": {}, "execution_count": 9},
]


def content(lines=True):
    """A notebook whose keys stand in an order of their own."""
    source = ["x = 1\n", "x"] if lines else "x = 1\nx"
    outputs = OLD if lines else [{**OLD[0], "text": "old\n"}]
    return {
        "nbformat": 4,
        "cells": [
            {"cell_type": "markdown", "id": "m", "source": ["ü \\u00fc"], "metadata": {"b": 1.50, "a": 2}},
            {
                "id": "one",
                "cell_type": "code",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            },
            {
                "id": "two",
                "outputs": outputs,
                "cell_type": "code",
                "execution_count": 4,
                "source": source,
                "metadata": {"z": 1},
            },
        ],
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "P"}, "z": 1, "a": []},
    }


FORMS = {
    "jupyter": lambda: json.dumps(content(), indent=1, ensure_ascii=False) + "\n",
    "four": lambda: json.dumps(content(), indent=4, ensure_ascii=False),
    "tabs": lambda: json.dumps(content(lines=False), indent="\t") + "\n\n",
    "compact": lambda: json.dumps(content(), separators=(",", ":")),
    "crlf": lambda: (json.dumps(content(), indent=2, ensure_ascii=False) + "\n").replace("\n", "\r\n"),
}


@pytest.fixture(params=FORMS)
def file(request, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(FORMS[request.param]().encode())
    return path


def cell(path, name):
    return next(one for one in read_notebook(path).cells if one.id == name)


def test_only_the_outputs_of_the_cell_change(file):
    before = file.read_bytes().decode()
    accept_outputs(file, cell(file, "two"), NEW, 7)
    after = file.read_bytes().decode()
    held = cell(file, "two")
    assert [output.get("text") for output in held.outputs] == ["é\nnew\n", None]
    assert held.outputs[1]["execution_count"] == 4  # the cell's own stays
    start = before.index('"outputs"', before.index('"two"'))
    assert after[:start] == before[:start]
    end = before[before.index('"cell_type"', start) :]
    assert after.endswith(end)
    assert ("\r\n" in after) == ("\r\n" in before)
    assert "\n" not in after.replace("\r\n", "") if "\r\n" in before else True


def test_accepting_what_is_stored_changes_nothing(file):
    accept_outputs(file, cell(file, "two"), NEW)
    first = file.read_bytes()
    accept_outputs(file, cell(file, "two"), cell(file, "two").outputs)
    assert file.read_bytes() == first


def test_a_cell_that_was_never_run_gets_its_count(file):
    accept_outputs(file, cell(file, "one"), NEW, 7)
    assert cell(file, "one").execution_count == 7
    assert cell(file, "one").outputs[1]["execution_count"] == 7


def test_tags_are_added_and_a_limit_is_replaced(file):
    add_tags(file, cell(file, "one"), ["mlqa-relative=0.001"])
    add_tags(file, cell(file, "two"), ["nbval-ignore-output"])
    add_tags(file, cell(file, "one"), ["mlqa-relative=0.01", "slow"])
    assert cell(file, "one").tags == ("mlqa-relative=0.01", "slow")
    assert json.loads(file.read_bytes())["cells"][2]["metadata"] == {"tags": ["nbval-ignore-output"], "z": 1}
    assert json.loads(file.read_bytes())["cells"][0] == content()["cells"][0]


def test_a_link_and_the_rights_of_a_file_stay(file, tmp_path):
    file.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to(file)
    accept_outputs(link, cell(link, "two"), NEW)
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert cell(file, "two").outputs[0]["text"] == "é\nnew\n"


def test_a_cell_that_changed_meanwhile_is_refused(file):
    held = cell(file, "two")
    file.write_bytes(file.read_bytes().replace(b"x = 1", b"x = 2"))
    before = file.read_bytes()
    with pytest.raises(NotebookError, match="cell two has changed since it was read"):
        accept_outputs(file, held, NEW)
    assert file.read_bytes() == before


def test_a_notebook_of_format_3_is_refused(tmp_path):
    path = tmp_path / "old.ipynb"
    code = {"cell_type": "code", "input": "1", "outputs": [], "language": "python", "metadata": {}, "collapsed": False}
    sheet = {"cells": [code], "metadata": {}}
    path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}))
    with pytest.raises(NotebookError, match="only notebooks of nbformat 4 can be written"):
        accept_outputs(path, read_notebook(path).cells[0], NEW)
