"""One place where two lists of outputs differ: what every kind of comparison gives."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Difference", "Picture", "apart_by", "brief"]

_LONGEST = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Two pictures and where they differ, each as PNG; bounded in size.

    Attributes
    ----------
    stored, new, difference : bytes
    """

    stored: bytes
    new: bytes
    difference: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place that differs.

    Attributes
    ----------
    where : str
        Place inside the output: a row and a column, a line, a path of JSON.
    stored, new : str
        What stands there; empty where nothing does.
    off : float or None
        Of two numbers: their relative distance.
    output : str
        Which output: ``stdout``, ``output 2, text/html``.
    picture : Picture or None
    note : str
        What a reader must know of the whole output.
    """

    where: str
    stored: str
    new: str
    off: float | None = None
    output: str = ""
    picture: Picture | None = None
    note: str = ""


def apart_by(stored: float, new: float) -> float:
    """Return the relative distance of two numbers, in [0, 2].

    Examples
    --------
    >>> apart_by(100.0, 101.0) < 0.01, apart_by(0.0, 0.0)
    (True, 0.0)
    """
    largest = max(abs(stored), abs(new))
    if largest == 0:
        return 0.0
    # parts first: the difference of two numbers near the largest float is infinite
    return abs(stored / largest - new / largest)


def brief(text: str) -> str:
    """Put a text on one line and shorten it in its middle.

    Examples
    --------
    >>> brief("two" + chr(10) + "lines")
    'two lines'
    """
    flat = " ".join(text.split())
    half = (_LONGEST - 5) // 2
    return flat if len(flat) <= _LONGEST else f"{flat[:half]} ... {flat[-half:]}"
