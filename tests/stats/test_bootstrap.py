from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.bootstrap import BLOCKS, resample


@pytest.fixture
def skewed():
    return np.random.default_rng(2).exponential(size=80)


def test_the_interval_is_scipys(skewed):
    ours = resample(lambda rows: float(skewed[rows].mean()), 80, np.random.default_rng(0), draws=4000).bca(0.95)
    theirs = stats.bootstrap((skewed,), np.mean, n_resamples=4000, rng=np.random.default_rng(1)).confidence_interval

    assert ours == pytest.approx(tuple(theirs), abs=0.02)


def test_the_error_of_a_mean_is_the_known_one(skewed):
    change = resample(lambda rows: float(skewed[rows].mean()), 80, np.random.default_rng(0)).studentized()

    assert change.error == pytest.approx(stats.sem(skewed), rel=0.1)
    assert change.df == 79


def test_the_error_of_a_median_is_not_the_jackknifes():
    values = np.random.default_rng(3).normal(size=1001)
    change = resample(lambda rows: float(np.median(values[rows])), 1001, np.random.default_rng(0)).studentized()

    assert change.error == pytest.approx(np.sqrt(np.pi / 2 / 1001), rel=0.3)
    assert change.df == BLOCKS - 1


def test_whole_groups_are_drawn():
    values, groups = np.repeat(np.random.default_rng(4).normal(size=60), 5), np.repeat(np.arange(60), 5)

    def error(groups):
        return (
            resample(lambda rows: values[rows].mean(), 300, np.random.default_rng(0), groups=groups).studentized().error
        )

    assert error(groups) == pytest.approx(stats.sem(values[::5]), rel=0.1)
    assert error(None) < 0.6 * error(groups)


def test_the_same_seed_gives_the_same_draws(skewed):
    first, second = (resample(lambda rows: skewed[rows].mean(), 80, np.random.default_rng(7), draws=50) for _ in "ab")

    np.testing.assert_array_equal(first.draws, second.draws)
    np.testing.assert_array_equal(first.left_out, second.left_out)


def test_a_statistic_that_rarely_fails_is_left_out_of_the_draws(skewed):
    seen = resample(
        lambda rows: skewed[rows].mean() if rows[0] % 20 != 1 else np.nan, 80, np.random.default_rng(0), draws=200
    )

    assert 180 <= seen.draws.size < 200


def test_a_statistic_that_often_fails_is_refused(skewed):
    with pytest.raises(ArithmeticError, match="more than a tenth"):
        resample(lambda rows: skewed[rows].mean() if rows[0] > 40 else np.nan, 80, np.random.default_rng(0), draws=200)


def test_a_constant_statistic_has_no_width():
    seen = resample(lambda _: 1.0, 40, np.random.default_rng(0), draws=99)

    assert seen.bca(0.95) == (1.0, 1.0)
    assert seen.studentized().error == 0
