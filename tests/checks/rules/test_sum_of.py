"""A total is the sum of its parts: rounding, whole numbers beyond floats, infinities, missing values."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa import UsageError
from mlqa.checks.rules.sum_of import sum_of
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

BILLS = pl.DataFrame({"net": [0.1, 10.0, 20.0, None], "tax": [0.2, 1.9, 3.8, 1.0], "gross": [0.3, 11.9, 23.8, 9.0]})


def test_rounding_of_floats_is_no_fault():
    verdict = assert_check_conforms(sum_of, BILLS, "gross", ["net", "tax"])
    assert verdict.outcome.name == "PASS"
    assert verdict.reason == "so in all 3 rows; 1 row cannot be told for a missing value"
    single = BILLS.cast(pl.Float32)
    assert sum_of(single, "gross", ["net", "tax"]).outcome.name == "PASS"


def test_rows_that_are_off_come_largest_first():
    table = BILLS.with_columns(gross=pl.Series([0.3, 12.9, 29.8, 9.0]))
    verdict = assert_check_conforms(sum_of, table, "gross", ["net", "tax"])
    assert verdict.outcome.name == "FAIL"
    assert [row["row"] for row in verdict.evidence.worst] == [2, 1]
    assert verdict.evidence.worst[0]["difference"] == pytest.approx(6.0)
    assert verdict.columns == ("gross", "net", "tax")
    assert "off by up to 6" in verdict.reason


def test_within_allows_for_rounded_parts_but_no_more():
    table = pl.DataFrame({"total": [1.00, 1.02], "a": [0.505, 0.5], "b": [0.5, 0.5]})
    assert sum_of(table, "total", ["a", "b"]).evidence.estimate == 2.0
    assert sum_of(table, "total", ["a", "b"], within=0.01).evidence.worst[0]["row"] == 1
    assert sum_of(table, "total", ["a", "b"], within=0.02).outcome.name == "PASS"


def test_whole_numbers_beyond_floats_are_exact():
    large = 2**62
    table = pl.DataFrame({"total": [large + 1, large], "a": [large, large]}, schema_overrides={"a": pl.UInt64})
    verdict = sum_of(table, "total", ["a"])
    assert (verdict.evidence.estimate, verdict.evidence.worst[0]["row"]) == (1.0, 0)
    wide = pl.DataFrame({"t": [2**64 - 1], "a": [2**64 - 2], "b": [1]}, schema_overrides=dict.fromkeys("ta", pl.UInt64))
    assert sum_of(wide, "t", ["a", "b"]).outcome.name == "PASS"


def test_infinities_add_up_by_their_sign():
    table = pl.DataFrame({"t": [np.inf, np.inf, 1.0, -np.inf], "a": [np.inf, -np.inf, np.inf, -np.inf], "b": [1.0] * 4})
    verdict = assert_check_conforms(sum_of, table, "t", ["a", "b"])
    assert [row["row"] for row in verdict.evidence.worst] == [1, 2]


def test_where_nothing_can_be_told_it_is_skipped():
    empty = BILLS.with_columns(net=pl.lit(None))
    verdict = assert_check_conforms(sum_of, empty, "gross", ["net", "tax"])
    assert verdict.outcome.name == "SKIPPED"
    assert verdict.reason == "no row can be asked; 4 rows cannot be told for a missing value"


@given(st.lists(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3), min_size=1, max_size=8))
def test_integers_agree_with_python(rows):
    table = pl.DataFrame(rows, schema={"t": pl.Int64, "a": pl.Int64, "b": pl.Int64}, orient="row")
    wrong = sum(t != a + b for t, a, b in rows)
    assert sum_of(table, "t", ["a", "b"]).evidence.estimate == wrong


@pytest.mark.parametrize(
    ("total", "parts", "options", "message"),
    [
        ("gros", ["net"], {}, "did you mean 'gross'"),
        ("gross", ["nett"], {}, "did you mean 'net'"),
        ("gross", [], {}, "expected a column name or a list of them"),
        ("gross", ["net", "net"], {}, "columns that differ"),
        ("gross", ["gross"], {}, "columns other than the total"),
        ("gross", ["net"], {"within": -1}, "within=-1: expected a number of at least 0, got int"),
        ("gross", ["net"], {"within": float("inf")}, "a number of at least 0"),
        ("gross", ["net"], {"within": True}, "a number of at least 0"),
        ("gross", ["name"], {}, "parts='name': expected a column of numbers, got a column of kind 'category'"),
        ("name", ["net"], {}, "total='name': expected a column of numbers"),
    ],
)
def test_what_cannot_be_added_is_refused(total, parts, options, message):
    with pytest.raises(UsageError, match=message):
        sum_of(BILLS.with_columns(name=pl.lit("x")), total, parts, **options)


def test_frames_of_other_libraries_and_profiles_agree():
    verdict = sum_of(BILLS, "gross", ["net", "tax"])
    assert sum_of(BILLS.to_pandas(), "gross", ["net", "tax"]).to_json() == verdict.to_json()
    assert sum_of(profile(BILLS), "gross", ["net", "tax"]).to_json() == verdict.to_json()
    assert sum_of(pd.DataFrame({"t": [3], "a": [1], "b": [2]}), "t", ("a", "b")).outcome.name == "PASS"
    held = profile(pl.DataFrame({"t": np.arange(20_000), "a": np.arange(20_000)}))
    assert sum_of(held, "t", ["a"]).outcome.name == "SKIPPED"
