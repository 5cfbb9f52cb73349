"""The smallest change said to be visible is seen in about 80 % of simulations or more."""

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.counts import fisher_test
from mlqa.stats.power import ks_detectable, rows_to_see, share_detectable
from mlqa.stats.tally import tally
from mlqa.stats.two_sample import ks_test


def test_a_shift_of_the_detectable_distance_is_seen():
    rng = np.random.default_rng(0)
    wanted = ks_detectable(250, 300, 0.01)
    shift = 2 * stats.norm.ppf(0.5 + wanted / 2)
    seen = 0
    for _ in range(200):
        counted = tally(rng.normal(size=250), rng.normal(shift, size=300))
        seen += ks_test(counted.x, counted.y)[1] <= 0.01
    assert seen >= 0.75 * 200


def test_a_share_moved_by_the_detectable_change_is_seen():
    rng = np.random.default_rng(1)
    change = share_detectable(250, 300, 0.01)
    x, y = rng.binomial(250, 0.5 - change / 2, 400), rng.binomial(300, 0.5 + change / 2, 400)
    p_values = fisher_test(x, y, 250, 300)
    assert np.mean(p_values <= 0.01) >= 0.7


@pytest.mark.parametrize("level", [0.05, 1e-4, 1e-7])
def test_the_rows_that_are_asked_for_are_enough(level):
    rows = rows_to_see(0.5, level)
    assert ks_detectable(rows, rows, level) <= 0.5 < ks_detectable(rows - 1, rows - 1, level)
