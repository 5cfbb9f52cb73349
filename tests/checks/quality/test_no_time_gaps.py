"""No stretch of time is without rows: a limit given, the series' own rhythm, a reference, groups, profiles."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from mlqa import UsageError
from mlqa.checks.quality.no_time_gaps import no_time_gaps
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

DAYS = pl.date_range(date(2023, 1, 1), date(2023, 12, 31), eager=True).alias("day").to_frame()
HOLE = pl.col("day").is_between(date(2023, 5, 1), date(2023, 5, 20))


def events(rows=1000, seed=0, start=datetime(2024, 1, 1), minutes=43.0):
    gaps = np.random.default_rng(seed).exponential(minutes * 60e6, rows).cumsum()
    return pl.DataFrame({"at": (pl.Series(gaps.astype(np.int64)).cast(pl.Duration("us")) + start)})


def without(table, share, start=0.4):
    ordered = table["at"].sort()
    low, high = ordered[int(start * len(ordered))], ordered[int((start + share) * len(ordered))]
    return table.filter((pl.col("at") <= low) | (pl.col("at") >= high))


def bars(verdict):
    return verdict.evidence.plot["data"]["values"]


def test_a_regular_series_without_a_hole_passes():
    verdict = assert_check_conforms(no_time_gaps, DAYS, "day")
    assert verdict.outcome.name == "PASS"
    assert verdict.reason == "the longest gap of 'day' is 1 day; up to 3 days are usual"
    assert (verdict.evidence.estimate, verdict.evidence.limit, verdict.evidence.n) == (1.0, 3.0, 365)


def test_a_hole_that_stands_out_fails_and_is_shown():
    verdict = assert_check_conforms(no_time_gaps, DAYS.filter(~HOLE), "day")
    assert (verdict.outcome.name, verdict.columns) == ("FAIL", ("day",))
    assert verdict.evidence.worst == ({"from": "2023-04-30", "to": "2023-05-21", "days": 21.0, "reference_rows": 0},)


def test_irregular_events_have_no_hole_until_one_is_made():
    assert no_time_gaps(events(), "at").outcome.name == "PASS"
    assert no_time_gaps(without(events(), 0.15), "at").outcome.name == "FAIL"


def test_a_given_limit_is_taken_at_its_word():
    assert no_time_gaps(DAYS, "day", at_most=timedelta(days=1)).outcome.name == "PASS"
    verdict = assert_check_conforms(no_time_gaps, DAYS.filter(~HOLE), "day", at_most=timedelta(days=20))
    assert (verdict.outcome.name, verdict.evidence.estimate, verdict.evidence.limit) == ("FAIL", 21.0, 20.0)
    many = assert_check_conforms(no_time_gaps, events(), "at", at_most=timedelta(minutes=10))
    assert len(many.evidence.worst) == 10
    assert "more gaps" in many.reason


def test_what_the_reference_has_too_is_no_fault():
    holed = DAYS.filter(~HOLE)
    assert assert_check_conforms(no_time_gaps, holed, "day", reference=holed).outcome.name == "PASS"


def test_a_stretch_that_only_the_reference_fills_is_a_hole():
    pooled = events(2000)
    reference, current = pooled.gather_every(2), pooled.gather_every(2, 1)
    assert no_time_gaps(current, "at", reference=reference).outcome.name == "PASS"
    verdict = assert_check_conforms(no_time_gaps, without(current, 0.05), "at", reference=reference)
    assert verdict.outcome.name == "FAIL"
    assert verdict.evidence.limit is None
    assert "where the reference has 50 rows" in verdict.reason
    drawn = {
        table: [bar["share"] for bar in bars(verdict) if bar["table"] == table] for table in ("reference", "current")
    }
    assert drawn["current"][4:6] == [0.0, 0.0]
    assert min(drawn["reference"]) > 0


def test_a_later_table_is_compared_by_length():
    reference, later = events(seed=1), events(seed=2, start=datetime(2024, 6, 1))
    assert no_time_gaps(later, "at", reference=reference).outcome.name == "PASS"
    assert no_time_gaps(without(later, 0.15), "at", reference=reference).outcome.name == "FAIL"


def test_gaps_are_looked_for_in_each_group():
    both = pl.concat([DAYS.with_columns(sensor=pl.lit("a")), DAYS.filter(~HOLE).with_columns(sensor=pl.lit("b"))])
    assert no_time_gaps(both, "day").outcome.name == "PASS"
    verdict = assert_check_conforms(no_time_gaps, both, "day", group="sensor")
    assert verdict.outcome.name == "FAIL"
    assert verdict.evidence.worst[0]["group"] == "b"
    assert "'day' of 'b' has no row between" in verdict.reason
    whole = pl.concat([DAYS.with_columns(sensor=pl.lit(name)) for name in "ab"])
    against = no_time_gaps(both, "day", group=["sensor"], reference=whole)
    assert [(row["group"], row["reference_rows"]) for row in against.evidence.worst] == [("b", 20)]
    assert no_time_gaps(both, "day", group=["sensor"], reference=both).outcome.name == "PASS"


@pytest.mark.parametrize("options", [{}, {"reference": DAYS}, {"group": "x"}])
def test_too_few_times_are_skipped(options):
    few = DAYS.head(20).with_columns(x=pl.lit(1))
    asked = {key: value.with_columns(x=pl.lit(1)) if key == "reference" else value for key, value in options.items()}
    verdict = assert_check_conforms(no_time_gaps, few, "day", **asked)
    assert verdict.outcome.name == "SKIPPED"
    assert "fewer than 31 different times" in verdict.reason


@pytest.mark.parametrize("options", [{}, {"at_most": timedelta(1)}, {"group": "x"}, {"reference": DAYS}])
def test_without_any_time_it_is_skipped(options):
    nothing = pl.DataFrame({"day": [None] * 40, "x": [1] * 40})
    assert assert_check_conforms(no_time_gaps, nothing, "day", **options).outcome.name == "SKIPPED"


@pytest.mark.parametrize(
    ("time", "options", "message"),
    [
        ("dya", {}, "did you mean 'day'"),
        ("x", {"at_most": timedelta(1)}, "expected a number above 0, got timedelta"),
        ("x", {"at_most": float("inf")}, "expected a number above 0"),
        ("day", {"group": "y"}, "group='y': expected a column of the table"),
        ("day", {"at_most": 3}, "at_most=3: expected a datetime.timedelta above 0"),
        ("day", {"at_most": timedelta(0)}, "above 0"),
        ("day", {"at_most": timedelta(1), "reference": DAYS}, "either at_most or reference"),
    ],
)
def test_what_cannot_be_asked_is_refused(time, options, message):
    with pytest.raises(UsageError, match=message):
        no_time_gaps(DAYS.with_columns(x=pl.lit(1)), time, **options)


def test_numbered_steps_are_times_too():
    steps = pl.DataFrame({"month": np.repeat(np.arange(60.0), 30)})
    assert (
        assert_check_conforms(no_time_gaps, steps, "month").reason
        == "the longest gap of 'month' is 1; up to 3 are usual"
    )
    holed = steps.filter(~pl.col("month").is_between(30, 39))
    verdict = assert_check_conforms(no_time_gaps, holed, "month", reference=steps)
    assert verdict.evidence.worst == ({"from": "29", "to": "40", "steps": 11.0, "reference_rows": 300},)
    assert no_time_gaps(holed, "month", at_most=10).outcome.name == "FAIL"
    endless = pl.concat([steps, pl.DataFrame({"month": [np.inf, -np.inf]})])
    assert no_time_gaps(endless, "month").outcome.name == "PASS"
    assert no_time_gaps(endless, "month", at_most=1.5).outcome.name == "PASS"


@pytest.mark.parametrize("values", [["a", "b"] * 30, [[1]] * 60, [True, False] * 30, [timedelta(1)] * 60])
def test_what_holds_no_times_is_skipped(values):
    verdict = assert_check_conforms(no_time_gaps, pl.DataFrame({"day": values}), "day")
    assert (verdict.outcome.name, verdict.reason[-9:]) == ("SKIPPED", "not times")
    against = no_time_gaps(DAYS, "day", reference=pl.DataFrame({"day": range(60)}))
    assert against.reason == "'day' holds Date and Int64, not times"


def test_profiles_say_what_tables_say():
    many, holed = events(30_000, minutes=2.0), without(events(30_000, seed=5, minutes=2.0), 0.2)
    for options in ({}, {"reference": many}):
        held = {key: profile(value) for key, value in options.items()}
        verdict = no_time_gaps(holed, "at", **options)
        assert verdict.outcome.name == "FAIL"
        assert no_time_gaps(profile(holed), "at", **held).to_json() == verdict.to_json()
    assert no_time_gaps(profile(many), "at").outcome.name == "PASS"


def test_a_profile_of_many_times_says_where_it_is_too_coarse():
    held = profile(events(30_000, minutes=2.0))
    assert no_time_gaps(held, "at", at_most=timedelta(seconds=1)).outcome.name in {"FAIL", "SKIPPED"}
    assert no_time_gaps(held, "at", at_most=timedelta(minutes=30)).reason.startswith("the profile is too coarse")
    assert no_time_gaps(held, "at", at_most=timedelta(days=3)).outcome.name == "PASS"
    assert no_time_gaps(profile(without(events(30_000), 0.2)), "at", at_most=timedelta(days=3)).outcome.name == "FAIL"
    assert no_time_gaps(held, "at", group="at").outcome.name == "SKIPPED"
