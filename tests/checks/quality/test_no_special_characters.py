"""Values of special characters only: alone, by a limit and beside a reference."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.quality.no_special_characters import no_special_characters
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

PLANS = ["basic", "plus"] * 150


def table(values):
    return pl.DataFrame({"plan": values})


def test_words_of_any_script_pass():
    words = ["Öl", "原文", "سلام", "7"] * 50
    assert assert_check_conforms(no_special_characters, table([*words, "", " ", None])).outcome is Outcome.PASS


def test_a_few_such_values_fail_alone_and_are_shown():
    verdict = assert_check_conforms(no_special_characters, table([*PLANS, "??", "##", "??"]))
    assert verdict.reason == "'plan' holds values of special characters only in 3 of 303 rows ('??', '##')"
    assert verdict.kind == "contract"


def test_a_column_of_signs_and_free_text_are_left_in_peace():
    assert no_special_characters(table(["+", "-"] * 100)).outcome is Outcome.PASS
    assert no_special_characters(table([f"title {i}" for i in range(100)] + ["$"])).outcome is Outcome.PASS


def test_a_limit_is_taken_at_its_word():
    assert no_special_characters(table(["+", "a"] * 100), at_most=0.4).outcome is Outcome.FAIL
    assert no_special_characters(table([*PLANS, "?"]), at_most=0.01).outcome is Outcome.PASS


def test_a_rise_fails_beside_a_reference():
    before, after = table([*PLANS, "?"]), table([*PLANS[:250], *["?"] * 51])
    verdict = assert_check_conforms(no_special_characters, after, reference=before)
    assert verdict.columns == ("plan",)
    assert verdict.evidence.plot["data"]["values"][0]["table"] == "reference"
    assert no_special_characters(after, reference=after).outcome is Outcome.PASS


def test_a_handful_of_rows_is_undecided_and_says_how_many_would_do():
    few = table(PLANS[:4])
    verdict = assert_check_conforms(no_special_characters, few, reference=few)
    assert verdict.outcome is Outcome.UNDECIDED
    rows = 4 + verdict.evidence.rows_needed // 2 + 8
    assert no_special_characters(table(PLANS[:rows]), reference=table(PLANS[:rows])).outcome is Outcome.PASS
    assert no_special_characters(table([1])).outcome is Outcome.SKIPPED


def test_a_limit_beside_a_reference_is_refused():
    with pytest.raises(UsageError, match="expected either a reference or a limit"):
        no_special_characters(table(PLANS), at_most=0.1, reference=table(PLANS))
