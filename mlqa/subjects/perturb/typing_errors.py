"""Typing errors: a neighbouring key, two letters exchanged, one left out, one twice."""

from __future__ import annotations

import hashlib

import numpy as np

from mlqa.errors import UsageError
from mlqa.subjects.perturb.column import each, on_column
from mlqa.subjects.perturb.marks import Perturb

__all__ = ["typos"]

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    """Return, for each key of a keyboard, the keys around it; each row stands half a key to the right of the last."""
    at = {key: (row, place + row / 2) for row, keys in enumerate(_ROWS) for place, key in enumerate(keys)}
    near = {}
    for key, (row, place) in at.items():
        around = [other for other, (r, p) in at.items() if other != key and abs(r - row) <= 1 and abs(p - place) <= 1]
        near[key] = "".join(other for other in around if other.isalpha() == key.isalpha())
    return near


NEIGHBOURS = _neighbours()


def typos(column: str, *, count: int = 1, seed: int = 0) -> Perturb:
    """Put typing errors into every text of a column.

    Parameters
    ----------
    column : str
    count : int of at least 1
        Errors a text: a neighbouring key, two letters exchanged, one left out
        or one typed twice. Digits and texts without a letter stay.
    seed : int of at least 0
        Same seed, same text: same errors, wherever the text stands.

    Examples
    --------
    >>> import polars as pl
    >>> typos("plan")(pl.DataFrame({"plan": ["premium"]}))["plan"].item() != "premium"
    True
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise UsageError("count", count, "a whole number of at least 1", "leave it out for 1")

    def mistyped(text: str) -> str:
        key = hashlib.sha256(f"perturb.typos\0{seed}\0{text}".encode("utf-8", "replace")).digest()
        rng = np.random.Generator(np.random.PCG64(int.from_bytes(key[:16], "little")))
        for _ in range(count):
            text = _one_error(text, rng)
        return text

    return on_column(f"typos({column})", column, lambda values: each(values, mistyped, of=str))


def _one_error(text: str, rng: np.random.Generator) -> str:
    letters = [at for at, char in enumerate(text) if char.isalpha()]
    if not letters:
        return text
    at = letters[rng.integers(len(letters))]
    char, kind = text[at], int(rng.integers(4))
    near = NEIGHBOURS.get(char.lower(), "")
    if kind == 1 and at + 1 < len(text) and text[at + 1].isalpha() and text[at + 1] != char:
        return text[:at] + text[at + 1] + char + text[at + 2 :]
    if kind == 2 and len(letters) > 1:
        return text[:at] + text[at + 1 :]
    if kind == 3 or not near:
        return text[:at] + char + text[at:]
    key = near[rng.integers(len(near))]
    return text[:at] + (key.upper() if char.isupper() else key) + text[at + 1 :]
