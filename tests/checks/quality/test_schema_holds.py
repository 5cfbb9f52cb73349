"""The contract of columns, kinds, categories and ranges."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.checks.quality.schema import Column, Schema, learn_schema
from mlqa.checks.quality.schema_holds import schema_holds
from mlqa.errors import UsageError
from mlqa.verdict import Outcome

REFERENCE = pl.DataFrame(
    {
        "plan": ["basic", "plus"] * 100,
        "age": list(range(200)),
        "paid": [True, False] * 100,
        "free": [f"text {i}" for i in range(200)],
    }
)


def faults(verdict):
    return {row["column"]: row["fault"] for row in verdict.evidence.worst}


def test_the_reference_holds_its_own_schema():
    verdict = schema_holds(REFERENCE, REFERENCE.reverse())
    assert verdict.outcome is Outcome.PASS
    assert (verdict.kind, verdict.check, verdict.alpha) == ("contract", "quality.schema_holds", None)
    assert verdict.reason == "all 4 columns are as they should be"


def test_every_kind_of_fault_is_named():
    current = REFERENCE.drop("free").with_columns(
        pl.col("age").cast(pl.String),
        plan=pl.when(pl.int_range(pl.len()) < 9).then(pl.lit("Plus")).otherwise("plan"),
        paid=pl.lit(None, pl.Boolean),
        new=pl.lit(1),
    )
    verdict = schema_holds(REFERENCE, current)
    assert verdict.outcome is Outcome.FAIL
    assert faults(verdict) == {
        "plan": "9 rows outside the closed categories: 'Plus'",
        "age": "kind is category, should be numeric",
        "paid": "entirely missing",
        "free": "the table has no such column",
        "new": "extra: the reference has no such column",
    }
    assert verdict.columns == ("plan", "age", "paid", "free", "new")


def test_an_extra_column_is_no_fault_where_allowed_or_not_asked_about():
    current = REFERENCE.with_columns(new=pl.lit(1))
    assert schema_holds(REFERENCE, current, allow_extra=True).outcome is Outcome.PASS
    assert schema_holds(REFERENCE, current, columns=["age"]).outcome is Outcome.PASS


def test_integers_that_became_floats_through_a_missing_value_are_no_fault():
    current = pd.DataFrame({"a": [1.0, np.nan]})
    assert schema_holds(pd.DataFrame({"a": [1, 2]}), current).outcome is Outcome.PASS


def test_few_unseen_rows_are_no_fault_of_a_learned_set_but_of_a_written_one():
    current = pl.DataFrame({"plan": ["basic"] * 196 + ["other"] * 4})
    assert schema_holds(REFERENCE, current, columns=["plan"]).outcome is Outcome.PASS
    assert schema_holds({"plan": {"categories": ["basic", "plus"]}}, current).outcome is Outcome.FAIL
    seven = pl.DataFrame({"plan": ["basic"] * 193 + ["other"] * 7})
    assert schema_holds(REFERENCE, seven, columns=["plan"]).outcome is Outcome.FAIL


def test_more_unseen_rows_are_needed_where_current_is_larger():
    current = pl.DataFrame({"plan": ["basic"] * 19_950 + ["other"] * 50})
    assert schema_holds(REFERENCE, current, columns=["plan"]).outcome is Outcome.PASS


def test_a_rare_category_or_many_leave_the_set_open():
    rare = pl.DataFrame({"plan": ["basic"] * 100 + ["plus"] * 7})
    many = pl.DataFrame({"plan": [f"p{i % 51}" for i in range(510)]})
    assert learn_schema(rare).columns["plan"].categories is None
    assert learn_schema(many).columns["plan"].categories is None
    assert learn_schema(REFERENCE, open_columns=["plan"]).columns["plan"].categories is None


def test_a_nearly_empty_column_may_turn_empty():
    reference = pl.DataFrame({"a": [1.0] * 3 + [None] * 97})
    assert schema_holds(reference, pl.DataFrame({"a": [None] * 100})).outcome is Outcome.PASS
    assert schema_holds(pl.DataFrame({"a": [None] * 9}), reference).outcome is Outcome.PASS


def test_a_range_is_held_to_its_ends():
    schema = learn_schema(REFERENCE, ranges=True)
    assert (schema.columns["age"].low, schema.columns["age"].high) == (0, 199)
    assert schema_holds(schema, REFERENCE).outcome is Outcome.PASS
    verdict = schema_holds(schema, REFERENCE.with_columns(pl.col("age") * 2 - 1))
    assert [row["fault"] for row in verdict.evidence.worst] == [
        "1 row below 0 (least -1)",
        "99 rows above 199 (most 397)",
    ]


def test_a_written_schema_may_forbid_missing_values():
    verdict = schema_holds({"a": {"nullable": False}}, pl.DataFrame({"a": [1, None]}))
    assert verdict.reason == "1 of 1 columns at fault: 'a': 1 row missing a value"


def test_a_column_called_columns_is_no_schema_of_schemas():
    assert schema_holds({"columns": "category"}, pl.DataFrame({"columns": ["a"]})).outcome is Outcome.PASS


def test_faults_are_bounded():
    wide = pl.DataFrame({f"c{i}": [1] for i in range(300)})
    verdict = schema_holds(wide, pl.DataFrame({"other": [1]}))
    assert len(verdict.evidence.worst) == 10
    assert len(verdict.columns) == 301
    assert len(verdict.reason) < 250


@pytest.mark.parametrize("schema", [learn_schema(REFERENCE, ranges=True), Schema(columns={"a": "numeric"})])
def test_a_schema_survives_json(schema):
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"a": {"kinds": "numeric"}}, "did you mean 'kind'"),
        ({"a": {"kind": "numerics"}}, "did you mean 'numeric'"),
        ({"a": {"categories": "abc"}}, r"write \['abc'\]"),
        ({"a": 5}, "expected a kind or a mapping"),
        ({}, "expected a mapping of column names"),
        ({"columns": {"a": "numeric"}, "rows": -1}, "expected a number of rows"),
    ],
)
def test_a_damaged_schema_is_refused(written, message):
    with pytest.raises(UsageError, match=message):
        schema_holds(written, REFERENCE)


def test_unknown_keys_and_columns_are_refused_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'columns'"):
        Schema.from_dict({"column": {}})
    with pytest.raises(UsageError) as caught:
        schema_holds(REFERENCE, REFERENCE, columns=["plam"])
    assert str(caught.value) == (
        "columns='plam': expected a column of either table, got no such column.\nHint: did you mean 'plan'?"
    )


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(200)))
def test_the_order_of_rows_changes_nothing(order):
    verdict = schema_holds(REFERENCE[order], REFERENCE)
    assert verdict == schema_holds(REFERENCE, REFERENCE[order])


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from("abcdef"), min_size=1), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_a_larger_closed_set_never_turns_pass_into_fail(closed, more):
    current = pl.DataFrame({"a": list("abc")})
    small = schema_holds({"a": Column(categories=tuple(closed))}, current)
    large = schema_holds({"a": Column(categories=tuple(closed | more))}, current)
    assert large.outcome is Outcome.PASS or small.outcome is Outcome.FAIL


@pytest.mark.parametrize("name", ["rows", "value", "columns", "hash", "current"])
def test_a_column_may_have_any_name(name):
    reference = REFERENCE.select(pl.col("plan").alias(name))
    assert learn_schema(reference).columns[name].categories == ("basic", "plus")
    assert schema_holds(reference, reference.with_columns(pl.lit("new").alias(name))).columns == (name,)
