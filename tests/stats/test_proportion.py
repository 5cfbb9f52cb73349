from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa.stats.proportion import at_most_p_value, clopper_pearson, detectable_rate, rows_needed

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SETTINGS = settings(max_examples=60, deadline=None)


@SETTINGS
@given(COUNTS, st.sampled_from([0.9, 0.95, 0.999]))
def test_the_interval_is_scipys(counts, level):
    hits, n = counts
    low, high = clopper_pearson(hits, n, level=level)
    wanted = stats.binomtest(hits, n).proportion_ci(level, method="exact")
    assert (low, high) == pytest.approx((wanted.low, wanted.high), rel=1e-6, abs=1e-12)


@SETTINGS
@given(COUNTS, st.floats(0.001, 0.999))
def test_the_p_value_is_scipys(counts, limit):
    wanted = stats.binomtest(*counts, limit, alternative="greater").pvalue
    assert float(at_most_p_value(*counts, limit)) == pytest.approx(wanted, rel=1e-6, abs=1e-300)


@SETTINGS
@given(COUNTS, st.floats(0.01, 0.99), st.sampled_from([0.05, 1e-4]))
def test_the_lower_end_and_the_p_value_tell_the_same(counts, limit, alpha):
    low, _ = clopper_pearson(*counts, level=1 - alpha, sides=1)
    p = float(at_most_p_value(*counts, limit))
    if abs(p - alpha) > 1e-9:
        assert (low > limit) == (p < alpha)


def test_coverage_is_at_least_the_level_for_every_rate():
    n, level = 40, 0.95
    hits = np.arange(n + 1)
    low, high = clopper_pearson(hits, n, level=level)
    for rate in np.linspace(0.005, 0.995, 67):
        covered = (low <= rate) & (rate <= high)
        assert stats.binom.pmf(hits, n, rate)[covered].sum() >= level


@pytest.mark.parametrize(("n", "bound"), [(299, 0.01), (2995, 0.001)])
def test_no_hit_in_n_rows_bounds_the_rate(n, bound):
    assert float(clopper_pearson(0, n, sides=1)[1]) <= bound
    assert float(clopper_pearson(0, n - 1, sides=1)[1]) > bound


def test_all_hits_leave_the_upper_end_at_one():
    low, high = clopper_pearson(10, 10)
    assert (float(high), 0.6 < float(low) < 0.7) == (1.0, True)


@SETTINGS
@given(st.integers(5, 2000), st.floats(0.0, 0.3), st.sampled_from([0.05, 1e-3]))
def test_the_detectable_rate_is_seen_with_the_power_it_says(n, limit, alpha):
    rate = detectable_rate(n, limit, alpha=alpha)
    if rate is not None:
        hits = np.arange(n + 1)
        fails = at_most_p_value(hits, n, limit) <= alpha
        assert stats.binom.pmf(hits, n, rate)[fails].sum() == pytest.approx(0.8, abs=1e-6)


@SETTINGS
@given(COUNTS, st.floats(0.02, 0.5))
def test_the_rows_needed_decide_and_one_less_does_not(counts, limit):
    hits, n = counts
    rate, more = hits / n, rows_needed(hits, n, limit, alpha=0.01)
    if abs(rate - limit) < 0.01 or more is None:
        return

    def decided(rows):
        low, high = clopper_pearson(rate * rows, rows, level=0.99, sides=1)
        return low > limit or high <= limit

    assert decided(n + more)
    assert more == 0 or not decided(n + more - 1)


def test_a_rate_at_the_limit_is_never_decided():
    assert rows_needed(50, 100, 0.5, alpha=0.05) is None


def test_a_rate_next_to_the_limit_gives_up_at_a_trillion_rows():
    assert rows_needed(500_010, 1_000_000, 0.5, alpha=1e-4) is not None
    assert rows_needed(500_000_001, 1_000_000_000, 0.5 + 2e-9, alpha=1e-4) is None
