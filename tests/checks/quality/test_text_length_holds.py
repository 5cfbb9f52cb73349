"""Lengths of texts: limits, and what the reference has."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.quality.text_length_holds import text_length_holds
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

PLANS = ["basic", "plus"] * 200
NOTES = [f"note {i:04d}" + "x" * (i % 30) for i in range(400)]


def table(values):
    return pl.DataFrame({"text": values})


def test_without_reference_or_limit_there_is_nothing_to_ask():
    assert assert_check_conforms(text_length_holds, table(PLANS)).outcome is Outcome.SKIPPED


def test_limits_are_a_contract_and_show_who_breaks_them():
    assert text_length_holds(table(PLANS), shortest=4, longest=5).outcome is Outcome.PASS
    verdict = assert_check_conforms(text_length_holds, table(PLANS), longest=4)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.kind == "contract"
    assert verdict.evidence.worst[0]["values"] == "'basic'"


@pytest.mark.parametrize(
    ("change", "told"),
    [(lambda text: text * 9, "longest text has 45 characters, was 5"), (lambda text: text[:2], "shortest text has 2")],
)
def test_texts_beyond_the_reference_fail(change, told):
    after = table([change(text) if at < 40 else text for at, text in enumerate(PLANS)])
    verdict = assert_check_conforms(text_length_holds, after, reference=table(PLANS))
    assert verdict.columns == ("text",)
    assert told in verdict.reason


def test_free_text_that_is_cut_fails_though_no_length_is_new():
    after = table([note[:12] for note in NOTES])
    assert text_length_holds(after, reference=table(NOTES)).columns == ("text",)


def test_the_same_lengths_pass():
    assert assert_check_conforms(text_length_holds, table(NOTES), reference=table(NOTES)).outcome is Outcome.PASS


def test_other_shares_of_known_categories_are_left_to_drift():
    assert text_length_holds(table(["basic"] * 400), reference=table(PLANS)).outcome is Outcome.PASS


def test_a_handful_of_rows_is_undecided_and_a_table_without_text_is_skipped():
    few = assert_check_conforms(text_length_holds, table(PLANS[:4]), reference=table(PLANS[:4]))
    assert few.outcome is Outcome.UNDECIDED
    assert few.evidence.rows_needed > 8
    assert text_length_holds(table([1]), longest=4).outcome is Outcome.SKIPPED
    empty = pl.DataFrame({"text": pl.Series([None], dtype=pl.String)})
    assert text_length_holds(empty, reference=empty).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"longest": -1}, "longest=-1: expected a number of characters"),
        ({"shortest": 1.5}, "expected a number of characters"),
        ({"shortest": 9, "longest": 3}, "at most longest=3"),
        ({"longest": 3, "reference": table(PLANS)}, "expected either a reference or limits"),
    ],
)
def test_what_cannot_be_used_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        text_length_holds(table(PLANS), **options)
