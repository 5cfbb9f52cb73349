"""A Pandera schema asked: its failure cases put as a verdict. Pandera is imported where one is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw
import polars as pl

from mlqa.checks.rules.broken_rows import count, no_rows, rows_of
from mlqa.errors import UsageError
from mlqa.subjects.table import read_table
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["is_pandera", "verdict_of_pandera"]

_CHECK = "quality.schema_holds"
_OF_THE_TABLE = {
    "column_in_dataframe": "the table has no such column",
    "column_in_schema": "extra: the schema has no such column",
}
_SHOWN = 4
_BACKENDS = ("pandas", "polars")

Fault = dict[str, Any]


def is_pandera(given: Any) -> bool:
    """Tell a schema or model of Pandera, without importing it."""
    return type(given).__module__.split(".")[0] == "pandera"


def verdict_of_pandera(schema: Any, table: Any) -> Verdict:
    """Ask whether a table fits a Pandera schema.

    A contract: true or false, no error rate. Every rule is asked (Pandera's
    lazy validation); the table is not changed, also where the schema coerces.

    Parameters
    ----------
    schema : pandera DataFrameSchema or DataFrameModel
        Of ``pandera.pandas`` or ``pandera.polars``.
    table : DataFrame, path or Profile
        Handed over as it is where it is of the schema's kind, else converted.
        A profile answers if it holds all rows.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the rules broken; ``evidence.worst`` names
        ten at most with their rows and a value; ``columns`` are those whose
        rules are broken. A rule over the whole table names no column unless
        Pandera does.

    Raises
    ------
    UsageError
        If it is no schema for tables of pandas or polars, or Pandera refuses
        it.

    Examples
    --------
    >>> import polars as pl
    >>> import pandera.polars as pa
    >>> schema = pa.DataFrameSchema({"age": pa.Column(int, pa.Check.ge(0))})
    >>> verdict_of_pandera(schema, pl.DataFrame({"age": [3, -1]})).reason
    "1 rule broken: 'age': greater_than_or_equal_to(0) in 1 row (-1)"
    """
    whole, backend = _schema_of(schema)
    name = getattr(whole, "name", None)
    claim = f"the table fits the Pandera schema {str(name)!r}" if name else "the table fits the Pandera schema"
    given = _native(table, backend)
    if given is None:
        return no_rows(_CHECK, claim)
    if not _is_on():
        reason = "Pandera's validation is switched off, so nothing was asked"
        remedy = "unset PANDERA_VALIDATION_ENABLED"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=reason, remedy=remedy)
    faults = _grouped(_failures(whole, given, schema))
    columns = tuple(dict.fromkeys(name for fault in faults for name in _blamed(fault, whole)))
    told = "; ".join(_told(fault) for fault in faults[:_SHOWN])
    more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if faults else Outcome.PASS,
        claim=claim,
        reason=f"{count(len(faults), 'rule')} broken: {told}{more}" if faults else "every rule of the schema holds",
        evidence=Evidence(
            estimate=float(len(faults)),
            limit=0.0,
            unit="rules broken",
            n=len(given),
            method="Pandera, lazy validation",
            worst=tuple(faults),
        ),
        columns=columns,
        remedy="mend the table, or if the change is meant the schema" if faults else "",
    )


def _schema_of(given: Any) -> tuple[Any, str]:
    """Return the schema itself, and the library its tables are of."""
    whole = given.to_schema() if hasattr(given, "to_schema") else given
    module = type(whole).__module__
    backend = next((name for name in _BACKENDS if f".{name}." in f"{module}."), None)
    if not is_pandera(whole) or backend is None or not hasattr(whole, "columns"):
        hint = "build it with pandera.pandas or pandera.polars"
        raise UsageError("schema", given, "a Pandera DataFrameSchema or DataFrameModel", hint, module)
    return whole, backend


def _native(table: Any, backend: str) -> Any:
    """Return the table in the schema's kind; None of a profile without its rows."""
    if backend == "pandas" and nw.dependencies.is_pandas_dataframe(table):
        return table
    if backend == "polars" and isinstance(table, (pl.DataFrame, pl.LazyFrame)):
        return read_table(table, name="current") if isinstance(table, pl.LazyFrame) else table
    frame = rows_of(table, name="current")
    return frame if frame is None or backend == "polars" else frame.to_pandas()


def _is_on() -> bool:
    """Tell whether Pandera would look at all."""
    from pandera.config import get_config_context

    return bool(get_config_context().validation_enabled)


def _failures(whole: Any, given: Any, schema: Any) -> list[Mapping[str, Any]]:
    """Return every failure case of Pandera."""
    from pandera.errors import SchemaError, SchemaErrors

    try:
        whole.validate(given, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        return [*(cases.to_dicts() if isinstance(cases, pl.DataFrame) else cases.to_dict("records"))]
    except SchemaError as error:  # of a rule that cannot be put off
        return [{"schema_context": "", "column": None, "check": str(error), "failure_case": None, "index": None}]
    except Exception as error:
        words = " ".join(str(error).split())[:200]
        raise UsageError("schema", schema, "a schema that Pandera can ask", f"mend it ({words})", "an error") from error
    return []


def _grouped(cases: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Put the cases of one rule together; first those of no single row, then those of most rows."""
    faults: dict[tuple[str, str], Fault] = {}
    places: dict[tuple[str, str], set[Any]] = {}
    for case in cases:
        column, rule, value = _case(case)
        key = (column, rule)
        if key not in faults:
            faults[key] = {**({"column": column} if column else {}), "check": rule}
            if value is not None:
                faults[key]["value"] = value
            places[key] = set()
        if not _gone(case["index"]):
            places[key].add(str(case["index"]))
    for key, fault in faults.items():
        if places[key]:
            fault["rows"] = len(places[key])
    return sorted(faults.values(), key=lambda fault: (fault.get("rows", 0) > 0, -fault.get("rows", 0)))


def _case(case: Mapping[str, Any]) -> tuple[str, str, Any]:
    """Return the column (empty of a rule over the whole table), the rule and the value of one failure case."""
    rule, value = str(case["check"]), case["failure_case"]
    if rule in _OF_THE_TABLE:
        return str(value), _OF_THE_TABLE[rule], None
    named = case["schema_context"] == "Column" or rule.startswith("multiple_fields_uniqueness")
    column = "" if _gone(case["column"]) or not named else str(case["column"])
    plain = value if isinstance(value, (bool, int, float, str)) and not _gone(value) else str(value)
    return column, rule, None if _gone(value) else plain


def _blamed(fault: Fault, whole: Any) -> list[str]:
    """Return the columns a rule is about."""
    if "column" in fault:
        return [str(fault["column"])]
    of_key = str(fault["check"]).startswith("multiple_fields_uniqueness")
    return list(map(str, whole.unique or [])) if of_key else []


def _told(fault: Fault) -> str:
    where = f"{fault['column']!r}: " if "column" in fault else ""
    rows = f" in {count(fault['rows'])}" if "rows" in fault else ""
    value = f" ({str(fault['value'])[:60]})" if "value" in fault else ""
    return f"{where}{fault['check']}{rows}{value}"


def _gone(value: Any) -> bool:
    """Tell a missing value of any library."""
    return value is None or bool(value != value)  # noqa: PLR0124  # NaN is what differs from itself
