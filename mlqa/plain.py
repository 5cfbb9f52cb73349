"""What a verdict may hold: JSON's own values, of bounded length. Level 0."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["LONGEST_CASE", "LONGEST_PICTURE", "LONGEST_SENTENCE", "LONGEST_TEXT", "MOST_WORST", "cut", "plain"]

LONGEST_TEXT = 200
LONGEST_CASE = 4000  # a counterexample written as a test, or a diff, whole or not at all
LONGEST_PICTURE = 60_000  # characters of a small picture in a plot
LONGEST_SENTENCE = 2000
MOST_WORST = 10  # examples of a verdict
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


def plain(value: Any) -> Any:
    """Turn numpy scalars, tuples and non-finite floats into JSON's own values."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {cut(str(key)): _LONG[key](item) if key in _LONG else plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(plain(item) for item in value)
    return plain(value.item()) if hasattr(value, "item") else cut(str(value))


def _case(value: Any) -> Any:
    """Keep a test to paste whole: cut short it would be none."""
    return cut(value, LONGEST_CASE) if isinstance(value, str) else plain(value)


def _picture(value: Any) -> Any:
    """Keep a picture in base64 whole; any other address is a short text."""
    if isinstance(value, str) and _PICTURE.fullmatch(value) and len(value) <= LONGEST_PICTURE:
        return value
    return plain(value)


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """Bound a text, so that a report never carries a whole document, and drop what UTF-8 cannot write."""
    writable = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    return writable if len(writable) <= longest else writable[: longest - 3] + "..."


# What may be longer than a text of a verdict is, by its key.
_LONG = {"pytest": _case, "diff": _case, "url": _picture}
