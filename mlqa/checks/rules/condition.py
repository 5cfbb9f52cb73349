"""A condition on a row, as a person writes it: (column, operator, value), a mapping, or a polars expression.

No text is ever evaluated.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from mlqa.errors import UsageError, nearest
from mlqa.subjects.table import pick
from mlqa.wording import number

__all__ = ["condition_of", "fulfilled", "told"]

_COMPARED: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MEMBERS = ("in", "not in")
_MISSING = ("is null", "is not null")
_KNOWN = (*_COMPARED, *_MEMBERS, *_MISSING)
_WANTED = "a (column, operator, value), a mapping of column to value, a list of these, or a polars expression"
_LONGEST = 120

_Condition = tuple[pl.Expr, list[str]]


def condition_of(given: Any, frame: pl.DataFrame, *, name: str) -> tuple[pl.Expr, list[str]]:
    """Build the expression of a condition, and name the columns it reads.

    Parameters
    ----------
    given : polars.Expr, tuple, mapping or list
        ``("age", ">=", 18)``, ``("end", "is not null")``; ``{"plan": "gold",
        "country": ["DE", "FR"]}`` for equal, or one of; a list for all of
        several. The value may be another column: ``("start", "<=", pl.col("end"))``.
    frame : polars.DataFrame
    name : str
        What the caller calls it; named in errors.

    Raises
    ------
    UsageError
        If it is none of these, or names a column or operator that is not there.
    """
    if isinstance(given, pl.Expr):
        return given, pick(frame, _read_by(given), name=name)
    if isinstance(given, Mapping) and given:
        return _all([_mapped(str(column), value, frame, name) for column, value in given.items()])
    if isinstance(given, list) and given:
        return _all([condition_of(part, frame, name=name) for part in given])
    if isinstance(given, tuple) and len(given) in (2, 3) and isinstance(given[0], str):
        return _compared(given, frame, name)
    raise UsageError(name, given, _WANTED, 'write ("age", ">=", 18), say')


def fulfilled(condition: pl.Expr, frame: pl.DataFrame, *, name: str, given: Any) -> pl.Series:
    """Ask a condition of every row: true, false, or null where a missing value leaves it open.

    Raises
    ------
    UsageError
        If it cannot be computed, or gives no truth value for each row.
    """
    hint = "compare a column with a value of its own kind: text with text, times with datetime"
    try:
        found = frame.select(condition.alias("holds")).get_column("holds")
    except Exception as error:
        words = " ".join(str(error).split())[:200]
        raise UsageError(name, given, "a condition that fits the table", f"{hint} ({words})", "an error") from error
    if found.dtype not in (pl.Boolean, pl.Null):
        raise UsageError(name, given, "a condition: true or false for each row", "compare it", f"{found.dtype} values")
    if len(found) not in (1, frame.height):
        raise UsageError(name, given, "one truth value for each row", "do not filter inside it", f"{len(found)} values")
    whole = found.cast(pl.Boolean)
    return whole if len(whole) == frame.height else whole.new_from_index(0, frame.height)


def told(given: Any) -> str:
    """Write a condition in words.

    Examples
    --------
    >>> told(("age", ">=", 18)), told({"plan": "gold", "country": ["DE", "FR"]})
    ("'age' >= 18", "'plan' == 'gold' and 'country' in ['DE', 'FR']")
    """
    if isinstance(given, pl.Expr):
        text = str(given)
    elif isinstance(given, Mapping):
        text = " and ".join(told((c, "in" if _is_list(v) else "==", v)) for c, v in given.items())
    elif isinstance(given, list):
        text = " and ".join(told(part) for part in given)
    else:
        text = f"{given[0]!r} {given[1]}" + (f" {_value(given[2])}" if len(given) == 3 else "")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _read_by(condition: pl.Expr) -> list[str]:
    """Return the columns an expression reads, each once."""
    return list(dict.fromkeys(condition.meta.root_names()))


def _value(value: Any) -> str:
    if isinstance(value, pl.Expr):
        return str(value)
    return number(value) if isinstance(value, float) else repr(value)


def _all(parts: list[_Condition]) -> _Condition:
    """Join conditions that must all hold."""
    whole, columns = parts[0]
    for part, others in parts[1:]:
        whole, columns = whole & part, [*columns, *others]
    return whole, list(dict.fromkeys(columns))


def _mapped(column: str, value: Any, frame: pl.DataFrame, name: str) -> _Condition:
    """Build one entry of a mapping: equal, or one of."""
    return _compared((column, "in" if _is_list(value) else "==", value), frame, name)


def _compared(given: tuple[Any, ...], frame: pl.DataFrame, name: str) -> _Condition:
    """Build one comparison."""
    (column,) = pick(frame, [given[0]], name=name)
    asked, subject = given[1], pl.col(column)
    if asked not in _KNOWN:
        raise UsageError(name, asked, "an operator", nearest(str(asked), _KNOWN), "no such operator")
    if (asked in _MISSING) != (len(given) == 2):
        form = "(column, operator)" if asked in _MISSING else "(column, operator, value)"
        raise UsageError(name, given, form, f'write ("{column}", "{asked}"{"" if asked in _MISSING else ", value"})')
    if asked in _MISSING:
        return subject.is_null() if asked == "is null" else subject.is_not_null(), [column]
    value = given[2]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        raise UsageError(name, given, "a value", f'write ("{column}", "is null") for missing values', "no value")
    if asked in _MEMBERS:
        if not _is_list(value) or any(one is None for one in value):
            raise UsageError(name, given, "a list of values", f'write ("{column}", "{asked}", [value])')
        inside = subject.is_in(list(value))
        return inside if asked == "in" else ~inside, [column]
    others: list[str] = []
    if isinstance(value, pl.Expr):
        others = pick(frame, _read_by(value), name=name)
    return _COMPARED[asked](subject, value), [column, *others]


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset))
