"""Pictures of a verdict side by side: stored, new, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from mlqa.report.text import one_line

__all__ = ["to_figures"]

_SAFE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")
_LARGEST = 60_000
_MOST = 3


def to_figures(plot: Mapping[str, Any] | None) -> str:
    """Write the pictures of a plot as HTML figures.

    Parameters
    ----------
    plot : mapping or None
        A Vega-Lite specification of marks of type ``image``, its values inline:
        rows of ``name`` and ``url``.

    Returns
    -------
    str
        At most three ``figure`` elements; empty where the plot is of another
        form. Only small PNG data are shown: a stored report cannot make a
        reader's browser fetch anything.

    Examples
    --------
    >>> to_figures({"data": {"values": [{"name": "new", "url": "https://elsewhere/x.png"}]}})
    ''
    """
    try:
        rows = [(str(row["name"]), str(row["url"])) for row in (plot or {})["data"]["values"][:_MOST]]
    except (KeyError, TypeError, AttributeError):
        return ""
    if not rows or not all(len(url) <= _LARGEST and _SAFE.fullmatch(url) for _, url in rows):
        return ""
    figures = "".join(_figure(escape(one_line(name)), url) for name, url in rows)
    return f'<div style="display:flex;flex-wrap:wrap;gap:1em">{figures}</div>'


def _figure(name: str, url: str) -> str:
    """Write one picture, on white as it was compared."""
    image = f'<img src="{url}" alt="{name} picture" style="max-width:320px;background:#fff;border:1px solid #80808080">'
    return f'<figure style="margin:0">{image}<figcaption>{name}</figcaption></figure>'
