"""Categories that came, went, are spelled otherwise or were renamed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.categories_hold import categories_hold
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

PLANS = ["basic", "plus", "gold"]


def table(seed: int = 0, rows: int = 1000) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    towns = [f"town {place}" for place in range(120)]
    return pl.DataFrame(
        {
            "plan": rng.choice(PLANS, rows, p=[0.5, 0.3, 0.2]),
            "town": rng.choice(towns, rows),
            "x": rng.normal(size=rows),
        }
    )


def first(rows: int, value: str | pl.Expr, column: str = "plan", seed: int = 1) -> pl.DataFrame:
    """Put a value in the first rows of a current table."""
    new = pl.lit(value) if isinstance(value, str) else value
    return table(seed).with_columns(pl.when(pl.int_range(pl.len()) < rows).then(new).otherwise(column).alias(column))


def test_the_same_categories_pass_and_say_what_would_have_been_seen():
    verdict = assert_check_conforms(categories_hold, table(0), table(1))
    assert (verdict.outcome, verdict.check) == (Outcome.PASS, "quality.categories_hold")
    assert verdict.reason == "no category came or went in any of 2 columns beyond chance"
    assert 0.01 < verdict.evidence.detectable < 0.04


def test_one_new_category_in_a_hundred_rows_of_a_closed_set_fails_by_name():
    verdict = assert_check_conforms(categories_hold, table(0), first(10, "trial"))
    assert verdict.columns == ("plan",)
    assert verdict.reason == "'plan': 10 rows (1 %) in 1 category that the reference has not: 'trial' (10 rows)"
    assert verdict.evidence.estimate == 0.01
    assert verdict.evidence.worst[0]["new"] == "trial"
    assert categories_hold(table(0), first(5, "trial")).outcome is Outcome.PASS


def test_another_spelling_is_named_as_such():
    verdict = categories_hold(table(0), first(60, pl.col("plan") + " "))
    assert "looks like 'basic'" in verdict.reason
    assert verdict.remedy == "trim 'plan' and spell it in one way where it is read"


def test_many_towns_in_upper_case_show_though_none_does_alone():
    verdict = categories_hold(table(0), first(80, pl.col("town").str.to_uppercase(), "town"))
    assert verdict.columns == ("town",)


def test_a_renamed_category_is_recognized_by_its_share():
    current = table(1).with_columns(pl.col("plan").replace("gold", "premium"))
    verdict = categories_hold(table(0), current)
    assert "'premium'" in verdict.reason
    assert "looks renamed from 'gold'" in verdict.reason
    assert "map 'premium' back to 'gold'" in verdict.remedy


def test_a_vanished_category_fails_by_name():
    verdict = assert_check_conforms(categories_hold, table(0), table(1).filter(pl.col("plan") != "gold"))
    assert verdict.columns == ("plan",)
    assert verdict.reason.startswith("'plan': gone: 'gold' (")


def test_a_rare_category_leaves_the_set_open():
    reference = first(2, "odd", seed=0)
    assert categories_hold(reference, first(10, "trial"), columns=["plan"]).outcome is Outcome.PASS
    assert categories_hold(reference, first(25, "trial"), columns=["plan"]).outcome is Outcome.FAIL


def test_a_handful_of_rows_is_undecided_and_says_how_many_would_do():
    verdict = assert_check_conforms(categories_hold, table(0, 6), table(1, 6))
    assert verdict.outcome is Outcome.UNDECIDED
    rows = 6 + verdict.evidence.rows_needed
    assert categories_hold(table(0, rows), table(1, rows), columns=["plan"]).outcome is Outcome.PASS


def test_text_that_hardly_repeats_and_tables_without_text_are_skipped():
    ids = pl.DataFrame({"id": [f"i{row}" for row in range(300)]})
    verdict = assert_check_conforms(categories_hold, ids, ids)
    assert verdict.reason == "no column has categories to compare: 'id' (nearly every value distinct)"
    assert categories_hold(ids.with_row_index().select("index"), ids).outcome is Outcome.SKIPPED


def test_profiles_answer_as_the_tables_do():
    current = first(40, "trial")
    assert categories_hold(profile(table(0)), profile(current)) == categories_hold(table(0), current)


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="did you mean 'plan'"):
        categories_hold(table(0), table(1), columns=["plam"])
    with pytest.raises(UsageError, match=r"write \['plan'\]"):
        categories_hold(table(0), table(1), columns="plan")


def test_a_picture_shows_what_came_and_went():
    spec = categories_hold(table(0), first(40, "trial")).evidence.plot
    assert {"value": "trial", "table": "current", "share": 0.04} in spec["data"]["values"]


def test_two_tables_of_ten_thousand_other_values_are_answered():
    one, two = (pl.DataFrame({"c": [f"{side}{row % 5000}" for row in range(12_000)]}) for side in "ab")
    assert categories_hold(one, two).columns == ("c",)
