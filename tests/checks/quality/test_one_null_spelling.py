"""Spellings of 'no value': several in one column, honest categories, news beside a reference."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.quality.one_null_spelling import one_null_spelling
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

PLANS = ["basic", "plus"] * 150


def table(values):
    return pl.DataFrame({"plan": values})


@pytest.mark.parametrize(
    "values",
    [PLANS, [*PLANS, None], [*PLANS, "NA"], [*PLANS, None, "none", "Unknown"]],
    ids=["no gaps", "real gaps", "one spelling", "honest categories"],
)
def test_one_way_of_saying_it_passes(values):
    assert assert_check_conforms(one_null_spelling, table(values)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("more", "shown"),
    [([None, "NA"], "'NA', null"), (["NA", "n/a"], "'NA', 'n/a'"), (["", "-", "-", None], "'-', '', null")],
)
def test_two_ways_fail_and_are_shown(more, shown):
    verdict = assert_check_conforms(one_null_spelling, table([*PLANS, *more]))
    assert verdict.columns == ("plan",)
    assert verdict.evidence.worst[0]["values"] == shown


def test_many_new_spellings_fail_together_though_each_is_rare():
    words = ["NA", "null", "-", "?", "nan"] * 5
    verdict = assert_check_conforms(one_null_spelling, table([*PLANS[25:], *words]), reference=table(PLANS))
    assert verdict.columns == ("plan",)
    assert verdict.reason.startswith("'plan' holds 'no value' written as text in 8.333 % of rows, was 0 %")


def test_one_frequent_new_spelling_fails_beside_an_honest_one():
    before = table([*PLANS, *["none"] * 100])
    after = table([*PLANS, *["none"] * 60, *["NA"] * 40])
    assert one_null_spelling(after, reference=before).columns == ("plan",)


def test_a_column_of_numbers_that_arrives_as_text_is_asked_too():
    before = table([float(i) for i in range(300)])
    after = table([*map(str, range(270)), *["NA"] * 30])
    assert one_null_spelling(after, reference=before).columns == ("plan",)


def test_spellings_that_the_reference_has_are_no_alarm():
    mixed = table([*PLANS, None, "NA", "-", *["unknown"] * 30])
    assert assert_check_conforms(one_null_spelling, mixed, reference=mixed).outcome is Outcome.PASS


def test_a_handful_of_rows_is_undecided_and_a_table_without_text_is_skipped():
    assert one_null_spelling(table(PLANS[:4]), reference=table(PLANS[:4])).outcome is Outcome.UNDECIDED
    assert one_null_spelling(table([1, 2])).outcome is Outcome.SKIPPED


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match=r"min_effect=7: expected a share in \[0, 1\]"):
        one_null_spelling(table(PLANS), min_effect=7)
