"""relations_hold: shuffled, swapped, copied and misaligned columns, and what is left out or refused."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, UsageError
from mlqa.checks.drift.relations_hold import relations_hold
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=600):
    rng = np.random.default_rng(seed)
    size, age, luck = rng.normal(size=(3, rows))
    return pl.DataFrame(
        {
            "size": size,
            "price": 3 * size - age + 0.5 * rng.normal(size=rows),
            "rooms": np.clip(np.round(3 + size + 0.3 * rng.normal(size=rows)), 1, 5),
            "age": age,
            "style": np.where(age + 0.3 * rng.normal(size=rows) > 0.5, "old", "new"),
            "luck": luck,
        }
    )


REFERENCE, CURRENT = drawn(1), drawn(2)


def shuffled(table, name, share=1.0, seed=0):
    rng = np.random.default_rng(seed)
    rows = rng.permutation(table.height)[: int(share * table.height)]
    places = np.arange(table.height)
    places[rows] = rng.permutation(rows)
    return table.with_columns(table[name].gather(places))


def test_when_all_relations_hold_then_it_passes_and_says_what_it_would_have_seen():
    verdict = assert_check_conforms(relations_hold, REFERENCE, CURRENT)
    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()
    assert 0.02 < verdict.evidence.detectable < 0.4
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high
    assert verdict.reason == "5 columns follow from the others as in the reference; the others do not tell 'luck'"


@pytest.mark.parametrize("name", ["size", "price", "rooms", "age", "style"])
def test_a_shuffled_column_is_named_and_not_those_predicted_from_it(name):
    verdict = relations_hold(REFERENCE, shuffled(CURRENT, name))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (name,)
    assert verdict.evidence.worst[0]["column"] == name
    assert verdict.evidence.worst[0]["worse in"] == "current"
    assert verdict.evidence.estimate > 0.5


def test_a_verdict_of_failure_conforms():
    verdict = assert_check_conforms(relations_hold, REFERENCE, shuffled(CURRENT, "price", 0.3))
    assert verdict.outcome is Outcome.FAIL


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_column_shuffled_in_some_rows_is_found_and_the_share_told(share):
    verdict = relations_hold(REFERENCE, shuffled(CURRENT, "price", share))
    assert verdict.columns == ("price",)
    assert verdict.evidence.estimate == pytest.approx(share, abs=0.08)


def test_a_column_shuffled_in_the_reference_is_found_too():
    verdict = relations_hold(shuffled(REFERENCE, "price", 0.2), CURRENT)
    assert verdict.columns == ("price",)
    assert verdict.evidence.estimate < 0
    assert verdict.evidence.worst[0]["worse in"] == "reference"
    assert verdict.reason.startswith("'price' does not fit the rest of its row in about ")
    assert verdict.reason.endswith(" % of the reference rows; 1 more column fits worse for it")


def test_swapped_columns_are_both_named():
    changed = CURRENT.with_columns(pl.col("size").alias("age"), pl.col("age").alias("size"))
    assert set(relations_hold(REFERENCE, changed).columns) == {"size", "age"}


def test_a_column_copied_from_another_is_named():
    assert relations_hold(REFERENCE, CURRENT.with_columns(size=pl.col("luck"))).columns[0] == "size"


def test_a_column_that_slipped_by_one_row_is_named():
    assert relations_hold(REFERENCE, CURRENT.with_columns(pl.col("price").shift(1))).columns == ("price",)


def test_where_no_column_is_told_by_another_the_question_does_not_apply():
    rng = np.random.default_rng(0)
    table = pl.DataFrame({name: rng.normal(size=400) for name in "abc"})
    verdict = assert_check_conforms(relations_hold, table[:200], table[200:])
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "no column can be told from the others"


def test_with_too_few_rows_it_is_undecided_and_says_how_many_would_do():
    verdict = assert_check_conforms(relations_hold, REFERENCE[:20], CURRENT[:12])
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason == "with 20 and 12 rows not even a shuffled column would have shown"
    assert verdict.evidence.rows_needed == 168


@pytest.mark.parametrize("other", [REFERENCE.select("size"), REFERENCE.with_columns(pl.all().cast(pl.String))])
def test_without_two_columns_of_one_kind_it_is_skipped(other):
    verdict = relations_hold(other, CURRENT.select("size", "price"))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "there are no two columns of one kind in both tables"


def test_a_profile_gives_the_verdict_of_its_table_and_one_without_rows_is_skipped(tmp_path):
    before, after = profile(REFERENCE), profile(shuffled(CURRENT, "price"))
    whole = relations_hold(REFERENCE, shuffled(CURRENT, "price"))
    assert relations_hold(before, after).to_json() == whole.to_json()
    kept = before.save(tmp_path / "reference.mlqa-profile")
    verdict = relations_hold(type(before).load(kept), after)
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "the profile holds no rows")


def test_times_are_used_only_if_named():
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=int(day)) for day in np.argsort(np.argsort(CURRENT["price"]))]
    timed = CURRENT.with_columns(day=pl.Series(days))
    assert relations_hold(timed, shuffled(timed, "day")).outcome is Outcome.PASS
    names = ["size", "price", "day"]
    assert relations_hold(timed, shuffled(timed, "day"), columns=names).columns == ("day",)


def test_missing_and_infinite_values_are_no_obstacle():
    holed = [
        table.with_columns(
            pl.when(pl.col("luck") > 1).then(None).otherwise(pl.col("size")).alias("size"),
            pl.when(pl.col("luck") > 2).then(float("inf")).otherwise(pl.col("age")).alias("age"),
            pl.when(pl.col("luck") < -1).then(None).otherwise(pl.col("style")).alias("style"),
        )
        for table in (REFERENCE, CURRENT)
    ]
    assert relations_hold(*holed).outcome is Outcome.PASS
    assert relations_hold(holed[0], shuffled(holed[1], "price")).columns == ("price",)


def test_pandas_and_polars_give_the_same_verdict():
    changed = shuffled(CURRENT, "age", 0.4)
    wanted = relations_hold(REFERENCE, changed).to_json()
    assert relations_hold(REFERENCE.to_pandas(), changed.to_pandas()).to_json() == wanted
    assert relations_hold(REFERENCE.to_arrow(), changed.to_arrow()).to_json() == wanted


def test_more_rows_and_columns_than_are_used_give_an_answer_of_the_same_form():
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(5000, 3))
    table = pl.DataFrame(hidden @ rng.normal(size=(3, 60)) + rng.normal(size=(5000, 60)))
    verdict = relations_hold(table[:2500], shuffled(table[2500:], "column_7"), columns=table.columns)
    assert verdict.columns == ("column_7",)
    assert verdict.evidence.n < 4000
    assert len(verdict.evidence.plot["data"]["values"]) == 40
    assert len(verdict.to_json()) < 8000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"columns": ["sise"]},
            "columns='sise': expected a column of the table, got no such column.\nHint: did you mean 'size'?",
        ),
        (
            {"min_effect": 2},
            "min_effect=2: expected a distance in [0, 1), got int.\nHint: 0.02 leaves two rows in a hundred in peace",
        ),
        (
            {"seed": -1},
            "seed=-1: expected a whole number of at least 0, got int.\nHint: leave it out for the default 0",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, message):
    with pytest.raises(UsageError) as caught:
        relations_hold(REFERENCE, CURRENT, **arguments)
    assert str(caught.value) == message


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-3, 1000.0]))
def test_neither_units_nor_the_order_of_rows_change_what_is_named(seed, factor):
    changed = shuffled(CURRENT, "price", 0.5, seed)
    order = np.random.default_rng(seed).permutation(changed.height)
    scaled = [table.with_columns(pl.col("size") * factor) for table in (REFERENCE, changed[order])]
    assert relations_hold(*scaled).columns == relations_hold(REFERENCE, changed).columns


@settings(max_examples=3, deadline=None)
@given(st.floats(0, 0.9), st.floats(0, 0.9))
def test_a_larger_min_effect_never_turns_a_pass_into_a_failure(one, other):
    changed = shuffled(CURRENT, "price", 0.4)
    small, large = (relations_hold(REFERENCE, changed, min_effect=effect) for effect in sorted((one, other)))
    assert not (small.outcome is Outcome.PASS and large.outcome is Outcome.FAIL)
