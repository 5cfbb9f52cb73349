"""SVG compared as drawing instructions: tags and words exactly, coordinates within half a unit."""

from __future__ import annotations

import re
from dataclasses import replace

from mlqa.ipynb.comparison.difference import Difference
from mlqa.ipynb.comparison.noise import quiet
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.texts import compare_lines

__all__ = ["compare_svg"]

_ABOUT = re.compile(r"<metadata\b.*?</metadata>|<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL)
_NAMED = re.compile(r"""\bid\s*=\s*["']([^"']+)["']""")
_TAG_END = re.compile(r"(?<=>)\s*|\s*(?=<)")
_HALF = 0.5


def compare_svg(stored: str, new: str, rules: Rules) -> list[Difference]:
    """Compare two drawings.

    Ids, dates and comments are passed over. Coordinates may be half a unit
    apart: another version of a font moves as much.

    Examples
    --------
    >>> one, other = (f'<svg><path id="p{x}" d="M 0 0 L {x} 5"/></svg>' for x in (10.1, 10.2))
    >>> compare_svg(one, other, Rules()), len(compare_svg(one, one.replace("10.1", "19.1"), Rules()))
    ([], 1)
    """
    looser = replace(rules, absolute=max(rules.absolute, _HALF))
    left, right = (_lines(text, rules) for text in (stored, new))
    return compare_lines(left, right, looser)


def _lines(text: str, rules: Rules) -> list[str]:
    """Put each tag on a line, ids renamed in order and numbers as floats."""
    text = _ABOUT.sub("", text)
    names = {name: f"id-{at}" for at, name in enumerate(dict.fromkeys(_NAMED.findall(text)))}
    if names:
        longest = sorted(names, key=len, reverse=True)
        pattern = re.compile(rf"""(?<=[#"'])(?:{"|".join(map(re.escape, longest))})(?=["')])""")
        text = pattern.sub(lambda found: names[found.group()], text)
    lines = [" ".join(line.split()) for line in _TAG_END.split(text) if line.strip()]
    return [_pathed(quiet(line, rules, printed=False)) for line in lines]


def _pathed(line: str) -> str:
    """Part numbers from letters and commas in the data of paths, and write whole ones as the others."""
    if not line.startswith("<"):
        return line
    apart = re.sub(r"(?<=\d),(?=[-+\d.])", " ", line)
    apart = re.sub(r"(?<![\w#.-])([MLHVCSQTAZmlhvcsqtaz])(?=[-+\d.])", r"\1 ", apart)
    return re.sub(r"(?<![\w.#-])(-?\d+)(?![\w.])", r"\1.0", apart)
