"""Values of another type: a few among numbers or words, codes left in peace, news beside a reference."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.quality.no_mixed_types import no_mixed_types
from mlqa.checks.quality.value_types import DATE, NUMBER, WORD, are_codes, main_type, of_other_type
from mlqa.errors import UsageError
from mlqa.subjects.column_profile import profile_column
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

PRICES = [f"{i}.25" for i in range(300)]
COLOURS = ["red", "green", "blue"] * 100


def table(values):
    return pl.DataFrame({"x": values})


def test_texts_of_one_type_pass():
    verdict = assert_check_conforms(no_mixed_types, pl.DataFrame({"price": PRICES, "colour": COLOURS}))
    assert verdict.outcome is Outcome.PASS
    assert verdict.kind == "contract"


def test_a_few_values_that_are_no_number_fail_and_are_shown():
    verdict = assert_check_conforms(no_mixed_types, table([*PRICES, "12 kg", "#REF!", "12 kg"]))
    assert verdict.columns == ("x",)
    assert verdict.evidence.worst[0]["values"] == "'12 kg', '#REF!'"


@pytest.mark.parametrize("odd", ["17", "2024-05-01"])
def test_a_number_or_a_date_among_words_fails(odd):
    assert no_mixed_types(table([*COLOURS, odd])).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "values",
    [
        ["1", "2", "3"] * 50 + ["3+"] * 9,
        [*map(str, range(200)), "136A", "b7"],
        ["A320", "B737"] * 80 + ["550"] * 9,
        [f"title {word}" for word in range(150)] + ["1917"],
        COLOURS + ["7"] * 100,
        [*PRICES, "NA", "-"],
    ],
    ids=["few codes", "letters of a code", "models", "titles", "a third", "spellings of null"],
)
def test_codes_and_what_a_column_holds_by_nature_are_left_in_peace(values):
    assert no_mixed_types(table(values)).outcome is Outcome.PASS


def test_a_column_of_numbers_that_arrives_as_text_with_words_in_it_fails():
    before, after = table([float(value) for value in PRICES]), table([*PRICES[:270], *["much"] * 30])
    verdict = assert_check_conforms(no_mixed_types, after, reference=before)
    assert verdict.columns == ("x",)
    assert verdict.reason == "'x' holds values of another type than the others in 10 % of rows, was 0 % ('much')"
    assert verdict.evidence.low < 0.1 < verdict.evidence.high


def test_a_mixture_that_the_reference_has_too_is_no_alarm():
    mixed = table([*PRICES[:270], *["much"] * 30])
    assert assert_check_conforms(no_mixed_types, mixed, reference=mixed).outcome is Outcome.PASS


def test_a_handful_of_rows_is_undecided_and_a_table_without_text_is_skipped():
    assert no_mixed_types(table(COLOURS[:4]), reference=table(COLOURS[:4])).outcome is Outcome.UNDECIDED
    assert no_mixed_types(table([1, 2])).outcome is Outcome.SKIPPED


def test_a_table_and_its_profile_give_the_same_verdict():
    mixed = table([*PRICES, "12 kg"])
    assert no_mixed_types(profile(mixed)).to_json() == no_mixed_types(mixed).to_json()


def test_an_unknown_column_is_refused():
    with pytest.raises(UsageError, match="no such column"):
        no_mixed_types(table(COLOURS), columns=["y"])


def test_the_main_type_is_that_of_both_tables_and_of_the_reference_where_they_disagree():
    assert main_type((5, 0, 6)) == WORD
    assert main_type((0, 0, 9), (9, 0, 0)) == NUMBER
    assert main_type((0, 3, 0)) == DATE


def test_values_of_another_type_come_with_the_most_frequent_first():
    column = profile_column(pl.Series("x", ["1"] * 30 + ["b"] * 2 + ["a"] * 3 + ["NA"]))[0]
    assert of_other_type(column, NUMBER) == ["a", "b"]
    assert are_codes(column, NUMBER, ["a", "b"])
