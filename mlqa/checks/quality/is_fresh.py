"""The question whether the newest row of a table is recent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from mlqa.checks.quality.time_column import DAY, moment, refused, size_of, span, time_column, unit_of
from mlqa.errors import UsageError
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["is_fresh"]

_CHECK = "quality.is_fresh"
_EPOCH = datetime(1970, 1, 1)


def is_fresh(
    table: Any, time: str, *, at_most: timedelta, now: datetime | date | str | None = None, reference: Any = None
) -> Verdict:
    """Ask whether the newest row of a table is at most so old.

    A contract: true or false, no error rate. The clock is never read, so that
    the same arguments always give the same verdict: `now` is given, or it is
    the newest time of another table.

    Parameters
    ----------
    table : DataFrame, path or Profile
    time : str
        Its column of dates or times.
    at_most : datetime.timedelta
        Age that is no fault. A newest row this far after `now` or further is
        a fault too: a wrong clock, unit or time zone.
    now : datetime, date or ISO text, optional
        ``datetime.now(UTC)`` in a monitor; the time of the run in a pipeline.
    reference : DataFrame, path or Profile, optional
        Instead of `now`: a table whose newest `time` is the moment to compare
        with, such as the events that the table is made from.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the age of the newest row, in days for a column
        of dates, else in hours.

    Raises
    ------
    UsageError
        If it is no table or column of times, or not exactly one of `now` and
        `reference` is given.

    Notes
    -----
    Times without a zone are taken as UTC. Dates are compared as days: the row
    of yesterday is one day old all day. A column without any time is not
    fresh.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"seen": [datetime(2024, 5, 1, 8), datetime(2024, 5, 2, 9)]})
    >>> is_fresh(rows, "seen", at_most=timedelta(hours=6), now="2024-05-02T12:00").outcome
    <Outcome.PASS: 'pass'>
    >>> is_fresh(rows, "seen", at_most=timedelta(hours=6), now="2024-05-03T09:00").reason
    "the newest 'seen' is 2024-05-02 09:00:00, 24 hours before 2024-05-03 09:00:00; at most 6 hours are fresh"
    """
    allowed = _allowed(at_most)
    if (now is None) == (reference is None):
        hint = "pass now=datetime.now(UTC), or a table to compare with as reference"
        raise UsageError("now", now, "either now or reference", hint, "both" if now is not None else "neither")
    column = _column(table, time, "table")
    moment_of_now = _microseconds(now) if reference is None else _newest(reference, time)
    unit = unit_of(column) or "hours"
    claim = f"the newest {time!r} is at most {span(allowed, unit)} old"
    if column.grid is None or not column.present:
        reason = f"{time!r} has no value in {column.rows} rows"
        return _verdict(claim, Outcome.FAIL, reason, time, Evidence(n=column.rows))
    newest = column.grid.high
    compared = moment_of_now // DAY * DAY if unit == "days" else moment_of_now
    age = compared - newest
    when = "before" if age >= 0 else "after"
    told = f"the newest {time!r} is {moment(newest, unit)}, {span(abs(age), unit)} {when} {moment(compared, unit)}"
    fresh = abs(age) <= allowed
    evidence = Evidence(
        estimate=age / size_of(unit),
        limit=allowed / size_of(unit),
        unit=unit,
        n=column.present,
        method="age of the newest row",
    )
    reason = told if fresh else f"{told}; at most {span(allowed, unit)} are fresh"
    return _verdict(claim, Outcome.PASS if fresh else Outcome.FAIL, reason, time, evidence)


def _column(table: Any, time: str, name: str) -> ColumnProfile:
    """Count the times of a table; a column without a value may be of any type."""
    column = time_column(table, time, name=name)
    if column.present and unit_of(column) not in {"days", "hours"}:
        raise refused(column)
    return column


def _verdict(claim: str, outcome: Outcome, reason: str, time: str, evidence: Evidence) -> Verdict:
    failed = outcome is Outcome.FAIL
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=claim,
        reason=reason,
        evidence=evidence,
        columns=(time,) if failed else (),
        remedy="look at the job that writes the table, and at clock and time zone" if failed else "",
    )


def _allowed(at_most: Any) -> float:
    """Return an age in microseconds."""
    given = at_most.item() if type(at_most).__name__ == "timedelta64" else at_most
    if not isinstance(given, timedelta) or given < timedelta(0):
        raise UsageError("at_most", at_most, "a datetime.timedelta of at least 0", "write timedelta(hours=6)")
    return given / timedelta(microseconds=1)


def _microseconds(now: Any) -> float:
    """Return a moment in microseconds since 1970, UTC."""
    given = now.item() if type(now).__name__ == "datetime64" else now
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError as error:
        raise UsageError("now", now, "a time in ISO form", "write 2024-05-02T12:00", "text") from error
    if isinstance(found, datetime):
        naive = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
        return (naive - _EPOCH) / timedelta(microseconds=1)
    if isinstance(found, date):
        return (datetime(found.year, found.month, found.day) - _EPOCH) / timedelta(microseconds=1)
    raise UsageError("now", now, "a datetime, a date or an ISO text", "write datetime.now(UTC)")


def _newest(reference: Any, time: str) -> float:
    """Return the newest time of a table."""
    column = _column(reference, time, "reference")
    if column.grid is None or not column.present:
        raise UsageError("reference", reference, f"a table with a value in {time!r}", "pass now= instead", "none")
    return column.grid.high
