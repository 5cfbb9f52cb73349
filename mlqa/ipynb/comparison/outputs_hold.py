"""The outputs of a cell hold: those stored in the notebook and those it gives now are the same."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlqa.ipynb.comparison.difference import Difference
from mlqa.ipynb.comparison.outputs import compare_outputs, is_in_part
from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.tables import PART
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["as_verdict", "diff_of", "outputs_hold"]

CHECK = "notebook.outputs_hold"
_CLAIM = "the cell gives the outputs stored in the notebook"
_REMEDY = (
    "intended? accept them: pytest --mlqa-update --mlqa-notebooks=check; noise? mlqa notebooks flaky proposes a tag"
)
_MOST_TOLD = 2
_MOST_SHOWN = 10
_WIDEST = 28


def outputs_hold(
    stored: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], *, rules: Rules | None = None
) -> Verdict:
    """Say whether the outputs of a cell are those stored in its notebook.

    A contract: compared by MIME type, numbers within the tolerance of the
    rules, noise (times, addresses, paths, progress) aside.

    Parameters
    ----------
    stored, new : sequence of dict
        Outputs in nbformat 4 shape.
    rules : Rules, optional

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the number of places that differ,
        ``evidence.worst`` ten of them; the first carries all that is told as a
        table under ``diff``. Pictures are in ``evidence.plot``.

    Examples
    --------
    >>> one, other = ([{"output_type": "stream", "name": "stdout", "text": text}] for text in ("auc 0.91", "auc 0.92"))
    >>> outputs_hold(one, other).reason
    'stdout, line 1: auc 0.91 -> auc 0.92 (1.1 % apart)'
    """
    rules = Rules() if rules is None else rules
    in_part = any(is_in_part(output) for output in new)
    return as_verdict(compare_outputs(stored, new, rules), len(stored), rules, in_part=in_part)


def as_verdict(found: Sequence[Difference], compared: int, rules: Rules, *, in_part: bool = False) -> Verdict:
    """Put differences in a verdict."""
    within = f"numbers within {number(rules.relative)} relative or {number(rules.absolute)} absolute"
    evidence: dict[str, Any] = {
        "estimate": len(found),
        "limit": 0,
        "unit": "place that differs" if len(found) == 1 else "places that differ",
        "n": compared,
    }
    evidence["method"] = within
    if not found:
        part = f"; {PART}" if in_part else ""
        reason = f"the outputs are the same{part}" if compared else "there is no output, as before"
        return Verdict(check=CHECK, outcome=Outcome.PASS, claim=_CLAIM, reason=reason, evidence=Evidence(**evidence))
    worst = [_row(one) for one in found[:_MOST_SHOWN]]
    worst[0]["diff"] = diff_of(found)
    told = "; ".join(_told(one) for one in found[:_MOST_TOLD])
    more = f"; and {len(found) - _MOST_TOLD} more places" if len(found) > _MOST_TOLD else ""
    return Verdict(
        check=CHECK,
        outcome=Outcome.FAIL,
        claim=_CLAIM,
        reason=f"{told}{more}",
        remedy=_REMEDY,
        evidence=Evidence(**evidence, worst=tuple(worst), plot=_pictures(found)),
    )


def diff_of(found: Iterable[Difference]) -> str:
    """Write differences as a small table: place, stored, new, how far apart.

    Examples
    --------
    >>> print(diff_of([Difference(where="line 1", stored="a", new="b", output="stdout")]))
    stdout
      place   stored  new
      line 1  a       b
    """
    groups: dict[str, list[Difference]] = {}
    for one in found:
        groups.setdefault(one.output, []).append(one)
    return "\n".join(line for output, group in groups.items() for line in _table(output, group))


def _table(output: str, group: Sequence[Difference]) -> list[str]:
    far = any(one.off is not None for one in group)
    rows = [("place", "stored", "new", "apart") if far else ("place", "stored", "new")]
    for one in group[:_MOST_SHOWN]:
        cells = (one.where, one.stored or "(nothing)", one.new or "(nothing)")
        rows.append((*cells, _percent(one.off)) if far else cells)
    cut = [tuple(_narrow(cell, _WIDEST * (2 if at == 0 else 1)) for at, cell in enumerate(row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    lines = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cut
    ]
    more = [f"  and {len(group) - _MOST_SHOWN} more"] if len(group) > _MOST_SHOWN else []
    notes = dict.fromkeys(f"  ({one.note})" for one in group if one.note)
    return [output, *lines, *more, *notes]


def _narrow(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _percent(off: float | None) -> str:
    if not off:
        return ""
    return f"{100 * off:.2g} %" if off >= 1e-4 else f"{off:.1e} relative"


def _told(one: Difference) -> str:
    if one.picture is not None and one.stored == one.new:
        return f"{one.output}, {one.where}"
    far = f" ({_percent(one.off)} apart)" if one.off and one.picture is None else ""
    change = f": {one.stored or 'nothing'} -> {one.new or 'nothing'}{far}"
    return f"{one.output}, {one.where}{change}"


def _row(one: Difference) -> dict[str, Any]:
    row: dict[str, Any] = {"place": f"{one.output}, {one.where}", "stored": one.stored, "new": one.new}
    return row if one.off is None else {**row, "apart": one.off}


def _pictures(found: Sequence[Difference]) -> dict[str, Any] | None:
    """Put the first pair of pictures and their difference in a small Vega-Lite specification."""
    first = next((one.picture for one in found if one.picture is not None), None)
    if first is None:
        return None
    values = [
        {"name": name, "url": "data:image/png;base64," + base64.b64encode(data).decode("ascii")}
        for name, data in (("stored", first.stored), ("new", first.new), ("difference", first.difference))
    ]
    encoding = {"column": {"field": "name", "sort": None, "title": None}, "url": {"field": "url"}}
    return {"mark": {"type": "image", "width": 320, "height": 240}, "data": {"values": values}, "encoding": encoding}
