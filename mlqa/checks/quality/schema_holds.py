"""The question whether a table looks as the reference does, or as a schema says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlqa.checks.quality.pandera_schema import is_pandera, verdict_of_pandera
from mlqa.checks.quality.schema import Schema, learn_schema
from mlqa.checks.quality.schema_chance import allowed_rows, should_be_filled
from mlqa.checks.quality.schema_faults import Fault, faults_of
from mlqa.errors import UsageError, nearest
from mlqa.subjects.profile import Profile, profile
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["Schema", "learn_schema", "schema_holds"]

_CHECK = "quality.schema_holds"


def schema_holds(
    reference: Any, current: Any, *, columns: Sequence[str] | None = None, allow_extra: bool = False
) -> Verdict:
    """Ask whether the current table has the columns, kinds and categories of the reference.

    A contract: true or false, no error rate. Integers and floats are one kind,
    so that a missing value never alarms; but fractions in a column that held
    whole numbers do, and texts that read as no number or date where all did.
    Against a reference table a set of categories is closed only where none is
    rare (seen at least 8 times, at most 50 of them), and a few rows outside it
    are no fault; a schema written by hand is taken at its word.

    Parameters
    ----------
    reference : DataFrame, path, Profile, Schema, mapping or Pandera schema
        A table to learn from, or what :func:`learn_schema` or hand wrote:
        ``{"columns": {"age": {"kind": "numeric", "low": 0}}}``, or the inner
        mapping alone. Of Pandera: a DataFrameSchema or DataFrameModel, which
        names its columns itself.
    current : DataFrame, path or Profile
    columns : list of str, optional
        Columns to look at; by default all. Others count neither as missing
        nor as extra.
    allow_extra : bool
        Whether current may have columns that the reference has not.

    Returns
    -------
    Verdict
        ``columns`` are those at fault; ``evidence.estimate`` counts them;
        ``evidence.worst`` says what is wrong with each of the first ten.

    Raises
    ------
    UsageError
        If either is no table, or `columns` names one that neither has.

    Notes
    -----
    What is learned may be wrong: rows that go against it are a fault where the
    chance of as many, in any column of a table where nothing is wrong, is at
    most 2e-4 by what such columns of real tables are like (`mlqa.stats.unseen`);
    and a column without a value where the chance that all of its values came to
    lie in the reference is at most 1 in a million.

    Examples
    --------
    >>> import polars as pl
    >>> schema_holds(pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1.5, None]})).outcome
    <Outcome.PASS: 'pass'>
    >>> schema_holds({"a": {"low": 0}}, pl.DataFrame({"a": [-1]})).reason
    "1 of 1 columns at fault: 'a': 1 row below 0 (least -1)"
    """
    if is_pandera(reference):
        if columns is not None or allow_extra:
            option = "columns" if columns is not None else "allow_extra"
            hint = "say it in the schema: which columns it has, or strict"
            raise UsageError(option, columns or allow_extra, "nothing beside a Pandera schema", hint)
        return verdict_of_pandera(reference, current)
    schema = _schema_of(reference)
    after = profile(current, name="current")
    wanted = (
        list(dict.fromkeys([*schema.columns, *after.columns])) if columns is None else _asked(columns, schema, after)
    )
    faults = list(_faults(wanted, schema, after, allow_extra))
    blamed = tuple(dict.fromkeys(str(fault["column"]) for fault in faults))
    told = "; ".join(f"{fault['column']!r}: {fault['fault']}" for fault in faults[:4])
    more = f" and {len(faults) - 4} more" if len(faults) > 4 else ""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if faults else Outcome.PASS,
        claim="the current table has the columns, kinds and categories it should have",
        reason=f"{len(blamed)} of {len(wanted)} columns at fault: {told}{more}"
        if faults
        else f"all {len(wanted)} columns are as they should be",
        evidence=Evidence(
            estimate=float(len(blamed)),
            limit=0.0,
            unit="columns at fault",
            n=after.rows,
            method="schema compared column by column",
            worst=tuple(faults),
        ),
        columns=blamed,
        remedy="mend the table, or if the change is meant take a new reference" if faults else "",
    )


def _schema_of(reference: Any) -> Schema:
    """Take a schema as it is, read one from a mapping, or learn it from a table."""
    if isinstance(reference, Schema):
        return reference
    if isinstance(reference, Mapping):
        plain = isinstance(reference.get("columns"), Mapping) and set(reference) <= {"columns", "rows"}
        return Schema.from_dict(reference) if plain else Schema(columns=reference)
    return learn_schema(profile(reference, name="reference"))


def _asked(columns: Sequence[str], schema: Schema, after: Profile) -> list[str]:
    """Return the columns asked for; each is known to one side at least."""
    known = list(dict.fromkeys([*schema.columns, *after.columns]))
    if isinstance(columns, str):
        raise UsageError("columns", columns, "a list of column names", f"write [{columns!r}]")
    for column in columns:
        if column not in known:
            raise UsageError(
                "columns", column, "a column of either table", nearest(str(column), known), "no such column"
            )
    return list(columns)


def _faults(wanted: list[str], schema: Schema, after: Profile, allow_extra: bool) -> Iterator[Fault]:
    """Yield what is wrong, column by column."""
    allowed = allowed_rows(schema, after.columns, wanted)
    for name in wanted:
        column, found = schema.columns.get(name), after.columns.get(name)
        if column is None:
            if not allow_extra:
                yield {"column": name, "fault": "extra: the reference has no such column"}
        elif found is None:
            yield {"column": name, "fault": "the table has no such column"}
        else:
            rows = {part: count for (of, part), count in allowed.items() if of == name}
            yield from faults_of(column, found, rows, filled=should_be_filled(column, schema.rows, after.rows))
