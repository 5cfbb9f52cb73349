"""A counterexample as a test that can be pasted into a file: plain values, no table needed."""

from __future__ import annotations

import datetime
import decimal
import json
import re
from typing import Any

import narwhals as nw
import numpy as np

from mlqa.checks.invariance.expectation import Expectation
from mlqa.checks.invariance.smallest import Smallest
from mlqa.plain import LONGEST_CASE
from mlqa.subjects.block import cell, names
from mlqa.subjects.perturb.column import is_missing

__all__ = ["as_test"]

_WIDTH = 88
_PLAIN = (bool, int, float, str, bytes, datetime.date, datetime.time, datetime.timedelta, decimal.Decimal)


def as_test(expectation: Expectation, small: Smallest) -> str:
    """Write a counterexample as a pytest case that takes the model as the fixture ``model``.

    Returns
    -------
    str
        Empty where it cannot be: a cell that no literal writes, a column whose
        name is no text, or more than 4,000 characters. Of a table of another kind than pandas, polars or
        numpy the case is written for polars.
    """
    columns, rows = names(small.before), (small.before, small.after)
    found = [[_literal(cell(block, 0, j)) for j in range(len(columns))] for block in rows]
    old, new = ([value for value in values if value is not None] for values in found)
    named = not nw.dependencies.is_pandas_dataframe(small.before) or list(small.before.columns) == columns
    if not named or min(len(old), len(new)) < len(columns):
        return ""
    made = _array(old, new) if isinstance(small.before, np.ndarray) else _frame(small, columns, old, new)
    needed = ["datetime" if "datetime." in made else "", "decimal" if "decimal." in made else ""]
    library = {"np.": "import numpy as np", "pd.": "import pandas as pd", "pl.": "import polars as pl"}
    imports = [f"import {name}" for name in needed if name] + [line for key, line in library.items() if key in made]
    text = "\n".join([*imports, "", "import mlqa", "", "", *_body(expectation, small, made)])
    return text if len(text) <= LONGEST_CASE else ""


def _body(expectation: Expectation, small: Smallest, made: str) -> list[str]:
    check = expectation.check.rpartition(".")[2]
    slug = re.sub(r"\W+", "_", small.name).strip("_").lower()[:40] or "perturb"
    options = "" if expectation.change is None else f", change={expectation.change!r}"
    options += "" if expectation.label is None else f", label={expectation.label!r}"
    return [
        f"def test_row_{small.row}_{check}_{slug}(model):",
        *(f"    {line}" for line in made.splitlines()),
        f"    assert mlqa.{check}(model, before, lambda rows: after{options})",
        "",
    ]


def _array(old: list[str], new: list[str]) -> str:
    rows = (("before", old), ("after", new))
    return "\n".join(_filled(f"{name} = np.array([[", values, "]])") for name, values in rows)


def _frame(small: Smallest, columns: list[str], old: list[str], new: list[str]) -> str:
    """Write the row once, and what is changed of it; types only where values do not tell them."""
    keys = [json.dumps(name, ensure_ascii=False) for name in columns]
    pairs = [f"{key}: {value}" for key, value in zip(keys, old)]
    changed = [f"{key}: {b}" for key, a, b in zip(keys, old, new) if a != b]
    lines = [_filled("row = {", pairs, "}"), _built("before", "row", small.before)]
    if len(changed) > 1:
        lines += [_filled("changed = {", changed, "}"), _built("after", "row | changed", small.after)]
    else:
        lines.append(_built("after", f"row | {{{', '.join(changed)}}}", small.after))
    return "\n".join(lines)


def _built(name: str, inside: str, block: Any) -> str:
    """Write how the one-row table is made, with the types that would otherwise be guessed wrong."""
    if nw.dependencies.is_pandas_dataframe(block):
        import pandas as pd

        values = [{column: _value(block, j) for j, column in enumerate(names(block))}]
        guessed = pd.DataFrame(values).dtypes
        wrong = {column: str(kind) for column, kind in zip(names(block), block.dtypes) if guessed[column] != kind}
        types = [f"{json.dumps(column, ensure_ascii=False)}: {json.dumps(kind)}" for column, kind in wrong.items()]
        made = f"{name} = pd.DataFrame([{inside}])"
        return _filled(f"{made}.astype({{", types, "})") if types else made
    import polars as pl

    frame = nw.from_native(block, eager_only=True).to_polars()
    guessed_types = pl.DataFrame([{column: _value(block, j) for j, column in enumerate(frame.columns)}]).schema
    other = {column: kind for column, kind in frame.schema.items() if guessed_types[column] != kind}
    types = [f"{json.dumps(column, ensure_ascii=False)}: pl.{kind!r}" for column, kind in other.items()]
    made = f"{name} = pl.DataFrame([{inside}]"
    return _filled(f"{made}, schema_overrides={{", types, "})") if types else f"{made})"


def _value(block: Any, column: int) -> Any:
    value = cell(block, 0, column)
    return None if is_missing(value) and not isinstance(value, float) else value


def _literal(value: Any) -> str | None:
    """Write a cell as Python reads it; None where no literal does."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else f'float("{value}")'
    if is_missing(value):
        return "None"
    if type(value).__module__.startswith("pandas"):
        return f"pd.{value!r}" if type(value).__name__ in ("Timestamp", "Timedelta") else None
    if not isinstance(value, _PLAIN):
        return None
    if isinstance(value, str) and value.isprintable():
        return json.dumps(value, ensure_ascii=False)
    return f"decimal.{value!r}" if isinstance(value, decimal.Decimal) else repr(value)


def _filled(head: str, parts: list[str], tail: str) -> str:
    """Join parts on one line, or on as many as they need."""
    line = head + ", ".join(parts) + tail
    if len(line) <= _WIDTH:
        return line
    lines, current = [head], ""
    for part in parts:
        if current and len(current) + len(part) + 6 > _WIDTH:
            lines.append(f"    {current}")
            current = ""
        current += f"{' ' if current else ''}{part},"
    return "\n".join([*lines, f"    {current}", tail])
