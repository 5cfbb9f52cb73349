"""Two texts compared line by line: words exactly, numbers within the tolerance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from mlqa.ipynb.comparison.difference import Difference, apart_by, brief
from mlqa.ipynb.comparison.noise import quiet
from mlqa.ipynb.comparison.numbers import NUMBER, same_number
from mlqa.ipynb.comparison.rules import Rules

__all__ = ["compare_lines", "compare_texts", "same_words"]

_BLANKS = re.compile(r"[ \t\u00a0]+")
_NEAR_BRACKET = re.compile(r"(?<=[\[(]) (?=[-+\d.])")
_MOST_LINES = 3000  # above, lines are not aligned, which takes quadratic time


def compare_texts(stored: str, new: str, rules: Rules, *, printed: bool = True) -> list[Difference]:
    """Compare two texts.

    Parameters
    ----------
    stored, new : str
    rules : Rules
    printed : bool
        Whether it was printed, see `mlqa.ipynb.comparison.noise.quiet`.

    Returns
    -------
    list of Difference
        One for each line, or number of a line, that differs.

    Notes
    -----
    How many blanks stand between two words is not compared: numbers of
    another width move them.

    Examples
    --------
    >>> [one.where for one in compare_texts("loss 0.5", "loss 0.6", Rules())]
    ['line 1']
    >>> compare_texts("loss 0.5000001 in 3.1 s", "loss 0.5 in 2.9 s", Rules())
    []
    """
    left, right = (_lines(quiet(text, rules, printed=printed)) for text in (stored, new))
    return compare_lines(left, right, rules)


def compare_lines(stored: Sequence[str], new: Sequence[str], rules: Rules) -> list[Difference]:
    """Compare two texts that are lines without noise; a line that came or went does not move the others."""
    if len(stored) == len(new):
        return [found for at, pair in enumerate(zip(stored, new), 1) for found in _in_line(f"line {at}", *pair, rules)]
    return list(_aligned(stored, new, rules))


def same_words(stored: str, new: str, rules: Rules) -> bool:
    """Say whether two lines have the same words, and numbers within the tolerance.

    Examples
    --------
    >>> same_words("x = 1.00000001", "x = 1.0", Rules()), same_words("x = 1", "y = 1", Rules())
    (True, False)
    """
    if stored == new:
        return True
    if NUMBER.sub("0", stored) != NUMBER.sub("0", new):
        return False
    pairs = zip(NUMBER.findall(stored), NUMBER.findall(new), strict=True)
    return all(same_number(left, right, rules) for left, right in pairs)


def _lines(text: str) -> list[str]:
    """Split into lines with single blanks and without empty ends."""
    lines = [_NEAR_BRACKET.sub("", _BLANKS.sub(" ", line).strip()) for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _aligned(stored: Sequence[str], new: Sequence[str], rules: Rules) -> Iterator[Difference]:
    """Find which lines came, went and changed."""
    if max(len(stored), len(new)) > _MOST_LINES:
        yield Difference(where="number of lines", stored=str(len(stored)), new=str(len(new)))
        return
    bare = [[NUMBER.sub("0", line) for line in side] for side in (stored, new)]
    for kind, a, b, c, d in SequenceMatcher(None, bare[0], bare[1], autojunk=False).get_opcodes():
        if kind in {"equal", "replace"}:
            for at, (left, right) in enumerate(zip_longest(stored[a:b], new[c:d], fillvalue=""), a + 1):
                yield from _in_line(f"line {at}", left, right, rules)
        else:
            for at, line in enumerate(stored[a:b], a + 1):
                yield Difference(where=f"line {at}, gone", stored=brief(line), new="")
            for line in new[c:d]:
                yield Difference(where=f"after line {a}, added", stored="", new=brief(line))


def _in_line(where: str, stored: str, new: str, rules: Rules) -> Iterator[Difference]:
    """Compare two lines; of one that differs in one number only, tell how far it moved."""
    if same_words(stored, new, rules):
        return
    off = None
    if NUMBER.sub("0", stored) == NUMBER.sub("0", new):
        pairs = zip(NUMBER.findall(stored), NUMBER.findall(new), strict=True)
        values = [tuple(float(text.replace(",", "")) for text in pair) for pair in pairs if pair[0] != pair[1]]
        off = max((apart_by(*pair) for pair in values), default=None)
    yield Difference(where=where, stored=_around(stored, new), new=_around(new, stored), off=off)


def _around(line: str, other: str) -> str:
    """Cut a long line to where it differs from the other."""
    same = next((at for at, pair in enumerate(zip(line, other)) if pair[0] != pair[1]), min(len(line), len(other)))
    start = line.rfind(" ", 0, max(same - 20, 0)) + 1 if same > 60 else 0
    return ("... " if start else "") + brief(line[start : start + 200])
