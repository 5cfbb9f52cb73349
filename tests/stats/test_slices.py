from __future__ import annotations

import numpy as np
import pytest

from mlqa.stats.slices import Signal, rows_in, search
from mlqa.stats.systematic import student_mean


def signal(excess, accepted=0.0):
    def tail(rows):
        return student_mean(excess[rows]).p_above(accepted)

    return Signal(name="off", excess=excess, variance=np.ones(excess.size), accepted=accepted, tail=tail)


def test_the_best_slice_is_that_of_trying_every_pair():
    rng = np.random.default_rng(0)
    masks = rng.random((12, 600)) < 0.3
    excess = rng.normal(size=600)
    found, tests = search(masks, [signal(excess)], least=30)

    def score(rows):
        return excess[rows].sum() / np.sqrt(rows.sum())

    pairs = [(i, j) for i in range(12) for j in range(i, 12)]
    eligible = [rows for pair in pairs if (rows := rows_in(masks, pair)).sum() >= 30]
    assert tests == len(eligible)
    best = max(score(rows_in(masks, one.literals)) for one in found)
    assert best == pytest.approx(max(score(rows) for rows in eligible))


def test_p_values_are_paid_for_by_every_slice_and_question():
    rng = np.random.default_rng(1)
    masks = rng.random((4, 400)) < 0.5
    excess = rng.normal(size=400)
    found, tests = search(masks, [signal(excess), signal(-excess)], least=20)
    assert tests % 2 == 0
    first = found[0]
    assert first.p_value == pytest.approx(min(1.0, first.signal.tail(rows_in(masks, first.literals)) * tests))


def test_one_literal_at_most():
    rng = np.random.default_rng(2)
    found, tests = search(rng.random((5, 300)) < 0.5, [signal(rng.normal(size=300))], least=20, most_literals=1)
    assert tests == 5
    assert all(len(one.literals) == 1 for one in found)


def test_a_large_table_is_looked_at_by_parts_and_tested_as_a_whole():
    rng = np.random.default_rng(3)
    masks = rng.random((3, 50_000)) < 0.5
    excess = rng.normal(size=50_000) + 0.2 * (masks[0] & masks[1])
    found, _ = search(masks, [signal(excess)], least=1000)
    assert found[0].literals == (0, 1)
    assert found[0].rows == int((masks[0] & masks[1]).sum())


def test_nothing_that_stands_out_gives_nothing():
    assert search(np.ones((2, 10), dtype=bool), [signal(np.ones(10))], least=2) == ([], 1)
    masks = np.arange(40) % 2 == np.arange(2)[:, None]
    assert search(masks, [signal(-np.ones(40))], least=2)[0] == []
