"""The tests of a cell as its text shows them."""

from __future__ import annotations

import ast

import pytest

from mlqa.ipynb.names import gives_more, parse, test_names
from mlqa.ipynb.params import ids_of


def names_of(text):
    return [(name.source, name.line) for name in test_names(parse(text))]


def test_functions_and_methods_are_listed_with_their_first_lines():
    text = """
import pytest
@pytest.mark.slow
def test_a(): ...
async def test_b(): ...
def helper(): ...
@pytest.fixture
def test_data(): ...
class TestA:
    def test_c(self): ...
    def helper(self): ...
class TestB:
    def __init__(self): ...
    def test_d(self): ...
if True:
    def test_e(): ...
"""
    assert names_of(text) == [("test_a", 3), ("test_b", 5), ("TestA::test_c", 10), ("test_e", 16)]


def test_a_later_definition_replaces_an_earlier_one():
    assert names_of("def test_a(): ...\ndef test_a(): ...") == [("test_a", 2)]


def test_a_class_that_inherits_is_one_name():
    assert names_of("class TestA(Base):\n  def test_a(self): ...") == [("TestA", 1)]
    assert names_of("class Old(unittest.TestCase):\n  def test_a(self): ...") == [("Old", 1)]


def test_magics_do_not_hide_the_tests():
    assert names_of("\n!ls\nfiles = !ls\n%time x = 1\ndef test_a(): ...") == [("test_a", 5)]


def test_a_syntax_error_names_the_line_of_the_cell():
    with pytest.raises(SyntaxError) as caught:
        parse("\nx = 1\ny = (\n")
    assert caught.value.lineno == 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x = 1\ndef test_a(): ...\nprint(x)", False),
        ("'docstring'", False),
        ("%time x = 1\n!ls\nfound = !ls\nls?", False),
        ("drift_free(a, b)", True),
        ("assert x", True),
        ("for x in y:\n  drift_free(x, y)", True),
        ("from tests.shared import test_a", True),
        ("test_a = made()", True),
    ],
)
def test_what_may_give_more_than_the_named_tests(text, wanted):
    assert gives_more(parse(text)) is wanted


@pytest.mark.parametrize(
    ("decorators", "wanted"),
    [
        ("@pytest.mark.parametrize('x', [1, 'a', None, 1.5, True, [1]])", ("1", "a", "None", "1.5", "True", "x5")),
        ("@pytest.mark.parametrize('x,y', [(1, 2), pytest.param(3, 4, id='odd')])", ("1-2", "odd")),
        ("@pytest.mark.parametrize('x', [1, 2], ids=['a', 'b'])", ("a", "b")),
        ("@pytest.mark.parametrize('y', 'ab')", ()),
        ("@pytest.mark.parametrize('x', [1, 1])", ()),
        ("@pytest.mark.parametrize('x', values)", ()),
        ("@pytest.mark.parametrize('x', [f(1)])", ()),
        (
            "@pytest.mark.parametrize('y', [1, 2])\n@pytest.mark.parametrize('x', ['a', 'b'])",
            ("a-1", "a-2", "b-1", "b-2"),
        ),
        ("@pytest.mark.slow", ()),
    ],
)
def test_ids_of_literal_parameters_are_those_of_pytest(decorators, wanted):
    assert ids_of(ast.parse(f"{decorators}\ndef test_x(x, y): ...").body[0]) == wanted


def test_ids_agree_with_pytest_itself(pytester):
    text = """
import pytest
@pytest.mark.parametrize("y", [1, "b", None])
@pytest.mark.parametrize("x,z", [(1, 2), (True, 0.5), ([1], {}), pytest.param(1, 2, id="odd")])
def test_x(x, y, z): ...
"""
    pytester.makepyfile(text)
    found = pytester.runpytest_inprocess("--collect-only", "-q", "-p", "no:nbval").outlines
    told = [line.partition("::")[2] for line in found if "::" in line]
    assert told == [f"test_x[{name}]" for name in ids_of(ast.parse(text).body[1])]


def test_subjects_have_parameters_the_text_cannot_tell():
    text = "@pytest.mark.parametrize('x', [1])\ndef test_x(x, mlqa_model): ..."
    assert ids_of(ast.parse(text).body[0]) == ()
