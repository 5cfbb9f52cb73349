"""Every key is there in another table: composite keys, types, missing parts, refusals."""

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa import UsageError
from mlqa.checks.rules.foreign_key import foreign_key
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

ORDERS = pl.DataFrame({"customer": [1, 2, 9, 9, 8, None], "land": ["de", "fr", "de", "de", "fr", "de"]})
CUSTOMERS = pl.DataFrame({"id": [1, 2, 3], "land": ["de", "fr", "de"]})


def test_keys_that_refer_to_nothing_are_counted_most_rows_first():
    verdict = assert_check_conforms(foreign_key, ORDERS, "customer", CUSTOMERS, "id")
    assert verdict.outcome.name == "FAIL"
    assert (verdict.evidence.estimate, verdict.evidence.n, verdict.columns) == (3.0, 5, ("customer",))
    assert verdict.evidence.worst[0] == {"row": 2, "customer": 9, "rows": 2}
    told = "3 of 5 rows have a 'customer' that the other table has not: 2 keys"
    assert verdict.reason == f"{told}; 1 row cannot be told for a missing value"


def test_keys_that_are_all_there_pass():
    verdict = assert_check_conforms(foreign_key, ORDERS.head(2), "customer", CUSTOMERS, "id")
    assert (verdict.outcome.name, verdict.reason) == ("PASS", "the other table has the 'customer' of all 2 rows")
    assert foreign_key(ORDERS, "land", CUSTOMERS).outcome.name == "PASS"


def test_several_columns_make_one_key():
    pairs = pl.DataFrame({"customer": [1, 2], "land": ["de", "de"]})
    verdict = assert_check_conforms(foreign_key, pairs, ["customer", "land"], CUSTOMERS, ["id", "land"])
    assert verdict.evidence.worst == ({"row": 1, "customer": 2, "land": "de", "rows": 1},)
    assert verdict.columns == ("customer", "land")


def test_without_any_key_it_is_skipped():
    table = ORDERS.with_columns(customer=pl.lit(None))
    assert assert_check_conforms(foreign_key, table, "customer", CUSTOMERS, "id").outcome.name == "SKIPPED"


def test_a_table_without_keys_has_none_of_them():
    nothing = CUSTOMERS.with_columns(id=pl.lit(None))
    assert foreign_key(ORDERS, "customer", nothing, "id").evidence.estimate == 5.0


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (pl.Series([1, 2]), pl.Series([1.0, 2.0])),
        (pl.Series([1, 2], dtype=pl.UInt8), pl.Series([1, 2], dtype=pl.Int32)),
        (pl.Series([2**63 + 1], dtype=pl.UInt64), pl.Series([2**63 + 1, 5], dtype=pl.UInt64)),
        (pl.Series([5], dtype=pl.UInt64), pl.Series([5, -1])),
        (pl.Series([date(2024, 1, 1)]), pl.Series([datetime(2024, 1, 1)])),
        (pl.Series(["a"], dtype=pl.Categorical), pl.Series(["a"])),
        (pl.Series([[1]]), pl.Series([[1], [2]])),
        (pl.Series([True]), pl.Series([True, False])),
    ],
)
def test_equal_values_of_unlike_types_are_equal(mine, theirs):
    assert foreign_key(mine.to_frame("k"), "k", theirs.to_frame("k")).outcome.name == "PASS"


def test_large_whole_numbers_are_not_rounded_together():
    mine, theirs = pl.DataFrame({"k": [2**53 + 1]}, schema={"k": pl.UInt64}), pl.DataFrame({"k": [2**53]})
    assert foreign_key(mine, "k", theirs).outcome.name == "FAIL"


def test_kinds_that_cannot_be_equal_are_named():
    verdict = assert_check_conforms(foreign_key, ORDERS, "customer", pl.DataFrame({"id": ["1", "2"]}), "id")
    assert verdict.outcome.name == "FAIL"
    assert "'customer' is numeric here and 'id' category there, so no two are equal" in verdict.reason


@given(st.lists(st.none() | st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_it_counts_what_a_loop_counts(mine, theirs):
    verdict = foreign_key(pl.DataFrame({"k": mine}, schema={"k": pl.Int64}), "k", pl.DataFrame({"k": theirs}))
    asked = [key for key in mine if key is not None]
    lost = sum(key not in theirs for key in asked)
    assert verdict.outcome.name == ("SKIPPED" if not asked else "FAIL" if lost else "PASS")
    assert not asked or verdict.evidence.estimate == lost


@pytest.mark.parametrize(
    ("column", "other_column", "message"),
    [
        ("customr", "id", "column='customr': expected a column of the table"),
        ("customer", "di", "other_column='di'"),
        ("customer", None, "other_column='customer'"),
        (["customer", "land"], ["id"], "expected 2 columns, as the key has, got 1"),
        ([], None, "a column name or a list of them"),
    ],
)
def test_what_is_no_key_is_refused(column, other_column, message):
    with pytest.raises(UsageError, match=message):
        foreign_key(ORDERS, column, CUSTOMERS, other_column)


def test_frames_of_other_libraries_and_profiles_agree():
    verdict = foreign_key(ORDERS, "customer", CUSTOMERS, "id")
    assert foreign_key(ORDERS.to_pandas(), "customer", CUSTOMERS.to_arrow(), "id").reason == verdict.reason
    assert foreign_key(profile(ORDERS), "customer", profile(CUSTOMERS), "id").to_json() == verdict.to_json()
    held = profile(pl.DataFrame({"id": np.arange(20_000)}))
    assert foreign_key(ORDERS, "customer", held, "id").outcome.name == "SKIPPED"
