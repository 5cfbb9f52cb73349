"""The newest row is recent: now given or another table's, dates as days, odd clocks."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import UsageError
from mlqa.checks.quality.is_fresh import is_fresh
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

ROWS = pl.DataFrame({"seen": [datetime(2024, 5, 1, 8), datetime(2024, 5, 2, 9), None], "x": [1, 2, 3]})
HOURS = timedelta(hours=6)


def test_a_recent_row_passes():
    verdict = assert_check_conforms(is_fresh, ROWS, "seen", at_most=HOURS, now=datetime(2024, 5, 2, 12))
    assert verdict.outcome.name == "PASS"
    assert (verdict.evidence.estimate, verdict.evidence.limit, verdict.evidence.unit) == (3.0, 6.0, "hours")
    assert verdict.evidence.n == 2


def test_an_old_one_fails_and_says_how_old():
    verdict = assert_check_conforms(is_fresh, ROWS, "seen", at_most=HOURS, now="2024-05-05T09:00:00+00:00")
    assert verdict.outcome.name == "FAIL"
    assert verdict.columns == ("seen",)
    assert "3 days before 2024-05-05 09:00:00; at most 6 hours are fresh" in verdict.reason


def test_a_time_far_after_now_is_a_fault_too():
    verdict = is_fresh(ROWS, "seen", at_most=HOURS, now=datetime(2024, 5, 1))
    assert verdict.outcome.name == "FAIL"
    assert "33 hours after" in verdict.reason
    assert is_fresh(ROWS, "seen", at_most=HOURS, now=datetime(2024, 5, 2, 4)).outcome.name == "PASS"


@pytest.mark.parametrize(
    "now",
    [
        datetime(2024, 5, 2, 12, tzinfo=UTC),
        datetime(2024, 5, 2, 14, tzinfo=timezone(timedelta(hours=2))),
        pd.Timestamp("2024-05-02T12:00"),
        np.datetime64("2024-05-02T12:00"),
        "2024-05-02T12:00Z",
        date(2024, 5, 2),
    ],
)
def test_now_may_be_any_time(now):
    assert is_fresh(ROWS, "seen", at_most=timedelta(hours=9), now=now).outcome.name == "PASS"


def test_dates_are_compared_as_days():
    days = ROWS.select(pl.col("seen").cast(pl.Date))
    late = datetime(2024, 5, 3, 23)
    verdict = is_fresh(days, "seen", at_most=timedelta(days=1), now=late)
    assert (verdict.outcome.name, verdict.evidence.estimate, verdict.evidence.unit) == ("PASS", 1.0, "days")


def test_another_table_may_stand_for_now():
    events = pl.DataFrame({"seen": [datetime(2024, 5, 2, 20)]})
    verdict = assert_check_conforms(is_fresh, ROWS, "seen", at_most=HOURS, reference=events)
    assert (verdict.outcome.name, verdict.evidence.estimate) == ("FAIL", 11.0)


def test_a_column_without_times_is_not_fresh():
    verdict = assert_check_conforms(
        is_fresh, ROWS.with_columns(seen=pl.lit(None)), "seen", at_most=HOURS, now="2024-05-02"
    )
    assert (verdict.outcome.name, verdict.reason) == ("FAIL", "'seen' has no value in 3 rows")


@pytest.mark.parametrize(
    ("time", "options", "message"),
    [
        ("sen", {"now": "2024-05-02"}, "did you mean 'seen'"),
        ("x", {"now": "2024-05-02"}, "time='x': expected a column of dates or times, got a column of type Int64"),
        ("seen", {}, "expected either now or reference, got neither"),
        ("seen", {"now": "2024-05-02", "reference": ROWS}, "got both"),
        ("seen", {"now": "soon"}, "now='soon': expected a time in ISO form, got text"),
        ("seen", {"now": 12}, "a datetime, a date or an ISO text"),
        ("seen", {"now": "2024-05-02", "at_most": 3}, "at_most=3: expected a datetime.timedelta"),
        ("seen", {"now": "2024-05-02", "at_most": timedelta(-1)}, "of at least 0"),
        ("seen", {"reference": ROWS.head(0).cast({"seen": pl.Date})}, "at least one row"),
        ("seen", {"reference": ROWS.tail(1)}, "a table with a value in 'seen'"),
    ],
)
def test_what_cannot_be_asked_is_refused(time, options, message):
    with pytest.raises(UsageError, match=message):
        is_fresh(ROWS, time, **{"at_most": HOURS, **options})


def test_spans_and_hours_of_the_day_are_no_times():
    table = pl.DataFrame({"span": [timedelta(1)], "hour": [datetime(2024, 1, 1).time()]})
    for name in table.columns:
        with pytest.raises(UsageError, match="a column of dates or times"):
            is_fresh(table, name, at_most=HOURS, now="2024-05-02")


def test_frames_of_other_libraries_and_profiles_agree(tmp_path):
    asked = {"at_most": HOURS, "now": "2024-05-03"}
    verdict = is_fresh(ROWS, "seen", **asked)
    assert is_fresh(ROWS.to_pandas(), "seen", **asked).to_json() == verdict.to_json()
    held = profile(ROWS)
    assert is_fresh(held, "seen", **asked).to_json() == verdict.to_json()
    path = held.save(tmp_path / "rows.mlqa-profile")
    assert is_fresh(path, "seen", **asked).to_json() == verdict.to_json()
    with pytest.raises(UsageError, match="did you mean 'seen'"):
        is_fresh(held, "sen", **asked)
