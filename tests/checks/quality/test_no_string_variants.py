"""Spellings of one category: case, white space, accents and width, alone and beside a reference."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.checks.quality.no_string_variants import no_string_variants
from mlqa.checks.quality.spelling import spelled_alike
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

CITIES = ["Koeln", "Orléans", "New York", "Bonn"] * 100


def table(values):
    return pl.DataFrame({"city": values, "n": range(len(values))})


def changed(rows, change):
    return table([change(city) if at < rows else city for at, city in enumerate(CITIES)])


CHANGES = {
    "case": str.upper,
    "space": lambda text: text + " ",
    "no accents": lambda text: text.replace("é", "e").replace("New York", "new york"),
    "wide letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" < c < "~" else c for c in text),
    "double space": lambda text: text.replace(" ", "\N{NO-BREAK SPACE} ").replace("Bonn", "bonn"),
}


def test_one_way_of_writing_passes():
    assert assert_check_conforms(no_string_variants, table(CITIES)).outcome is Outcome.PASS


@pytest.mark.parametrize("name", CHANGES)
def test_another_spelling_fails_alone_even_once(name):
    verdict = assert_check_conforms(no_string_variants, changed(4, CHANGES[name]))
    assert verdict.columns == ("city",)
    assert " beside " in verdict.evidence.worst[0]["values"]


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("rows", [80, 400])
def test_another_spelling_fails_beside_a_reference_be_it_rare_or_everywhere(name, rows):
    verdict = assert_check_conforms(no_string_variants, changed(rows, CHANGES[name]), reference=table(CITIES))
    assert verdict.columns == ("city",)
    assert verdict.evidence.p_value < 1e-4


def test_the_pairs_are_named():
    verdict = no_string_variants(changed(80, str.upper), reference=table(CITIES))
    assert verdict.reason == (
        "'city' holds values that are written like another but for case, white space or accents "
        "in 20 % of rows, was 0 % ('BONN' beside 'Bonn', 'KOELN' beside 'Koeln', 'NEW YORK' beside 'New York')"
    )


def test_spellings_that_the_reference_mixes_too_are_no_alarm():
    mixed = changed(60, str.upper)
    assert assert_check_conforms(no_string_variants, mixed, reference=mixed).outcome is Outcome.PASS


def test_two_rare_spellings_are_as_good_as_each_other_alone():
    assert no_string_variants(table([*CITIES, "Ulm", "ULM"])).outcome is Outcome.PASS


def test_ids_may_differ_in_case_but_not_gain_white_space():
    ids = [f"{kind}{i}" for i in range(200) for kind in ("a", "A")]
    assert no_string_variants(table(ids)).outcome is Outcome.PASS
    padded = table([f" {name} " for name in ids])
    assert no_string_variants(padded, reference=table(ids)).columns == ("city",)


def test_a_handful_of_rows_is_undecided_and_a_table_without_text_is_skipped():
    few = table(CITIES[:4])
    assert no_string_variants(few, reference=few).outcome is Outcome.UNDECIDED
    assert no_string_variants(few, columns=["n"]).outcome is Outcome.SKIPPED


def test_a_table_and_its_profile_give_the_same_verdict():
    after, before = changed(80, str.upper), table(CITIES)
    one = no_string_variants(after, reference=before)
    assert no_string_variants(profile(after), reference=profile(before)).to_json() == one.to_json()


@given(st.lists(st.text(max_size=12), max_size=6))
def test_what_is_spelled_alike_stays_so(texts):
    once = spelled_alike(texts)
    assert len(once) == len(texts)
    assert spelled_alike([f"  {text}\t" for text in texts]) == once


def test_vowels_of_other_scripts_are_no_accents():
    first, second = spelled_alike(["\N{DEVANAGARI LETTER KA}", "\N{DEVANAGARI LETTER KA}\N{DEVANAGARI VOWEL SIGN I}"])
    assert first != second
