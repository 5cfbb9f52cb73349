"""range_holds: a few wild values, many mild ones, and what is no news."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.drift.range_holds import range_holds
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=1000):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "height": rng.normal(170, 10, rows).round(1),
            "age": rng.integers(18, 90, rows),
            "wild": rng.standard_cauchy(rows),
            "city": rng.choice(["Bonn", "Rome"], rows),
        }
    )


REFERENCE, CURRENT = drawn(1), drawn(2)


def with_first(name, values):
    column = CURRENT[name].cast(pl.Float64).to_numpy().copy()
    column[: len(values)] = values
    return CURRENT.with_columns(pl.Series(name, column))


def test_when_nothing_lies_beyond_then_it_passes_and_says_what_it_would_have_seen():
    verdict = assert_check_conforms(range_holds, REFERENCE, CURRENT)
    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()
    assert 0.01 < verdict.evidence.detectable < 0.05
    assert verdict.reason.startswith("nothing beyond the reference's range that chance would not explain is shown in")
    assert verdict.reason.endswith("; left out: 'city' (no numbers)")


@pytest.mark.parametrize(
    ("name", "values", "test"),
    [
        ("height", [1700.0] * 5, "tail"),
        ("height", [17.0, 1690.0, 1710.0, 16.0, 1650.0], "tail"),
        ("age", [-720.0, 830.0, 640.0, 711.0, 905.0], "tail"),
        ("height", np.linspace(230, 260, 10), "tail"),
        ("height", np.linspace(203, 211, 40), "range"),
        ("height", [-999.0] * 25, "tail"),
    ],
)
def test_when_values_lie_beyond_then_it_fails_and_names_column_and_end(name, values, test):
    verdict = assert_check_conforms(range_holds, REFERENCE, with_first(name, values))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (name,)
    worst = verdict.evidence.worst[0]
    assert worst["test"] == test
    assert worst["current"] in (min(values), max(values))
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high
    assert sum(row["share"] for row in verdict.evidence.plot["data"]["values"]) == pytest.approx(2, abs=1e-4)


def test_four_wild_values_are_too_few_to_tell():
    assert range_holds(REFERENCE, with_first("height", [1700.0] * 4)).outcome is Outcome.PASS


def test_when_the_reference_has_such_values_too_then_it_passes():
    reference = REFERENCE.with_columns(
        height=pl.when(pl.int_range(pl.len()) < 2).then(1700.0).otherwise(pl.col("height"))
    )
    assert range_holds(reference, with_first("height", [1700.0] * 5)).outcome is Outcome.PASS


def test_values_that_a_heavy_tail_explains_are_no_news():
    assert range_holds(REFERENCE, with_first("wild", [900.0, 1500.0, -4000.0, 2000.0, 800.0])).outcome is Outcome.PASS


def test_a_lost_tail_is_no_reach():
    narrow = CURRENT.with_columns(pl.col("height").clip(160, 180))
    assert range_holds(REFERENCE, narrow).outcome is Outcome.PASS


def test_times_are_looked_at_only_when_named():
    days = pl.datetime_range(dt.datetime(2020, 1, 1), dt.datetime(2020, 12, 31), "1d", eager=True)
    before, after = pl.DataFrame({"day": days}), pl.DataFrame({"day": days + dt.timedelta(days=200)})
    assert range_holds(before, after).outcome is Outcome.SKIPPED
    verdict = range_holds(before, after, columns=["day"])
    assert (
        verdict.reason
        == "'day' goes beyond the reference: largest value is 2021-07-19 00:00:00, was 2020-12-31 00:00:00"
    )


def test_when_there_are_too_few_rows_then_it_is_undecided():
    verdict = assert_check_conforms(range_holds, REFERENCE[:9], CURRENT[:9])
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 20


def test_profiles_give_the_verdict_of_their_tables():
    current = with_first("age", [-720.0, 830.0, 640.0, 711.0, 905.0])
    assert range_holds(profile(REFERENCE), profile(current)).to_json() == range_holds(REFERENCE, current).to_json()


def test_infinite_values_beyond_are_found():
    assert range_holds(REFERENCE, with_first("height", [float("inf")] * 30)).columns == ("height",)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(UsageError) as caught:
        range_holds(REFERENCE, CURRENT, columns=["heigth"])
    assert str(caught.value) == (
        "columns='heigth': expected a column of the table, got no such column.\nHint: did you mean 'height'?"
    )
