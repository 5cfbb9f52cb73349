"""What of nbformat 4 we rely on: checked and read without nbformat, whose import takes a second and more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["damage_of", "joined", "whole_output"]


def damage_of(content: Mapping[str, Any]) -> str:
    """Say what keeps an object from being a notebook of nbformat 4, or nothing.

    Parameters
    ----------
    content : dict
        The JSON object of the file.

    Returns
    -------
    str
        The first thing amiss, in words; empty where there is none. Only what
        running a notebook rests on is looked at.

    Examples
    --------
    >>> damage_of({"nbformat": 4, "cells": [], "metadata": {}})
    ''
    >>> damage_of({"nbformat": 4, "cells": [{"cell_type": "code"}], "metadata": {}})
    "its cell 1 has no text in 'source'"
    """
    if not isinstance(content.get("metadata", {}), dict):
        return "its 'metadata' is not an object"
    cells = content.get("cells")
    if not isinstance(cells, list):
        return "it has no list of 'cells'"
    for number, cell in enumerate(cells, 1):
        damage = _damage_of_cell(cell)
        if damage:
            return f"its cell {number} {damage}"
    return ""


def joined(text: str | list[str]) -> str:
    r"""Return a text that a file may hold as a list of its lines.

    Examples
    --------
    >>> joined(["x = 1\n", "x"]) == joined("x = 1\nx")
    True
    """
    return text if isinstance(text, str) else "".join(text)


def whole_output(output: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a stored output with the lines of its texts joined.

    JSON of a MIME type stays as it is: there a list is a list.
    """
    whole = dict(output)
    if _is_text(whole.get("text")):
        whole["text"] = joined(whole["text"])
    if isinstance(whole.get("data"), Mapping):
        whole["data"] = {
            kind: joined(value) if _is_text(value) and not _is_json(kind) else value
            for kind, value in whole["data"].items()
        }
    return whole


def _damage_of_cell(cell: object) -> str:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return "has no 'cell_type'"
    if cell["cell_type"] != "code":
        return ""
    if not _is_text(cell.get("source")):
        return "has no text in 'source'"
    if not isinstance(cell.get("metadata", {}), dict):
        return "has 'metadata' that is not an object"
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
        return "has 'outputs' that are not a list of objects"
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
