"""point_masses_hold: codes for missing, stuck sensors, filled holes; and shares that held."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, UsageError
from mlqa.checks.drift.point_masses_hold import point_masses_hold
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=1000):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "income": rng.lognormal(8, 1, rows),
            "age": rng.integers(18, 90, rows),
            "late": np.where(rng.random(rows) < 0.7, 0.0, rng.exponential(5, rows)),
            "city": rng.choice(["Bonn", "Rome"], rows),
        }
    )


REFERENCE, CURRENT = drawn(1), drawn(2)


def some(share, value, name, table=CURRENT):
    rows = pl.int_range(pl.len()) < share * pl.len()
    return table.with_columns(pl.when(rows).then(value).otherwise(pl.col(name)).alias(name))


def test_when_shares_held_then_it_passes():
    verdict = assert_check_conforms(point_masses_hold, REFERENCE, CURRENT)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason.startswith("no change of one value's share larger than 0.01 is shown in any of 3 columns")
    assert verdict.reason.endswith("; left out: 'city' (no numbers)")


@pytest.mark.parametrize(
    ("name", "value", "share"),
    [
        ("income", -999.0, 0.02),
        ("income", 2980.5, 0.03),
        ("age", -999, 0.02),
        ("age", 0, 0.025),
        ("age", 54, 0.06),
        ("late", 1.0, 0.03),
        ("late", 0.0, 0.5),
        ("income", 2980.5, 1.0),
    ],
)
def test_when_one_value_became_frequent_then_it_fails_and_names_it(name, value, share):
    verdict = assert_check_conforms(point_masses_hold, REFERENCE, some(share, value, name))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (name,)
    worst = verdict.evidence.worst[0]
    assert worst["what"] == f"share of {value if isinstance(value, int) else f'{value:g}'}".replace("2980.5", "2980")
    assert worst["current"] - worst["reference"] == pytest.approx(verdict.evidence.estimate)
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high


def test_when_a_value_vanished_then_it_fails():
    rng = np.random.default_rng(0)
    verdict = point_masses_hold(REFERENCE, CURRENT.with_columns(late=pl.Series(rng.exponential(5, 1000))))
    assert verdict.columns == ("late",)
    assert verdict.evidence.worst[0]["what"] == "share of 0"
    assert verdict.evidence.worst[0]["current"] == 0.0


def test_a_small_change_shown_in_many_rows_matters_only_where_the_value_lies_apart():
    before, after = (drawn(seed, 60_000) for seed in (3, 4))
    assert point_masses_hold(before, some(0.002, 54, "age", after)).outcome is Outcome.PASS
    verdict = point_masses_hold(before, some(0.002, -1, "age", after))
    assert verdict.columns == ("age",)


def test_in_columns_of_very_many_values_the_frequent_one_is_named():
    before, after = (drawn(seed, 60_000) for seed in (3, 4))
    verdict = point_masses_hold(before, some(0.02, -999.0, "income", after))
    assert verdict.columns == ("income",)
    assert verdict.evidence.worst[0]["what"] == "share of -999"


def test_when_there_are_too_few_rows_then_it_is_undecided():
    verdict = assert_check_conforms(point_masses_hold, REFERENCE[:9], CURRENT[:9])
    assert verdict.outcome is Outcome.UNDECIDED


def test_when_there_are_no_numbers_then_it_is_skipped():
    verdict = assert_check_conforms(point_masses_hold, REFERENCE.select("city"), CURRENT.select("city"))
    assert verdict.outcome is Outcome.SKIPPED


def test_profiles_give_the_verdict_of_their_tables():
    current = some(0.02, -999, "age")
    wanted = point_masses_hold(REFERENCE, current).to_json()
    assert point_masses_hold(profile(REFERENCE), profile(current)).to_json() == wanted


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.lists(st.integers(0, 6), min_size=1, max_size=60))
def test_small_columns_of_any_values_get_an_answer(first, second):
    verdict = point_masses_hold(pl.DataFrame({"x": first}), pl.DataFrame({"x": second}))
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high
    assert verdict.to_json()


def test_a_share_that_is_none_is_refused():
    with pytest.raises(UsageError) as caught:
        point_masses_hold(REFERENCE, CURRENT, min_effect=1.5)
    assert str(caught.value) == (
        "min_effect=1.5: expected a distance in [0, 1), got float.\nHint: 0.01 leaves changes of one point in peace"
    )
