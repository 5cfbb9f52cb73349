"""Columns as small whole numbers, and targets."""

from __future__ import annotations

import numpy as np
import polars as pl

from mlqa.subjects.codes import cells_of, places_within, ranks_of, target_of


def test_numbers_of_few_values_keep_a_cell_for_each():
    assert cells_of(np.array([0, 1, 2, 2]), text=False).tolist() == [0, 1, 2, 2]


def test_a_value_of_half_the_rows_has_its_own_cell():
    codes = np.concatenate([np.ones(500, dtype=int), np.arange(2, 502)])
    cells = cells_of(codes, text=False)
    assert cells.max() <= 33
    assert len(np.unique(cells[:500])) == 1
    assert (cells[500:] != cells[0]).mean() > 0.9


def test_texts_keep_all_their_cells():
    assert cells_of(np.arange(500), text=True).max() == 499


def test_places_are_counted_within_each_table():
    values, current = np.array([1.0, 2.0, 900.0, 800.0]), np.array([False, False, True, True])
    assert places_within(values, current, 2).tolist() == [0, 1, 1, 0]
    assert places_within(np.zeros(0), np.zeros(0, dtype=bool)).size == 0


def test_a_number_of_many_values_is_ranked_and_one_of_few_is_classes():
    assert target_of(pl.Series(np.arange(50.0))).classes == ()
    assert target_of(pl.Series([0.0, 1.0] * 9)).classes == ("0.0", "1.0")
    assert target_of(pl.Series([f"t{i}" for i in range(50)])) is None


def test_the_rarest_of_many_classes_have_no_column():
    series = pl.Series([f"c{i % 30}" for i in range(900)] + ["c0"] * 9)
    found = target_of(series)
    assert found.values.shape == (909, 20)
    assert found.classes[0] == "c0"


def test_ranks_of_one_value_lie_in_the_middle():
    assert ranks_of(pl.Series([7.0])).tolist() == [0.5]
