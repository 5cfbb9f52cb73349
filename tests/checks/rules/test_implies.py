"""Where one thing is so, another is: every form of condition, missing values, refusals."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa import UsageError
from mlqa.checks.rules.implies import implies
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

ORDERS = pl.DataFrame(
    {
        "state": ["sent", "sent", "open", "sent", None],
        "start": [date(2024, 1, 1), date(2024, 1, 5), None, date(2024, 1, 3), None],
        "end": [date(2024, 1, 2), date(2024, 1, 4), None, None, None],
        "items": [1, 2, 0, 4, 0],
    }
)


def test_a_rule_that_holds_passes():
    verdict = assert_check_conforms(implies, ORDERS, ("state", "==", "sent"), ("items", ">", 0))
    assert verdict.outcome.name == "PASS"
    assert verdict.reason == "'items' > 0 in all 3 rows where 'state' == 'sent'"
    assert verdict.columns == ()


def test_rows_that_break_it_are_counted_and_shown():
    verdict = assert_check_conforms(implies, ORDERS, {"state": "sent"}, ("start", "<=", pl.col("end")))
    assert verdict.outcome.name == "FAIL"
    assert verdict.evidence.estimate == 1.0
    assert verdict.evidence.n == 2
    assert verdict.columns == ("start", "end", "state")
    (row,) = verdict.evidence.worst
    assert row == {"row": 1, "start": "2024-01-05", "end": "2024-01-04", "state": "sent"}
    assert verdict.reason.endswith("; 1 row cannot be told for a missing value")


def test_a_missing_value_breaks_nothing_unless_it_is_asked_for():
    assert implies(ORDERS, ("state", "==", "sent"), ("end", ">", date(2024, 1, 1))).outcome.name == "PASS"
    asked = implies(ORDERS, ("state", "==", "sent"), ("end", "is not null"))
    assert (asked.outcome.name, asked.evidence.worst[0]["row"]) == ("FAIL", 3)


@pytest.mark.parametrize(
    ("when", "then"),
    [
        (("state", "==", "lost"), ("items", ">", 0)),
        (("state", "==", "open"), ("end", ">", date(2024, 1, 1))),
    ],
)
def test_a_rule_that_asks_nothing_is_skipped_not_passed(when, then):
    verdict = assert_check_conforms(implies, ORDERS, when, then)
    assert verdict.outcome.name == "SKIPPED"
    assert "row" in verdict.reason


@pytest.mark.parametrize(
    "then",
    [
        ("items", "in", [1, 2, 4]),
        ("items", "not in", (0, 9)),
        {"items": [1, 2, 4]},
        [("items", ">=", 1), ("items", "<=", 4)],
        pl.col("items").is_between(1, 4),
        ("state", "!=", "open"),
        pl.lit(value=True),
    ],
)
def test_every_form_of_condition_is_understood(then):
    assert implies(ORDERS, ("state", "==", "sent"), then).outcome.name == "PASS"


def test_a_condition_without_columns_can_fail():
    verdict = implies(ORDERS, ("state", "==", "sent"), pl.lit(value=False))
    assert (verdict.outcome.name, verdict.evidence.estimate) == ("FAIL", 3.0)
    assert implies(ORDERS, pl.lit(value=True), pl.lit(value=False)).evidence.worst[0] == {"row": 0}


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (("itmes", ">", 0), "did you mean 'items'"),
        (("items", "=>", 0), "no such operator"),
        (("items", ">"), r"expected \(column, operator, value\)"),
        (("items", "is null", 3), r"expected \(column, operator\)"),
        (("items", "==", None), 'write \\("items", "is null"\\)'),
        (("items", "==", float("nan")), "is null"),
        (("items", ">", "a"), "a condition that fits the table"),
        (("items", "in", 3), "a list of values"),
        (("items", "in", [1, None]), "a list of values"),
        (pl.col("items") + 1, "a condition: true or false for each row"),
        (pl.col("nothing") > 1, "no such column"),
        (("items", ">", pl.col("nothing")), "no such column"),
        (pl.col("items").filter(pl.col("items") > 1) > 0, "one truth value for each row"),
        ("items > 0", r"expected a \(column, operator, value\)"),
        ([], r"expected a \(column, operator, value\)"),
        ({}, r"expected a \(column, operator, value\)"),
        (3, r"expected a \(column, operator, value\)"),
    ],
)
def test_what_is_no_condition_is_refused(condition, message):
    with pytest.raises(UsageError, match=message):
        implies(ORDERS, condition, ("items", ">", 0))
    with pytest.raises(UsageError, match=message):
        implies(ORDERS, ("items", ">", 0), condition)


def test_the_refusal_reads_in_two_lines():
    with pytest.raises(UsageError) as caught:
        implies(ORDERS, ("itmes", ">", 0), ("items", ">", 0))
    assert str(caught.value) == (
        "when='itmes': expected a column of the table, got no such column.\nHint: did you mean 'items'?"
    )


@given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3)), min_size=1))
def test_it_counts_what_a_loop_counts(rows):
    table = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    verdict = implies(table, ("a", ">=", 2), ("b", "<", 2))
    asked = [b for a, b in rows if a >= 2 and b is not None]
    broken = [b for b in asked if b >= 2]
    if not asked:
        assert verdict.outcome.name == "SKIPPED"
    else:
        assert (verdict.evidence.n, verdict.evidence.estimate) == (len(asked), len(broken))


def test_a_profile_answers_where_it_holds_all_rows():
    rule = (("state", "==", "sent"), ("items", ">", 1))
    assert implies(profile(ORDERS), *rule).to_json() == implies(ORDERS, *rule).to_json()
    large = pl.DataFrame({"a": np.arange(20_000)})
    verdict = implies(profile(large), ("a", ">", 1), ("a", ">", 0))
    assert (verdict.outcome.name, verdict.remedy) == ("SKIPPED", "pass the table")


def test_hostile_names_and_values_are_shown_as_text():
    table = pd.DataFrame({"<script>": ["x" * 10**6, "y"], "b": [[1, 2], None], "c": [np.inf, 1.0]})
    verdict = assert_check_conforms(implies, table, ("c", ">", 0.0), ("<script>", "==", "y"))
    assert len(verdict.to_json()) < 3000
    many = pl.DataFrame({f"c{at}": [1] for at in range(30)})
    every = implies(many, ("c0", "==", 1), {f"c{at}": 2 for at in range(30)})
    assert len(every.evidence.worst[0]) == 9
