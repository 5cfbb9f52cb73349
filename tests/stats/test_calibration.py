"""The classical tests of calibration against MAPIE and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from mlqa.stats.calibration import cumulative_p_values, recalibration, spiegelhalter


def drawn(power, n=400, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 2, n)
    return p, (rng.random(n) < p**power).astype(int)


@pytest.mark.parametrize("power", [1.0, 1.1, 1.3, 2.0])
def test_cumulative_differences_agree_with_mapie(power):
    mapie = pytest.importorskip("mapie.metrics.calibration")
    p, y = drawn(power)
    smirnov, kuiper = cumulative_p_values(p, y)
    assert smirnov == pytest.approx(mapie.kolmogorov_smirnov_p_value(y, p), rel=1e-4, abs=1e-9)
    assert kuiper == pytest.approx(mapie.kuiper_p_value(y, p), rel=1e-2, abs=1e-9)


@pytest.mark.parametrize("power", [1.0, 1.3, 2.0])
def test_spiegelhalters_z_agrees_with_mapie(power):
    mapie = pytest.importorskip("mapie.metrics.calibration")
    p, y = drawn(power)
    assert spiegelhalter(p, y)[0] == pytest.approx(mapie.spiegelhalter_statistic(y, p), rel=1e-9)


@pytest.mark.parametrize("power", [1.0, 1.5])
def test_recalibration_agrees_with_statsmodels(power):
    api = pytest.importorskip("statsmodels.api")
    p, y = drawn(power)
    theirs = api.GLM(y, api.add_constant(np.log(p / (1 - p))), family=api.families.Binomial()).fit()
    intercept, slope, p_value = recalibration(p, y)
    assert (intercept, slope) == pytest.approx(tuple(theirs.params), abs=1e-5)
    assert 0 <= p_value <= 1


def test_a_perfect_separation_stays_finite():
    y = np.tile([0, 1], 50)
    assert np.isfinite(recalibration(np.clip(y, 0.01, 0.99), y)).all()
    assert np.isfinite(recalibration(y.astype(float), y)).all()


def test_certainty_that_is_right_is_no_surprise_and_wrong_is_impossible():
    y = np.tile([0, 1], 50)
    assert spiegelhalter(y, y) == (0.0, 1.0)
    assert spiegelhalter(1 - y, y)[1] == 0.0
    assert cumulative_p_values(y.astype(float), y) == (1.0, 1.0)
    assert cumulative_p_values(np.zeros(100), y) == (0.0, 0.0)
