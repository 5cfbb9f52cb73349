from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.block import (
    as_block,
    cell,
    changed_cells,
    cut,
    height,
    mixed,
    names,
    own,
    picked,
    put,
    same_types,
    taken,
)
from mlqa.subjects.block import stacked as stack_of
from mlqa.subjects.table import read_table

ONE = pl.DataFrame({"n": [1, 2, 3], "t": ["x", None, "z"], "d": [datetime(2026, 1, 1)] * 3, "f": [0.5, None, 1.5]})
TWO = pl.DataFrame({"n": [1, 9, 3], "t": ["x", None, "y"], "d": [datetime(2026, 1, 2)] * 3, "f": [0.5, None, None]})
MARKS = [[False, False, True, False], [True, False, True, False], [False, True, True, True]]
KINDS = {
    "polars": lambda frame: frame,
    "pandas": lambda frame: frame.to_pandas().astype({"t": "category"}),
    "pyarrow": lambda frame: frame.to_arrow(),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def plain(block):
    return read_table(block).rows()


def test_changed_cells_are_marked_and_missing_equals_missing(kind):
    assert changed_cells(kind(ONE), kind(TWO)).tolist() == MARKS


def test_changed_cells_of_arrays():
    one = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert changed_cells(one, np.array([[1.0, np.nan], [2.0, np.nan]])).tolist() == [[False, False], [False, True]]
    assert changed_cells(np.array([["a", None]], dtype=object), np.array([["a", "b"]], dtype=object))[0, 1]


def test_a_number_that_became_a_float_is_unchanged_and_one_that_became_text_is_not():
    before = pd.DataFrame({"n": [1, 2]})
    assert not changed_cells(before, before.astype(float)).any()
    assert changed_cells(before, before.astype(str)).all()


def test_cut_and_stack_are_inverse(kind):
    block = kind(ONE)
    assert height(cut(block, 0, 2)) == 2
    whole = stack_of([cut(block, 0, 2), cut(block, 2, 3)])
    assert type(whole) is type(block)
    assert plain(whole) == plain(block)
    assert same_types(whole, block)


def test_a_mixed_row_takes_each_cell_from_where_it_is_told(kind):
    before, after = cut(kind(ONE), 2, 3), cut(kind(TWO), 2, 3)
    masks = np.array([[False] * 4, [True] * 4, [False, True, False, True]])
    rows = mixed(before, after, masks)
    assert type(rows) is type(before)
    assert plain(rows) == [ONE.row(2), TWO.row(2), (3, "y", datetime(2026, 1, 1), None)]


def test_mixed_rows_of_arrays():
    rows = mixed(np.array([[1, 2]]), np.array([[10.5, 20.0]]), np.array([[True, False], [False, True]]))
    assert rows.tolist() == [[10.5, 2.0], [1.0, 20.0]]


def test_columns_are_picked_and_put_back(kind):
    block = kind(ONE)
    part = picked(kind(TWO), [0, 3])
    assert names(part) == ["n", "f"]
    whole = put(block, [0, 3], part)
    assert names(whole) == names(block)
    assert plain(whole)[2] == (3, "z", datetime(2026, 1, 1), None)


def test_columns_of_an_array_are_put_back_with_room():
    assert put(np.array([[1, 2]]), [1], np.array([[0.5]])).tolist() == [[1.0, 0.5]]


def test_a_pandas_index_is_no_obstacle():
    block = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=[5, 5])
    assert put(block, [1], pd.DataFrame({"b": [7, 8]})).to_numpy().tolist() == [[1, 7], [2, 8]]
    assert put(block, [1], pd.DataFrame({"b": [7, 8]})).index.tolist() == [5, 5]


def test_a_cell_is_a_plain_value(kind):
    assert cell(kind(ONE), 0, 0) == 1
    assert type(cell(np.array([[1.5]]), 0, 0)) is float


def test_own_rows_may_be_written_to():
    array, frame = np.zeros((1, 1)), pd.DataFrame({"a": [0]})
    mine, ours = own(array), own(frame)
    mine[0, 0] = 1
    ours.iloc[0, 0] = 1
    assert (array[0, 0], frame.iloc[0, 0]) == (0, 0)


def test_lazy_tables_and_paths_become_polars_frames(tmp_path):
    ONE.write_parquet(tmp_path / "one.parquet")
    for source in (ONE.lazy(), tmp_path / "one.parquet", str(tmp_path / "one.parquet")):
        assert isinstance(as_block(source), pl.DataFrame)


@pytest.mark.parametrize("source", [np.zeros(3), np.zeros((0, 2)), np.zeros((2, 0)), [1, 2], None, pl.DataFrame()])
def test_what_has_no_rows_and_columns_is_refused(source):
    with pytest.raises(UsageError, match=r"^X="):
        as_block(source)


def test_rows_are_taken_by_position_in_order_and_more_than_once(kind):
    at = np.array([2, 0, 2])
    assert plain(taken(kind(ONE), at)) == [plain(kind(ONE))[row] for row in at]
    assert taken(np.array([[1], [2], [3]]), at).ravel().tolist() == [3, 1, 3]


@pytest.mark.parametrize("to", ["polars", "pyarrow"])
def test_cells_are_mixed_in_the_type_that_a_column_became(to):
    before = pl.DataFrame({"n": [1], "e": pl.Series(["a"], dtype=pl.Enum(["a", "b"]))})
    after = pl.DataFrame({"n": [2.5], "e": ["never seen"]})
    made = [frame.to_arrow() if to == "pyarrow" else frame for frame in (before, after)]
    rows = mixed(*made, np.array([[False, False], [True, False], [False, True]]))
    assert plain(rows) == [(1.0, "a"), (2.5, "a"), (1.0, "never seen")]


def test_a_text_cannot_be_mixed_into_numbers():
    with pytest.raises(SubjectError, match=r"^perturb: 'n' became Int64\.\nHint: keep the type of a column"):
        mixed(pl.DataFrame({"n": ["x"]}), pl.DataFrame({"n": [1]}), np.array([[True]]))
