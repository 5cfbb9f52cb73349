"""The table changed around the rows, perturbations together, and what is proposed for a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import UsageError
from mlqa.subjects.perturb import (
    duplicated,
    extra_column,
    permuted,
    perturbations_for,
    resolution_of,
    scaled,
    shuffled,
    together,
    unrounded,
    within,
)
from mlqa.subjects.perturb.marks import marks_of
from mlqa.subjects.table import read_table

DATA = {"a": [1.5, 2.25, 3.0, 4.75], "b": ["x", "y", None, "z"]}
KINDS = {
    "pandas": lambda: pd.DataFrame(DATA, index=[3, 3, 1, 0]),
    "polars": lambda: pl.DataFrame(DATA),
    "pyarrow": lambda: pl.DataFrame(DATA).to_arrow(),
    "numpy": lambda: np.array([[1.5, 1.0], [2.25, 2.0], [3.0, 3.0], [4.75, 4.0]]),
}


@pytest.fixture(params=KINDS, ids=str)
def table(request):
    return KINDS[request.param]()


def rows(table):
    return table.tolist() if isinstance(table, np.ndarray) else read_table(table).rows()


@pytest.mark.parametrize("make", [shuffled, duplicated, lambda: duplicated(times=3)])
def test_every_row_can_be_found_again(make, table):
    perturb = make()
    after = rows(perturb(table))
    where = marks_of(perturb).origin(4)
    assert [list(after[at]) for at in where] == [list(row) for row in rows(table)]


def test_an_extra_column_comes_last_and_an_array_has_none():
    assert read_table(extra_column("more", "x")(KINDS["pandas"]())).columns == ["a", "b", "more"]
    assert rows(extra_column()(KINDS["polars"]()))[0] == (1.5, "x", 0)
    with pytest.raises(UsageError, match="an array's columns have no names"):
        extra_column()(KINDS["numpy"]())
    with pytest.raises(UsageError, match="choose another name"):
        extra_column("a")(KINDS["polars"]())


def test_permuted_values_are_the_same_ones():
    after = permuted("a")(KINDS["polars"]())["a"]
    assert sorted(after.to_list()) == DATA["a"]
    assert after.to_list() != DATA["a"]


def test_together_makes_all_and_keeps_the_choice_only_where_all_leave_one():
    both = together(within("a", 0.1), within("b", 0.2))
    assert set(marks_of(both).choices) == {"a", "b"}
    assert both.__name__ == "within(a, 0.1) and within(b, 0.2)"
    mixed = together(within("a", 0.1), scaled("b", 2))
    assert not marks_of(mixed).choices
    with pytest.raises(UsageError, match="functions that leave rows where they are"):
        together(shuffled(), within("a", 0.1))
    with pytest.raises(UsageError, match="expected functions from a table to a table"):
        together()


def test_the_rounding_of_a_column_is_learned_from_all_its_values():
    table = pl.DataFrame(
        {
            "charge": [29.85, 20.1, 70.0, None],
            "tenths": [0.1, 0.2, 0.7, float("inf")],
            "whole": [1.0, 2.0, 3.0, 4.0],
            "count": [1, 2, 3, 4],
            "two": [0.5, 0.25, 0.5, 0.25],
            "fine": [1 / 3, 2 / 3, 1 / 7, 0.5],
            "text": ["a", "b", "c", "d"],
        }
    )
    assert resolution_of(table) == {"charge": 0.01, "tenths": 0.1}
    assert resolution_of(np.array([[0.5], [1.2], [3.4]])) == {"0": 0.1}
    assert resolution_of(np.array([[1], [2], [3]])) == {}
    short = np.array([[0.1], [2.3], [4.7]], dtype=np.float32)
    assert resolution_of(short) == resolution_of(pd.DataFrame(short, columns=["0"])) == {"0": 0.1}


def test_unrounded_numbers_round_to_what_they_were():
    values = np.round(np.random.default_rng(0).normal(size=(500, 2)), 2)
    moved = unrounded(values)(values)
    assert (np.round(moved, 2) == values).mean() > 0.99
    assert (moved != values).mean() > 0.99
    assert np.abs(unrounded(values, share=0.001)(values) - values).max() <= 1.0001e-5
    assert (unrounded(values, columns=["1"])(values)[:, 0] == values[:, 0]).all()


def test_unrounded_changes_nothing_where_no_rounding_shows():
    table = pl.DataFrame({"n": [1, 2, 3]})
    assert unrounded(table)(table).equals(table)
    with pytest.raises(UsageError, match="no column shows its rounding"):
        unrounded(table, columns=["n"])
    with pytest.raises(UsageError, match=r"expected a share of the column's step in \(0, 0.5\]"):
        unrounded(table, share=0.7)


def test_only_what_no_sound_model_may_feel_is_proposed():
    assert list(perturbations_for(KINDS["pandas"]())) == [
        "rows in another order",
        "every row twice",
        "numbers moved by a thousandth of their rounding",
    ]
    assert list(perturbations_for(pl.DataFrame({"t": ["Köln", "Bonn"]}))) == [
        "rows in another order",
        "every row twice",
    ]
    with pytest.raises(UsageError, match="expected a whole number of at least 2"):
        duplicated(times=1)
