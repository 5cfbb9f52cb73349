"""How a default check is asked of two prepared tables: of which columns, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mlqa.checks.drift.orders_hold import orders_hold
from mlqa.checks.drift.prediction_drift_free import prediction_drift_free
from mlqa.checks.drift.predictions_hold import predictions_hold
from mlqa.checks.leakage.no_shared_groups import no_shared_groups
from mlqa.checks.leakage.no_shared_ids import no_shared_ids
from mlqa.checks.leakage.no_shared_rows import no_shared_rows
from mlqa.checks.leakage.time_ordered import time_ordered
from mlqa.checks.prepared import Prepared
from mlqa.checks.quality.no_outlier_rows import no_outlier_rows
from mlqa.checks.quality.no_time_gaps import no_time_gaps
from mlqa.checks.quality.row_count_holds import row_count_holds
from mlqa.checks.quality.schema import learn_schema
from mlqa.checks.quality.schema_holds import schema_holds
from mlqa.checks.skipped import skipped
from mlqa.verdict import Outcome, Verdict
from mlqa.wording import listed

__all__ = [
    "Ask",
    "alone",
    "beside",
    "both",
    "errors_of",
    "features",
    "label_in_both",
    "near",
    "of_label",
    "of_one_unit",
    "of_still",
    "ordered_in_time",
    "outlier_rows",
    "output_drift",
    "pairs_of",
    "row_count",
    "schema_asked",
    "shared_groups",
    "shared_ids",
    "shared_rows",
    "time_gaps",
    "values",
]

_NOTHING = "the tables share no column that it could ask about"
_SHOWN = 4

Ask = Callable[[Prepared, float, int], Verdict]


def alone(check: Callable[..., Verdict], *, contract: bool = False) -> Ask:
    """Ask of the ordinary columns of current; what is so in the reference too is no alarm."""

    def ask(tables: Prepared, alpha: float, seed: int) -> Verdict:
        level = {} if contract else {"alpha": alpha, "seed": seed}
        return check(tables.current, reference=tables.reference, **level)

    return ask


def of_label(check: Callable[..., Verdict], *, contract: bool = False, ids: bool = False) -> Ask:
    """Ask the same about the label, where current has one."""

    def ask(tables: Prepared, alpha: float, seed: int) -> Verdict:
        target = tables.known_target
        if target is None:
            return _skipped(check, f"current has no value of {tables.target!r} yet", None if contract else alpha)
        level = {} if contract else {"alpha": alpha, "seed": seed}
        before = tables.before if ids else tables.reference
        if before is not None and target not in before.columns:
            before = None
        if ids:
            return check(tables.after, target=target, id=list(tables.id), reference=before, **level)
        return check(tables.current, target=target, reference=before, **level)

    return ask


def beside(check: Callable[..., Verdict], columns: Callable[[Prepared], list[str]]) -> Ask:
    """Ask of some columns of both tables."""

    def ask(tables: Prepared, alpha: float, seed: int) -> Verdict:
        names = columns(tables)
        if not names:
            return _skipped(check, _NOTHING, alpha)
        return check(tables.before, tables.after, columns=names, alpha=alpha, seed=seed)

    return ask


def _skipped(check: Callable[..., Verdict], reason: str, alpha: float | None) -> Verdict:
    """Say why a check was not asked."""
    family, name = check.__module__.split(".")[-2:]
    claim = name.replace("_", " ")
    return skipped(f"{family}.{name}", claim, reason, alpha=alpha)


def both(tables: Prepared) -> list[str]:
    """Columns that both tables have."""
    return [name for name in _before(tables).columns if name in tables.after.columns]


def _alike(tables: Prepared) -> list[str]:
    """Those of one kind on both sides, where the kind can be compared and the values should be alike."""
    was, now = _before(tables).columns, tables.after.columns
    alike = [name for name in both(tables) if was[name].kind == now[name].kind != "other"]
    return [name for name in alike if name not in tables.labels_of_rows and was[name].kind != "time"]


def values(tables: Prepared) -> list[str]:
    """Those that no model wrote."""
    return [name for name in _alike(tables) if name not in tables.outputs]


def features(tables: Prepared) -> list[str]:
    """Those that are not the label either: it has a question of its own."""
    return [name for name in values(tables) if name != tables.target]


def _told(verdict: Verdict, tables: Prepared) -> Verdict:
    """Name the columns that were left out because they moved by themselves."""
    out = [name for name in values(tables) if name in tables.moved]
    return replace(verdict, reason=f"{verdict.reason}; left out: {listed(out)} (moved by itself)") if out else verdict


def of_still(check: Callable[..., Verdict]) -> Ask:
    """Ask of the columns together that did not move by themselves."""
    ask = beside(check, _still)
    return lambda tables, alpha, seed: _told(ask(tables, alpha, seed), tables)


def of_one_unit(check: Callable[..., Verdict]) -> Ask:
    """Ask of the columns that do not look converted to another unit: `unit_holds` says it of those that do."""

    def ask(tables: Prepared, alpha: float, seed: int) -> Verdict:
        changed = {name: how for name, how in tables.converted(alpha).items() if name in values(tables)}
        found = beside(check, lambda kept: [name for name in values(kept) if name not in changed])(tables, alpha, seed)
        if not changed:
            return found
        explained = ", ".join(f"{name!r} looks {how}" for name, how in [*changed.items()][:_SHOWN])
        return replace(found, reason=f"{found.reason}; left to unit_holds: {explained}")

    return ask


def _still(tables: Prepared) -> list[str]:
    """Those whose own distribution did not move: only these tell something about columns together."""
    return [name for name in values(tables) if name not in tables.moved]


def near(tables: Prepared) -> list[str]:
    """Those by which rows are told apart."""
    return [name for name in values(tables) if name in tables.after.hashed]


def _before(tables: Prepared) -> Any:
    """Return the reference, which a question with `reference=True` has."""
    return tables.before


def schema_asked(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Learn a schema of the reference; a label not known yet, or an output it has not, is no fault of current."""
    before, after = _before(tables), tables.after
    unknown = {tables.target} - {*after.columns}
    learned = before.only([name for name in before.columns if name not in unknown])
    if not learned.columns:
        return _skipped(schema_holds, "the reference holds nothing but the label", None)
    schema = learn_schema(learned, open_columns=tuple(tables.labels_of_rows))
    new = {*tables.outputs} - {*before.columns}
    return schema_holds(schema, after.only([name for name in after.columns if name not in new]))


