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
    "CheckFailed": "mlqa.verdict",
    "Evidence": "mlqa.verdict",
    "MlqaError": "mlqa.errors",
    "Outcome": "mlqa.verdict",
    "Profile": "mlqa.subjects.profile",
    "Report": "mlqa.report",
    "SubjectError": "mlqa.errors",
    "UsageError": "mlqa.errors",
    "Verdict": "mlqa.verdict",
    "categories_hold": "mlqa.checks.quality.categories_hold",
    "check": "mlqa.checks.default",
    "classes_balanced": "mlqa.checks.labels.classes_balanced",
    "concept_holds": "mlqa.checks.drift.concept_holds",
    "drift_free": "mlqa.checks.drift.drift_free",
    "exchangeable": "mlqa.checks.drift.exchangeable",
    "foreign_key": "mlqa.checks.quality.foreign_key",
    "harmful_drift_free": "mlqa.checks.drift.harmful_drift_free",
    "ids_predict_nothing": "mlqa.checks.leakage.ids_predict_nothing",
    "implies": "mlqa.checks.quality.implies",
    "is_fresh": "mlqa.checks.quality.is_fresh",
    "label_drift_free": "mlqa.checks.drift.label_drift_free",
    "label_noise_holds": "mlqa.checks.drift.label_noise_holds",
    "labels_correct": "mlqa.checks.labels.labels_correct",
    "learn_schema": "mlqa.checks.quality.schema_holds",
    "load_ipython_extension": "mlqa.inline",
    "missing_rate_holds": "mlqa.checks.quality.missing_rate_holds",
    "missingness_predicts_nothing": "mlqa.checks.leakage.missingness_predicts_nothing",
    "no_conflicting_labels": "mlqa.checks.labels.no_conflicting_labels",
    "no_constant_columns": "mlqa.checks.quality.no_constant_columns",
    "no_duplicated_rows": "mlqa.checks.quality.no_duplicated_rows",
    "no_empty_columns": "mlqa.checks.quality.no_empty_columns",
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
    "no_target_leak": "mlqa.checks.leakage.no_target_leak",
    "no_time_gaps": "mlqa.checks.quality.no_time_gaps",
    "not_worse": "mlqa.checks.regression.not_worse",
    "one_null_spelling": "mlqa.checks.quality.one_null_spelling",
    "order_predicts_nothing": "mlqa.checks.leakage.order_predicts_nothing",
    "point_masses_hold": "mlqa.checks.drift.point_masses_hold",
    "precision_holds": "mlqa.checks.drift.precision_holds",
    "prediction_drift_free": "mlqa.checks.drift.prediction_drift_free",
    "profile": "mlqa.subjects.profile",
    "range_holds": "mlqa.checks.drift.range_holds",
    "relations_hold": "mlqa.checks.drift.relations_hold",
    "require": "mlqa.verdict",
    "row_count_holds": "mlqa.checks.quality.row_count_holds",
    "schema_holds": "mlqa.checks.quality.schema_holds",
    "strict": "mlqa.verdict",
    "sum_of": "mlqa.checks.quality.sum_of",
    "text_length_holds": "mlqa.checks.quality.text_length_holds",
    "time_ordered": "mlqa.checks.leakage.time_ordered",
    "unchanged_by": "mlqa.checks.invariance.unchanged_by",
    "unique_together": "mlqa.checks.quality.unique_together",
    "unit_holds": "mlqa.checks.drift.unit_holds",
    "unload_ipython_extension": "mlqa.inline",
}

__all__ = [
    "BaselineError",
    "CheckFailed",
    "Evidence",
    "MlqaError",
    "Outcome",
    "Profile",
    "Report",
    "SubjectError",
    "UsageError",
    "Verdict",
    "categories_hold",
    "check",
    "classes_balanced",
    "concept_holds",
    "drift_free",
    "exchangeable",
    "foreign_key",
    "harmful_drift_free",
    "ids_predict_nothing",
    "implies",
    "is_fresh",
    "label_drift_free",
    "label_noise_holds",
    "labels_correct",
    "learn_schema",
    "load_ipython_extension",
    "missing_rate_holds",
    "missingness_predicts_nothing",
    "no_conflicting_labels",
    "no_constant_columns",
    "no_duplicated_rows",
    "no_empty_columns",
    "no_mixed_types",
    "no_near_copies",
    "no_outlier_rows",
    "no_outlier_values",
    "no_redundant_columns",
    "no_shared_groups",
    "no_shared_ids",
    "no_shared_rows",
    "no_special_characters",
    "no_string_variants",
    "no_target_leak",
    "no_time_gaps",
    "not_worse",
    "one_null_spelling",
    "order_predicts_nothing",
    "point_masses_hold",
    "precision_holds",
    "prediction_drift_free",
    "profile",
    "range_holds",
    "relations_hold",
    "require",
    "row_count_holds",
    "schema_holds",
    "strict",
    "sum_of",
    "text_length_holds",
    "time_ordered",
    "unchanged_by",
    "unique_together",
    "unit_holds",
    "unload_ipython_extension",
]

if TYPE_CHECKING:
    from mlqa.checks.default import check
    from mlqa.checks.drift.concept_holds import concept_holds
    from mlqa.checks.drift.drift_free import drift_free
    from mlqa.checks.drift.exchangeable import exchangeable
    from mlqa.checks.drift.harmful_drift_free import harmful_drift_free
    from mlqa.checks.drift.label_drift_free import label_drift_free
    from mlqa.checks.drift.label_noise_holds import label_noise_holds
    from mlqa.checks.drift.point_masses_hold import point_masses_hold
    from mlqa.checks.drift.precision_holds import precision_holds
    from mlqa.checks.drift.prediction_drift_free import prediction_drift_free
    from mlqa.checks.drift.range_holds import range_holds
    from mlqa.checks.drift.relations_hold import relations_hold
    from mlqa.checks.drift.unit_holds import unit_holds
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
    from mlqa.checks.quality.categories_hold import categories_hold
    from mlqa.checks.quality.foreign_key import foreign_key
    from mlqa.checks.quality.implies import implies
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
    from mlqa.checks.quality.sum_of import sum_of
    from mlqa.checks.quality.text_length_holds import text_length_holds
    from mlqa.checks.quality.unique_together import unique_together
    from mlqa.checks.regression.not_worse import not_worse
    from mlqa.errors import BaselineError, MlqaError, SubjectError, UsageError
    from mlqa.inline import load_ipython_extension, unload_ipython_extension
    from mlqa.report import Report
    from mlqa.subjects.profile import Profile, profile
    from mlqa.verdict import CheckFailed, Evidence, Outcome, Verdict, require, strict


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'mlqa' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built front end is (for development installs)."""
    return [{"src": "labextension", "dest": "@mlqa/labextension"}]
