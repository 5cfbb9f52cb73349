"""How far outputs may be apart: the project's settings, and what a cell's tags and comments say over them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest
from mlqa.ipynb.cells import Cell

__all__ = ["Rules", "is_compared", "rules_for", "rules_of", "words_of_cell"]

_LIMITS = ("relative", "absolute", "picture")
_PAIR = re.compile(r"^regex: (.*)$\n^replace: (.*)$", re.MULTILINE)
_OLD_WORD = "PYTEST_VALIDATE_IGNORE_OUTPUT"
_OURS = re.compile(r"mlqa-([a-z]+)=(\S*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Tolerances of a comparison.

    Attributes
    ----------
    relative : float in [0, 1)
        Two numbers may be apart by this part of the larger one. The default is
        one unit in the last of six significant digits, which is what pandas
        and ``%g`` print: float32 on another BLAS holds, a changed fifth digit
        does not.
    absolute : float of at least 0
        Or by this much: rounding noise around zero.
    picture : float in [0, 1)
        Share of a picture's pixels that may differ, strewn as antialiasing and
        font hinting strew them.
    lax : bool
        Compare only cells that ask for it with ``nbval-check-output``.
    sanitize : tuple of (re.Pattern, str)
        Replaced in texts on both sides before they are compared.
    """

    relative: float = 1e-5
    absolute: float = 1e-12
    picture: float = 1e-3
    lax: bool = False
    sanitize: tuple[tuple[re.Pattern[str], str], ...] = ()


def rules_of(settings: Mapping[str, Any], root: str | Path = ".") -> Rules:
    """Read ``[tool.mlqa.outputs]``.

    Parameters
    ----------
    settings : mapping
        ``relative``, ``absolute``, ``picture``, ``lax`` and ``sanitize``, the path
        of a file in nbval's form: lines ``regex: ...`` and ``replace: ...`` in turn.
    root : path
        Where that path starts.

    Raises
    ------
    UsageError
        If a key is unknown or a value cannot be used.

    Examples
    --------
    >>> rules_of({"relative": 1e-3}).relative
    0.001
    """
    known = (*_LIMITS, "lax", "sanitize")
    for key in settings:
        if key not in known:
            where = f"[tool.mlqa.outputs] {key}"
            raise UsageError(where, settings[key], "a known key", nearest(key, known), "an unknown key")
    lax = settings.get("lax", False)
    if not isinstance(lax, bool):
        raise UsageError("[tool.mlqa.outputs] lax", lax, "true or false", "mend pyproject.toml")
    limits: dict[str, Any] = {
        key: _limit(f"[tool.mlqa.outputs] {key}", settings[key]) for key in _LIMITS if key in settings
    }
    file = settings.get("sanitize")
    return replace(Rules(lax=lax, sanitize=() if file is None else _sanitizers(Path(root), file)), **limits)


def rules_for(cell: Cell, rules: Rules) -> Rules:
    """Put what a cell says over the rules: ``mlqa-relative=1e-3`` as a tag, or in a comment of its own line.

    Raises
    ------
    UsageError
        If a word is misspelt or its value is no number that can be used.

    Examples
    --------
    >>> rules_for(Cell(id="a", source="", index=0, tags=("mlqa-relative=0.01",)), Rules()).relative
    0.01
    """
    limits: dict[str, Any] = {}
    for word in _words(cell):
        found = _OURS.fullmatch(word)
        if found is not None:
            key, value = found.groups()
            if key not in _LIMITS:
                raise UsageError(
                    f"cell {cell.id}: {word}", key, "a known word", nearest(key, _LIMITS), "an unknown one"
                )
            limits[key] = _limit(f"cell {cell.id}: mlqa-{key}", value)
    return replace(rules, **limits)


def words_of_cell(cell: Cell) -> set[str]:
    """Return what a cell asks for in nbval's words, as tags or comments; a comment outweighs a tag.

    Returns
    -------
    set of str
        Of ``skip``, ``raises-exception``, ``ignore-output``, ``check-output``.

    Examples
    --------
    >>> words_of_cell(Cell(id="a", source="# NBVAL_SKIP", index=0, tags=("raises-exception",))) == {
    ...     "skip", "raises-exception"}
    True
    """
    found: set[str] = set()
    for word in _words(cell):
        short = word.removeprefix("nbval-")
        if word.startswith("nbval-") or short == "raises-exception":
            found -= {"check-output", "ignore-output"} if short.endswith("-output") else set()
            found.add(short)
    return found & {"skip", "raises-exception", "ignore-output", "check-output"}


def is_compared(cell: Cell, rules: Rules) -> bool:
    """Say whether a cell's outputs are compared at all."""
    words = words_of_cell(cell)
    if "skip" in words or "ignore-output" in words:
        return False
    return not rules.lax or "check-output" in words


def _words(cell: Cell) -> Iterator[str]:
    """Yield tags, then comments, as words of small letters and dashes."""
    for tag in cell.tags:
        yield tag.strip().lower()
    for line in cell.source.splitlines():
        if line.strip().startswith("#"):
            comment = line.strip().lstrip("#").strip()
            if comment == _OLD_WORD:
                yield "nbval-ignore-output"
            elif comment.startswith("NBVAL_"):
                yield comment.lower().replace("_", "-")
            elif comment.startswith("mlqa-"):
                yield from re.split(r"[\s,]+", comment)


def _limit(name: str, given: Any) -> float:
    """Read a tolerance."""
    try:
        value = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        value = math.nan
    most = math.inf if name.endswith("absolute") else 1
    if not 0 <= value < most:
        wanted = "a number of at least 0" + (" and below 1" if most == 1 else "")
        raise UsageError(name, given, wanted, "write 1e-3, say", "no such number")
    return value


def _sanitizers(root: Path, file: Any) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Read a file in nbval's form."""
    name = "[tool.mlqa.outputs] sanitize"
    hint = "two lines in turn: 'regex: ...' and 'replace: ...'"
    if not isinstance(file, str):
        raise UsageError(name, file, "the path of a file", hint)
    try:
        text = (root / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(name, file, "a readable file", "check the path", str(error)) from error
    pairs = _PAIR.findall(text)
    if not pairs and text.strip():
        raise UsageError(name, file, "pairs of a regex and what replaces it", hint, "none")
    try:
        return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)
    except re.error as error:
        raise UsageError(name, file, "regular expressions", str(error), "one that cannot be read") from error
