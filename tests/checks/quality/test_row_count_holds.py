"""The number of rows and its limits."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.quality.row_count_holds import row_count_holds
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def rows(count: int) -> pl.DataFrame:
    return pl.DataFrame({"x": range(count)})


@pytest.mark.parametrize(("before", "after"), [(1000, 1000), (1000, 1), (3, 3000), (5000, 10)])
def test_the_default_limits_are_wide(before, after):
    assert assert_check_conforms(row_count_holds, rows(before), rows(after)).outcome is Outcome.PASS


def test_a_table_cut_to_almost_nothing_fails():
    verdict = assert_check_conforms(row_count_holds, rows(5000), rows(2))
    assert (verdict.outcome, verdict.kind) == (Outcome.FAIL, "contract")
    assert verdict.reason == "2 rows, at least 5 should be there (0.001 times the 5000 of the reference)"


def test_limits_are_ratios_or_numbers_of_rows():
    assert row_count_holds(rows(100), rows(40), at_least=0.5).outcome is Outcome.FAIL
    assert row_count_holds(rows(100), rows(40), at_least=30).outcome is Outcome.PASS
    assert row_count_holds(rows(100), rows(201), at_most=2.0).reason == (
        "201 rows, at most 200 should be there (2 times the 100 of the reference)"
    )
    assert row_count_holds(None, rows(9), at_least=10, at_most=None).reason == "9 rows, at least 10 should be there"


@pytest.mark.parametrize(
    ("before", "after", "options", "limit", "reason"),
    [
        (3000, 2660, {}, 3, "2660 rows, 3000 in the reference; from 3 to 3000000 may be there"),
        (10, 2000, {}, 10000, "2000 rows, 10 in the reference; from 1 to 10000 may be there"),
        (3, 2, {"at_least": None}, 3000, "2 rows, 3 in the reference; at most 3000 may be there"),
        (3, 2, {"at_most": None}, 1, "2 rows, 3 in the reference; at least 1 should be there"),
        (3, 2, {"at_least": None, "at_most": None}, None, "2 rows, 3 in the reference"),
    ],
)
def test_the_nearer_limit_is_shown_in_whole_rows(before, after, options, limit, reason):
    verdict = row_count_holds(rows(before), rows(after), **options)
    assert (verdict.outcome, verdict.evidence.limit, verdict.reason) == (Outcome.PASS, limit, reason)


def test_profiles_answer_as_the_tables_do():
    assert row_count_holds(profile(rows(9)), profile(rows(8))) == row_count_holds(rows(9), rows(8))


@pytest.mark.parametrize(
    ("reference", "options", "message"),
    [
        (None, {}, "expected a table that limits are multiples of"),
        (rows(3), {"at_least": -1}, "at_least=-1: expected a number of at least 0"),
        (rows(3), {"at_most": "many"}, "at_most='many': expected a number of at least 0"),
        (rows(3), {"at_least": 5, "at_most": 2}, "at_least=5: expected no more than at_most, which is 2 rows"),
    ],
)
def test_limits_that_cannot_be_used_are_refused(reference, options, message):
    with pytest.raises(UsageError, match=message):
        row_count_holds(reference, rows(3), **options)
