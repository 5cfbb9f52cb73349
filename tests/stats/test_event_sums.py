from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.event_sums import events_p_value, weighted_p_value


def exact_tails(p):
    """Poisson-binomial: chance of at least k events, by convolution."""
    chances = np.ones(1)
    for one in p:
        chances = np.convolve(chances, [1 - one, one])
    return chances[::-1].cumsum()[::-1]


@pytest.mark.parametrize("n, a, b", [(30, 1, 1), (100, 0.3, 3), (200, 0.1, 5), (1000, 0.5, 0.5), (400, 0.02, 3)])
def test_the_tail_is_the_exact_one_to_three_per_cent_down_to_1e_9(n, a, b):
    p = np.random.default_rng(n).beta(a, b, n)
    tails = exact_tails(p)
    for level in (0.5, 0.1, 0.01, 1e-4, 1e-6, 1e-9):
        k = int(np.argmax(tails <= level))
        found = events_p_value(np.arange(n) < k, p)
        assert k == 0 or found == pytest.approx(tails[k], rel=0.03)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.data())
def test_any_chances_give_nearly_the_exact_tail(chances, data):
    p = np.array(chances)
    happened = np.array(data.draw(st.lists(st.booleans(), min_size=p.size, max_size=p.size)))
    found, exact = events_p_value(happened, p), exact_tails(p)[int(happened.sum())]
    assert 0 <= found <= 1
    if not np.any(happened & (p == 0)):
        assert found == pytest.approx(exact, rel=0.4, abs=0.06)


def test_what_cannot_happen_has_no_chance_and_what_must_is_no_surprise():
    assert events_p_value([True, False], [0.0, 0.5]) == 0.0
    assert events_p_value([True, False], [1.0, 0.5]) == 1.0
    assert events_p_value([True, True], [0.1, 0.2]) == pytest.approx(0.02)


def test_weighted_sums_agree_with_simulation():
    rng = np.random.default_rng(0)
    p = rng.beta(0.3, 3, 300)
    weights = 1 - 2 * p
    drawn = (weights * ((rng.random((40_000, 300)) < p) - p)).sum(axis=1)
    rows = rng.random((2000, 300)) < p
    for happened in rows[:20]:
        share = np.mean(drawn >= (weights * (happened - p)).sum())
        assert weighted_p_value(weights, happened, p) == pytest.approx(share, abs=0.02)


def test_constant_weights_and_extremes():
    assert weighted_p_value([0.0, 0.0], [True, False], [0.3, 0.3]) == 1.0
    assert weighted_p_value([1.0, 1.0], [True, True], [0.1, 0.2]) == pytest.approx(0.02)
    assert weighted_p_value([1.0], [True], [0.0]) == 0.0