def label_in_both(check: Callable[..., Verdict], *, features: bool = True) -> Ask:
    """Ask about the label of both tables, where both have one of the same kind."""

    def ask(tables: Prepared, alpha: float, seed: int) -> Verdict:
        target = tables.known_target
        if target is None or target not in _alike(tables):
            return _skipped(check, f"the tables do not both have values of {tables.target!r} of one kind", alpha)
        still = [name for name in _still(tables) if name != target]
        if features and not still:
            return _skipped(check, "every feature moved by itself", alpha)
        named = {"columns": still} if features else {}
        found = check(tables.before, tables.after, target=target, alpha=alpha, seed=seed, **named)
        return _told(found, tables) if features else found

    return ask


def outlier_rows(tables: Prepared, alpha: float, seed: int) -> Verdict:
    """Ask of the columns that did not move by themselves, where there is a reference."""
    if tables.before is None:
        return no_outlier_rows(tables.current, alpha=alpha, seed=seed)
    names = _still(tables)
    if not names:
        return _skipped(no_outlier_rows, _NOTHING, alpha)
    found = no_outlier_rows(tables.after, reference=tables.before, columns=names, alpha=alpha, seed=seed)
    return _told(found, tables)


def row_count(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Ask of both tables as they are."""
    return row_count_holds(tables.before, tables.after)


def shared_ids(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Ask of the ids that tell rows apart in each table."""
    return no_shared_ids(tables.before, tables.after, id=list(tables.id), only_unique=True)


def shared_groups(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Ask where the tables look split by group."""
    return no_shared_groups(tables.before, tables.after, group=list(tables.group), if_split=True)


def ordered_in_time(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Ask where the tables look split by time."""
    return time_ordered(tables.before, tables.after, time=tables.time or "", if_split=True)


def output_drift(tables: Prepared, alpha: float, seed: int) -> Verdict:
    """Ask of what a model wrote into both tables."""
    names = [name for name in _alike(tables) if name in tables.outputs]
    if not names:
        remedy = "pass reference_prediction= or reference_probability= too"
        return replace(_skipped(prediction_drift_free, _NOTHING, alpha), remedy=remedy)
    return prediction_drift_free(tables.before, tables.after, columns=names, alpha=alpha, seed=seed)


def errors_of(tables: Prepared, alpha: float, seed: int) -> Verdict:
    """Ask whether what a model wrote is as close to the label, where both tables have both."""
    outputs = [name for name in _alike(tables) if name in tables.outputs]
    target = tables.known_target
    if not outputs or target is None or target not in _before(tables).columns:
        return _skipped(predictions_hold, "the tables do not both have labels and outputs of the model", alpha)
    cut = [name for name in features(tables) if name not in tables.outputs]
    # predictions come before probabilities; either may have been given alone
    tried = [outputs[:1], outputs, outputs[1:]] if len(outputs) > 1 else [outputs]
    for given in tried:
        named = {"predictions": given, "columns": cut or [target]}
        found = predictions_hold(tables.before, tables.after, target=target, alpha=alpha, seed=seed, **named)
        if found.outcome is not Outcome.SKIPPED:
            break
    return found


def pairs_of(tables: Prepared, alpha: float, seed: int) -> Verdict:
    """Ask of the numbers that did not move by themselves, and of times that are no time of the row."""
    was, now = _before(tables).columns, tables.after.columns
    apart = tables.labels_of_rows | {*tables.outputs}
    times = [name for name in both(tables) if was[name].kind == now[name].kind == "time" and name not in apart]
    names = [*_still(tables), *times]
    if not names:
        return _skipped(orders_hold, _NOTHING, alpha)
    return _told(orders_hold(tables.before, tables.after, columns=names, alpha=alpha, seed=seed), tables)


def shared_rows(tables: Prepared, alpha: float, seed: int) -> Verdict:
    """Ask of both tables as they are."""
    return no_shared_rows(tables.before, tables.after, alpha=alpha, seed=seed)


def time_gaps(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Ask of the time, where it is one."""
    sides = [side.columns.get(tables.time or "") for side in (tables.after, tables.before) if side is not None]
    if any(column is None or column.kind not in ("time", "numeric") for column in sides):
        return _skipped(no_time_gaps, f"{tables.time!r} holds neither times nor numbers", None)
    return no_time_gaps(tables.after, tables.time or "", reference=tables.before)
