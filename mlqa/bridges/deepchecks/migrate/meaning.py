"""Which check of ours stands for which of theirs where it is run by itself, and what that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["OURS", "SUITES", "Ours"]


@dataclass(frozen=True, slots=True)
class Ours:
    """A check of ours: its name, what it takes, and the difference in one sentence.

    Attributes
    ----------
    name : str
    takes : str
        ``one`` table, ``two`` tables, or a ``model`` and features.
    roles : tuple of str
        Columns to name: of ``target``, ``id``, ``time``.
    changed : str
    limits : mapping
        From a condition of theirs whose first argument is a limit to the
        parameter that is the same limit here.
    aside : tuple of str
        Columns to leave out of the tables, as deepchecks leaves them out.
    """

    name: str
    takes: str
    roles: tuple[str, ...]
    changed: str
    limits: Mapping[str, str]
    aside: tuple[str, ...] = ()


_KEYS = ("id", "time")
_ROLES = ("target", "id", "time")


def _one(name: str, changed: str, *roles: str, aside: tuple[str, ...] = (), **limits: str) -> Ours:
    return Ours(name, "one", roles, changed, limits, aside)


def _two(name: str, changed: str, *roles: str, aside: tuple[str, ...] = (), **limits: str) -> Ours:
    return Ours(name, "two", roles, changed, limits, aside)


OURS: Mapping[str, Ours] = {
    "ClassImbalance": _one(
        "classes_balanced", "a class must have rows enough to be learnt; there is no ratio of two classes", "target"
    ),
    "ConflictingLabels": _one(
        "no_conflicting_labels",
        "more conflicts than coin flips explain, instead of any; a limit is kept",
        "target",
        ratio_of_conflicting_labels_less_or_equal="at_most",
        aside=_KEYS,
    ),
    "DataDuplicates": _one(
        "no_duplicated_rows",
        "more than chance would leave, instead of 5 %; a limit is kept",
        ratio_less_or_equal="at_most",
    ),
    "FeatureFeatureCorrelation": _one(
        "no_redundant_columns", "columns that say the same, instead of a correlation above 0.9", aside=_ROLES
    ),
    "FeatureLabelCorrelation": _one(
        "no_target_leak",
        "an interval, and the column must beat all others, instead of a score of 0.8",
        "target",
        aside=_KEYS,
    ),
    "IdentifierLabelCorrelation": _one(
        "ids_predict_nothing", "what is shown at a level, instead of any predictive power", "target", "id"
    ),
    "IsSingleValue": _one("no_constant_columns", "the same question"),
    "MixedDataTypes": _one("no_mixed_types", "rare values of another type, instead of a share from 1 to 10 %"),
    "MixedNulls": _one("one_null_spelling", "numbers that arrive as text are looked at too"),
    "OutlierSampleDetection": _one(
        "no_outlier_rows", "rows far from all others; deepchecks has no condition by default", aside=_ROLES
    ),
    "SpecialCharacters": _one(
        "no_special_characters",
        "more than the column holds by nature, instead of 0.1 %; a limit is kept",
        ratio_of_special_characters_less_or_equal="at_most",
    ),
    "StringLengthOutOfBounds": _one("text_length_holds", "lengths far beyond the others, instead of any outlier"),
    "StringMismatch": _one("no_string_variants", "accents, width and white space count as variants too"),
    "PercentOfNulls": _two(
        "missing_rate_holds",
        "a rise from train to test, by an exact test; a limit is kept",
        percent_of_nulls_not_greater_than="at_most",
    ),
    "DatasetsSizeComparison": _two(
        "row_count_holds",
        "a ratio of rows on either side; a limit is kept, and equality passes",
        test_train_size_ratio_greater_than="at_least",
    ),
    "DateTrainTestLeakageDuplicates": _two("time_ordered", "all of train must lie before all of test", "time"),
    "DateTrainTestLeakageOverlap": _two("time_ordered", "all of train must lie before all of test", "time"),
    "FeatureDrift": _two(
        "drift_free", "an exact test, Holm over the columns, instead of a score against 0.2", aside=_ROLES
    ),
    "FeatureLabelCorrelationChange": _two(
        "concept_holds",
        "a test of the label given the features, instead of a difference of 0.2 in a score",
        "target",
        aside=_KEYS,
    ),
    "IndexTrainTestLeakage": _two("no_shared_ids", "any shared id fails, as it does there by default", "id"),
    "LabelDrift": _two("label_drift_free", "an exact test instead of a score against 0.15", "target"),
    "MultivariateDrift": _two(
        "exchangeable", "a test of the classifier, instead of an AUC against a limit", aside=_ROLES
    ),
    "NewCategoryTrainTest": _two(
        "categories_hold", "more new categories than sampling leaves out, instead of any", aside=_ROLES
    ),
    "NewLabelTrainTest": _two("categories_hold", "more new labels than sampling leaves out, instead of any"),
    "StringMismatchComparison": _two("categories_hold", "a new spelling is told from a new category"),
    "TrainTestSamplesMix": _two("no_shared_rows", "more shared rows than chance explains, instead of 5 %", aside=_KEYS),
    "ModelInferenceTime": Ours(
        "fast_enough", "model", (), "a ratio to an operation measured in the same run, instead of seconds", {}, _ROLES
    ),
    "UnusedFeatures": Ours(
        "features_used",
        "model",
        (),
        "whether predictions change when a column does, instead of importances",
        {},
        _ROLES,
    ),
}

SUITES: Mapping[str, str] = {
    "data_integrity": "mlqa.check asks more, with a false-alarm rate of 1e-4 a check instead of fixed limits",
    "train_test_validation": "mlqa.check compares the tables by tests with a false-alarm rate instead of fixed limits",
    "model_evaluation": "mlqa.model_check asks the live model: tests against a constant, conformance, slices",
    "full_suite": "mlqa.check and mlqa.model_check together, their cases in one report",
}
