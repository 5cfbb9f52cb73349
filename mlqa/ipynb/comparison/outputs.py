"""Outputs of a cell paired, and each kind handed to its own comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from mlqa.ipynb.comparison.arrays import compare_arrays, is_array
from mlqa.ipynb.comparison.data import compare_data
from mlqa.ipynb.comparison.difference import Difference, brief
from mlqa.ipynb.comparison.html import compare_html
from mlqa.ipynb.comparison.pictures import compare_pictures
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.svg import compare_svg
from mlqa.ipynb.comparison.tables import compare_tables, table_in_text
from mlqa.ipynb.comparison.texts import compare_texts

__all__ = ["compare_outputs", "is_in_part"]

_WIDGET = "application/vnd.jupyter.widget-view+json"
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# A chart's page holds its data once more, with the library's whole script.
_CHARTS = ("application/vnd.vega", "application/vnd.plotly")
_HIDING = ("<td>...</td>", "<th>...</th>", "<td>&hellip;</td>")
_RICHEST = ("application/", "image/", "text/html", "text/latex", "text/markdown")


def compare_outputs(
    stored: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], rules: Rules
) -> list[Difference]:
    """Compare what a cell gave with what is stored.

    Parameters
    ----------
    stored, new : sequence of dict
        In nbformat 4 shape.
    rules : Rules

    Returns
    -------
    list of Difference
        Empty where they are the same. What was printed is one text for each of
        stdout and stderr, however it was split; other outputs are paired in order.
        Views of widgets, metadata, execution counts and tracebacks are left out.
    """
    found: list[Difference] = []
    for name in ("stdout", "stderr"):
        found += [
            replace(one, output=name) for one in _values(_printed(stored, name), _printed(new, name), rules, True)
        ]
    sides = [[output for output in side if _is_compared(output)] for side in (stored, new)]
    for at, (left, right) in enumerate(zip_longest(*sides), 1):
        found += [replace(one, output=f"output {at}{one.output}") for one in _pair(left, right, rules)]
    return found


def is_in_part(output: Mapping[str, Any]) -> bool:
    """Tell whether an output is a table or an array of which only a part is shown.

    Examples
    --------
    >>> is_in_part({"data": {"text/plain": "array([0., 1., ..., 8., 9.])"}})
    True
    """
    data = _data(output)
    texts = [str(data.get(kind, "")) for kind in ("text/html", "text/plain")]
    if any(mark in texts[0] for mark in _HIDING):
        return True
    table = table_in_text(texts[1])
    return (table is not None and table.is_cut()) or (is_array(texts[1]) and "..." in texts[1])


def _printed(outputs: Sequence[Mapping[str, Any]], name: str) -> str:
    return "".join(
        str(output.get("text", ""))
        for output in outputs
        if output.get("output_type") == "stream" and output.get("name", "stdout") == name
    )


def _is_compared(output: Mapping[str, Any]) -> bool:
    return output.get("output_type") != "stream" and _WIDGET not in _data(output)


def _data(output: Mapping[str, Any]) -> Mapping[str, Any]:
    data = output.get("data")
    return data if isinstance(data, Mapping) else {}


def _pair(stored: Mapping[str, Any] | None, new: Mapping[str, Any] | None, rules: Rules) -> Iterator[Difference]:
    if stored is None or new is None:
        there = stored if stored is not None else new
        where = "gone" if new is None else "added"
        shown = _shown(there or {})
        yield Difference(where=where, stored=shown if new is None else "", new="" if new is None else shown)
    elif "error" in (stored.get("output_type"), new.get("output_type")):
        yield from _errors(stored, new, rules)
    else:
        yield from _bundles(_data(stored), _data(new), rules)


def _errors(stored: Mapping[str, Any], new: Mapping[str, Any], rules: Rules) -> Iterator[Difference]:
    """Compare type and message of an exception; its traceback names files and lines of libraries."""
    if stored.get("output_type") != new.get("output_type") or stored.get("ename") != new.get("ename"):
        yield Difference(where="the error", stored=_shown(stored), new=_shown(new))
        return
    for one in compare_texts(str(stored.get("evalue", "")), str(new.get("evalue", "")), rules):
        yield replace(one, where=f"message of {stored.get('ename')}, {one.where}")


def _bundles(stored: Mapping[str, Any], new: Mapping[str, Any], rules: Rules) -> Iterator[Difference]:
    """Compare representation by representation, the richest first; what a poorer one repeats is told once."""
    kinds = dict.fromkeys((*stored, *new))
    if any(kind.startswith(_CHARTS) for kind in kinds):
        kinds = {kind: None for kind in kinds if kind.startswith(_CHARTS)}
    for kind in sorted(kinds, key=_rank):
        if kind not in stored or kind not in new:
            there = "stored" if kind in stored else "new"
            where = f"only the {there} output has it"
            yield Difference(where=where, stored=kind * (kind in stored), new=kind * (kind in new), output=f", {kind}")
            continue
        found = _comparison(kind)(stored[kind], new[kind], rules)
        yield from (replace(one, output=f", {kind}") for one in found)
        if found:
            return


def _rank(kind: str) -> tuple[int, str]:
    return next((at for at, start in enumerate(_RICHEST) if kind.startswith(start)), len(_RICHEST)), kind


def _comparison(kind: str) -> Callable[[Any, Any, Rules], list[Difference]]:
    """Choose the comparison of a MIME type."""
    if kind in _PICTURES:
        return lambda stored, new, rules: compare_pictures(str(stored), str(new), rules)
    if kind == "image/svg+xml":
        return lambda stored, new, rules: compare_svg(str(stored), str(new), rules)
    if kind == "application/json" or kind.endswith("+json"):
        return compare_data
    if kind == "text/html":
        return lambda stored, new, rules: compare_html(str(stored), str(new), rules)
    return lambda stored, new, rules: _values(str(stored), str(new), rules, False)


def _values(stored: str, new: str, rules: Rules, printed: bool) -> list[Difference]:
    """Compare texts as what they are: tables, arrays, or lines."""
    if stored == new:
        return []
    left, right = table_in_text(stored), table_in_text(new)
    if left is not None and right is not None:
        return compare_tables(left, right, rules)
    if is_array(stored) and is_array(new):
        return compare_arrays(stored, new, rules)
    return compare_texts(stored, new, rules, printed=printed)


def _shown(output: Mapping[str, Any]) -> str:
    """Name an output in a line."""
    if output.get("output_type") == "error":
        return brief(f"{output.get('ename')}: {output.get('evalue')}")
    data = _data(output)
    return brief(f"{', '.join(data)}: {data.get('text/plain', '')}".rstrip(": "))
