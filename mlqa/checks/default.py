"""Every default check of tables, in one call."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import skipped
from mlqa.checks.drift.drift_free import drift_free
from mlqa.checks.leakage.no_shared_rows import no_shared_rows
from mlqa.checks.outputs import attach
from mlqa.checks.quality.missing_rate_holds import missing_rate_holds
from mlqa.checks.quality.no_empty_columns import no_empty_columns
from mlqa.checks.quality.schema import learn_schema
from mlqa.checks.quality.schema_holds import schema_holds
from mlqa.errors import UsageError, nearest
from mlqa.report.report import Case, Crash, Report
from mlqa.stats.seeds import seed_of
from mlqa.subjects.table import kinds_of, read_table
from mlqa.verdict import Outcome, Verdict

__all__ = ["check"]

Names = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which columns are no ordinary columns."""

    target: frozenset[str]
    time: frozenset[str]
    id: frozenset[str]
    group: frozenset[str]

    @property
    def labels_of_rows(self) -> frozenset[str]:
        """Columns that tell rows or their groups apart, and so differ between any two tables."""
        return self.time | self.id | self.group


def check(
    current: Any,
    reference: Any = None,
    *,
    target: str | None = None,
    time: str | None = None,
    id: Names = None,  # noqa: A002  # the fixed interface calls it so
    group: Names = None,
    categorical: Sequence[str] | None = None,
    prediction: Any = None,
    probability: Any = None,
    reference_prediction: Any = None,
    reference_probability: Any = None,
    model: Any = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Report:
    """Run every default check that applies to a table, or to a table and its reference.

    With a reference: schema, missing values, drift of every column (target and
    outputs of the model too), rows shared with the reference. Without: those
    that need one table. Each file is read once.

    Parameters
    ----------
    current : DataFrame or path
        The table in question.
    reference : DataFrame or path, optional
        A table known to be good: the training data, last month.
    target : str, optional
        The label; may be missing from current, where it is not known yet.
    time, id, group : str (id and group: or list of str), optional
        Columns that differ between any two tables: left out of drift, as
        every column of times is, and identifiers out of the comparison of rows.
    categorical : list of str, optional
        Columns of numbers that are codes.
    prediction, probability : str or array of shape (n,) or (n, classes), optional
        Outputs of the model for the rows of current: a column or the values.
    reference_prediction, reference_probability : optional
        The same for the rows of reference; by default its column of that name.
    model : object, optional
        Named in the report only, as SKIPPED: checks of tables do not ask it.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm of every statistical check.
    seed : int of at least 0

    Returns
    -------
    Report
        One case for every check, contracts first. A check that breaks is a
        crash in its case, and the others still answer.

    Raises
    ------
    UsageError
        If an argument cannot be used; before anything is computed.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"x": [1.0, 2.0, 3.0], "empty": [None, None, None]})
    >>> [verdict.columns for verdict in check(table).verdicts]
    [('empty',)]
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    after = read_table(current, name="current")
    before = None if reference is None else read_table(reference, name="reference")
    roles = _roles_of(after, before, target, time, id, group)
    after, before = _coded(after, before, categorical)
    after, before, labels = attach("prediction", after, prediction, before, reference_prediction)
    after, before, scores = attach("probability", after, probability, before, reference_probability)
    if before is None:
        cases = [_case(lambda: no_empty_columns(after), "no_empty_columns")]
    else:
        cases = _two_tables(before, after, roles, {*labels, *scores}, alpha, seed)
    if model is not None:
        cases.append(Case(verdicts=(_model_not_asked(),)))
    return Report(tuple(cases))


def _two_tables(
    before: pl.DataFrame, after: pl.DataFrame, roles: _Roles, outputs: set[str], alpha: float, seed: int
) -> list[Case]:
    """Ask every question that takes a reference."""
    was, now = kinds_of(before), kinds_of(after)
    both = [name for name in was if name in now]
    alike = [name for name in both if was[name] == now[name] != "other"]
    moving = [name for name in alike if name not in roles.labels_of_rows and was[name] != "time"]
    rows = [name for name in alike if name not in roles.id and name not in outputs]
    # a label that is not known yet, or an output the reference has not, is no fault of the table
    schema = learn_schema(before.drop(roles.target - {*after.columns}), open_columns=tuple(roles.labels_of_rows))
    looked_at = after.drop(outputs - {*before.columns})
    return [
        _case(lambda: schema_holds(schema, looked_at), "schema_holds"),
        _case(lambda: missing_rate_holds(before, after, columns=both, alpha=alpha, seed=seed), "missing_rate_holds"),
        _case(lambda: _drift(before, after, moving, alpha, seed), "drift_free"),
        _case(lambda: no_shared_rows(before, after, columns=rows, alpha=alpha, seed=seed), "no_shared_rows"),
    ]


def _drift(before: pl.DataFrame, after: pl.DataFrame, columns: list[str], alpha: float, seed: int) -> Verdict:
    """Ask for drift where there is a column to ask about."""
    if columns:
        return drift_free(before, after, columns=columns, alpha=alpha, seed=seed)
    return skipped({}, alpha)


def _case(ask: Callable[[], Verdict], source: str) -> Case:
    """Ask one question; a check that breaks is a crash, never an outcome."""
    try:
        return Case(source=source, verdicts=(ask(),))
    except Exception as error:
        crash = Crash(type=type(error).__name__, message=str(error), traceback=traceback.format_exc())
        return Case(source=source, crash=crash)


def _roles_of(
    after: pl.DataFrame, before: pl.DataFrame | None, target: Names, time: Names, id_: Names, group: Names
) -> _Roles:
    """Return the columns of every role; each is known to one table at least."""
    known = list(dict.fromkeys([*after.columns, *([] if before is None else before.columns)]))
    return _Roles(
        target=_named("target", target, known, several=False),
        time=_named("time", time, known, several=False),
        id=_named("id", id_, known),
        group=_named("group", group, known),
    )


def _named(role: str, given: Names, known: list[str], *, several: bool = True) -> frozenset[str]:
    """Return the columns given for one role."""
    if given is not None and not isinstance(given, str) and not (several and isinstance(given, (list, tuple))):
        raise UsageError(role, given, "a column name" + (" or a list of them" if several else ""), "pass its name")
    names = [] if given is None else [given] if isinstance(given, str) else list(given)
    for name in names:
        if name not in known:
            raise UsageError(role, name, "a column of the table", nearest(str(name), known), "no such column")
    return frozenset(names)


def _coded(
    after: pl.DataFrame, before: pl.DataFrame | None, categorical: Sequence[str] | None
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Turn columns of codes into text, the same text for 1 and 1.0."""
    if categorical is None:
        return after, before
    if isinstance(categorical, str):
        raise UsageError("categorical", categorical, "a list of column names", f"write [{categorical!r}]")
    known = list(dict.fromkeys([*after.columns, *([] if before is None else before.columns)]))
    names = _named("categorical", list(categorical), known)
    return _as_text(after, names), None if before is None else _as_text(before, names)


def _as_text(frame: pl.DataFrame, names: frozenset[str]) -> pl.DataFrame:
    kinds = {name: kind for name, kind in kinds_of(frame).items() if name in names}
    numbers = [name for name, kind in kinds.items() if kind == "numeric"]
    others = [name for name, kind in kinds.items() if kind in ("boolean", "time")]
    texts = pl.col(numbers).cast(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    spans = [name for name in others if frame.get_column(name).dtype == pl.Duration]
    plain = [name for name in others if name not in spans]
    return frame.with_columns(texts, pl.col(plain).cast(pl.String), pl.col(spans).dt.to_string("polars"))


def _model_not_asked() -> Verdict:
    """Say that a model was given and not asked: silence would read as a pass."""
    return Verdict(
        check="model.asked",
        outcome=Outcome.SKIPPED,
        claim="the model holds what it should",
        reason="a check of tables does not ask the model",
        remedy="ask it with mlqa.unchanged_by or mlqa.not_worse, or pass prediction= and probability=",
    )
