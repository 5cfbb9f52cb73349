from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from mlqa.stats.paired_proportions import PairedProportions, mcnemar_mid_p, tango_interval, tango_z

counts = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 400))


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (3, 0), (7, 2), (40, 25), (300, 250)])
def test_the_mid_p_is_the_exact_p_less_half_of_the_point_seen(lost, won):
    exact = stats.binomtest(lost, lost + won, 0.5, alternative="greater").pvalue if lost + won else 1.0
    seen = stats.binom.pmf(lost, lost + won, 0.5)

    assert mcnemar_mid_p(lost, won) == pytest.approx(exact - seen / 2)


@pytest.mark.parametrize(("lost", "won", "n", "drop"), [(7, 1, 21, 0.1), (12, 30, 200, -0.02), (0, 4, 50, 0.05)])
def test_the_score_uses_the_likelihood_that_a_search_finds(lost, won, n, drop):
    def surprise(p_won):
        shares = np.array([p_won + drop, p_won, 1 - 2 * p_won - drop])
        return -np.sum(np.array([lost, won, n - lost - won]) * np.log(np.maximum(shares, 1e-300)))

    bounds = (max(0.0, -drop), (1 - drop) / 2)
    p_won = optimize.minimize_scalar(surprise, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
    variance = n * (2 * p_won + drop - drop**2)

    assert tango_z(lost, won, n, drop) == pytest.approx((lost - won - n * drop) / math.sqrt(variance), abs=1e-5)


def test_without_a_drop_the_score_is_mcnemars():
    assert tango_z(25, 10, 300, 0.0) == pytest.approx((25 - 10) / math.sqrt(35))


def test_the_interval_of_the_published_example_is_met():
    # Airway hyper-responsiveness before and after transplantation: Fagerland, Lydersen, Laake (2014).
    assert tango_interval(7, 1, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


@pytest.mark.parametrize(("lost", "won", "published"), [(7, 1, 0.039), (16, 6, 0.0347)])
def test_the_mid_p_of_the_published_examples_is_met(lost, won, published):
    # Airway hyper-responsiveness, and complete response to treatment: Fagerland, Lydersen, Laake (2013); two-sided.
    assert 2 * mcnemar_mid_p(lost, won) == pytest.approx(published, abs=5e-4)


def test_the_exact_test_is_statsmodels():
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    exact = tables.mcnemar([[59, 6], [16, 80]], exact=True).pvalue

    assert exact == pytest.approx(2 * (mcnemar_mid_p(16, 6) + 0.5 * stats.binom.pmf(16, 22, 0.5)))


@given(counts)
def test_the_ends_of_the_interval_are_where_the_tests_turn(drawn):
    lost, won, rest = drawn
    change = PairedProportions(lost, won, lost + won + rest)
    low, high = change.interval(0.01)

    assert -1 <= low <= change.estimate <= high <= 1
    assert low == -1 or change.p_above(low - 1e-6) <= 0.0101
    assert high == 1 or change.p_below(high + 1e-6) <= 0.0101


@given(counts, st.floats(-0.3, 0.3))
def test_the_tests_mirror_each_other(drawn, bound):
    lost, won, rest = drawn
    n = lost + won + rest

    assert PairedProportions(lost, won, n).p_below(bound) == pytest.approx(
        PairedProportions(won, lost, n).p_above(-bound)
    )


@given(counts, st.floats(0.001, 0.2), st.floats(0.001, 0.2))
def test_a_larger_drop_is_never_easier_to_show(drawn, first, second):
    lost, won, rest = drawn
    change = PairedProportions(lost, won, lost + won + rest)
    small, large = sorted([first, second])

    assert change.p_below(-large) >= change.p_below(-small) - 1e-9


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.1])
def test_what_is_detectable_is_seen_four_times_in_five(noise):
    n, alpha = 2000, 1e-3
    still = PairedProportions(int(noise * n / 2), int(noise * n / 2), n)
    drop = still.detectable(alpha)
    shares = [noise / 2 + drop, noise / 2, 1 - noise - drop]
    drawn = np.random.default_rng(0).multinomial(n, shares, size=2000)
    seen = np.mean([mcnemar_mid_p(lost, won) <= alpha for lost, won, _ in drawn])

    assert 0.7 < seen < (0.92 if noise else 0.99)  # careful where nothing else differs
