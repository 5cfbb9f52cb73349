"""No two rows share a key: missing parts, odd types, refusals."""

from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa import UsageError
from mlqa.checks.rules.unique_together import unique_together
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

VISITS = pl.DataFrame({"user": ["a", "a", "b", "b", "b", None, None], "day": [1, 2, 1, 1, 1, 5, 5]})


def test_shared_keys_are_counted_most_rows_first():
    table = VISITS.extend(pl.DataFrame({"user": ["a"], "day": [2]}))
    verdict = assert_check_conforms(unique_together, table, ["user", "day"])
    assert verdict.outcome.name == "FAIL"
    assert (verdict.evidence.estimate, verdict.evidence.n) == (5.0, 6)
    assert verdict.evidence.worst[0] == {"row": 2, "user": "b", "day": 1, "rows": 3}
    assert verdict.columns == ("user", "day")
    assert verdict.reason.startswith("2 keys of 'user', 'day' are shared by 5 of 6 rows; 2 rows cannot be told")


def test_a_key_that_tells_rows_apart_passes():
    verdict = assert_check_conforms(unique_together, pl.DataFrame({"id": range(5)}), "id")
    assert (verdict.outcome.name, verdict.reason) == ("PASS", "all 5 rows differ in 'id'")


def test_a_key_that_is_nowhere_whole_is_skipped():
    table = pl.DataFrame({"id": [None, None]})
    assert assert_check_conforms(unique_together, table, ["id"]).outcome.name == "SKIPPED"


@pytest.mark.parametrize(
    "values",
    [
        [0.0, -0.0],
        [b"x", b"x"],
        [[1, 2], [1, 2]],
        [{"a": 1}, {"a": 1}],
        [timedelta(1), timedelta(1)],
        [True, True],
        ["e" * 10**6] * 2,
    ],
)
def test_equal_values_of_every_type_share_a_key(values):
    verdict = assert_check_conforms(unique_together, pl.DataFrame({"<k> \U0001f600": values}), "<k> \U0001f600")
    assert verdict.evidence.estimate == 2.0


@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 2)), min_size=1))
def test_it_counts_what_a_loop_counts(rows):
    table = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    whole = [row for row in rows if None not in row]
    shared = sum(whole.count(row) > 1 for row in whole)
    verdict = unique_together(table, ["a", "b"])
    assert verdict.outcome.name == ("SKIPPED" if not whole else "FAIL" if shared else "PASS")
    assert not whole or verdict.evidence.estimate == shared


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("usr", "did you mean 'user'"),
        ([], "a column name or a list"),
        (["user", "user"], "columns that differ"),
        (3, "3"),
    ],
)
def test_what_is_no_key_is_refused(columns, message):
    with pytest.raises(UsageError, match=message):
        unique_together(VISITS, columns)


def test_frames_of_other_libraries_and_profiles_agree():
    verdict = unique_together(VISITS, ["user", "day"])
    assert unique_together(VISITS.to_pandas(), ["user", "day"]).to_json() == verdict.to_json()
    assert unique_together(profile(VISITS), ["user", "day"]).to_json() == verdict.to_json()
    assert unique_together(pd.DataFrame({"a": pd.Categorical(["x", "x"])}), "a").outcome.name == "FAIL"
    assert unique_together(profile(pl.DataFrame({"a": np.arange(20_000)})), "a").outcome.name == "SKIPPED"
