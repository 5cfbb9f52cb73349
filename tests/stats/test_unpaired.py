from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from mlqa.stats.studentized import Studentized
from mlqa.stats.unpaired import KnownShare, OtherShare, apart


@pytest.mark.parametrize(("right", "n", "target"), [(80, 100, 0.9), (0, 10, 0.5), (10, 10, 0.5), (450, 500, 0.9)])
def test_beside_a_number_the_tails_are_scipys(right, n, target):
    change = KnownShare(right, n, target)

    assert change.p_below(0.0) == pytest.approx(stats.binomtest(right, n, target, alternative="less").pvalue)
    assert change.p_above(0.0) == pytest.approx(stats.binomtest(right, n, target, alternative="greater").pvalue)
    wanted = stats.binomtest(right, n).proportion_ci(0.98, method="exact")
    assert change.interval(0.01) == pytest.approx((wanted.low - target, wanted.high - target))


def test_beside_other_rows_without_a_bound_it_is_fishers_test():
    change = OtherShare(80, 100, 140, 150)
    table = [[80, 20], [140, 10]]

    assert change.p_below(0.0) == pytest.approx(stats.fisher_exact(table, alternative="less").pvalue)
    assert change.p_above(0.0) == pytest.approx(stats.fisher_exact(table, alternative="greater").pvalue)


def test_the_score_test_uses_the_likelihood_that_a_search_finds():
    change, drop = OtherShare(420, 500, 560, 600), 0.05

    def surprise(wrong):
        return -(
            80 * np.log(wrong + drop) + 420 * np.log(1 - wrong - drop) + 40 * np.log(wrong) + 560 * np.log(1 - wrong)
        )

    wrong = optimize.minimize_scalar(surprise, bounds=(0.01, 0.5), method="bounded", options={"xatol": 1e-12}).x
    error = np.sqrt((wrong + drop) * (1 - wrong - drop) / 500 + wrong * (1 - wrong) / 600)
    nearer = -change.estimate - drop - 0.5 * (1 / 500 + 1 / 600)

    assert change.p_below(-drop) == pytest.approx(stats.norm.sf(nearer / error), rel=1e-6)


@pytest.mark.parametrize("counts", [(80, 100, 140, 150), (0, 50, 50, 50), (50, 50, 50, 50), (3, 500, 9, 400)])
def test_the_ends_of_the_interval_are_where_the_tests_turn(counts):
    change = OtherShare(*counts)
    low, high = change.interval(0.01)

    assert -1 <= low <= change.estimate <= high <= 1
    assert low == -1 or change.p_above(low - 1e-6) <= 0.0101
    assert high == 1 or change.p_below(high + 1e-6) <= 0.0101


def test_two_errors_add_up_as_in_welchs_test():
    change = apart(Studentized(0.8, 0.03, 99.0), 0.9, 0.04, 49.0)
    wanted = stats.ttest_ind_from_stats(0.8, 0.3, 100, 0.9, 0.04 * 50**0.5, 50, equal_var=False, alternative="less")

    assert change.p_below(0.0) == pytest.approx(wanted.pvalue)
