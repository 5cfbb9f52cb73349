"""Faults in the values of one column of texts, or in the type of a column, of the current table."""

from __future__ import annotations

import numpy as np
import polars as pl
from fault_values import put, some

NULLS = ("NA", "null", "-", "?", "none", "")
UNPARSABLE = ("n/a", "1,5", "12 kg", "#REF!", "-")


def shares(values: pl.Series) -> dict[str, float]:
    """Return the share of every text, the most frequent first."""
    counts = values.drop_nulls().value_counts(sort=True)
    return dict(zip(counts[values.name], counts["count"] / values.len(), strict=True))


def near(values: pl.Series, share: float) -> str | None:
    """Return the text whose share is nearest, if it is within half and twice of what is asked."""
    found = shares(values)
    text = min(found, key=lambda text: abs(found[text] - share))
    return text if share / 2 <= found[text] <= 2 * share else None


def mix(values: pl.Series, share: float, rng: np.random.Generator, form) -> pl.Series | None:
    """Write a share of the texts in another form, where that changes them."""
    other = form(values)
    return put(values, some(share, values != other, rng), other)


def category_rename(values, share, rng, before):
    """The category whose share is nearest gets another name."""
    text = near(before, share)
    return None if text is None else put(values, (values == text).fill_null(value=False), f"{text} (new)")


def new_category(values, share, rng, before):
    return put(values, some(share, values.is_not_null(), rng), "other kind")


def vanished_category(values, share, rng, before):
    """The rows of the category whose share is nearest get the values of other rows."""
    text = near(before, share)
    others = values.filter(values != (text or ""))
    if text is None or others.len() == 0:
        return None
    drawn = others[rng.integers(0, others.len(), values.len())]
    return put(values, (values == text).fill_null(value=False), drawn)


def other_case(values, share, rng, before):
    def form(texts):
        upper = texts.str.to_uppercase()
        return put(upper, upper == texts, texts.str.to_lowercase())

    return mix(values, share, rng, form)


def white_space(values, share, rng, before):
    return mix(values, share, rng, lambda texts: texts + " ")


def null_spellings(values, share, rng, before):
    words = pl.Series(rng.choice(NULLS, values.len()))
    return put(values, some(share, values.is_not_null(), rng), words)


def unparsable(values, share, rng, before):
    """A column of numbers arrives as text, some of it no number."""
    words = pl.Series(rng.choice(UNPARSABLE, values.len()))
    return put(values.cast(pl.String), some(share, values.is_not_null(), rng), words)


def truncated(values, share, rng, before):
    """Texts are cut at the length that cuts this share of the rows."""
    length = values.str.len_chars().quantile(1 - share, "lower")
    cut = values.str.slice(0, max(1, int(length or 0)))
    changed = (cut != values).fill_null(value=False)
    return cut if 0.2 * share <= changed.mean() and cut.n_unique() > 1 else None


def damaged(values, share, rng, before):
    """A letter outside ASCII was read in the wrong encoding."""
    return mix(values, share, rng, lambda texts: texts.str.replace("[aeiouAEIOU]", "Ã©"))


def numbers_as_text(values, amount, rng, before):
    return values.cast(pl.String)


def texts_as_codes(values, amount, rng, before):
    """The texts arrive as the numbers of some encoder."""
    numbers = {text: place for place, text in enumerate(sorted(shares(before)))}
    return values.replace_strict(numbers, default=len(numbers), return_dtype=pl.Int64)
