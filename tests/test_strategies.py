"""Strategies draw real rows in the table's own kind, and failing examples shrink to few rows and few cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from mlqa import UsageError, strategies
from mlqa.subjects.block import height
from mlqa.subjects.table import read_table

RNG = np.random.default_rng(2)
AGE = RNG.integers(18, 80, 200)
DATA = {
    "age": AGE,
    "child": AGE < 21,
    "plan": [["basic", "plus", None][k] for k in RNG.integers(0, 3, 200)],
    "charge": np.where(RNG.random(200) < 0.1, np.nan, RNG.normal(50, 9, 200).round(2)),
}
KINDS = {
    "pandas": lambda: pd.DataFrame(DATA).astype({"age": "int32", "plan": "category"}),
    "polars": lambda: pl.DataFrame(DATA, nan_to_null=True).cast({"age": pl.Int16}),
    "pyarrow": lambda: pl.DataFrame(DATA, nan_to_null=True).to_arrow(),
}
REAL = set(read_table(KINDS["polars"]()).rows())
FAST = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_of_the_same_kind_and_types_and_hold_real_rows_only(kind):
    like = KINDS[kind]()
    wanted = read_table(like).schema

    @FAST
    @given(strategies.tables(like, min_size=0, max_size=9))
    def holds(table):
        assert type(table) is type(like)
        assert height(table) <= 9
        assert read_table(table, rows=False).schema == wanted
        assert set(read_table(table, rows=False).rows()) <= REAL

    holds()


@FAST
@given(strategies.tables(KINDS["polars"](), min_size=3, max_size=5))
def test_what_holds_between_columns_holds_in_what_is_drawn(table):
    assert 3 <= table.height <= 5
    assert (table["child"] == (table["age"] < 21)).all()


@FAST
@given(strategies.tables(KINDS["polars"](), max_size=4, mutate=2))
def test_at_most_so_many_cells_come_from_other_rows(table):
    columns = {name: set(KINDS["polars"]()[name].to_list()) for name in table.columns}
    assert all(set(table[name].to_list()) <= columns[name] for name in table.columns)
    assert sum(row not in REAL for row in table.rows()) <= 2


def test_a_failing_table_shrinks_to_one_real_row():
    found = find(strategies.tables(KINDS["polars"](), mutate=3), lambda table: (table["age"] > 60).any())
    assert found.height == 1
    assert found.rows()[0] in REAL


def test_a_failing_row_keeps_the_cells_that_need_not_change():
    like = KINDS["pandas"]()
    found = find(strategies.rows(like, mutate=4), lambda row: row["child"] and row["age"] > 30)
    changed = min(sum(not (a == b or (a is None and pd.isna(b))) for a, b in zip(row, found.values())) for row in REAL)
    assert changed == 1
    assert list(found) == list(like.columns)


def test_rows_are_plain_dicts_and_a_missing_cell_may_come():
    found = find(strategies.rows(KINDS["polars"]()), lambda row: row["plan"] is None)
    assert found["plan"] is None
    assert type(found["age"]) is int


def test_arrays_have_numbered_columns():
    X = np.arange(6.0).reshape(3, 2)
    assert find(strategies.rows(X), lambda row: row["1"] > 2) == {"0": 2.0, "1": 3.0}
    assert find(strategies.tables(X), lambda table: len(table) > 1).tolist() == [[0.0, 1.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("column", "wanted", "simplest"),
    [
        ([12.25, 30.0, 1.5], lambda value: value > 2, 30.0),
        (pd.Series(["longer", "b", "a"]), lambda _: True, "a"),
        (pl.Series([None, 3]), lambda _: True, 3),
        (np.array([7, 300]), lambda value: value > 7, 300),
    ],
)
def test_values_shrink_toward_the_simplest(column, wanted, simplest):
    assert find(strategies.values(column), wanted) == simplest


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_strategies_compose(data):
    values = data.draw(st.lists(strategies.values(KINDS["pandas"]()["plan"]), max_size=3))
    assert set(values) <= {"basic", "plus", None}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: strategies.rows([1]), "like=[1]: expected a table"),
        (lambda: strategies.rows(KINDS["polars"](), mutate=-1), "mutate=-1: expected a whole number of at least 0"),
        (lambda: strategies.tables(KINDS["polars"](), min_size=-1), "min_size=-1: expected a whole number"),
        (
            lambda: strategies.tables(KINDS["polars"](), min_size=3, max_size=2),
            "max_size=2: expected at least min_size, 3",
        ),
        (lambda: strategies.values([]), "column=[]: expected a column with at least one value"),
        (lambda: strategies.values("abc"), "column='abc': expected a Series, an array of shape (n,) or a list"),
    ],
)
def test_what_cannot_be_used_is_refused(make, said):
    with pytest.raises(UsageError) as caught:
        make()
    assert said in str(caught.value)
