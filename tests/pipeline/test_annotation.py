"""What the annotation of a parameter accepts."""

from __future__ import annotations

import ast

import pytest

from mlqa.errors import UsageError
from mlqa.ipynb.annotation import refusal
from mlqa.pipeline import one_step


def ask(text, value):
    return refusal(ast.parse(text, mode="eval").body, value)


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("int", [1, -3], [1.0, True, "1", None]),
        ("float", [1, 1.5, float("inf")], [True, "1", float("nan")]),
        ("bool", [True], [1, "true"]),
        ("str", ["", "a"], [1, None]),
        ("Optional[int]", [None, 3], ["3"]),
        ("int | str | None", [None, 3, "3"], [3.5, []]),
        ("typing.Union[int, list[int]]", [1, [1]], ["1", ["1"]]),
        ("Literal['a', 'b', 3]", ["a", 3], ["c", 3.0, True]),
        ("Optional[Literal['a']]", ["a", None], ["b"]),
        ("list[Literal['l1', 'l2']]", [[], ["l1"]], ["l1", ["l3"]]),
        ("list", [[1, "a"]], ["ab"]),
        ("tuple[int, str]", [[1, "a"]], [[1], ["a", 1]]),
        ("tuple[int, ...]", [[], [1, 2]], [[1, "a"]]),
        ("dict[str, float]", [{"a": 1}], [{"a": "1"}, []]),
        ("Path", ["data/x.csv"], ["", 3, "a\0b"]),
        ("pathlib.Path | None", ["x", None], [3]),
        ("date", ["2026-01-31"], ["2026-02-31", "soon"]),
        ("Annotated[int, range(1, 4)]", [1, 3], [0, 4, 1.5]),
        ("Annotated[float, (0, 1)]", [0, 0.5, 1], [-0.1, 1.1, "0"]),
        ("Annotated[float, (None, 1)]", [-9, 1], [2]),
        ("Annotated[float, Ge(0), Lt(1)]", [0, 0.99], [1, -1]),
        ("Annotated[int, annotated_types.Interval(gt=0, le=9)]", [1, 9], [0, 10]),
        ("Annotated[list[int], MinLen(1)]", [[1]], [[], ["a"]]),
        ("Annotated[int | None, Ge(1)]", [None, 1], [0]),
        ("'int | None'", [1, None], ["1"]),
        ("Frame", [1, "anything"], []),
        ("Annotated[int, Unknown(3)]", [1], ["a"]),
    ],
)
def test_a_value_fits_or_is_refused(text, good, bad):
    assert [value for value in good if ask(text, value) is not None] == []
    assert [value for value in bad if ask(text, value) is None] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Literal['a', 2]", "one of 'a', 2"),
        ("int | None", "an int or None"),
        ("Annotated[float, Ge(0), Lt(1)]", "a float of at least 0 and below 1"),
        ("Annotated[int, range(1, 11)]", "an int from 1 to 10"),
        ("list[int]", "a list of int"),
        ("Annotated[str, MinLen(3)]", "a str of a length of at least 3"),
    ],
)
def test_what_is_accepted_is_worded(text, words):
    assert ask(text, {"no": "fit"}) == words


def test_a_parameter_out_of_its_range_is_refused_before_anything_runs(tmp_path, notebook):
    cell = "#tag parameters\nimport typing as t\nmode: t.Literal['fast', 'slow'] = 'fast'\ndepth: 'int | None' = None"
    (tmp_path / "n.ipynb").write_text(notebook(cell))
    assert one_step(tmp_path / "n.ipynb", parameters={"mode": "slow", "depth": 3}).steps[0].parameters["depth"] == 3
    with pytest.raises(UsageError, match="-p mode='fsat': expected one of 'fast', 'slow', got another value"):
        one_step(tmp_path / "n.ipynb", parameters={"mode": "fsat"})
    with pytest.raises(UsageError, match=r"-p depth='3': expected an int or None, got"):
        one_step(tmp_path / "n.ipynb", parameters={"depth": "3"})
