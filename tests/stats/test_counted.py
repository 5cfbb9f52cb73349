from __future__ import annotations

import numpy as np
import pytest

from mlqa.stats.bootstrap import resample
from mlqa.stats.counted import cells_of, resample_counts

RNG = np.random.default_rng(0)
Y, LABEL = RNG.integers(0, 2, (2, 400))


def f1_of(table):
    """F1 of counts in the cells (0, 0), (0, 1), (1, 0), (1, 1) of target and label."""
    return 2 * table[:, 3] / (2 * table[:, 3] + table[:, 1] + table[:, 2])


def f1(rows):
    return f1_of(np.bincount(2 * Y[rows] + LABEL[rows], minlength=4)[None, :].astype(float))[0]


def test_cells_hold_every_row_once():
    first, counts = cells_of(Y, LABEL)

    assert counts.sum() == 400
    for place, size in zip(first, counts, strict=True):
        assert np.sum((Y[place] == Y) & (LABEL[place] == LABEL)) == size


def test_too_many_cells_are_none():
    assert cells_of(np.arange(100.0), most=50) is None


def test_counts_say_what_rows_say():
    by_rows = resample(f1, 400, np.random.default_rng(1), draws=2000)
    by_counts = resample_counts(f1_of, np.bincount(2 * Y + LABEL), np.random.default_rng(1), draws=2000)

    assert by_counts.estimate == by_rows.estimate
    assert by_counts.draws.std() == pytest.approx(by_rows.draws.std(), rel=0.06)
    assert by_counts.studentized().error == pytest.approx(by_rows.studentized().error, rel=0.1)
    assert by_counts.bca(0.9) == pytest.approx(by_rows.bca(0.9), abs=0.01)


def test_leaving_rows_out_by_counts_is_the_jackknife():
    seen = resample_counts(f1_of, np.bincount(2 * Y + LABEL), np.random.default_rng(1), draws=50)
    everyone = np.arange(400)
    alone = np.array([f1(np.delete(everyone, row)) for row in everyone])

    assert np.repeat(seen.left_out, seen.times).mean() == pytest.approx(alone.mean())
    assert np.repeat(seen.left_out, seen.times).std() == pytest.approx(alone.std())


def test_a_statistic_that_is_rarely_a_number_is_refused():
    with pytest.raises(ArithmeticError, match="more than a tenth"):
        resample_counts(lambda table: np.where(table[:, 0] > 0, np.nan, 1.0), [5, 5], np.random.default_rng(0))


def test_several_statistics_are_drawn_together():
    both = resample_counts(
        lambda table: np.stack([f1_of(table), f1_of(table)], axis=1),
        np.bincount(2 * Y + LABEL),
        np.random.default_rng(1),
        draws=100,
    )

    assert both.combined([1, -1]).studentized().estimate == 0.0
    assert np.ptp(both.combined([1, -1]).draws) == 0
