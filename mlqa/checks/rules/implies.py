"""The question whether a rule between columns holds in every row: where one thing is so, another is."""

from __future__ import annotations

from typing import Any

import polars as pl

from mlqa.checks.rules.broken_rows import count, examples, no_rows, rows_of, ruled
from mlqa.checks.rules.condition import condition_of, fulfilled, told
from mlqa.verdict import Verdict

__all__ = ["implies"]

_CHECK = "rules.implies"


def implies(table: Any, when: Any, then: Any) -> Verdict:
    """Ask whether every row that meets one condition meets another.

    A contract: true or false, no error rate. SKIPPED where no row meets
    `when`: a rule that asks nothing is no pass.

    Parameters
    ----------
    table : DataFrame, path or Profile
        A profile answers if it holds all rows.
    when, then : condition
        ``(column, operator, value)`` with ``== != < <= > >=``, ``in``,
        ``not in``; ``(column, "is null")``, ``(column, "is not null")``; a
        mapping of columns to the value, or list of values, they must have; a
        list of conditions that must all hold; or a polars expression. A value
        may be another column: ``("start", "<=", pl.col("end"))``. No text is
        evaluated.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the rows that break the rule,
        ``evidence.n`` those it applies to; ``evidence.worst`` shows the first
        ten; ``columns`` are those of `then`, then those of `when`.

    Raises
    ------
    UsageError
        If it is no table, or a condition names a column or operator that is
        not there, or compares what cannot be compared.

    Notes
    -----
    A comparison with a missing value is neither true nor false (as in SQL): a
    row where `when` is so is not asked, a row where `then` is so does not
    break the rule, and how many is said. Ask ``(column, "is not null")`` where
    a value must be there. Conditions see the table in one form: NaN is
    missing, categories are text, times are naive UTC.

    Examples
    --------
    >>> import polars as pl
    >>> orders = pl.DataFrame({"state": ["sent", "open", "sent"], "day": [3, None, -1]})
    >>> implies(orders, ("state", "==", "sent"), ("day", ">=", 0)).reason
    "1 of 2 rows where 'state' == 'sent' is not 'day' >= 0"
    >>> implies(orders, {"state": "sent"}, ("day", "is not null")).outcome
    <Outcome.PASS: 'pass'>
    """
    frame = rows_of(table, name="table")
    if frame is None:
        return no_rows(_CHECK, "where one condition holds, the other does")
    asking, first = condition_of(when, frame, name="when")
    claimed, second = condition_of(then, frame, name="then")
    asked = fulfilled(asking, frame, name="when", given=when).fill_null(value=False)
    holds = fulfilled(claimed, frame, name="then", given=then)
    broken = (asked & ~holds).fill_null(value=False)
    applied, wrong, left_open = int(asked.sum()), int(broken.sum()), int((asked & holds.is_null()).sum())
    columns = list(dict.fromkeys([*second, *first]))
    where = f"where {told(when)}"
    return ruled(
        _CHECK,
        f"{where}, {told(then)}",
        asked=applied - left_open,
        broken=wrong,
        fault=f"{wrong} of {count(applied)} {where} {'is' if wrong == 1 else 'are'} not {told(then)}",
        kept=f"{told(then)} in {'the' if applied == 1 else 'all'} {count(applied - left_open)} {where}",
        open_rows=left_open,
        columns=columns,
        worst=examples(frame[columns] if columns else pl.DataFrame(), broken.arg_true().to_list()),
        remedy="mend the rows, or the step that fills these columns",
        skipped="no row can be told" if applied else f"no row {where}",
    )
