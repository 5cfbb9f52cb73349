"""deepchecks' tabular checks and suites, by name, with the conditions that its own suites attach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ALONE", "CHECKS", "COMPARISON", "LIVE", "OTHERWISE", "SUITES", "snake"]

COMPARISON = "MultiModelPerformanceReport"
_NONE: dict[str, dict[str, Any]] = {}

CHECKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "ClassImbalance": _NONE,
    "ColumnsInfo": _NONE,
    "ConflictingLabels": {"ratio_of_conflicting_labels_less_or_equal": {}},
    "DataDuplicates": {"ratio_less_or_equal": {}},
    "FeatureFeatureCorrelation": {"max_number_of_pairs_above_threshold": {}},
    "FeatureLabelCorrelation": {"feature_pps_less_than": {}},
    "IdentifierLabelCorrelation": {"pps_less_or_equal": {}},
    "IsSingleValue": {"not_single_value": {}},
    "MixedDataTypes": {"rare_type_ratio_not_in_range": {}},
    "MixedNulls": {"different_nulls_less_equal_to": {}},
    "OutlierSampleDetection": _NONE,
    "PercentOfNulls": _NONE,
    "SpecialCharacters": {"ratio_of_special_characters_less_or_equal": {}},
    "StringLengthOutOfBounds": {"ratio_of_outliers_less_or_equal": {}},
    "StringMismatch": {"no_variants": {}},
    "DatasetsSizeComparison": {"test_train_size_ratio_greater_than": {}},
    "DateTrainTestLeakageDuplicates": {"leakage_ratio_less_or_equal": {}},
    "DateTrainTestLeakageOverlap": {"leakage_ratio_less_or_equal": {}},
    "FeatureDrift": {"drift_score_less_than": {}},
    "FeatureLabelCorrelationChange": {"feature_pps_difference_less_than": {}, "feature_pps_in_train_less_than": {}},
    "IndexTrainTestLeakage": {"ratio_less_or_equal": {}},
    "LabelDrift": {"drift_score_less_than": {}},
    "MultivariateDrift": {"overall_drift_value_less_than": {}},
    "NewCategoryTrainTest": {"new_category_ratio_less_or_equal": {}},
    "NewLabelTrainTest": {"new_labels_number_less_or_equal": {}},
    "StringMismatchComparison": {"no_new_variants": {}},
    "TrainTestSamplesMix": {"duplicates_ratio_less_or_equal": {}},
    "BoostingOverfit": {"test_score_percent_decline_less_than": {}},
    "CalibrationScore": _NONE,
    "ConfusionMatrixReport": _NONE,
    "ModelInferenceTime": {"inference_time_less_than": {}},
    "ModelInfo": _NONE,
    "MultiModelPerformanceReport": _NONE,
    "PredictionDrift": {"drift_score_less_than": {}},
    "RegressionErrorDistribution": {"kurtosis_greater_than": {}, "systematic_error_ratio_to_rmse_less_than": {}},
    "RegressionSystematicError": _NONE,
    "RocReport": {"auc_greater_than": {}},
    "SegmentPerformance": _NONE,
    "SimpleModelComparison": {"gain_greater_than": {}},
    "SingleDatasetPerformance": _NONE,
    "TrainTestPerformance": {"train_test_relative_degradation_less_than": {}},
    "UnusedFeatures": {"number_of_high_variance_unused_features_less_or_equal": {}},
    "WeakSegmentsPerformance": {"segments_relative_performance_greater_than": {}},
}

_INTEGRITY = (
    *("IsSingleValue", "SpecialCharacters", "MixedNulls", "MixedDataTypes", "StringMismatch", "DataDuplicates"),
    *("StringLengthOutOfBounds", "ConflictingLabels", "OutlierSampleDetection", "FeatureLabelCorrelation"),
    *("FeatureFeatureCorrelation", "IdentifierLabelCorrelation"),
)
_VALIDATION = (
    *("DatasetsSizeComparison", "NewLabelTrainTest", "NewCategoryTrainTest", "StringMismatchComparison"),
    *("DateTrainTestLeakageDuplicates", "DateTrainTestLeakageOverlap", "IndexTrainTestLeakage", "TrainTestSamplesMix"),
    *("FeatureLabelCorrelationChange", "FeatureDrift", "LabelDrift", "MultivariateDrift"),
)
_EVALUATION = (
    *("TrainTestPerformance", "RocReport", "ConfusionMatrixReport", "PredictionDrift", "SimpleModelComparison"),
    *("WeakSegmentsPerformance", "CalibrationScore", "RegressionErrorDistribution", "UnusedFeatures"),
    *("BoostingOverfit", "ModelInferenceTime"),
)
_PRODUCTION = (
    *("WeakSegmentsPerformance", "PercentOfNulls", "ConfusionMatrixReport", "RocReport", "RegressionErrorDistribution"),
    *("StringMismatchComparison", "FeatureLabelCorrelationChange", "FeatureDrift", "MultivariateDrift", "LabelDrift"),
    *("PredictionDrift", "TrainTestPerformance", "NewCategoryTrainTest"),
)
# Of one table: is_comparative=False there.
ALONE: Mapping[str, tuple[str, ...]] = {
    "production_suite": (
        *_PRODUCTION[:5],
        *("StringMismatch", "FeatureLabelCorrelation", "FeatureFeatureCorrelation", "SingleDatasetPerformance"),
    )
}
# Where a suite attaches other conditions than the others, or hands a check an argument.
OTHERWISE: Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "production_suite": {
        "RegressionErrorDistribution": {"conditions": {"kurtosis_greater_than": {}}},
        "FeatureLabelCorrelationChange": {"conditions": {"feature_pps_difference_less_than": {}}},
        "LabelDrift": {"arguments": {"ignore_na": True}},
    }
}
SUITES: Mapping[str, tuple[str, ...]] = {
    "data_integrity": _INTEGRITY,
    "train_test_validation": _VALIDATION,
    "model_evaluation": _EVALUATION,
    "production_suite": _PRODUCTION,
    "full_suite": (*_EVALUATION, *_VALIDATION, *_INTEGRITY),
}
# Asked of stored predictions these would time a lookup or describe a stand-in: what is asked of the model instead.
LIVE: Mapping[str, str] = {
    "BoostingOverfit": "performance.not_overfit",
    "ModelInferenceTime": "performance.fast_enough",
    "ModelInfo": "",
    "UnusedFeatures": "performance.features_used",
}


def snake(name: str) -> str:
    """Return the id's half of a check's name.

    Examples
    --------
    >>> snake("FeatureLabelCorrelation")
    'feature_label_correlation'
    """
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
