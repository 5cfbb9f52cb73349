"""Outputs compared by kind: what moved is seen and named, what did not move is not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlqa.ipynb.comparison.outputs_hold import outputs_hold
from mlqa.ipynb.comparison.rules import Rules
from mlqa.verdict import Outcome, Verdict

RULES = Rules()


def shown(value, *kinds):
    """What a cell gives whose last line is `value`."""
    data = {"text/plain": repr(value)}
    if "text/html" in kinds:
        data["text/html"] = value._repr_html_()
    return [{"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}]


def printed(*texts, name="stdout"):
    return [{"output_type": "stream", "name": name, "text": text} for text in texts]


def bundle(kind, value):
    return [{"output_type": "display_data", "data": {kind: value}, "metadata": {}}]


def places(stored, new, rules=RULES):
    """Where two lists of outputs differ."""
    verdict = outputs_hold(stored, new, rules=rules)
    assert Verdict.from_dict(verdict.to_dict()) == verdict
    return [row["place"].partition(", ")[2] for row in verdict.evidence.worst]


def frame(move=0.0, scale=1.0):
    values = np.linspace(-3, 400, 6) * scale
    values[2] += move
    return pd.DataFrame({"price": values, "n": range(6), "name": list("abcdef")}, index=list("uvwxyz"))


KINDS = {
    "pandas-html": lambda table: shown(table, "text/html"),
    "pandas-text": shown,
    "polars-html": lambda table: shown(pl.from_pandas(table), "text/html"),
    "polars-text": lambda table: shown(pl.from_pandas(table)),
}


@pytest.mark.parametrize("form", KINDS.values(), ids=KINDS)
def test_of_a_table_the_cell_that_moved_is_named(form):
    assert places(form(frame()), form(frame(scale=1 + 1e-9))) == []
    (place,) = places(form(frame()), form(frame(move=1.0)))
    assert place.removeprefix("text/html, ").removeprefix("text/plain, ") in {
        "row 'w', column 'price'",
        "row '2', column 'price'",
    }


def test_the_diff_is_a_small_table_of_stored_and_new():
    verdict = outputs_hold(shown(frame(), "text/html"), shown(frame(move=1.0), "text/html"))
    assert verdict.evidence.worst[0]["diff"].splitlines() == [
        "output 1, text/html",
        "  place                    stored  new    apart",
        "  row 'w', column 'price'  158.2   159.2  0.63 %",
    ]
    assert verdict.reason == "output 1, text/html, row 'w', column 'price': 158.2 -> 159.2 (0.63 % apart)"


def test_of_a_table_another_dtype_shape_or_column_is_told_as_such():
    table = frame()
    assert places(shown(table), shown(table.astype({"n": float}))) == ["text/plain, dtype of column 'n'"]
    assert places(shown(table), shown(table.drop(columns="n"))) == ["text/plain, columns"]
    assert places(shown(table), shown(table.drop(index="v"))) == ["text/plain, rows shown", "text/plain, row 'v', gone"]
    retyped = pl.from_pandas(table).with_columns(pl.col("price").cast(pl.Float32))
    assert places(KINDS["polars-text"](table), shown(retyped)) == ["text/plain, dtype of column 'price'"]


def test_of_a_table_shown_in_part_the_reader_is_told_what_was_not_compared():
    long = pd.DataFrame({"a": np.arange(200.0)})
    moved = long.copy()
    moved.iloc[0] = 7.5
    hidden = long.copy()
    hidden.iloc[100] = 7.5
    verdict = outputs_hold(shown(long, "text/html"), shown(moved, "text/html"))
    assert "what '...' hides was not compared" in verdict.evidence.worst[0]["diff"]
    passed = outputs_hold(shown(long, "text/html"), shown(hidden, "text/html"))
    assert passed.outcome is Outcome.PASS
    assert "what '...' hides was not compared" in passed.reason


def test_of_an_array_the_element_the_dtype_and_the_shape_are_named():
    array = np.linspace(0, 1, 12).reshape(3, 4)
    moved = array.copy()
    moved[1, 2] += 0.01
    assert places(shown(array), shown(array * (1 + 1e-12))) == []
    assert places(shown(array), shown(moved)) == ["text/plain, element [1, 2]"]
    assert places(shown(array), shown(array.astype("f4")))[0] == "text/plain, dtype"
    assert places(shown(array), shown(array[:2])) == ["text/plain, shape shown"]


@pytest.mark.parametrize(
    ("stored", "new", "same"),
    [
        ("auc 0.123457", "auc 0.123458", True),  # the sixth digit, as pandas prints it
        ("auc 0.1235", "auc 0.1236", False),  # the fourth
        ("n = 1000000", "n = 1000001", False),  # whole numbers are exact
        ("n = 3", "n = 3.0", False),
        ("x = nan", "x = nan", True),
        ("x = inf", "x = -inf", False),
        ("x = inf", "x = 1e308", False),
        ("sum 1.2e-16", "sum -3.4e-17", True),  # rounding around zero
        ("p = 1.5e-07", "p = 1.6e-07", False),
        ("$1,234.56789", "$1,234.56790", True),
        ("$1,234.5", "$1,334.5", False),
        ("acc 91.2%", "acc 91.3%", False),
        ("(1.5+2.5j)", "(1.5000000001+2.5j)", True),
        ("(1.5+2.5j)", "(1.5+2.6j)", False),
        ("numpy 1.2.3", "numpy 1.2.4", False),
        ("x1 = 2.5GB", "x2 = 2.5GB", False),
        ("loss   0.5", "loss 0.50000001", True),
        ("a\nb\nc 1.5", "a\nc 1.5", False),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", False),  # a dict has an order
        ("{'a', 'b'}", "{'b', 'a'}", True),
        ("{0.1, 0.2}", "{0.2, 0.1000000001}", True),
    ],
)
def test_numbers_within_words(stored, new, same):
    assert (places(printed(stored), printed(new)) == []) is same
    assert (places(printed(new), printed(stored)) == []) is same


def test_a_stream_may_come_in_any_number_of_parts_but_not_by_another_name():
    assert places(printed("a\nb\n"), printed("a\n", "b\n")) == []
    assert (
        places(
            [*printed("a\n"), *printed("w", name="stderr"), *printed("b\n")],
            [*printed("a\nb\n"), *printed("w", name="stderr")],
        )
        == []
    )
    assert len(places(printed("a"), printed("a", name="stderr"))) == 2


def test_charts_are_compared_as_data():
    vega = {"data": {"name": "data-" + "0" * 32}, "datasets": {"data-" + "0" * 32: [{"x": 1.0}]}, "$schema": "v5"}
    again = json.loads(json.dumps(vega).replace("0" * 32, "a" * 32).replace("1.0", "1.0000000001"))
    moved = json.loads(json.dumps(vega).replace("1.0", "1.5"))
    kind = "application/vnd.vegalite.v5+json"
    assert places(bundle(kind, vega), bundle(kind, again)) == []
    assert places(bundle(kind, vega), bundle(kind, moved)) == [f"{kind}, datasets.(generated 0)[0].x"]
    plotly, packed = "application/vnd.plotly.v1+json", {"dtype": "f8", "bdata": "AAAAAAAA8D8AAAAAAAAAQA=="}
    other = {**packed, "bdata": "AAAAAAAA8D8AAAAAAAAIQA=="}
    assert (
        places(bundle(plotly, {"data": [{"y": packed, "uid": "a"}]}), bundle(plotly, {"data": [{"y": packed}]})) == []
    )
    assert places(bundle(plotly, {"data": [{"y": packed}]}), bundle(plotly, {"data": [{"y": other}]})) == [
        f"{plotly}, data[0].y.values[1]"
    ]


def test_markdown_latex_json_and_errors_are_compared():
    assert places(bundle("text/markdown", "**0.5**"), bundle("text/markdown", "**0.6**")) == ["text/markdown, line 1"]
    assert places(bundle("text/latex", r"$\alpha\beta\gamma$"), bundle("text/latex", r"$\gamma$")) == [
        "text/latex, line 1"
    ]
    assert places(bundle("application/json", {"a": True}), bundle("application/json", {"a": 1})) == [
        "application/json, a"
    ]
    error = {"output_type": "error", "ename": "ValueError", "evalue": "bad 3", "traceback": ["x"]}
    assert places([error], [{**error, "traceback": ["y"]}]) == []
    assert places([error], [{**error, "evalue": "bad 4"}]) == ["message of ValueError, line 1"]
    assert places([error], [{**error, "ename": "KeyError"}]) == ["the error"]


def test_html_is_compared_less_its_generated_ids():
    stored = "<style>#T_1a {}</style><div id='sk-container-id-1'><b>Model</b> 0.5</div>"
    assert places(bundle("text/html", stored), bundle("text/html", stored.replace("id-1", "id-9"))) == []
    assert places(bundle("text/html", stored), bundle("text/html", stored.replace("0.5", "0.6")))
    assert places(bundle("text/html", stored), bundle("text/html", stored.replace("<b>", "<i>")))


def test_an_output_that_came_or_went_is_told():
    assert outputs_hold(shown(1), []).reason == "output 1, gone: text/plain: 1 -> nothing"
    verdict = outputs_hold([], shown(1))
    assert verdict.reason == "output 1, added: nothing -> text/plain: 1"
    assert places(shown(frame(), "text/html"), shown(frame())) == ["text/html, only the stored output has it"]


def test_widgets_are_left_out():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "0%"}
    one, other = ([{"output_type": "display_data", "data": {**view, "text/plain": text}}] for text in ("0%", "9%"))
    assert places(one, other) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(TEXTS, st.sampled_from(["stdout", "text/plain", "text/html", "image/svg+xml", "application/json", "image/png"]))
def test_any_output_is_equal_to_itself(text, kind):
    outputs = printed(text) if kind == "stdout" else bundle(kind, text)
    assert places(outputs, outputs) == []


@given(TEXTS, TEXTS, st.sampled_from(["text/plain", "text/html", "application/json", "image/svg+xml"]))
def test_a_comparison_is_the_same_both_ways(one, other, kind):
    left, right = bundle(kind, one), bundle(kind, other)
    assert bool(places(left, right)) is bool(places(right, left))


@given(
    NUMBERS,
    st.floats(1.1e-5, 10),
    st.sampled_from(["{}", "loss {} at", "array([{}, 2.5])", "<td>{}</td>", "[[1.5 {}]]"]),
)
def test_a_number_moved_beyond_the_tolerance_is_always_seen(number, by, form):
    moved = number * (1 + by)
    assume(abs(moved) < 1e308 and abs(moved - number) > 1e-11)
    one, other = (form.format(repr(value)) for value in (number, moved))
    kind = "text/html" if form.startswith("<") else "text/plain"
    assert places(bundle(kind, one), bundle(kind, other))


@given(NUMBERS, st.floats(-4e-6, 4e-6), st.sampled_from(["{}", "loss {} at", "array([{}, 2.5])", "<b>{}</b>"]))
def test_a_number_moved_within_the_tolerance_never_is(number, by, form):
    assume(abs(number) < 1e300)
    one, other = (form.format(repr(value)) for value in (number, number * (1 + by)))
    kind = "text/html" if form.startswith("<") else "text/plain"
    assert places(bundle(kind, one), bundle(kind, other)) == []
