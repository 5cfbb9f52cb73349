"""Which of two columns is the larger."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, profile
from mlqa.checks.drift.orders import like_pairs, orders
from mlqa.checks.drift.orders_hold import orders_hold
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms

ROWS = 400


def table(seed=0, rows=ROWS):
    rng = np.random.default_rng(seed)
    low = rng.normal(100, 10, rows)
    wide = rng.normal(100, 10, rows)
    return pl.DataFrame(
        {
            "low": low,
            "high": low + rng.exponential(5, rows),
            "other": wide,
            "huge": 1e9 * wide,
            "name": ["a", "b"] * (rows // 2),
        }
    )


def exchanged(frame, one, other, rows):
    swap = pl.int_range(pl.len()) < rows
    return frame.with_columns(
        pl.when(swap).then(other).otherwise(one).alias(one), pl.when(swap).then(one).otherwise(other).alias(other)
    )


@pytest.mark.parametrize("rows", [20, 100, ROWS])
def test_finds_two_columns_that_changed_places(rows):
    verdict = assert_check_conforms(orders_hold, table(0), exchanged(table(1), "low", "high", rows))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("low", "high")
    assert verdict.evidence.worst[0]["reference"] in (0.0, 1.0)


def test_a_reason_names_the_pair_and_both_shares():
    verdict = orders_hold(table(0), exchanged(table(1), "low", "high", ROWS))
    assert verdict.reason == "'low' is above 'high' in 100 % of the current rows, 0 % of the reference"


def test_passes_where_the_order_is_as_it_was():
    verdict = assert_check_conforms(orders_hold, table(0), table(1))
    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()


def test_equal_lengths_that_changed_places_are_found():
    rng = np.random.default_rng(2)
    x = rng.gamma(4, 1, 2000)
    both = pl.DataFrame({"x": x, "y": x * rng.normal(1.005, 0.01, 2000)})
    swapped = both[1000:].rename({"x": "y", "y": "x"})
    assert set(orders_hold(both[:1000], swapped).columns) == {"x", "y"}


def test_one_column_that_all_pairs_share_is_named_alone():
    before, after = table(0), table(1).with_columns(pl.col("other") + 12)
    assert orders_hold(before, after).columns == ("other",)


def test_times_are_compared_with_times():
    start = pl.Series([dt.datetime(2026, 1, 1) + dt.timedelta(hours=7 * i) for i in range(ROWS)])
    before = pl.DataFrame({"start": start, "end": start + dt.timedelta(hours=3), "amount": range(ROWS)})
    after = exchanged(before, "start", "end", 40)
    verdict = assert_check_conforms(orders_hold, before, after)
    assert verdict.columns == ("start", "end")


def test_columns_of_another_scale_or_kind_are_no_pair():
    pairs = like_pairs(table(0), table(1), ["low", "high", "other", "huge", "name"])
    assert {frozenset(pair) for pair in pairs} == {
        frozenset(two) for two in (("low", "high"), ("low", "other"), ("high", "other"))
    }


def test_is_skipped_without_a_pair():
    verdict = assert_check_conforms(orders_hold, table(0).select("low", "name"), table(1).select("low", "name"))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "there are no two columns of numbers or times of like scale"


def test_is_skipped_where_a_profile_holds_no_rows(tmp_path):
    path = tmp_path / "reference.mlqa-profile"
    profile(table(0)).save(path)
    verdict = orders_hold(type(profile(table(0))).load(path), table(1))
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "the profile holds no rows")


def test_is_undecided_with_a_few_rows():
    verdict = assert_check_conforms(orders_hold, table(0, 8), table(1, 8))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_refuses_a_column_that_is_not_there():
    with pytest.raises(UsageError, match="columns"):
        orders_hold(table(0), table(1), columns=["lo"])


def test_missing_and_infinite_values_do_no_harm():
    before = table(0).with_columns(low=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise("low"))
    after = table(1).with_columns(high=pl.when(pl.int_range(pl.len()) % 9 == 0).then(float("inf")).otherwise("high"))
    assert assert_check_conforms(orders_hold, before, after).outcome in (Outcome.PASS, Outcome.FAIL)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=30), st.integers(1, 29))
def test_shares_and_p_values_are_shares(values, cut):
    frame = pl.DataFrame(values, schema=["a", "b"], orient="row")
    before, after = frame[: min(cut, frame.height - 1)], frame[min(cut, frame.height - 1) :]
    for order in orders(before, after, [("a", "b")]):
        assert 0 <= order.p_value <= 1
        assert 0 <= order.was <= 1
        assert 0 <= order.now <= 1
