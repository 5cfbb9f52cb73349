"""Texts written otherwise: case, spaces, punctuation, accents, unicode forms, synonyms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from mlqa.errors import UsageError
from mlqa.subjects.perturb.column import each, on_column
from mlqa.subjects.perturb.marks import Perturb

__all__ = ["cased", "recoded", "spaced", "synonyms", "unaccented", "unpunctuated"]

_FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def cased(column: str) -> Perturb:
    """Turn a text column's lower case into upper case and the other way.

    Examples
    --------
    >>> import pandas as pd
    >>> cased("plan")(pd.DataFrame({"plan": ["Basic", None]}))["plan"].tolist()[0]
    'bASIC'
    """
    return on_column(f"cased({column})", column, lambda values: each(values, str.swapcase, of=str))


def spaced(column: str) -> Perturb:
    """Put a space before and after every text of a column.

    Examples
    --------
    >>> import polars as pl
    >>> spaced("plan")(pl.DataFrame({"plan": ["basic"]}))["plan"].to_list()
    [' basic ']
    """
    return on_column(f"spaced({column})", column, lambda values: each(values, lambda text: f" {text} ", of=str))


def unpunctuated(column: str) -> Perturb:
    """Leave out punctuation, and the spaces it leaves double.

    Examples
    --------
    >>> import polars as pl
    >>> unpunctuated("said")(pl.DataFrame({"said": ["Well, no!"]}))["said"].to_list()
    ['Well no']
    """
    return on_column(f"unpunctuated({column})", column, lambda values: each(values, _without_points, of=str))


def unaccented(column: str) -> Perturb:
    """Write letters without their accents.

    Examples
    --------
    >>> import polars as pl
    >>> unaccented("city")(pl.DataFrame({"city": ["Málaga"]}))["city"].to_list()
    ['Malaga']
    """
    return on_column(f"unaccented({column})", column, lambda values: each(values, _without_accents, of=str))


def recoded(column: str, form: str = "NFD") -> Perturb:
    """Write the same characters in another unicode form, as another system would.

    Parameters
    ----------
    column : str
    form : {'NFC', 'NFD', 'NFKC', 'NFKD'}
        NFD takes an accented letter apart, NFC puts it together.

    Examples
    --------
    >>> import polars as pl
    >>> len(recoded("city")(pl.DataFrame({"city": ["Köln"]}))["city"].item())
    5
    """
    if form not in _FORMS:
        raise UsageError("form", form, f"one of {', '.join(_FORMS)}", "leave it out for NFD")
    return on_column(
        f"recoded({column}, {form})",
        column,
        lambda values: each(values, lambda text: unicodedata.normalize(form, text), of=str),  # type: ignore[arg-type]  # one of four
    )


def synonyms(column: str, words: Mapping[str, str]) -> Perturb:
    """Replace whole words by others that mean the same.

    Parameters
    ----------
    column : str
    words : dict
        Word to synonym; found in any case, and a capital stays a capital. All
        are replaced at once.

    Examples
    --------
    >>> import polars as pl
    >>> synonyms("said", {"good": "fine"})(pl.DataFrame({"said": ["Good, not goods"]}))["said"].to_list()
    ['Fine, not goods']
    """
    fine = isinstance(words, Mapping) and words and all(isinstance(w, str) and w for w in [*words, *words.values()])
    if not fine:
        raise UsageError("words", words, "a dict from word to synonym", "pass {'good': 'fine'}")
    lower = {word.casefold(): synonym for word, synonym in words.items()}
    longest_first = sorted(lower, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

    def other(found: re.Match[str]) -> str:
        word = found.group()
        synonym = lower.get(word.casefold(), word)
        return synonym[:1].upper() + synonym[1:] if word[:1].isupper() else synonym

    return on_column(
        f"synonyms({column})", column, lambda values: each(values, lambda text: pattern.sub(other, text), of=str)
    )


def _without_points(text: str) -> str:
    kept = "".join(char for char in text if not unicodedata.category(char).startswith("P"))
    return " ".join(kept.split()) if kept != text else text


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in apart if not unicodedata.combining(char)))
