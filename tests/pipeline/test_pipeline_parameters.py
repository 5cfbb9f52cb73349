"""What the parameters cell of a notebook declares."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.errors import UsageError
from mlqa.ipynb.parameters import UNKNOWN, declared, fit, value_of


def test_names_come_with_their_defaults(tmp_path, notebook):
    text = "a = 1\nb: float = 0.5\nc = ['x']\nd = compute()\ne: int\nprint(a)\nx.y = 3"
    (tmp_path / "n.ipynb").write_text(notebook("z = 1", f"#tag parameters\n{text}", "#tag parameters\nother = 1"))
    assert declared(tmp_path / "n.ipynb") == {"a": 1, "b": 0.5, "c": ["x"], "d": UNKNOWN, "e": UNKNOWN}


def test_a_source_in_lines_is_read_too(tmp_path, notebook):
    content = json.loads(notebook("#tag parameters\na = 1\nb = 2"))
    content["cells"][0]["source"] = ["a = 1\n", "b = 2"]
    (tmp_path / "n.ipynb").write_text(json.dumps(content))
    assert declared(tmp_path / "n.ipynb") == {"a": 1, "b": 2}


def test_without_such_a_cell_there_is_none(tmp_path, notebook):
    (tmp_path / "n.ipynb").write_text(notebook("a = 1"))
    assert declared(tmp_path / "n.ipynb") == {}
    with pytest.raises(UsageError, match="tag the cell that assigns it 'parameters'"):
        fit("-p a", "a", 1, {})


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json"])
def test_when_the_file_is_no_notebook_then_refused(tmp_path, text):
    (tmp_path / "n.ipynb").write_text(text)
    with pytest.raises(UsageError, match="expected a notebook of format 4, got damage"):
        declared(tmp_path / "n.ipynb")


def test_when_the_cell_is_no_python_then_refused(tmp_path, notebook):
    (tmp_path / "n.ipynb").write_text(notebook("#tag parameters\na = ="))
    with pytest.raises(UsageError, match="line 1: invalid syntax"):
        declared(tmp_path / "n.ipynb")


@pytest.mark.parametrize(
    ("value", "default"),
    [(1, 2), (1, 0.5), (0.5, 0.5), ("a", "b"), (True, False), ([1], ()), ({}, {"a": 1}), ("any", None), (1, UNKNOWN)],
)
def test_a_value_of_the_defaults_kind_fits(value, default):
    fit("-p a", "a", value, {"a": default})


@pytest.mark.parametrize(
    ("value", "default"), [(0.5, 1), (True, 1), (1, True), ("1", 1), (1, "1"), ([1], {}), (None, 1)]
)
def test_a_value_of_another_kind_is_refused(value, default):
    with pytest.raises(UsageError, match=f"expected a value of type {type(default).__name__}"):
        fit("-p a", "a", value, {"a": default})


@pytest.mark.parametrize(("text", "value"), [("True", True), ("None", None), ("NaN", "NaN"), ("", ""), ("1_0", "1_0")])
def test_a_text_that_is_no_json_stays_text(text, value):
    assert value_of(text) == value


@given(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text())
def test_what_json_writes_is_read_back(value):
    assert value_of(json.dumps(value)) == value
