"""Texts written otherwise."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import UsageError
from mlqa.subjects.perturb import recoded, synonyms, typos, unaccented, unpunctuated
from mlqa.subjects.perturb.typing_errors import NEIGHBOURS


def one(perturb, text):
    return perturb(pl.DataFrame({"t": [text, None]}))["t"].to_list()[0]


def test_punctuation_goes_and_words_stay():
    assert one(unpunctuated("t"), "Well, no - 'never'!") == "Well no never"
    assert one(unpunctuated("t"), "two  spaces") == "two  spaces"


def test_accents_go_in_any_unicode_form():
    assert one(unaccented("t"), "Málaga Ångström") == "Malaga Angstrom"
    assert one(unaccented("t"), unicodedata.normalize("NFD", "é")) == "e"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_unicode_forms_are_those_of_the_standard(form):
    assert one(recoded("t", form), "ﬁ Köln") == unicodedata.normalize(form, "ﬁ Köln")


def test_synonyms_replace_whole_words_all_at_once():
    swap = synonyms("t", {"good": "bad", "bad": "good", "very good": "great"})
    assert one(swap, "Good or bad, goods are very good.") == "Bad or good, goods are great."


def test_typing_errors_come_from_neighbouring_keys():
    assert set(NEIGHBOURS["g"]) <= set("rtyfhvbnc")
    assert "1" not in NEIGHBOURS["q"]
    assert all(key in NEIGHBOURS[other] for key in "qwertz" for other in NEIGHBOURS[key])


def test_the_same_text_gets_the_same_error_wherever_it_stands():
    table = pl.DataFrame({"t": ["premium", "basic", "premium"]})
    first, _, third = typos("t")(table)["t"].to_list()
    assert first == third
    assert typos("t", seed=1)(table)["t"].to_list() != typos("t")(table)["t"].to_list()


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=30), st.integers(1, 3))
def test_an_error_changes_length_by_one_at_most_and_never_breaks(text, count):
    made = one(typos("t", count=count), text)
    assert abs(len(made) - len(text)) <= count
    if not any(char.isalpha() for char in text):
        assert made == text


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: recoded("t", "UTF-8"), "form='UTF-8': expected one of NFC, NFD, NFKC, NFKD"),
        (lambda: synonyms("t", {}), "words={}: expected a dict from word to synonym"),
        (lambda: synonyms("t", {"a": ""}), "expected a dict from word to synonym"),
        (lambda: typos("t", count=0), "count=0: expected a whole number of at least 1"),
    ],
)
def test_what_cannot_be_used_is_refused(make, said):
    with pytest.raises(UsageError) as caught:
        make()
    assert said in str(caught.value)
