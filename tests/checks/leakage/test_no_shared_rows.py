"""Rows copied from one table into the other, beside rows that repeat by nature."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.checks.leakage.no_shared_rows import no_shared_rows
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.verdict import Outcome


def drawn(rows: int, seed: int) -> pl.DataFrame:
    numbers = np.random.default_rng(seed)
    return pl.DataFrame({"x": numbers.normal(size=rows), "c": numbers.choice(["a", "b"], rows)})


def repeating(rows: int, seed: int) -> pl.DataFrame:
    """Rows of which most have a few equals."""
    return pl.DataFrame({"code": np.random.default_rng(seed).integers(0, rows, rows)})


def test_fresh_rows_pass_and_the_verdict_says_what_it_would_have_seen():
    verdict = no_shared_rows(drawn(1000, 0), drawn(1000, 1))
    assert verdict.outcome is Outcome.PASS
    assert verdict.check == "leakage.no_shared_rows"
    assert verdict.evidence.detectable == pytest.approx(14 / 1000)
    assert (verdict.evidence.estimate, verdict.evidence.p_value) == (0.0, 1.0)


def test_copied_rows_fail_and_three_are_shown():
    train = drawn(1000, 0)
    verdict = no_shared_rows(train, pl.concat([drawn(970, 1), train.head(30)]))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.estimate == 0.03
    assert [row["current_row"] for row in verdict.evidence.worst] == [970, 971, 972]
    assert verdict.evidence.worst[0]["x"] == train["x"][0]
    assert verdict.reason.startswith("30 of 1000 current rows (3 %) also appear in the reference; 30 groups")


def test_rows_that_repeat_by_nature_pass_until_some_are_copied():
    train, test = repeating(2000, 0), repeating(2000, 1)
    clean = no_shared_rows(train, test)
    assert clean.outcome is Outcome.PASS
    assert clean.evidence.estimate > 0.3
    copied = no_shared_rows(train, pl.concat([test.head(1600), train.head(400)]))
    assert copied.outcome is Outcome.FAIL


def test_a_table_of_few_distinct_rows_is_skipped():
    few = pl.DataFrame({"c": ["a", "b"] * 500})
    verdict = no_shared_rows(few, few)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "rows repeat by nature: 100 % have many equals"


def test_a_handful_of_rows_is_undecided_and_says_how_many_would_do():
    verdict = no_shared_rows(drawn(5, 0), drawn(5, 1))
    assert verdict.outcome is Outcome.UNDECIDED
    rows = 5 + verdict.evidence.rows_needed
    assert no_shared_rows(drawn(2 * rows, 0), drawn(2 * rows, 1)).outcome is Outcome.PASS


def test_equal_values_are_equal_in_any_library_and_type():
    first = pd.DataFrame({"n": [-0.0, 1.0, np.nan, *range(5, 60)], "t": pd.to_datetime(["2020-01-01"] * 58)})
    numbers = [0, 1, None, *range(5, 60)]
    second = pl.DataFrame({"n": pl.Series(numbers, dtype=pl.Int32), "t": [dt.date(2020, 1, 1)] * 58})
    assert no_shared_rows(first, second).evidence.estimate == 1.0
    narrow = pl.DataFrame({"f": np.arange(50, dtype=np.float32) / 7})
    assert no_shared_rows(narrow, narrow.cast(pl.Float64)).evidence.estimate == 1.0


def test_columns_of_another_kind_are_left_out():
    verdict = no_shared_rows(pl.DataFrame({"a": [1]}), pl.DataFrame({"a": ["1"]}))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "the two tables share no column of the same kind"
    assert no_shared_rows(pl.DataFrame({"l": [[1]]}), pl.DataFrame({"l": [[1]]})).outcome is Outcome.SKIPPED


def test_an_identifier_hides_a_leak_until_it_is_left_out():
    train = drawn(200, 0).with_row_index("id")
    test = drawn(200, 0).with_row_index("id", offset=1000)
    assert no_shared_rows(train, test).outcome is Outcome.PASS
    assert no_shared_rows(train, test, columns=["x", "c"]).outcome is Outcome.FAIL


def test_the_worst_rows_are_bounded():
    wide = pl.DataFrame({f"c{i}": np.arange(100) for i in range(200)})
    verdict = no_shared_rows(wide, wide)
    assert len(verdict.evidence.worst) == 3
    assert len(verdict.evidence.worst[0]) == 9
    assert len(verdict.to_json()) < 3000


def test_an_unknown_column_is_refused_with_the_nearest():
    with pytest.raises(UsageError) as caught:
        no_shared_rows(drawn(9, 0), drawn(9, 1), columns=["y"])
    assert (
        str(caught.value)
        == "columns='y': expected a column of the table, got no such column.\nHint: choose from 'x', 'c'"
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 2**16))
def test_more_copies_never_turn_fail_into_pass_and_order_changes_nothing(one, other, seed):
    train, test = drawn(100, 0), drawn(100, 1)
    few, many = sorted((one, other))
    verdicts = [no_shared_rows(train, pl.concat([train.head(k), test.head(100 - k)])) for k in (few, many)]
    assert verdicts[0].outcome is not Outcome.FAIL or verdicts[1].outcome is Outcome.FAIL
    mixed = pl.concat([train.head(many), test.head(100 - many)]).sample(fraction=1.0, shuffle=True, seed=seed)
    again = no_shared_rows(train.reverse(), mixed)
    assert (again.outcome, again.reason) == (verdicts[1].outcome, verdicts[1].reason)


def test_profiles_answer_as_the_tables_do():
    train = drawn(300, 0)
    test = pl.concat([drawn(270, 1), train.head(30)])
    assert no_shared_rows(profile(train), profile(test)) == no_shared_rows(train, test)
    assert no_shared_rows(profile(train), test) == no_shared_rows(train, test)


def test_profiles_that_tell_rows_apart_by_other_columns_are_skipped():
    one, two = profile(drawn(300, 0)), profile(drawn(300, 1), hashed=["x"])
    verdict = no_shared_rows(one, two)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "the profiles tell rows apart by other columns: make both with the same hashed="
    assert no_shared_rows(one, one, columns=["x"]).outcome is Outcome.SKIPPED
    assert no_shared_rows(two, drawn(300, 0)).outcome is Outcome.PASS


def test_of_many_rows_a_sample_by_hash_is_looked_at():
    train = pl.DataFrame({"x": np.arange(150_000)})
    fresh = no_shared_rows(train, train + 150_000)
    assert fresh.outcome is Outcome.PASS
    assert fresh.evidence.n < 150_000
    assert "looked at, a sample by hash of 150000" in fresh.reason
    copied = no_shared_rows(train, pl.concat([train.head(1500), (train + 150_000).head(148_500)]))
    assert copied.outcome is Outcome.FAIL
    assert copied.evidence.estimate == pytest.approx(0.01, abs=0.004)
