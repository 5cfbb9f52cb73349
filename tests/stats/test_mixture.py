"""likelihood_ratio and mixture_scores: what a loss says of a row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.mixture import likelihood_ratio, mixture_scores


def test_the_ratio_of_two_normal_samples_is_found():
    rng = np.random.default_rng(0)
    sound, broken = rng.normal(size=4000), rng.normal(1, 1, size=16000)
    ratio, _ = likelihood_ratio(sound, broken)
    truth = np.exp(sound - 0.5)
    middle = np.abs(sound) < 1.5
    assert np.median(np.abs(np.log(ratio[middle] / truth[middle]))) < 0.15


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 300), st.sampled_from([1, 5, 1000]))
def test_the_ratio_never_falls_as_the_loss_grows(seed, n, k, steps):
    rng = np.random.default_rng(seed)
    sound, broken = np.round(rng.normal(size=n) * steps), np.round(rng.normal(1, 2, size=k) * steps)
    ratio, of_broken = likelihood_ratio(sound, broken)
    assert np.all(ratio > 0)
    assert np.all(of_broken > 0)
    assert np.all(np.diff(ratio[np.argsort(sound, kind="stable")]) >= -1e-12)


def test_where_all_losses_are_equal_nothing_is_said():
    ratio, _ = likelihood_ratio(np.ones(50), np.ones(200))
    assert mixture_scores(ratio) == pytest.approx(np.zeros(50), abs=1e-9)
