"""The default questions about tables: each check once, with what it needs and how it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mlqa.checks.drift.concept_holds import concept_holds
from mlqa.checks.drift.drift_free import drift_free
from mlqa.checks.drift.exchangeable import exchangeable
from mlqa.checks.drift.label_drift_free import label_drift_free
from mlqa.checks.drift.label_noise_holds import label_noise_holds
from mlqa.checks.drift.point_masses_hold import point_masses_hold
from mlqa.checks.drift.precision_holds import precision_holds
from mlqa.checks.drift.prediction_drift_free import prediction_drift_free
from mlqa.checks.drift.range_holds import range_holds
from mlqa.checks.drift.relations_hold import relations_hold
from mlqa.checks.drift.unit_holds import unit_holds
from mlqa.checks.labels.classes_balanced import classes_balanced
from mlqa.checks.labels.no_conflicting_labels import no_conflicting_labels
from mlqa.checks.leakage.ids_predict_nothing import ids_predict_nothing
from mlqa.checks.leakage.missingness_predicts_nothing import missingness_predicts_nothing
from mlqa.checks.leakage.no_near_copies import no_near_copies
from mlqa.checks.leakage.no_shared_groups import no_shared_groups
from mlqa.checks.leakage.no_shared_ids import no_shared_ids
from mlqa.checks.leakage.no_shared_rows import no_shared_rows
from mlqa.checks.leakage.no_target_leak import no_target_leak
from mlqa.checks.leakage.order_predicts_nothing import order_predicts_nothing
from mlqa.checks.leakage.time_ordered import time_ordered
from mlqa.checks.prepared import Prepared
from mlqa.checks.quality.categories_hold import categories_hold
from mlqa.checks.quality.missing_rate_holds import missing_rate_holds
from mlqa.checks.quality.no_constant_columns import no_constant_columns
from mlqa.checks.quality.no_duplicated_rows import no_duplicated_rows
from mlqa.checks.quality.no_empty_columns import no_empty_columns
from mlqa.checks.quality.no_mixed_types import no_mixed_types
from mlqa.checks.quality.no_outlier_rows import no_outlier_rows
from mlqa.checks.quality.no_outlier_values import no_outlier_values
from mlqa.checks.quality.no_redundant_columns import no_redundant_columns
from mlqa.checks.quality.no_special_characters import no_special_characters
from mlqa.checks.quality.no_string_variants import no_string_variants
from mlqa.checks.quality.no_time_gaps import no_time_gaps
from mlqa.checks.quality.one_null_spelling import one_null_spelling
from mlqa.checks.quality.row_count_holds import row_count_holds
from mlqa.checks.quality.schema import learn_schema
from mlqa.checks.quality.schema_holds import schema_holds
from mlqa.checks.quality.text_length_holds import text_length_holds
from mlqa.verdict import Outcome, Verdict
from mlqa.wording import listed

__all__ = ["QUESTIONS", "Question"]

_NOTHING = "the tables share no column that it could ask about"

Ask = Callable[[Prepared, float, int], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One default check.

    Attributes
    ----------
    ask : callable
        Of the prepared tables, alpha and seed.
    reference : bool or None
        Whether it is asked with a reference, without, or either way (None).
    needs : tuple of str
        Of 'target', 'time', 'id', 'group' and 'outputs'.
    """

    ask: Ask
    reference: bool | None = None
    needs: tuple[str, ...] = ()

    def applies(self, has_reference: bool, roles: frozenset[str]) -> bool:
        """Say whether the question is asked of tables with these roles."""
        return self.reference in (None, has_reference) and roles.issuperset(self.needs)


def _alone(check: Callable[..., Verdict], *, contract: bool = False) -> Ask:
    """Ask of the ordinary columns of current; what is so in the reference too is no alarm."""

    def ask(tables: Prepared, alpha: float, seed: int) -> Verdict:
        level = {} if contract else {"alpha": alpha, "seed": seed}
        return check(tables.current, reference=tables.reference, **level)

    return ask


def _of_label(check: Callable[..., Verdict], *, contract: bool = False, ids: bool = False) -> Ask:
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


