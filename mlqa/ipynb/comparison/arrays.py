"""Arrays as numpy prints them, compared element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlqa.ipynb.comparison.difference import Difference, apart_by, brief
from mlqa.ipynb.comparison.numbers import number_of
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.texts import same_words

__all__ = ["compare_arrays", "is_array"]

_CALL = re.compile(r"^(?:array|tensor|Array|DeviceArray|masked_array|matrix)\((.*)\)$", re.DOTALL)
_PLAIN = re.compile(r"^\[[\[\]\s\d.,eE+\-naifNjTrueFls]*\]$")
_PART = re.compile(r"[\[\]]|'[^']*'|\"[^\"]*\"|[^\s,\[\]]+")
_DEEPEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Array:
    """Elements by their index as shown, and what stands behind them."""

    elements: dict[tuple[int, ...], str]
    shape: tuple[int, ...]
    about: str


def is_array(text: str) -> bool:
    """Tell whether a text is an array alone, as its repr or as printed.

    Examples
    --------
    >>> is_array("array([1., 2.])"), is_array("[[1. 2.]" + chr(10) + " [3. 4.]]"), is_array("['a', 'b']")
    (True, True, False)
    """
    found = _CALL.match(text.strip())
    return found is not None or _PLAIN.match(text.strip()) is not None


def compare_arrays(stored: str, new: str, rules: Rules) -> list[Difference]:
    """Compare two arrays: shape and dtype, then each element that is shown.

    Examples
    --------
    >>> [one.where for one in compare_arrays("array([1., 2.])", "array([1., 3.])", Rules())]
    ['element [1]']
    >>> [one.where for one in compare_arrays("array([1., 2.])", "array([1., 2.], dtype=float32)", Rules())]
    ['dtype']
    """
    left, right = _read(stored), _read(new)
    found = []
    if left.about != right.about:
        found.append(Difference(where="dtype", stored=brief(left.about), new=brief(right.about)))
    if left.shape != right.shape:
        return [*found, Difference(where="shape shown", stored=str(left.shape), new=str(right.shape))]
    return found + list(_elements(left, right, rules))


def _elements(left: _Array, right: _Array, rules: Rules) -> Iterator[Difference]:
    for index in sorted(left.elements.keys() | right.elements.keys()):
        old, now = left.elements.get(index, ""), right.elements.get(index, "")
        if not same_words(old, now, rules):
            values = [value for value in (number_of(old), number_of(now)) if value is not None]
            off = apart_by(*values) if len(values) == 2 else None
            yield Difference(where=f"element {list(index)}", stored=brief(old), new=brief(now), off=off)


def _read(text: str) -> _Array:
    """Read elements by index; numpy's '...' is an element of its own."""
    found = _CALL.match(text.strip())
    inside = found.group(1) if found else text.strip()
    end = inside.rfind("]") + 1
    elements: dict[tuple[int, ...], str] = {}
    at: list[int] = []
    for part in _PART.findall(inside[:end]):
        if part == "[" and len(at) < _DEEPEST:
            at.append(0)
        elif part == "]":
            at = at[:-1]
            if at:
                at[-1] += 1
        elif at:
            elements[tuple(at)] = part
            at[-1] += 1
    depth = max(map(len, elements), default=0)
    shape = tuple(1 + max((index[axis] for index in elements if len(index) > axis), default=0) for axis in range(depth))
    return _Array(elements=elements, shape=shape, about=" ".join(inside[end:].strip(", \n").split()))
