"""Two tables in time: the reference first."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.time_ordered import _run_chance, time_ordered
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

DAY = dt.date(2024, 1, 1)


def days(first: int, last: int, rows: int = 200) -> pl.DataFrame:
    return pl.DataFrame({"day": [DAY + dt.timedelta(days=first + at % (last - first)) for at in range(rows)]})


def test_a_reference_from_before_passes():
    verdict = assert_check_conforms(time_ordered, days(0, 60), days(60, 90), time="day")
    assert (verdict.outcome, verdict.kind, verdict.check) == (Outcome.PASS, "contract", "leakage.time_ordered")
    assert verdict.reason == "'day': the reference reaches to 2024-02-29, current starts at 2024-03-01"


def test_rows_of_the_other_side_fail_and_are_counted():
    current = pl.concat([days(60, 90), days(10, 20, 9)])
    verdict = assert_check_conforms(time_ordered, days(0, 60), current, time="day")
    assert verdict.columns == ("day",)
    assert verdict.evidence.worst[0] == {"column": "day", "late": 0, "early": 9, "cut": "2024-02-29"}
    assert verdict.evidence.estimate == pytest.approx(9 / 409)


def test_one_instant_in_both_is_a_fault_unless_asked_only_if_split():
    before, after = days(0, 61), days(60, 90)
    verdict = time_ordered(before, after, time="day")
    assert verdict.reason.endswith("both have rows of 2024-03-01")
    assert time_ordered(before, after, time="day", if_split=True).outcome is Outcome.PASS


@pytest.mark.parametrize("values", [90, 3, 2, 1])
def test_rows_dealt_at_random_are_not_split_in_time(values):
    rng = np.random.default_rng(values)
    for _ in range(50):
        one, two = (pl.DataFrame({"t": rng.integers(0, values, 200) ** 2}) for _ in range(2))
        assert time_ordered(one, two, time="t", if_split=True).outcome is Outcome.SKIPPED


def test_a_little_overlap_is_a_fault_where_the_tables_are_split():
    current = pl.concat([days(60, 90), days(10, 20, 9)])
    assert time_ordered(days(0, 60), current, time="day", if_split=True).outcome is Outcome.FAIL
    assert time_ordered(days(0, 60), days(30, 90), time="day", if_split=True).outcome is Outcome.FAIL
    skipped = assert_check_conforms(time_ordered, days(0, 60), days(4, 64), time="day", if_split=True)
    assert skipped.reason.startswith("the tables are not split by 'day': ")


def test_an_overlap_of_most_rows_is_a_fault_where_both_ends_are_of_one_table():
    rng = np.random.default_rng(0)
    before, later = pl.DataFrame({"t": rng.random(400)}), pl.DataFrame({"t": 1.0 + rng.random(100)})
    current = pl.concat([later, pl.DataFrame({"t": rng.random(300)})])
    verdict = assert_check_conforms(time_ordered, before, current, time="t", if_split=True)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("t",))


def test_one_late_day_in_many_rows_splits_nothing():
    rng = np.random.default_rng(0)
    before, current = (pl.DataFrame({"t": rng.random(3000)}) for _ in range(2))
    late = pl.concat([current, pl.DataFrame({"t": 1.0 + rng.random(50)})])
    assert time_ordered(before, late, time="t", if_split=True).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(("n", "m", "apart"), [(3, 4, 2), (4, 2, 3), (5, 5, 1)])
def test_the_chance_of_both_ends_bounds_what_all_deals_show(n, m, apart):
    deals = list(combinations(range(n + m), m))
    seen = 0
    for deal in deals:
        mine = np.isin(np.arange(n + m), deal)
        first, last = np.flatnonzero(mine)[0], n + m - 1 - np.flatnonzero(~mine)[-1]
        seen += first + last >= apart
    assert seen / len(deals) <= _run_chance(apart, n, m) + 1e-12
    if apart == 1:
        assert _run_chance(apart, n, m) == pytest.approx(1.0)


def test_numbers_that_rise_with_time_will_do_and_text_will_not():
    assert time_ordered(pl.DataFrame({"t": [1, 2]}), pl.DataFrame({"t": [3.5]}), time="t").outcome is Outcome.PASS
    text = pl.DataFrame({"t": ["2020", "2021"]})
    verdict = assert_check_conforms(time_ordered, text, text, time="t")
    assert verdict.reason == "'t' holds no times: a category in the reference, a category in current"


def test_profiles_answer_as_the_tables_do():
    one, two = days(0, 60), days(50, 90)
    assert time_ordered(profile(one), profile(two), time="day") == time_ordered(one, two, time="day")


def test_an_unknown_column_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'day'"):
        time_ordered(days(0, 9), days(9, 12), time="dya")
