from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.paired_mean import linear_change, linear_contrast, paired_mean
from mlqa.stats.sign_flips import SignFlips
from mlqa.stats.studentized import Studentized


@pytest.fixture
def losses():
    rng = np.random.default_rng(1)
    before = rng.exponential(size=300)
    return before + rng.normal(0.05, 0.3, size=300), before


def test_without_groups_it_is_the_paired_t_test(losses):
    now, before = losses
    change = paired_mean(now - before)
    wanted = stats.ttest_rel(now, before, alternative="greater")

    assert change.p_above(0.0) == pytest.approx(wanted.pvalue)
    assert change.p_below(0.0) == pytest.approx(1 - wanted.pvalue)
    low, high = stats.ttest_rel(now, before).confidence_interval(0.98)
    assert change.interval(0.01) == pytest.approx((low, high))


def test_equal_groups_are_tested_by_their_means(losses):
    differences = losses[0] - losses[1]
    change = paired_mean(differences, np.repeat(np.arange(60), 5))
    wanted = stats.ttest_1samp(differences.reshape(60, 5).mean(axis=1), 0, alternative="greater")

    assert change.df == pytest.approx(59)
    assert change.p_above(0.0) == pytest.approx(wanted.pvalue)


def test_groups_that_repeat_their_rows_add_nothing(losses):
    differences = losses[0] - losses[1]
    once = paired_mean(differences)
    fourfold = paired_mean(np.repeat(differences, 4), np.repeat(np.arange(300), 4))

    assert fourfold.p_above(0.0) == pytest.approx(once.p_above(0.0))


def test_unequal_groups_count_for_fewer():
    groups = np.repeat(np.arange(40), [200] + [2] * 39)
    change = paired_mean(np.random.default_rng(0).normal(size=groups.size), groups)

    assert change.df == 1.0


@pytest.mark.parametrize("k", [2, 5, 12])
def test_below_twenty_rows_every_sign_is_flipped(k):
    differences = np.random.default_rng(k).normal(0.4, size=k)
    change = paired_mean(differences)
    wanted = stats.permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="greater"
    )

    assert isinstance(change, SignFlips)
    assert change.p_above(0.0) == pytest.approx(wanted.pvalue)
    assert change.least_p == 0.5**k


def test_the_ends_of_the_sign_flip_interval_are_where_the_test_turns():
    change = paired_mean(np.random.default_rng(5).normal(size=14))
    low, high = change.interval(0.01)

    assert change.p_above(low - 1e-9) <= 0.01 < change.p_above(low + 1e-6)
    assert change.p_below(high + 1e-9) <= 0.01 < change.p_below(high - 1e-6)
    assert change.interval(1e-6) == (-np.inf, np.inf)
    assert change.detectable(1e-6) == np.inf


def test_the_same_difference_in_every_row_is_as_sure_as_its_signs():
    change = paired_mean(np.full(30, -1.0))

    assert change.p_below(0.0) == 0.5**30
    assert change.p_above(0.0) == 1.0


def test_a_change_carried_by_few_rows_has_few_degrees_of_freedom():
    influence = np.zeros(1000)
    influence[:10] = np.resize([1.0, -1.0], 10)

    assert linear_change(0.0, influence).df == pytest.approx(20, rel=0.05)
    assert linear_change(0.0, influence, skewed=False).df == 999
    assert linear_change(0.0, np.zeros(50)).df == 49


def test_what_is_detectable_is_seen_four_times_in_five():
    drop = Studentized(0.0, 0.1, 50.0).detectable(1e-3)
    drawn = np.random.default_rng(0).normal(-drop, 0.1, size=4000)
    seen = np.mean([Studentized(value, 0.1, 50.0).p_below(0.0) <= 1e-3 for value in drawn])

    assert 0.78 < seen < 0.83


@pytest.mark.parametrize("skew", [0.02, 0.3, -0.3])
def test_the_ends_of_the_interval_are_where_the_tests_turn_under_skew(skew):
    change = Studentized(1.0, 0.5, 80.0, 0.0, skew)
    low, high = change.interval(1e-3)

    assert change.p_above(low) == pytest.approx(1e-3)
    assert change.p_below(high) == pytest.approx(1e-3)
    assert change.p_below(1.5) >= Studentized(1.0, 0.5, 80.0).p_below(1.5)


def test_a_long_tail_above_makes_a_fall_harder_to_show_but_not_a_rise():
    differences = np.random.default_rng(0).exponential(size=200) - 1.3
    change = paired_mean(differences)
    plain = stats.ttest_1samp(differences, 0)

    assert change.p_below(0.0) > 1.5 * plain.pvalue / 2
    assert change.p_above(-2.0) == pytest.approx(stats.ttest_1samp(differences, -2.0, alternative="greater").pvalue)


def test_the_error_of_groups_is_statsmodels(losses):
    models = pytest.importorskip("statsmodels.regression.linear_model")
    differences = losses[0] - losses[1]
    groups = np.random.default_rng(0).integers(0, 60, differences.size)
    fitted = models.OLS(differences, np.ones(differences.size)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    change = paired_mean(differences, groups)

    assert change.error == pytest.approx(fitted.bse[0] * (60 / 59) ** 0.5)


def test_few_rows_or_a_plain_tail_are_doubted_more():
    rng = np.random.default_rng(4)
    few, many = paired_mean(rng.normal(size=30)), paired_mean(rng.normal(size=200))
    long = paired_mean(rng.lognormal(size=200))

    assert few.doubt > 0 == few.skew
    assert (many.skew, many.doubt) == (0.0, 0.0)
    assert long.skew > 0 < long.doubt
    assert long.p_below(long.estimate + 4 * long.error) > 3 * stats.t.sf(4, 199)


@pytest.mark.parametrize("groups", [None, np.arange(300) // 3, np.arange(300) // 20])
@pytest.mark.parametrize("skewed", [True, False])
@pytest.mark.parametrize("share", [1.0, 0.95, 1.2, -3.0, 1e6])
def test_any_share_of_the_baseline_is_tested_as_if_it_were_summed_up_alone(losses, groups, skewed, share):
    now, before = losses
    one, other = now - now.mean(), before - before.mean()
    at = linear_contrast((now.mean(), before.mean()), (one, other), groups, skewed=skewed)
    value = now.mean() - share * before.mean()
    alone = linear_change(value, one - share * other, groups, skewed=skewed)

    for bound in (0.0, value + 0.05, value - 0.05):
        assert at(share).p_below(bound) == pytest.approx(alone.p_below(bound), rel=1e-6, abs=1e-12)


def test_nearly_equal_predictions_lose_no_digits():
    rng = np.random.default_rng(6)
    before = 1e3 + rng.normal(size=400)
    now = before + 1e-6 * rng.normal(size=400)
    at = linear_contrast((now.mean(), before.mean()), (now - now.mean(), before - before.mean()))

    assert at(1.0).error == pytest.approx(paired_mean(now - before).error, rel=1e-4)
