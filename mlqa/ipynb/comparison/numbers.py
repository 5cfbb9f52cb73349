"""Numbers as a text has them: found, read and compared within a tolerance."""

from __future__ import annotations

import math
import re

from mlqa.ipynb.comparison.rules import Rules

__all__ = ["NUMBER", "number_of", "same_number", "same_value"]

# Not inside a name (x1), a version (1.2.3) or a word of digits and letters; a unit may follow (2.5GB, 3.1%, 1.5j).
NUMBER = re.compile(
    r"(?<![\w.])(?<!\d[-+])[-+]?"
    r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)"
    r"(?:[eE][-+]?\d+)?(?![\d_])(?!\.\d)(?!\.[A-Za-z_])"
    r"|(?<![\w.])[-+]?(?:nan|NaN|inf|Infinity|infinity)\b"
)
_WHOLE = re.compile(r"[-+]?[\d,]+")


def number_of(text: str) -> float | None:
    """Read a number as people print it; None where it is none.

    Examples
    --------
    >>> number_of("1,234.5"), number_of("-2e3"), number_of("3.1%"), number_of("x1")
    (1234.5, -2000.0, 3.1, None)
    """
    found = NUMBER.match(text.strip().removesuffix("%"))
    if found is None or found.end() != len(text.strip().removesuffix("%")):
        return None
    return float(found.group().replace(",", ""))


def same_number(stored: str, new: str, rules: Rules) -> bool:
    """Say whether two numbers, as printed, are the same within the tolerance.

    Whole numbers are compared digit for digit. A whole number is not its
    fraction of nothing: ``3`` and ``3.0`` are of two types.

    Parameters
    ----------
    stored, new : str
        What `NUMBER` found.
    rules : Rules

    Examples
    --------
    >>> rules = Rules()
    >>> same_number("0.333333", "0.333334", rules), same_number("0.333", "0.334", rules)
    (True, False)
    >>> same_number("3", "3.0", rules), same_number("1", "0.9999999", rules)
    (False, True)
    """
    if stored == new:
        return True
    left, right = (float(text.replace(",", "")) for text in (stored, new))
    whole = [_WHOLE.fullmatch(text) is not None for text in (stored, new)]
    if all(whole):
        return stored.lstrip("+") == new.lstrip("+")
    if any(whole) and left == right:
        return False
    return same_value(left, right, rules)


def same_value(stored: float, new: float, rules: Rules) -> bool:
    """Say whether two numbers are within the tolerance; NaN is NaN, an infinity itself only.

    Examples
    --------
    >>> same_value(float("nan"), float("nan"), Rules()), same_value(float("inf"), 1e308, Rules())
    (True, False)
    """
    if math.isnan(stored) or math.isnan(new):
        return math.isnan(stored) and math.isnan(new)
    return math.isclose(stored, new, rel_tol=rules.relative, abs_tol=rules.absolute)
