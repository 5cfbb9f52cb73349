"""JSON compared as data: Vega-Lite, Plotly and any other; numbers within the tolerance, generated names aside."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlqa.ipynb.comparison.difference import Difference, apart_by, brief
from mlqa.ipynb.comparison.noise import quiet
from mlqa.ipynb.comparison.numbers import same_value
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.texts import same_words

__all__ = ["compare_data"]

# Names that Vega-Lite and Plotly generate anew, and the version of a schema.
_PASSED_OVER = {"uid", "$schema", "usermeta", "plotlyServerURL"}
_GENERATED = re.compile(r"^(?:data-[0-9a-f]{32}|(?:view|param|selector|name|concat|layer|chart)_?\d+)$")
_DEEPEST = 100


def compare_data(stored: Any, new: Any, rules: Rules) -> list[Difference]:
    """Compare two values of JSON.

    Examples
    --------
    >>> [one.where for one in compare_data({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]}, Rules())]
    ['a[1]']
    """
    return list(_compared("", _readable(stored), _readable(new), rules, 0))


def _readable(value: Any) -> Any:
    """Read JSON that a file holds as text, and give generated names the same ones on both sides."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return value
    names: dict[str, str] = {}
    return _renamed(value, names, 0)


def _renamed(value: Any, names: dict[str, str], depth: int) -> Any:
    if depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        if isinstance(value.get("bdata"), str) and isinstance(value.get("dtype"), str):
            return _unpacked(value)
        kept = {key: inner for key, inner in value.items() if key not in _PASSED_OVER}
        return {_renamed(key, names, depth): _renamed(inner, names, depth + 1) for key, inner in kept.items()}
    if isinstance(value, list):
        return [_renamed(inner, names, depth + 1) for inner in value]
    if isinstance(value, str) and _GENERATED.match(value):
        return names.setdefault(value, f"(generated {len(names)})")
    return value


def _unpacked(value: Mapping[str, Any]) -> Any:
    """Read the numbers that Plotly packs in base64."""
    import numpy as np

    try:
        read = np.frombuffer(base64.b64decode(value["bdata"], validate=True), dtype=np.dtype(value["dtype"]))
        return {"dtype": value["dtype"], "shape": value.get("shape"), "values": read.tolist()}
    except (TypeError, ValueError, binascii.Error):
        return dict(value)


def _compared(where: str, stored: Any, new: Any, rules: Rules, depth: int) -> Iterator[Difference]:
    if depth > _DEEPEST:
        if stored != new:
            yield _apart(where, stored, new)
    elif isinstance(stored, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*stored, *new)):
            place = f"{where}.{key}" if where else str(key)
            if key not in stored or key not in new:
                told = "gone" if key in stored else "added"
                yield _apart(f"{place}, {told}", stored.get(key, ""), new.get(key, ""))
            else:
                yield from _compared(place, stored[key], new[key], rules, depth + 1)
    elif isinstance(stored, list) and isinstance(new, list):
        if len(stored) != len(new):
            yield Difference(where=f"length of {where or 'the list'}", stored=str(len(stored)), new=str(len(new)))
            return
        for at, (left, right) in enumerate(zip(stored, new)):
            yield from _compared(f"{where}[{at}]", left, right, rules, depth + 1)
    elif not _same(stored, new, rules):
        yield _apart(where, stored, new)


def _same(stored: Any, new: Any, rules: Rules) -> bool:
    if isinstance(stored, str) and isinstance(new, str):
        left, right = (quiet(text, rules, printed=False) for text in (stored, new))
        return same_words(left, right, rules)
    numbers = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in (stored, new)]
    if all(numbers) and (isinstance(stored, float) or isinstance(new, float)):
        return same_value(float(stored), float(new), rules)
    return type(stored) is type(new) and bool(stored == new)


def _apart(where: str, stored: Any, new: Any) -> Difference:
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (stored, new))
    off = apart_by(float(stored), float(new)) if numbers else None
    return Difference(where=where or "the value", stored=_shown(stored), new=_shown(new), off=off)


def _shown(value: Any) -> str:
    return brief(value if isinstance(value, str) else json.dumps(value, default=str)[:400])
