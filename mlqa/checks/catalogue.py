"""The default questions about tables: each check once, with what it needs and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from mlqa.checks.asks import (
    Ask,
    alone,
    beside,
    both,
    errors_of,
    features,
    label_in_both,
    near,
    of_label,
    of_one_unit,
    of_still,
    ordered_in_time,
    outlier_rows,
    output_drift,
    pairs_of,
    row_count,
    schema_asked,
    shared_groups,
    shared_ids,
    shared_rows,
    time_gaps,
    values,
)
from mlqa.checks.drift.concept_holds import concept_holds
from mlqa.checks.drift.drift_free import drift_free
from mlqa.checks.drift.exchangeable import exchangeable
from mlqa.checks.drift.label_drift_free import label_drift_free
from mlqa.checks.drift.label_noise_holds import label_noise_holds
from mlqa.checks.drift.point_masses_hold import point_masses_hold
from mlqa.checks.drift.precision_holds import precision_holds
from mlqa.checks.drift.range_holds import range_holds
from mlqa.checks.drift.relations_hold import relations_hold
from mlqa.checks.drift.unit_holds import unit_holds
from mlqa.checks.labels.classes_balanced import classes_balanced
from mlqa.checks.labels.no_conflicting_labels import no_conflicting_labels
from mlqa.checks.leakage.ids_predict_nothing import ids_predict_nothing
from mlqa.checks.leakage.missingness_predicts_nothing import missingness_predicts_nothing
from mlqa.checks.leakage.no_near_copies import no_near_copies
from mlqa.checks.leakage.no_target_leak import no_target_leak
from mlqa.checks.leakage.order_predicts_nothing import order_predicts_nothing
from mlqa.checks.quality.categories_hold import categories_hold
from mlqa.checks.quality.missing_rate_holds import missing_rate_holds
from mlqa.checks.quality.no_constant_columns import no_constant_columns
from mlqa.checks.quality.no_duplicated_rows import no_duplicated_rows
from mlqa.checks.quality.no_empty_columns import no_empty_columns
from mlqa.checks.quality.no_mixed_types import no_mixed_types
from mlqa.checks.quality.no_outlier_values import no_outlier_values
from mlqa.checks.quality.no_redundant_columns import no_redundant_columns
from mlqa.checks.quality.no_special_characters import no_special_characters
from mlqa.checks.quality.no_string_variants import no_string_variants
from mlqa.checks.quality.one_null_spelling import one_null_spelling
from mlqa.checks.quality.text_length_holds import text_length_holds

__all__ = ["QUESTIONS", "Question"]


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


QUESTIONS: dict[str, Question] = {
    # contracts
    "schema_holds": Question(ask=schema_asked, reference=True),
    "row_count_holds": Question(ask=row_count, reference=True),
    "no_shared_ids": Question(ask=shared_ids, reference=True, needs=("id",)),
    "no_shared_groups": Question(ask=shared_groups, reference=True, needs=("group",)),
    "time_ordered": Question(ask=ordered_in_time, reference=True, needs=("time",)),
    "no_empty_columns": Question(ask=alone(no_empty_columns, contract=True), reference=False),
    "classes_balanced": Question(ask=of_label(classes_balanced, contract=True), reference=False, needs=("target",)),
    "no_time_gaps": Question(ask=time_gaps, needs=("time",)),
    # one table
    "no_constant_columns": Question(ask=alone(no_constant_columns)),
    "no_duplicated_rows": Question(ask=alone(no_duplicated_rows)),
    "no_mixed_types": Question(ask=alone(no_mixed_types)),
    "one_null_spelling": Question(ask=alone(one_null_spelling)),
    "no_string_variants": Question(ask=alone(no_string_variants)),
    "no_special_characters": Question(ask=alone(no_special_characters)),
    "text_length_holds": Question(ask=alone(text_length_holds)),
    "no_outlier_values": Question(ask=alone(no_outlier_values)),
    "no_outlier_rows": Question(ask=outlier_rows),
    "no_redundant_columns": Question(ask=alone(no_redundant_columns)),
    # two tables
    "missing_rate_holds": Question(ask=beside(missing_rate_holds, both), reference=True),
    "categories_hold": Question(ask=beside(categories_hold, values), reference=True),
    "range_holds": Question(ask=of_one_unit(range_holds), reference=True),
    "point_masses_hold": Question(ask=of_one_unit(point_masses_hold), reference=True),
    "unit_holds": Question(ask=beside(unit_holds, values), reference=True),
    "precision_holds": Question(ask=of_one_unit(precision_holds), reference=True),
    "drift_free": Question(ask=beside(drift_free, features), reference=True),
    "relations_hold": Question(ask=of_still(relations_hold), reference=True),
    "orders_hold": Question(ask=pairs_of, reference=True),
    "exchangeable": Question(ask=of_still(exchangeable), reference=True),
    "no_shared_rows": Question(ask=shared_rows, reference=True),
    "no_near_copies": Question(ask=beside(no_near_copies, near), reference=True),
    # the label
    "label_drift_free": Question(
        ask=label_in_both(label_drift_free, features=False), reference=True, needs=("target",)
    ),
    "concept_holds": Question(ask=label_in_both(concept_holds), reference=True, needs=("target",)),
    "label_noise_holds": Question(ask=label_in_both(label_noise_holds), reference=True, needs=("target",)),
    "no_conflicting_labels": Question(ask=of_label(no_conflicting_labels), needs=("target",)),
    "no_target_leak": Question(ask=of_label(no_target_leak), needs=("target",)),
    "missingness_predicts_nothing": Question(ask=of_label(missingness_predicts_nothing), needs=("target",)),
    "order_predicts_nothing": Question(ask=of_label(order_predicts_nothing), needs=("target",)),
    "ids_predict_nothing": Question(ask=of_label(ids_predict_nothing, ids=True), needs=("target", "id")),
    # outputs of a model
    "prediction_drift_free": Question(ask=output_drift, reference=True, needs=("outputs",)),
    "predictions_hold": Question(ask=errors_of, reference=True, needs=("target", "outputs")),
}
