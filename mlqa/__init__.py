"""Quality tests for machine learning: one test, the same verdict everywhere.

A check asks one question of a model or a table and returns a Verdict. pytest
asserts it, the notebook shows it, the pipeline gates on it.

Every public name is loaded when first used, so ``import mlqa`` stays light.
PYTEST_DONT_REWRITE: nothing to rewrite here, and no warning where mlqa came first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "BaselineError": "mlqa.errors",
    "BridgeError": "mlqa.errors",
    "CheckFailed": "mlqa.verdict",
    "Evidence": "mlqa.verdict",
    "MlqaError": "mlqa.errors",
    "Outcome": "mlqa.verdict",
    "Profile": "mlqa.subjects.profile",
    "Report": "mlqa.report",
    "SubjectError": "mlqa.errors",
    "UsageError": "mlqa.errors",
    "Verdict": "mlqa.verdict",
    "batch_size_ignored": "mlqa.checks.conformance.batch_size_ignored",
    "better_than_naive": "mlqa.checks.performance.better_than_naive",
    "calibrated": "mlqa.checks.performance.calibrated",
    "categories_hold": "mlqa.checks.quality.categories_hold",
    "changes_at_most": "mlqa.checks.invariance.changes_at_most",
    "check": "mlqa.checks.default",
    "classes_balanced": "mlqa.checks.labels.classes_balanced",
    "columns_found_by_name": "mlqa.checks.conformance.columns_found_by_name",
    "concept_holds": "mlqa.checks.drift.concept_holds",
    "cost_at_most": "mlqa.checks.performance.cost_at_most",
    "decreases_with": "mlqa.checks.invariance.decreases_with",
    "deepchecks": "mlqa.bridges.deepchecks.suites",
    "drift_free": "mlqa.checks.drift.drift_free",
    "dtypes_ignored": "mlqa.checks.conformance.dtypes_ignored",
    "duplicates_equal": "mlqa.checks.conformance.duplicates_equal",
    "empty_table_answered": "mlqa.checks.conformance.empty_table_answered",
    "endpoint": "mlqa.subjects.models.endpoint",
    "errors_unbiased": "mlqa.checks.performance.errors_unbiased",
    "every_row_answered": "mlqa.checks.conformance.every_row_answered",
    "exchangeable": "mlqa.checks.drift.exchangeable",
    "extra_columns_ignored": "mlqa.checks.conformance.extra_columns_ignored",
    "fair": "mlqa.checks.performance.fair",
    "fast_enough": "mlqa.checks.performance.fast_enough",
    "features_used": "mlqa.checks.performance.features_used",
    "foreign_key": "mlqa.checks.rules.foreign_key",
    "harmful_drift_free": "mlqa.checks.drift.harmful_drift_free",
    "ids_predict_nothing": "mlqa.checks.leakage.ids_predict_nothing",
    "ignores_rounding": "mlqa.checks.invariance.ignores_rounding",
    "implies": "mlqa.checks.rules.implies",
    "increases_with": "mlqa.checks.invariance.increases_with",
    "index_ignored": "mlqa.checks.conformance.index_ignored",
    "input_kept": "mlqa.checks.conformance.input_kept",
    "is_fresh": "mlqa.checks.quality.is_fresh",
    "label_drift_free": "mlqa.checks.drift.label_drift_free",
    "label_noise_holds": "mlqa.checks.drift.label_noise_holds",
    "labels_correct": "mlqa.checks.labels.labels_correct",
    "labels_serve": "mlqa.checks.performance.labels_serve",
    "learn_schema": "mlqa.checks.quality.schema_holds",
    "load_ipython_extension": "mlqa.inline",
    "metric_at_least": "mlqa.checks.performance.metric_at_least",
    "missing_columns_refused": "mlqa.checks.conformance.missing_columns_refused",
    "missing_rate_holds": "mlqa.checks.quality.missing_rate_holds",
    "missing_values_answered": "mlqa.checks.conformance.missing_values_answered",
    "missingness_predicts_nothing": "mlqa.checks.leakage.missingness_predicts_nothing",
    "model_check": "mlqa.checks.model_default",
    "no_conflicting_labels": "mlqa.checks.labels.no_conflicting_labels",
    "no_constant_columns": "mlqa.checks.quality.no_constant_columns",
    "no_duplicated_rows": "mlqa.checks.quality.no_duplicated_rows",
    "no_empty_columns": "mlqa.checks.quality.no_empty_columns",
    "no_feature_dominates": "mlqa.checks.performance.no_feature_dominates",
    "no_huge_errors": "mlqa.checks.performance.no_huge_errors",
    "no_mixed_types": "mlqa.checks.quality.no_mixed_types",
    "no_near_copies": "mlqa.checks.leakage.no_near_copies",
    "no_outlier_rows": "mlqa.checks.quality.no_outlier_rows",
    "no_outlier_values": "mlqa.checks.quality.no_outlier_values",
    "no_redundant_columns": "mlqa.checks.quality.no_redundant_columns",
    "no_shared_groups": "mlqa.checks.leakage.no_shared_groups",
    "no_shared_ids": "mlqa.checks.leakage.no_shared_ids",
    "no_shared_rows": "mlqa.checks.leakage.no_shared_rows",
    "no_special_characters": "mlqa.checks.quality.no_special_characters",
    "no_string_variants": "mlqa.checks.quality.no_string_variants",
    "no_surer_than_trained": "mlqa.checks.performance.no_surer_than_trained",
    "no_target_leak": "mlqa.checks.leakage.no_target_leak",
    "no_time_gaps": "mlqa.checks.quality.no_time_gaps",
    "no_weak_slices": "mlqa.checks.performance.no_weak_slices",
    "not_overfit": "mlqa.checks.performance.not_overfit",
    "not_worse": "mlqa.checks.regression.not_worse",
    "not_worse_by_slice": "mlqa.checks.regression.not_worse_by_slice",
    "one_null_spelling": "mlqa.checks.quality.one_null_spelling",
    "order_predicts_nothing": "mlqa.checks.leakage.order_predicts_nothing",
    "orders_hold": "mlqa.checks.drift.orders_hold",
    "point_masses_hold": "mlqa.checks.drift.point_masses_hold",
    "precision_holds": "mlqa.checks.drift.precision_holds",
    "prediction_drift_free": "mlqa.checks.drift.prediction_drift_free",
    "predictions_finite": "mlqa.checks.conformance.predictions_finite",
    "predictions_hold": "mlqa.checks.drift.predictions_hold",
    "predictions_stable": "mlqa.checks.performance.predictions_stable",
    "probabilities_agree": "mlqa.checks.conformance.probabilities_agree",
    "probabilities_valid": "mlqa.checks.conformance.probabilities_valid",
    "profile": "mlqa.subjects.profile",
    "range_holds": "mlqa.checks.drift.range_holds",
    "relations_hold": "mlqa.checks.drift.relations_hold",
    "repeatable": "mlqa.checks.conformance.repeatable",
    "require": "mlqa.verdict",
    "round_trip_kept": "mlqa.checks.conformance.round_trip_kept",
    "row_count_holds": "mlqa.checks.quality.row_count_holds",
    "row_order_ignored": "mlqa.checks.conformance.row_order_ignored",
    "same_in_another_process": "mlqa.checks.conformance.same_in_another_process",
    "schema_holds": "mlqa.checks.quality.schema_holds",
    "strict": "mlqa.verdict",
    "sum_of": "mlqa.checks.rules.sum_of",
    "text_length_holds": "mlqa.checks.quality.text_length_holds",
    "thread_safe": "mlqa.checks.conformance.thread_safe",
    "time_ordered": "mlqa.checks.leakage.time_ordered",
    "training_not_worse": "mlqa.checks.regression.training_not_worse",
    "unchanged_by": "mlqa.checks.invariance.unchanged_by",
    "unique_together": "mlqa.checks.rules.unique_together",
    "unit_holds": "mlqa.checks.drift.unit_holds",
    "unload_ipython_extension": "mlqa.inline",
    "unseen_categories_answered": "mlqa.checks.conformance.unseen_categories_answered",
}

_MODULES = {"perturb": "mlqa.subjects.perturb", "strategies": "mlqa.strategies"}

# one name a line would be a page of its own
# fmt: off
__all__ = [
    "BaselineError", "BridgeError", "CheckFailed", "Evidence", "MlqaError", "Outcome", "Profile", "Report",
    "SubjectError", "UsageError", "Verdict", "batch_size_ignored", "better_than_naive", "calibrated", "categories_hold",
    "changes_at_most", "check", "classes_balanced", "columns_found_by_name", "concept_holds", "cost_at_most",
    "decreases_with", "deepchecks", "drift_free", "dtypes_ignored", "duplicates_equal", "empty_table_answered",
    "endpoint", "errors_unbiased", "every_row_answered", "exchangeable", "extra_columns_ignored", "fair", "fast_enough",
    "features_used", "foreign_key", "harmful_drift_free", "ids_predict_nothing", "ignores_rounding", "implies",
    "increases_with", "index_ignored", "input_kept", "is_fresh", "label_drift_free", "label_noise_holds",
    "labels_correct", "labels_serve", "learn_schema", "load_ipython_extension", "metric_at_least",
    "missing_columns_refused", "missing_rate_holds", "missing_values_answered", "missingness_predicts_nothing",
    "model_check", "no_conflicting_labels", "no_constant_columns", "no_duplicated_rows", "no_empty_columns",
    "no_feature_dominates", "no_huge_errors", "no_mixed_types", "no_near_copies", "no_outlier_rows",
    "no_outlier_values", "no_redundant_columns", "no_shared_groups", "no_shared_ids", "no_shared_rows",
    "no_special_characters", "no_string_variants", "no_surer_than_trained", "no_target_leak", "no_time_gaps",
    "no_weak_slices", "not_overfit", "not_worse", "not_worse_by_slice", "one_null_spelling", "order_predicts_nothing",
    "orders_hold", "perturb", "point_masses_hold", "precision_holds", "prediction_drift_free", "predictions_finite",
    "predictions_hold", "predictions_stable", "probabilities_agree", "probabilities_valid", "profile", "range_holds",
    "relations_hold", "repeatable", "require", "round_trip_kept", "row_count_holds", "row_order_ignored",
    "same_in_another_process", "schema_holds", "strategies", "strict", "sum_of", "text_length_holds", "thread_safe",
    "time_ordered", "training_not_worse", "unchanged_by", "unique_together", "unit_holds", "unload_ipython_extension",
    "unseen_categories_answered",
]
# fmt: on

if TYPE_CHECKING:
    from mlqa import strategies
    from mlqa.bridges.deepchecks.suites import deepchecks
    from mlqa.checks.conformance.batch_size_ignored import batch_size_ignored
    from mlqa.checks.conformance.columns_found_by_name import columns_found_by_name
    from mlqa.checks.conformance.dtypes_ignored import dtypes_ignored
    from mlqa.checks.conformance.duplicates_equal import duplicates_equal
    from mlqa.checks.conformance.empty_table_answered import empty_table_answered
    from mlqa.checks.conformance.every_row_answered import every_row_answered
    from mlqa.checks.conformance.extra_columns_ignored import extra_columns_ignored
    from mlqa.checks.conformance.index_ignored import index_ignored
    from mlqa.checks.conformance.input_kept import input_kept
    from mlqa.checks.conformance.missing_columns_refused import missing_columns_refused
    from mlqa.checks.conformance.missing_values_answered import missing_values_answered
    from mlqa.checks.conformance.predictions_finite import predictions_finite
    from mlqa.checks.conformance.probabilities_agree import probabilities_agree
    from mlqa.checks.conformance.probabilities_valid import probabilities_valid
    from mlqa.checks.conformance.repeatable import repeatable
    from mlqa.checks.conformance.round_trip_kept import round_trip_kept
    from mlqa.checks.conformance.row_order_ignored import row_order_ignored
    from mlqa.checks.conformance.same_in_another_process import same_in_another_process
    from mlqa.checks.conformance.thread_safe import thread_safe
    from mlqa.checks.conformance.unseen_categories_answered import unseen_categories_answered
    from mlqa.checks.default import check
    from mlqa.checks.drift.concept_holds import concept_holds
    from mlqa.checks.drift.drift_free import drift_free
    from mlqa.checks.drift.exchangeable import exchangeable
    from mlqa.checks.drift.harmful_drift_free import harmful_drift_free
    from mlqa.checks.drift.label_drift_free import label_drift_free
    from mlqa.checks.drift.label_noise_holds import label_noise_holds
    from mlqa.checks.drift.orders_hold import orders_hold
    from mlqa.checks.drift.point_masses_hold import point_masses_hold
    from mlqa.checks.drift.precision_holds import precision_holds
    from mlqa.checks.drift.prediction_drift_free import prediction_drift_free
    from mlqa.checks.drift.predictions_hold import predictions_hold
    from mlqa.checks.drift.range_holds import range_holds
    from mlqa.checks.drift.relations_hold import relations_hold
    from mlqa.checks.drift.unit_holds import unit_holds
    from mlqa.checks.invariance.changes_at_most import changes_at_most
    from mlqa.checks.invariance.decreases_with import decreases_with
    from mlqa.checks.invariance.ignores_rounding import ignores_rounding
    from mlqa.checks.invariance.increases_with import increases_with
    from mlqa.checks.invariance.unchanged_by import unchanged_by
    from mlqa.checks.labels.classes_balanced import classes_balanced
    from mlqa.checks.labels.labels_correct import labels_correct
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
    from mlqa.checks.model_default import model_check
    from mlqa.checks.performance.better_than_naive import better_than_naive
    from mlqa.checks.performance.calibrated import calibrated
    from mlqa.checks.performance.cost_at_most import cost_at_most
    from mlqa.checks.performance.errors_unbiased import errors_unbiased
    from mlqa.checks.performance.fair import fair
    from mlqa.checks.performance.fast_enough import fast_enough
    from mlqa.checks.performance.features_used import features_used
    from mlqa.checks.performance.labels_serve import labels_serve
    from mlqa.checks.performance.metric_at_least import metric_at_least
    from mlqa.checks.performance.no_feature_dominates import no_feature_dominates
    from mlqa.checks.performance.no_huge_errors import no_huge_errors
    from mlqa.checks.performance.no_surer_than_trained import no_surer_than_trained
    from mlqa.checks.performance.no_weak_slices import no_weak_slices
    from mlqa.checks.performance.not_overfit import not_overfit
    from mlqa.checks.performance.predictions_stable import predictions_stable
    from mlqa.checks.quality.categories_hold import categories_hold
    from mlqa.checks.quality.is_fresh import is_fresh
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
    from mlqa.checks.quality.schema_holds import learn_schema, schema_holds
    from mlqa.checks.quality.text_length_holds import text_length_holds
    from mlqa.checks.regression.not_worse import not_worse
    from mlqa.checks.regression.not_worse_by_slice import not_worse_by_slice
    from mlqa.checks.regression.training_not_worse import training_not_worse
    from mlqa.checks.rules.foreign_key import foreign_key
    from mlqa.checks.rules.implies import implies
    from mlqa.checks.rules.sum_of import sum_of
    from mlqa.checks.rules.unique_together import unique_together
    from mlqa.errors import BaselineError, BridgeError, MlqaError, SubjectError, UsageError
    from mlqa.inline import load_ipython_extension, unload_ipython_extension
    from mlqa.report import Report
    from mlqa.subjects import perturb
    from mlqa.subjects.models.endpoint import endpoint
    from mlqa.subjects.profile import Profile, profile
    from mlqa.verdict import CheckFailed, Evidence, Outcome, Verdict, require, strict


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'mlqa' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_MODULES})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built front end is (for development installs)."""
    return [{"src": "labextension", "dest": "@mlqa/labextension"}]
