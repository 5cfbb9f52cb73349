"""Ids and groups that lie in both tables."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.no_shared_groups import no_shared_groups
from mlqa.checks.leakage.no_shared_ids import no_shared_ids
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def ids(start: int, rows: int, *, text: bool = False) -> pl.DataFrame:
    found = pl.DataFrame({"id": range(start, start + rows)})
    return found.with_columns(pl.format("c{}", "id").alias("id")) if text else found


@pytest.mark.parametrize("text", [False, True])
def test_one_shared_id_fails_by_name(text):
    verdict = assert_check_conforms(no_shared_ids, ids(0, 100, text=text), ids(99, 50, text=text), id="id")
    assert (verdict.outcome, verdict.kind, verdict.columns) == (Outcome.FAIL, "contract", ("id",))
    assert verdict.evidence.estimate == 1.0
    assert verdict.evidence.worst == ({"column": "id", "key": "c99" if text else "99"},)


def test_other_ids_pass():
    verdict = assert_check_conforms(no_shared_ids, ids(0, 100), ids(100, 50), id="id")
    assert (verdict.outcome, verdict.reason) == (Outcome.PASS, "no ids of current lie in the reference, by 'id'")


def test_a_few_duplicates_are_no_leak_where_rows_were_dealt_at_random():
    train, test = ids(0, 100), ids(97, 100)
    assert no_shared_ids(train, test, id="id").outcome is Outcome.FAIL
    assert no_shared_ids(train, test, id="id", only_unique=True).outcome is Outcome.PASS
    assert no_shared_ids(train, ids(80, 100), id="id", only_unique=True).outcome is Outcome.FAIL


def test_ids_that_repeat_name_a_group():
    twice = pl.concat([ids(0, 50), ids(0, 50)])
    verdict = assert_check_conforms(no_shared_ids, twice, ids(0, 50), id="id", only_unique=True)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "'id': its values repeat within a table: pass it as group="


def test_each_of_several_ids_is_asked_by_itself():
    train = ids(0, 30).with_columns(order=pl.col("id") + 1000)
    test = ids(30, 30).with_columns(order=pl.col("id") + 970)
    assert no_shared_ids(train, test, id=["id", "order"]).columns == ("order",)


def test_ids_beyond_what_a_profile_tells_apart_are_not_guessed_about():
    wide = pl.DataFrame({"id": pl.Series([2**60 + at for at in range(40)], dtype=pl.UInt64)})
    verdict = no_shared_ids(wide.head(20), wide.tail(20), id="id")
    assert verdict.outcome is Outcome.SKIPPED
    assert "pass them as text" in verdict.reason


def test_a_sample_of_many_ids_is_the_same_in_both_tables():
    verdict = no_shared_ids(ids(0, 60_000), ids(30_000, 60_000), id="id")
    assert verdict.outcome is Outcome.FAIL
    assert 3_000 < verdict.evidence.n < 20_000
    assert no_shared_ids(ids(0, 60_000), ids(60_000, 60_000), id="id").outcome is Outcome.PASS


def grouped(groups: range, seed: int) -> pl.DataFrame:
    return pl.DataFrame({"site": np.random.default_rng(seed).choice(list(groups), 600)})


def test_shared_groups_fail_and_others_pass():
    assert assert_check_conforms(no_shared_groups, grouped(range(90), 0), grouped(range(90, 130), 1), group="site")
    verdict = assert_check_conforms(no_shared_groups, grouped(range(90), 0), grouped(range(85, 130), 1), group="site")
    assert (verdict.outcome, verdict.columns, verdict.evidence.estimate) == (Outcome.FAIL, ("site",), 5.0)


def test_groups_are_asked_by_default_runs_only_where_the_tables_are_split_by_them():
    rows = grouped(range(100), 0)
    verdict = assert_check_conforms(no_shared_groups, rows.head(300), rows.tail(300), group="site", if_split=True)
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "'site': the tables are not split by it")
    leaking = no_shared_groups(grouped(range(90), 0), grouped(range(85, 130), 1), group="site", if_split=True)
    assert leaking.outcome is Outcome.FAIL


def test_groups_dealt_at_random_never_look_split_by_group():
    rng = np.random.default_rng(5)
    sizes = rng.zipf(1.7, 300).clip(1, 60)
    pooled = pl.DataFrame({"site": np.repeat(np.arange(300), sizes)})
    for seed in range(100):
        dealt = pooled.sample(fraction=1.0, shuffle=True, seed=seed)
        half = dealt.height // 2
        verdict = no_shared_groups(dealt.head(half), dealt.tail(half), group="site", if_split=True)
        assert verdict.outcome is Outcome.SKIPPED


@pytest.mark.parametrize("text", [False, True])
def test_groups_of_one_row_a_side_leak_where_none_repeats_within(text):
    leaking = no_shared_groups(ids(0, 300, text=text), ids(250, 300, text=text), group="id", if_split=True)
    assert (leaking.outcome, leaking.evidence.estimate) == (Outcome.FAIL, 50.0)
    assert leaking == no_shared_groups(ids(0, 300, text=text), ids(250, 300, text=text), group="id")


def test_groups_that_come_again_are_no_leak():
    verdict = assert_check_conforms(no_shared_groups, ids(0, 300), ids(60, 300), group="id", if_split=True)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "'id': most of its groups are in both tables, as of those who come again"


def test_profiles_answer_as_the_tables_do():
    one, two = ids(0, 90), ids(80, 90)
    assert no_shared_ids(profile(one), profile(two), id="id") == no_shared_ids(one, two, id="id")


def test_columns_that_cannot_be_asked_are_refused_or_left_out():
    with pytest.raises(UsageError, match="id='ix': expected a column of the table"):
        no_shared_ids(ids(0, 3), ids(3, 3), id="ix")
    with pytest.raises(UsageError, match="group=\\[\\]: expected a column name or a list of them"):
        no_shared_groups(ids(0, 3), ids(3, 3), group=[])
    verdict = no_shared_ids(ids(0, 3), ids(3, 3, text=True), id="id")
    assert verdict.reason == "'id': a numeric in the reference, a category in current"
