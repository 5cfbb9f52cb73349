"""The question whether a series of times has no hole in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from numbers import Real
from typing import Any

import numpy as np

from mlqa.checks.quality.time_column import moment, size_of, span, time_column, unit_of
from mlqa.checks.quality.time_picture import hole_bars
from mlqa.checks.quality.time_series import Series, counted_series, pooled, series_by_group
from mlqa.checks.rules.broken_rows import count, no_rows, rows_of
from mlqa.checks.skipped import skipped
from mlqa.errors import UsageError
from mlqa.stats.gaps import FEWEST_GAPS, Hole, holes, new_holes
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import is_profile
from mlqa.subjects.table import pick, read_table
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["no_time_gaps"]

_CHECK = "quality.no_time_gaps"
_CLAIM = "no stretch of time is without rows"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Found:
    """What one series has: its rows and holes, its longest gap, and the longest that is no fault."""

    label: str
    rows: int
    holes: list[Hole]
    longest: float
    limit: float


def no_time_gaps(
    table: Any,
    time: str,
    *,
    at_most: timedelta | float | None = None,
    group: str | Sequence[str] | None = None,
    reference: Any = None,
) -> Verdict:
    """Ask whether no stretch of time is without rows.

    A contract: true or false, no error rate. With `at_most`, any longer gap is a
    fault. Without, a gap must stand out: with a reference, as one where the
    reference has rows or none nearly as long; else far beyond the usual gaps
    of the series itself. SKIPPED where there are too few times to tell, or the
    column holds no times.

    Parameters
    ----------
    table : DataFrame, path or Profile
    time : str
        Its column of dates, times or numbered steps. Rows without one are left
        out.
    at_most : datetime.timedelta (of numbered steps: float), optional
        Longest gap that is no fault. Not together with `reference`.
    group : str or list of str, optional
        Columns that tell series apart, such as a sensor: gaps are looked for
        in each. A profile answers if it holds all rows.
    reference : DataFrame, path or Profile, optional
        A table known to be good, of the same time or an earlier one.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the longest gap at fault (else the longest), in
        days for a column of dates, hours for times, steps for numbers;
        ``evidence.worst`` shows ten at most.

    Raises
    ------
    UsageError
        If it is no table, a column is not there, or `at_most` is no length of
        time or given with `reference`.

    Notes
    -----
    See :func:`mlqa.stats.gaps.usual_limit` and
    :func:`mlqa.stats.gaps.new_holes`. A few stray rows long before or after the
    others make no hole: 20 rows must lie on either side. Of a table of more
    than 4,096 times, gaps shorter than the cells of its profile (a 2,000th of
    the time since 1970 at worst) are seen with `at_most` only.

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import date
    >>> days = pl.date_range(date(2024, 1, 1), date(2024, 6, 30), eager=True).alias("day")
    >>> kept = pl.DataFrame(days).filter(~pl.col("day").is_between(date(2024, 3, 1), date(2024, 3, 20)))
    >>> no_time_gaps(kept, "day").reason
    "'day' has no row between 2024-02-29 and 2024-03-21: 21 days, where up to 3 days are usual"
    >>> no_time_gaps(kept, "day", at_most=timedelta(days=30)).outcome
    <Outcome.PASS: 'pass'>
    """
    if at_most is not None and reference is not None:
        raise UsageError("at_most", at_most, "either at_most or reference", "leave one of them out", "both")
    groups = [] if group is None else [group] if isinstance(group, str) else list(group)
    given = {"table": table} if reference is None else {"table": table, "reference": reference}
    tables = {name: one if is_profile(one) else read_table(one, name=name) for name, one in given.items()}
    columns = {name: time_column(one, time, name=name) for name, one in tables.items()}
    units = {unit_of(column) for column in columns.values() if column.present}
    if None in units or ("steps" in units and len(units) > 1):
        return skipped(
            _CHECK, _CLAIM, f"{time!r} holds {' and '.join(column.dtype for column in columns.values())}, not times"
        )
    unit = unit_of(columns["table"]) or "hours"
    longest = None if at_most is None else _longest(at_most, time, unit)
    read = {name: _series(one, columns[name], groups, name, longest is not None) for name, one in tables.items()}
    series, before = read["table"], read.get("reference", {})
    if series is None or before is None:
        return no_rows(_CHECK, _CLAIM)
    if longest is not None:
        return _absolute(series, time, longest, unit)
    found = _usual(series) if reference is None else _compared(before, series)
    few = f"{time!r} has fewer than {FEWEST_GAPS + 1} different times" + (" in every group" if groups else "")
    if not found:
        return skipped(_CHECK, _CLAIM, few)
    return _pictured(_verdict(found, time, unit), found, before, series, unit)


def _series(
    table: Any, column: ColumnProfile, groups: list[str], name: str, exact: bool
) -> Mapping[str, Series] | None:
    """Return the series of every group; None where a profile would need rows it has not."""
    frame = rows_of(table, name=name) if groups or exact else None
    if frame is None:
        return None if groups else {"": counted_series(column)}
    pick(frame, groups, name="group")
    return series_by_group(frame, column.name, groups) if column.present else {}


def _longest(at_most: Any, time: str, unit: str) -> float:
    """Return the longest gap allowed, in microseconds or steps."""
    given = at_most.item() if type(at_most).__name__ == "timedelta64" else at_most
    if unit != "steps":
        if isinstance(given, timedelta) and given > timedelta(0):
            return given / timedelta(microseconds=1)
        raise UsageError("at_most", at_most, "a datetime.timedelta above 0", "write timedelta(hours=6)")
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 < float(given) < np.inf:
        raise UsageError("at_most", at_most, "a number above 0", f"{time!r} holds numbers, so write 1, say")
    return float(given)


def _usual(series: Mapping[str, Series]) -> list[_Found]:
    """Compare every series with itself."""
    found = []
    for label, one in series.items():
        beyond, limit = holes(one.times, one.rows)
        if limit is not None:
            found.append(_Found(label, int(one.rows.sum()), beyond, float(np.diff(one.times).max()), limit))
    return found


def _compared(before: Mapping[str, Series], series: Mapping[str, Series]) -> list[_Found]:
    """Compare every series with that of the reference."""
    found = []
    shared = [label for label in series if label in before]
    for label in shared:
        beyond, limit = new_holes(*pooled(before[label], series[label]), series=len(shared))
        if limit is not None:
            one = series[label]
            found.append(_Found(label, int(one.rows.sum()), beyond, float(np.diff(one.times).max()), limit))
    return found


def _absolute(series: Mapping[str, Series], time: str, longest: float, unit: str) -> Verdict:
    """Compare every gap with the longest allowed."""
    found, coarse = [], False
    for label, one in series.items():
        gaps = np.diff(one.times)
        if gaps.size:
            at = np.flatnonzero(gaps - one.width > longest)
            beyond = [Hole(float(one.times[i]), float(one.times[i + 1]), longest) for i in at]
            found.append(_Found(label, int(one.rows.sum()), beyond, float(gaps.max()), longest))
            coarse = coarse or bool((gaps + one.width > longest).any())
    if not found:
        return skipped(_CHECK, _CLAIM, f"{time!r} has no two times")
    if coarse and not any(one.holes for one in found):
        return skipped(
            _CHECK,
            _CLAIM,
            f"the profile is too coarse to tell gaps of {span(longest, unit)} apart",
            remedy="pass the table",
        )
    return _verdict(found, time, unit)


def _pictured(
    verdict: Verdict, found: list[_Found], before: Mapping[str, Series], series: Mapping[str, Series], unit: str
) -> Verdict:
    """Add what the reference has where current has its longest hole."""
    at_fault = [one for one in found if one.holes and one.label in before]
    if not at_fault:
        return verdict
    one = max(at_fault, key=lambda one: one.holes[0].length)
    plot = hole_bars(verdict.columns[0], one.holes[0], before[one.label], series[one.label], unit)
    return replace(verdict, evidence=replace(verdict.evidence, plot=plot))


def _verdict(found: list[_Found], time: str, unit: str) -> Verdict:
    """Show the longest holes, or the longest gap."""
    every = [(one, hole) for one in found for hole in one.holes]
    every.sort(key=lambda pair: (-pair[1].length, pair[0].label, pair[1].start))
    tight = max(found, key=lambda one: (one.longest / one.limit, one.label))
    length, limit = (every[0][1].length, every[0][1].limit) if every else (tight.longest, tight.limit)
    evidence = Evidence(
        estimate=length / size_of(unit),
        limit=None if limit is None else limit / size_of(unit),
        unit=unit,
        n=sum(one.rows for one in found),
        method="longest gap of each series",
        worst=tuple(_example(one, hole, unit) for one, hole in every[:_SHOWN]),
    )
    reason = _told(*every[0], time, unit, len(every)) if every else _quiet(tight, time, unit)
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if every else Outcome.PASS,
        claim=_CLAIM,
        reason=reason,
        evidence=evidence,
        columns=(time,) if every else (),
        remedy="load what is missing, or name the longest gap that is usual with at_most=" if every else "",
    )


def _example(one: _Found, hole: Hole, unit: str) -> dict[str, Any]:
    label = {"group": one.label} if one.label else {}
    ends = {"from": moment(hole.start, unit), "to": moment(hole.stop, unit)}
    return {**label, **ends, unit: hole.length / size_of(unit), "reference_rows": hole.rows}


def _told(one: _Found, hole: Hole, time: str, unit: str, holes_in_all: int) -> str:
    """Name the longest hole."""
    where = f" of {one.label!r}" if one.label else ""
    ends = f"between {moment(hole.start, unit)} and {moment(hole.stop, unit)}"
    usual = "" if hole.limit is None else f"where up to {span(hole.limit, unit)} are usual"
    why = usual or f"where the reference has {count(hole.rows)}"
    more = f"; {count(holes_in_all - 1, 'more gap')}" if holes_in_all > 1 else ""
    return f"{time!r}{where} has no row {ends}: {span(hole.length, unit)}, {why}{more}"


def _quiet(tight: _Found, time: str, unit: str) -> str:
    where = f" of {tight.label!r}" if tight.label else ""
    longest, limit = span(tight.longest, unit), span(tight.limit, unit)
    return f"the longest gap of {time!r}{where} is {longest}; up to {limit} are usual"