def _beside(check: Callable[..., Verdict], columns: Callable[[Prepared], list[str]]) -> Ask:
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
    return Verdict(check=f"{family}.{name}", outcome=Outcome.SKIPPED, claim=claim, reason=reason, alpha=alpha)


def _both(tables: Prepared) -> list[str]:
    """Columns that both tables have."""
    return [name for name in _before(tables).columns if name in tables.after.columns]


def _alike(tables: Prepared) -> list[str]:
    """Those of one kind on both sides, where the kind can be compared and the values should be alike."""
    was, now = _before(tables).columns, tables.after.columns
    alike = [name for name in _both(tables) if was[name].kind == now[name].kind != "other"]
    return [name for name in alike if name not in tables.labels_of_rows and was[name].kind != "time"]


def _values(tables: Prepared) -> list[str]:
    """Those that no model wrote."""
    return [name for name in _alike(tables) if name not in tables.outputs]


def _features(tables: Prepared) -> list[str]:
    """Those that are not the label either: it has a question of its own."""
    return [name for name in _values(tables) if name != tables.target]


def _told(verdict: Verdict, tables: Prepared) -> Verdict:
    """Name the columns that were left out because they moved by themselves."""
    out = [name for name in _values(tables) if name in tables.moved]
    return replace(verdict, reason=f"{verdict.reason}; left out: {listed(out)} (moved by itself)") if out else verdict


def _of_still(check: Callable[..., Verdict]) -> Ask:
    """Ask of the columns together that did not move by themselves."""
    ask = _beside(check, _still)
    return lambda tables, alpha, seed: _told(ask(tables, alpha, seed), tables)


def _still(tables: Prepared) -> list[str]:
    """Those whose own distribution did not move: only these tell something about columns together."""
    return [name for name in _values(tables) if name not in tables.moved]


def _near(tables: Prepared) -> list[str]:
    """Those by which rows are told apart."""
    return [name for name in _values(tables) if name in tables.after.hashed]


def _before(tables: Prepared) -> Any:
    """Return the reference, which a question with `reference=True` has."""
    return tables.before


