"""precision_holds: rounded, truncated, binned, narrowed, made finer; and what only moved."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome
from mlqa.checks.drift.precision_holds import precision_holds
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=1000):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "weight": rng.lognormal(4, 0.4, rows),
            "price": rng.lognormal(4, 1, rows).round(2),
            "salary": rng.lognormal(10, 0.5, rows).astype(int),
            "few": rng.integers(0, 5, rows),
        }
    )


REFERENCE, CURRENT = drawn(1), drawn(2)


def some(share, new):
    return pl.when(pl.int_range(pl.len()) < share * pl.len()).then(new).otherwise(new.meta.root_names()[0])


def test_when_precision_held_then_it_passes():
    verdict = assert_check_conforms(precision_holds, REFERENCE, CURRENT)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason.endswith("; left out: 'few' (too few distinct values)")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (pl.col("price").round(0), "share with at most 0 decimals"),
        (pl.col("price").floor(), "share with at most 0 decimals"),
        (pl.col("salary") // 1000 * 1000, "share of multiples of 1000"),
        (pl.col("weight").round(3), "share with at most 3 decimals"),
        (pl.col("weight").cast(pl.Float32).cast(pl.Float64), "share that 32 bits hold"),
        ((pl.col("weight") / 7).round() * 7.123456789012345, "share of values that occur once"),
        (some(0.1, pl.col("price").round(0)), "share with at most 0 decimals"),
        (pl.col("price") * 1.0001, "share with at most 2 decimals"),
    ],
)
def test_when_precision_changed_then_it_fails_and_says_what(change, what):
    name = change.meta.root_names()[0]
    verdict = assert_check_conforms(precision_holds, REFERENCE, CURRENT.with_columns(change.alias(name)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (name,)
    assert verdict.evidence.worst[0]["what"] == what
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high
    assert len(verdict.evidence.plot["data"]["values"]) <= 40


@pytest.mark.parametrize("change", [pl.col("weight") * 2, pl.col("salary") + 5000, pl.col("price") + 20])
def test_a_move_alone_is_no_change_of_precision(change):
    current = CURRENT.with_columns(change.cast(REFERENCE.schema[change.meta.root_names()[0]]))
    assert precision_holds(REFERENCE, current.with_columns(pl.col("price").round(2))).outcome is Outcome.PASS


def test_ties_that_come_with_more_rows_are_no_change():
    many = drawn(3, 20_000)
    assert precision_holds(REFERENCE, many).outcome is Outcome.PASS
    assert precision_holds(many, CURRENT).outcome is Outcome.PASS


def test_columns_of_very_many_values_are_asked_about_a_choice_of_them():
    before, after = drawn(3, 30_000), drawn(4, 30_000)
    assert precision_holds(before, after).outcome is Outcome.PASS
    assert precision_holds(before, after.with_columns(pl.col("weight").round(2))).columns == ("weight",)


def test_whole_numbers_that_grew_beyond_what_16_bits_count_are_no_change_of_precision():
    rng = np.random.default_rng(0)
    before, after = (pl.DataFrame({"steps": rng.integers(low, low + 900, 1000)}) for low in (1000, 9001))
    assert precision_holds(before, after).outcome is Outcome.PASS
    coded = before.with_columns(pl.when(pl.int_range(pl.len()) < 200).then(99999).otherwise("steps").alias("steps"))
    assert precision_holds(before, coded).outcome is Outcome.PASS


def test_when_there_are_too_few_rows_then_it_is_undecided():
    verdict = assert_check_conforms(precision_holds, REFERENCE[:12], CURRENT[:12])
    assert verdict.outcome is Outcome.UNDECIDED


def test_without_numbers_it_is_skipped():
    verdict = assert_check_conforms(precision_holds, REFERENCE.select("few"), CURRENT.select("few"))
    assert verdict.outcome is Outcome.SKIPPED


def test_profiles_give_the_verdict_of_their_tables():
    current = CURRENT.with_columns(pl.col("price").round(0))
    assert precision_holds(profile(REFERENCE), profile(current)) == precision_holds(REFERENCE, current)
