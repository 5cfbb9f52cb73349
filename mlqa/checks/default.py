"""Every default check of tables, in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.answering import answered
from mlqa.checks.catalogue import QUESTIONS
from mlqa.checks.prepared import Names
from mlqa.checks.preparing import prepare
from mlqa.report.report import Case, Report
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Outcome, Verdict

__all__ = ["check", "questions", "questions_named"]


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

    Each table is read once, into a profile; every check asks the profile.
    With a reference, what is so in both is a property of the data and no alarm.

    Parameters
    ----------
    current : DataFrame, path or Profile
        The table in question.
    reference : DataFrame, path or Profile, optional
        A table known to be good: the training data, last month.
    target : str, optional
        The label; may be missing from current, where it is not known yet.
    time, id, group : str (id and group: or list of str), optional
        Columns that differ between any two tables: left out of drift, as
        every column of times is, and identifiers out of the comparison of rows.
    categorical : list of str, optional
        Columns of numbers that are codes.
    prediction, probability : str or array of shape (n,) or (n, classes), optional
        Outputs of the model for the rows of current: a column or the values;
        of probabilities also a list of the columns of all classes.
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
    >>> [verdict.columns for verdict in check(table).verdicts if not verdict]
    [('empty',)]

    Beside a reference, and as a page to read:

    >>> before = pl.DataFrame({"price": range(100, 600)})
    >>> report = check(before.select(pl.col("price") * 100), before)
    >>> report.ok, [verdict.columns for verdict in report.verdicts if verdict.check == "drift.unit_holds"]
    (False, [('price',)])
    >>> from mlqa.report.html import to_html
    >>> "unit_holds" in to_html(report)
    True
    """
    asked = questions(
        current,
        reference,
        target=target,
        time=time,
        id=id,
        group=group,
        categorical=categorical,
        prediction=prediction,
        probability=probability,
        reference_prediction=reference_prediction,
        reference_probability=reference_probability,
        alpha=alpha,
        seed=seed,
    )
    cases = answered(asked)
    if model is not None:
        cases.append(Case(verdicts=(_model_not_asked(),)))
    return Report(tuple(cases))


def questions(
    current: Any,
    reference: Any = None,
    *,
    target: str | None = None,
    time: str | None = None,
    id: Names = None,  # noqa: A002  # as in check
    group: Names = None,
    categorical: Sequence[str] | None = None,
    prediction: Any = None,
    probability: Any = None,
    reference_prediction: Any = None,
    reference_probability: Any = None,
    alpha: float | None = None,
    seed: int = 0,
) -> dict[str, Callable[[], Verdict]]:
    """Return what :func:`check` asks, unanswered: the tables are read, the checks wait to be called.

    Parameters
    ----------
    current, reference, target, time, id, group, categorical, prediction, probability, alpha, seed
        As in :func:`check`.
    reference_prediction, reference_probability
        As in :func:`check`.

    Returns
    -------
    dict of str to callable
        In order; the names are those of the checks.

    Raises
    ------
    UsageError
        If an argument cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> asked = questions(pl.DataFrame({"x": [None, None]}))
    >>> asked["no_empty_columns"]().columns
    ('x',)
    """
    level, seed = level_of(alpha), seed_of(seed)
    tables = prepare(
        current,
        reference,
        target=target,
        time=time,
        id_=id,
        group=group,
        categorical=categorical,
        prediction=(prediction, reference_prediction),
        probability=(probability, reference_probability),
    )
    names = questions_named(
        reference is not None,
        has_target=target is not None,
        has_time=time is not None,
        has_id=bool(tables.id),
        has_group=bool(tables.group),
        has_outputs=bool(tables.outputs),
    )
    return {name: partial(QUESTIONS[name].ask, tables, level, seed) for name in names}


def questions_named(
    has_reference: bool,
    *,
    has_target: bool = False,
    has_time: bool = False,
    has_id: bool = False,
    has_group: bool = False,
    has_outputs: bool = False,
) -> tuple[str, ...]:
    """Return the names of the checks that :func:`check` asks, without a table.

    Examples
    --------
    >>> "drift_free" in questions_named(True), "drift_free" in questions_named(False)
    (True, False)
    """
    given = {"target": has_target, "time": has_time, "id": has_id, "group": has_group, "outputs": has_outputs}
    roles = frozenset(role for role, there in given.items() if there)
    return tuple(name for name, question in QUESTIONS.items() if question.applies(has_reference, roles))


def _model_not_asked() -> Verdict:
    """Say that a model was given and not asked: silence would read as a pass."""
    return Verdict(
        check="model.asked",
        outcome=Outcome.SKIPPED,
        claim="the model holds what it should",
        reason="a check of tables does not ask the model",
        remedy="ask it with mlqa.model_check, or pass prediction= and probability=",
    )