def _schema(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    """Learn a schema of the reference; a label not known yet, or an output it has not, is no fault of current."""
    before, after = _before(tables), tables.after
    unknown = {tables.target} - {*after.columns}
    learned = before.only([name for name in before.columns if name not in unknown])
    if not learned.columns:
        return _skipped(schema_holds, "the reference holds nothing but the label", None)
    schema = learn_schema(learned, open_columns=tuple(tables.labels_of_rows))
    new = {*tables.outputs} - {*before.columns}
    return schema_holds(schema, after.only([name for name in after.columns if name not in new]))


def _label_in_both(check: Callable[..., Verdict], *, features: bool = True) -> Ask:
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


def _outlier_rows(tables: Prepared, alpha: float, seed: int) -> Verdict:
    if tables.before is None:
        return no_outlier_rows(tables.current, alpha=alpha, seed=seed)
    names = _still(tables)
    if not names:
        return _skipped(no_outlier_rows, _NOTHING, alpha)
    found = no_outlier_rows(tables.after, reference=tables.before, columns=names, alpha=alpha, seed=seed)
    return _told(found, tables)


def _row_count(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    return row_count_holds(tables.before, tables.after)


def _shared_ids(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    return no_shared_ids(tables.before, tables.after, id=list(tables.id), only_unique=True)


def _shared_groups(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    return no_shared_groups(tables.before, tables.after, group=list(tables.group), if_split=True)


def _time_ordered(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    return time_ordered(tables.before, tables.after, time=tables.time or "", if_split=True)


def _output_drift(tables: Prepared, alpha: float, seed: int) -> Verdict:
    names = [name for name in _alike(tables) if name in tables.outputs]
    if not names:
        remedy = "pass reference_prediction= or reference_probability= too"
        return replace(_skipped(prediction_drift_free, _NOTHING, alpha), remedy=remedy)
    return prediction_drift_free(tables.before, tables.after, columns=names, alpha=alpha, seed=seed)


def _shared_rows(tables: Prepared, alpha: float, seed: int) -> Verdict:
    return no_shared_rows(tables.before, tables.after, alpha=alpha, seed=seed)


def _time_gaps(tables: Prepared, _alpha: float, _seed: int) -> Verdict:
    sides = [side.columns.get(tables.time or "") for side in (tables.after, tables.before) if side is not None]
    if any(column is None or column.kind not in ("time", "numeric") for column in sides):
        return _skipped(no_time_gaps, f"{tables.time!r} holds neither times nor numbers", None)
    return no_time_gaps(tables.after, tables.time or "", reference=tables.before)


QUESTIONS: dict[str, Question] = {
    # contracts
    "schema_holds": Question(ask=_schema, reference=True),
    "row_count_holds": Question(ask=_row_count, reference=True),
    "no_shared_ids": Question(ask=_shared_ids, reference=True, needs=("id",)),
    "no_shared_groups": Question(ask=_shared_groups, reference=True, needs=("group",)),
    "time_ordered": Question(ask=_time_ordered, reference=True, needs=("time",)),
    "no_empty_columns": Question(ask=_alone(no_empty_columns, contract=True), reference=False),
    "classes_balanced": Question(ask=_of_label(classes_balanced, contract=True), reference=False, needs=("target",)),
    "no_time_gaps": Question(ask=_time_gaps, needs=("time",)),
    # one table
    "no_constant_columns": Question(ask=_alone(no_constant_columns)),
    "no_duplicated_rows": Question(ask=_alone(no_duplicated_rows)),
    "no_mixed_types": Question(ask=_alone(no_mixed_types)),
    "one_null_spelling": Question(ask=_alone(one_null_spelling)),
    "no_string_variants": Question(ask=_alone(no_string_variants)),
    "no_special_characters": Question(ask=_alone(no_special_characters)),
    "text_length_holds": Question(ask=_alone(text_length_holds)),
    "no_outlier_values": Question(ask=_alone(no_outlier_values)),
    "no_outlier_rows": Question(ask=_outlier_rows),
    "no_redundant_columns": Question(ask=_alone(no_redundant_columns)),
    # two tables
    "missing_rate_holds": Question(ask=_beside(missing_rate_holds, _both), reference=True),
    "categories_hold": Question(ask=_beside(categories_hold, _values), reference=True),
    "range_holds": Question(ask=_beside(range_holds, _values), reference=True),
    "point_masses_hold": Question(ask=_beside(point_masses_hold, _values), reference=True),
    "unit_holds": Question(ask=_beside(unit_holds, _values), reference=True),
    "precision_holds": Question(ask=_beside(precision_holds, _values), reference=True),
    "drift_free": Question(ask=_beside(drift_free, _features), reference=True),
    "relations_hold": Question(ask=_of_still(relations_hold), reference=True),
    "exchangeable": Question(ask=_of_still(exchangeable), reference=True),
    "no_shared_rows": Question(ask=_shared_rows, reference=True),
    "no_near_copies": Question(ask=_beside(no_near_copies, _near), reference=True),
    # the label
    "label_drift_free": Question(
        ask=_label_in_both(label_drift_free, features=False), reference=True, needs=("target",)
    ),
    "concept_holds": Question(ask=_label_in_both(concept_holds), reference=True, needs=("target",)),
    "label_noise_holds": Question(ask=_label_in_both(label_noise_holds), reference=True, needs=("target",)),
    "no_conflicting_labels": Question(ask=_of_label(no_conflicting_labels), needs=("target",)),
    "no_target_leak": Question(ask=_of_label(no_target_leak), needs=("target",)),
    "missingness_predicts_nothing": Question(ask=_of_label(missingness_predicts_nothing), needs=("target",)),
    "order_predicts_nothing": Question(ask=_of_label(order_predicts_nothing), needs=("target",)),
    "ids_predict_nothing": Question(ask=_of_label(ids_predict_nothing, ids=True), needs=("target", "id")),
    # outputs of a model
    "prediction_drift_free": Question(ask=_output_drift, reference=True, needs=("outputs",)),
}
