"""Holes in series of times: limits from usual gaps, holes against another sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.stats.gaps import FEWEST_GAPS, holes, new_holes, usual_limit


def ones(size):
    return np.ones(size, dtype=np.int64)


def test_the_limit_of_a_regular_series_is_three_gaps():
    assert usual_limit(np.ones(40)) == 3.0


def test_it_grows_with_the_tail():
    rng = np.random.default_rng(0)
    light, heavy = rng.exponential(size=1000), rng.pareto(1.5, 1000)
    assert usual_limit(light) / np.median(light) < usual_limit(heavy) / np.median(heavy)


@given(st.lists(st.floats(1e-3, 1e3), min_size=FEWEST_GAPS, max_size=60), st.floats(1e-3, 1e3))
def test_it_scales_with_the_unit(gaps, factor):
    gaps = np.array(gaps)
    assert usual_limit(gaps * factor) == pytest.approx(usual_limit(gaps) * factor, rel=1e-6)
    assert usual_limit(gaps) >= 3 * np.sort(gaps)[-min(20, max(8, gaps.size // 10))] * (1 - 1e-12)


def test_too_few_gaps_have_no_limit():
    assert holes(np.arange(float(FEWEST_GAPS)), ones(FEWEST_GAPS)) == ([], None)
    assert new_holes(np.arange(20.0), ones(20), ones(20)) == ([], None)


def test_a_hole_in_the_middle_is_found_and_a_stray_time_is_none():
    times = np.concatenate((np.arange(60.0), np.arange(90.0, 150.0)))
    found, limit = holes(times, ones(120))
    assert [(hole.start, hole.length, hole.limit) for hole in found] == [(59.0, 31.0, 3.0)]
    assert limit == 3.0
    assert holes(np.append(np.arange(60.0), 500.0), ones(61))[0] == []


def test_exponential_gaps_have_no_hole_in_a_hundred_series():
    rng = np.random.default_rng(1)
    found = sum(bool(holes(np.cumsum(rng.exponential(size=500)), ones(500))[0]) for _ in range(100))
    assert found == 0


def test_what_both_samples_lack_is_no_hole():
    values = np.concatenate((np.arange(60.0), np.arange(90.0, 150.0)))
    assert new_holes(values, ones(120), ones(120))[0] == []


def test_a_hole_of_another_time_needs_three_times_the_longest_gap():
    before = np.arange(100.0)
    after = np.concatenate((np.arange(200.0, 260.0), np.arange(261.5, 320.0)))
    values, x = np.concatenate((before, after)), np.concatenate((ones(100), np.zeros(after.size, dtype=np.int64)))
    assert new_holes(values, x, 1 - x)[0] == []
    later = np.where(after > 260, after + 10, after)
    (hole,), _ = new_holes(np.concatenate((before, later)), x, 1 - x)
    assert (hole.start, hole.stop, hole.rows) == (259.0, 271.5, 0)


def test_a_sparser_sample_of_another_time_is_no_hole():
    values = np.concatenate((np.arange(1000.0), 2000 + 25 * np.arange(40.0)))
    x = (values < 1500).astype(np.int64)
    assert new_holes(values, x, 1 - x)[0] == []


def test_recurring_gaps_are_the_samples_own_rhythm():
    values = np.arange(700.0)
    open_days = (values % 7 != 6).astype(np.int64)
    many = np.full(700, 100, dtype=np.int64)
    assert new_holes(values, many, open_days)[0] == []


def test_a_few_gaps_of_two_days_make_no_heavy_tail():
    days = np.arange(380.0)
    times = days[~np.isin(days, np.arange(20, 380, 33)) & ~((days > 200) & (days < 240))]
    (hole,), limit = holes(times, ones(times.size))
    assert (hole.length, hole.start) == (40.0, 200.0)
    assert 3.0 <= limit <= 12.0


def test_a_hole_is_no_witness_of_its_own_usualness():
    rng = np.random.default_rng(4)
    before = np.cumsum(rng.exponential(size=400))
    gaps = rng.exponential(size=400)
    gaps[[50, 120, 200, 290, 330]] = [60.0, 75.0, 110.0, 90.0, 70.0]
    gaps[250:265] += 3.0
    after = before[-1] + np.cumsum(gaps)
    values, x = np.concatenate((before, after)), np.concatenate((ones(400), 0 * ones(400)))
    assert usual_limit(np.diff(after)) > 110.0
    found, limit = new_holes(values, x, 1 - x)
    assert limit < 60.0
    assert [round(hole.length) for hole in found] == [110, 90, 75, 70, 60]


def test_a_reference_of_few_gaps_leaves_the_sample_to_itself():
    values = np.concatenate((np.arange(20.0), 100.0 + np.arange(60.0), 200.0 + np.arange(60.0)))
    x = (values < 50).astype(np.int64)
    (hole,), _ = new_holes(values, x, 1 - x)
    assert (hole.start, hole.stop) == (159.0, 200.0)


def test_random_halves_have_no_hole():
    rng = np.random.default_rng(2)
    for _ in range(50):
        values = np.cumsum(rng.pareto(1.2, 2000))
        half = rng.permutation(2000) < 1000
        assert new_holes(values, half.astype(np.int64), (~half).astype(np.int64))[0] == []


def test_a_twentieth_of_the_rows_gone_is_seen():
    rng = np.random.default_rng(3)
    seen = 0
    for _ in range(20):
        values, half = np.cumsum(rng.exponential(size=2000)), rng.permutation(2000) < 1000
        gone = (np.arange(2000) >= 900) & (np.arange(2000) < 1000)
        seen += bool(new_holes(values, half.astype(np.int64), (~half & ~gone).astype(np.int64))[0])
    assert seen == 20
