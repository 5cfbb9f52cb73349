"""The small plot of a verdict as inline SVG: reference beside current, bar by bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

from mlqa import wording
from mlqa.report.text import one_line

__all__ = ["to_svg"]

_MOST_BARS = 20
_LEFT, _TOP, _HEIGHT, _FOOT = 46, 26, 110, 18
_SLOT = 26
_NARROWEST = 240
_LONGEST_LABEL = 20
_LONGEST_TITLE = 48
_LEGEND = 152
_LETTER = 6.4  # width of a character at 10 px, in a wide font
# Mid tones: readable on a white and on a dark page alike; the words say the same.
_COLOURS = {"reference": "#8a8f98", "current": "#d9772b"}


def to_svg(plot: Mapping[str, Any] | None) -> str:
    """Draw the plot of a verdict's evidence.

    Parameters
    ----------
    plot : mapping or None
        A Vega-Lite bar specification with its values inline: rows of
        ``value``, ``table`` ('reference' or 'current') and ``share``.

    Returns
    -------
    str
        An ``svg`` element without script or style; empty where the plot is of
        another form, as a stored one may be.

    Examples
    --------
    >>> rows = [{"value": "<b>", "table": table, "share": 0.5} for table in ("reference", "current")]
    >>> "&lt;b&gt;" in to_svg({"data": {"values": rows}})
    True
    >>> to_svg({"data": {"url": "elsewhere"}})
    ''
    """
    labels, shares = _bars(plot)
    if not labels:
        return ""
    top = max(max(side) for side in shares.values())
    if not top > 0:
        return ""
    title = _title(plot)
    reach = [math.ceil(math.sqrt(0.5) * _LETTER * len(_named(label))) for label in labels]
    left = max(_LEFT, *(length - 18 - at * _SLOT for at, length in enumerate(reach)))  # no name begins outside
    width = max(_NARROWEST, left + _SLOT * len(labels) + 16, round(_LEFT + _LEGEND + _LETTER * len(_cut(title))))
    height = _TOP + _HEIGHT + _FOOT + max(reach)
    said = f"share of rows of {title}: reference beside current"
    parts = [_axis(top, left, width), _legend(title)]
    for at, label in enumerate(labels):
        x = left + 6 + at * _SLOT
        parts += [_bar(x + 9 * place, shares[table][at] / top, table) for place, table in enumerate(_COLOURS)]
        parts.append(_label(x + 12, label))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui,sans-serif" font-size="10" fill="currentColor">'
        f"<title>{escape(said)}</title>{''.join(parts)}</svg>"
    )


def _named(label: str) -> str:
    """Shorten a bar's name in its middle: the end, too, tells columns and limits apart."""
    flat, kept = one_line(label), _LONGEST_LABEL // 2
    return flat if len(flat) <= _LONGEST_LABEL else f"{flat[: kept - 1]}\N{HORIZONTAL ELLIPSIS}{flat[-kept:]}"


def _cut(text: str) -> str:
    """Shorten a title to the room there is."""
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _bars(plot: Mapping[str, Any] | None) -> tuple[list[str], dict[str, list[float]]]:
    """Read labels and shares; what is not of the known form gives none."""
    shares: dict[str, list[float]] = {table: [] for table in _COLOURS}
    try:
        rows = (plot or {})["data"]["values"][: 2 * _MOST_BARS]
        labels = list(dict.fromkeys(str(row["value"]) for row in rows))[:_MOST_BARS]
        held = {(str(row["value"]), str(row["table"])): float(row["share"]) for row in rows}
    except (KeyError, TypeError, ValueError, AttributeError):
        return [], shares
    for table, side in shares.items():
        side += [held.get((label, table), 0.0) for label in labels]
    if not all(math.isfinite(share) and 0 <= share <= 1 for side in shares.values() for share in side):
        return [], shares
    return labels, shares


def _title(plot: Mapping[str, Any] | None) -> str:
    """Return the name of the column, as the x axis has it."""
    try:
        return one_line(str((plot or {})["encoding"]["x"]["title"]))
    except (KeyError, TypeError):
        return "the column"


def _bar(x: float, part: float, table: str) -> str:
    height = round(_HEIGHT * part, 1)
    return f'<rect x="{x}" y="{_TOP + _HEIGHT - height}" width="8" height="{height}" fill="{_COLOURS[table]}"/>'


def _label(x: float, label: str) -> str:
    """Write a bar's name slanted below it, cut to the room there is; the whole of it shows on pointing."""
    whole = one_line(label)
    shown = _named(label)
    y = _TOP + _HEIGHT + 12
    full = f"<title>{escape(whole)}</title>" if shown != whole else ""
    return f'<text x="{x}" y="{y}" text-anchor="end" transform="rotate(-45 {x} {y})">{full}{escape(shown)}</text>'


def _axis(top: float, left: int, width: int) -> str:
    """Draw the base line and the largest share."""
    base = _TOP + _HEIGHT
    line = f'<path d="M{left} {_TOP}V{base}H{width - 8}" fill="none" stroke="currentColor" stroke-opacity="0.4"/>'
    percent = wording.number(100 * top)
    return f'{line}<text x="{left - 4}" y="{_TOP + 8}" text-anchor="end">{percent} %</text>'


def _legend(title: str) -> str:
    marks, shown = [], _cut(title)
    full = f"<title>{escape(title)}</title>" if shown != title else ""
    for place, (table, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + _LEGEND // 2 * place
        marks.append(
            f'<rect x="{x}" y="4" width="8" height="8" fill="{colour}"/><text x="{x + 12}" y="12">{table}</text>'
        )
    return "".join(marks) + f'<text x="{_LEFT + _LEGEND}" y="12" font-weight="bold">{full}{escape(shown)}</text>'
