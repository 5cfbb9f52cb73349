"""Columns that say the same."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.no_redundant_columns import no_redundant_columns
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(seed=0, rows=400):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "sex": rng.choice(["f", "m"], rows),
            "home": rng.choice(["yes", "no"], rows),
            "car": rng.choice(["yes", "no"], rows),
            "x": rng.normal(size=rows).round(2),
            "y": rng.normal(size=rows).round(2),
            "z": rng.normal(size=rows).round(2),
            "id": rng.permutation(rows) + 0.5,
            "when": rng.permutation(rows),
        }
    )


CLEAN, OTHER = table(), table(1)


def some(share, rows=400):
    return pl.int_range(pl.len()) < share * rows


def test_copied_rows_make_no_two_columns_of_unlike_values_the_same():
    numbers = np.random.default_rng(3).normal(size=(400, 2))
    unlike = CLEAN.with_columns(u=numbers[:, 0], v=numbers[:, 1])
    copied = pl.concat([unlike, unlike[:50], unlike[:10]])
    assert no_redundant_columns(copied).outcome is Outcome.PASS
    assert no_redundant_columns(copied.with_columns(w=pl.col("u"))).columns == ("w", "u")
    assert no_redundant_columns(copied.with_columns(kind=pl.col("sex") + "!")).columns == ("kind", "sex")


def test_unlike_columns_pass():
    verdict = assert_check_conforms(no_redundant_columns, CLEAN)
    assert (verdict.outcome, verdict.kind) == (Outcome.PASS, "contract")
    assert verdict.reason == "none of 28 pairs of columns says the same"
    assert assert_check_conforms(no_redundant_columns, CLEAN, reference=OTHER).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("copy", "reason"),
    [
        (pl.col("x"), "hold equal values in every row"),
        (pl.col("id"), "hold equal values in every row"),
        (pl.col("sex"), "hold equal values in every row"),
        (pl.col("sex") == "f", "are the same but for the names of their values"),
        (pl.col("x") * 9, "are the same but for the names of their values"),
    ],
)
def test_a_copy_under_another_name_fails_alone_and_not_where_it_always_was(copy, reason):
    current, before = (frame.with_columns(copy=copy) for frame in (CLEAN, OTHER))
    verdict = assert_check_conforms(no_redundant_columns, current)
    assert verdict.outcome is Outcome.FAIL
    assert "copy" in verdict.columns
    assert verdict.reason.endswith(reason)
    assert no_redundant_columns(current, reference=before).outcome is Outcome.PASS


def test_two_keys_of_the_rows_are_no_copies():
    assert no_redundant_columns(CLEAN.sort("id").with_columns(when=pl.int_range(pl.len()))).outcome is Outcome.PASS


@pytest.mark.parametrize(("name", "source"), [("x", "y"), ("car", "sex")])
@pytest.mark.parametrize("share", [0.15, 1.0])
def test_a_column_copied_over_another_fails_and_is_named_first(name, source, share):
    overwritten = pl.when(some(share)).then(pl.col(source)).otherwise(pl.col(name)).alias(name)
    current = CLEAN.with_columns(overwritten)
    verdict = assert_check_conforms(no_redundant_columns, current, reference=OTHER)
    assert verdict.outcome is Outcome.FAIL
    assert set(verdict.columns) == {name, source}


def test_a_correlation_that_came_in_fails():
    current = CLEAN.with_columns(y=pl.col("x") * 2 + pl.col("y") * 0.5)
    verdict = assert_check_conforms(no_redundant_columns, current, reference=OTHER)
    assert (verdict.outcome, set(verdict.columns)) == (Outcome.FAIL, {"x", "y"})
    assert verdict.evidence.worst[0]["what"] == "correlation"


def test_a_correlation_that_a_wider_spread_explains_is_no_copy():
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(2, 600)) * [[1.0], [2.5]]
    both = [pl.DataFrame({"late": x, "later": x + 0.9 * rng.normal(size=600)}) for x in spread]
    correlation = both[1].select(pl.corr("late", "later", method="spearman")).item()
    assert correlation > 0.85
    assert no_redundant_columns(both[1], reference=both[0]).outcome is Outcome.PASS


def test_columns_that_agree_by_nature_may_agree_somewhat_more():
    more = pl.when(some(0.4)).then(pl.col("car")).otherwise(pl.col("home")).alias("home")
    assert no_redundant_columns(CLEAN.with_columns(more), reference=OTHER).outcome is Outcome.PASS


def test_values_that_became_frequent_in_both_columns_are_no_copies():
    constant = OTHER.with_columns(home=pl.lit("no"))
    assert no_redundant_columns(constant, reference=CLEAN).outcome is Outcome.PASS


def test_a_column_overwritten_by_one_is_blamed_for_all_its_pairs():
    current = CLEAN.with_columns(y=pl.col("x"), z=pl.col("x"))
    verdict = no_redundant_columns(current, reference=OTHER)
    assert len(verdict.columns) == 2
    assert set(verdict.columns) <= {"x", "y", "z"}


def test_a_limit_on_the_correlation_is_held_alone():
    current = CLEAN.with_columns(y=pl.col("x") * 2 + pl.col("y") * 0.5)
    verdict = assert_check_conforms(no_redundant_columns, current, at_most=0.9)
    assert (verdict.outcome, verdict.kind) == (Outcome.FAIL, "statistical")
    assert no_redundant_columns(current, at_most=0.98).outcome is Outcome.PASS


def test_few_rows_cannot_tell_and_one_column_is_no_pair():
    verdict = assert_check_conforms(no_redundant_columns, CLEAN[:5], reference=OTHER[:5])
    assert verdict.outcome is Outcome.UNDECIDED
    assert assert_check_conforms(no_redundant_columns, CLEAN, columns=["x"]).outcome is Outcome.SKIPPED


def test_a_profile_says_what_its_table_says():
    current = CLEAN.with_columns(copy=pl.col("x"))
    assert no_redundant_columns(profile(current)).to_json() == no_redundant_columns(current).to_json()


def test_odd_columns_get_an_answer():
    odd = pl.DataFrame(
        {
            "inf": [float("inf"), float("-inf"), None] * 20,
            "none": [None] * 60,
            "big": [2**64 - 1, 2**64 - 2, 0] * 20,
            "lists": [[1]] * 60,
            "😀": ["<script>", "", None] * 20,
        }
    )
    for reference in (None, odd, odd[:1]):
        assert no_redundant_columns(odd, reference=reference).outcome in Outcome
        assert no_redundant_columns(odd[:1], reference=reference).outcome in Outcome


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match=r"at_most=3: expected a correlation in \[0, 1\]"):
        no_redundant_columns(CLEAN, at_most=3)
    with pytest.raises(UsageError, match="no such column"):
        no_redundant_columns(CLEAN, columns=["q"])
