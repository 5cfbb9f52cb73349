from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.delong import delong, paired_delong, placements


def brute_force(positive, scores):
    """The pairwise sums of DeLong, DeLong and Clarke-Pearson (1988)."""
    wins = []
    for score in scores:
        yes, no = score[positive], score[~positive]
        wins.append((yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :]))
    wins = np.array(wins)
    areas = wins.mean(axis=(1, 2))
    v10, v01 = wins.mean(axis=2), wins.mean(axis=1)
    m, n = v10.shape[1], v01.shape[1]
    s10 = (v10 - areas[:, None]) @ (v10 - areas[:, None]).T / (m - 1)
    s01 = (v01 - areas[:, None]) @ (v01 - areas[:, None]).T / (n - 1)
    return areas, s10 / m + s01 / n


@pytest.fixture(params=["smooth", "ties", "rare"])
def scored(request):
    rng = np.random.default_rng(3)
    positive = rng.random(150) < (0.05 if request.param == "rare" else 0.4)
    scores = positive + rng.normal(size=(3, 150))
    return positive, scores.round(0 if request.param == "ties" else 9)


def test_midranks_give_the_pairwise_areas_and_covariance(scored):
    areas, covariance = delong(*scored)
    wanted_areas, wanted = brute_force(*scored)

    np.testing.assert_allclose(areas, wanted_areas, rtol=1e-12)
    np.testing.assert_allclose(covariance, wanted, rtol=1e-9, atol=1e-15)


def test_the_area_is_scikit_learns(scored):
    metrics = pytest.importorskip("sklearn.metrics")
    positive, scores = scored

    assert delong(positive, scores)[0] == pytest.approx([metrics.roc_auc_score(positive, score) for score in scores])


def test_the_paired_error_is_that_of_the_contrast(scored):
    positive, scores = scored
    areas, covariance = brute_force(positive, scores)
    change = paired_delong(positive, scores[0], scores[1])

    assert change.estimate == pytest.approx(areas[0] - areas[1])
    assert change.error**2 == pytest.approx(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])


def test_on_many_rows_the_tail_is_the_normal_one():
    rng = np.random.default_rng(4)
    positive = rng.random(4000) < 0.5
    scores = positive + rng.normal(size=(2, 4000))
    change = paired_delong(positive, *scores)

    assert change.p_below(0.02) == pytest.approx(stats.norm.sf((0.02 - change.estimate) / change.error), rel=0.02)


def test_only_the_order_of_the_scores_matters(scored):
    positive, scores = scored
    bent = paired_delong(positive, np.exp(scores[0]), scores[1] * 7 - 3)

    assert bent.p_below(0.0) == paired_delong(positive, scores[0], scores[1]).p_below(0.0)


def test_a_perfect_score_on_six_rows_proves_little():
    positive = np.array([False, False, False, True, True, True])
    change = paired_delong(positive, np.zeros(6), positive.astype(float))

    assert change.error == 0
    assert change.p_below(0.0) == pytest.approx(1 / 20)


def test_placements_of_both_classes_have_the_same_mean():
    of_yes, of_no = placements([True, False, True, False], [[0.3, 0.1, 0.2, 0.25]])

    assert of_yes.mean() == of_no.mean() == 0.75


# Ovarian cancer: albumin, total protein, Krebs-Goplerud score, and whether surgery helped: DeLong et al. (1988),
# the 43 complete records as SAS/STAT's guide to PROC LOGISTIC lists them, with the results it prints.
PATIENTS = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0  1.6 5.6 5 1  3.8 5.7 5 1
3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1  4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0
4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1  3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1
4.3 6.5 4 1  3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1  3.5 6.2 5 1
2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1  3.6 6.6 5 1
"""


def test_the_published_example_is_met():
    albumin, protein, score, helped = np.array(PATIENTS.split(), dtype=float).reshape(-1, 4).T
    areas, covariance = delong(helped, [albumin, 10 - score, protein])

    assert areas == pytest.approx([0.7366, 0.7258, 0.6478], abs=5e-5)
    assert np.sqrt(np.diag(covariance)) == pytest.approx([0.0927, 0.1028, 0.1000], abs=5e-5)
    for new, difference, error, p_value in ((albumin, 0.0108, 0.0953, 0.9102), (protein, -0.0780, 0.1046, 0.4561)):
        change = paired_delong(helped, new, 10 - score)
        assert (change.estimate, change.error) == pytest.approx((difference, error), abs=5e-5)
        assert 2 * stats.norm.sf(abs(change.estimate) / change.error) == pytest.approx(p_value, abs=5e-4)


def test_a_share_of_the_baseline_is_the_contrast_of_both(scored):
    positive, scores = scored
    areas, covariance = brute_force(positive, scores)
    change = paired_delong(positive, scores[0], scores[1], share=0.9)
    weights = np.array([1, -0.9, 0])

    assert change.estimate == pytest.approx(areas @ weights)
    assert change.error**2 == pytest.approx(weights @ covariance @ weights)
