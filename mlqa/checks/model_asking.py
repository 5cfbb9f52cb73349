"""How each default question is put to a prepared model: which of its answers, in which form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.conformance.every_row_answered import verdict_of
from mlqa.checks.conformance.predictions_finite import predictions_finite
from mlqa.checks.conformance.probabilities_agree import probabilities_agree
from mlqa.checks.conformance.probabilities_valid import probabilities_valid
from mlqa.checks.drift.label_drift_free import label_drift_free
from mlqa.checks.evaluated import Evaluated
from mlqa.checks.leakage.no_shared_rows import no_shared_rows
from mlqa.checks.leakage.no_target_leak import no_target_leak
from mlqa.checks.model_prepared import PreparedModel
from mlqa.checks.performance.better_than_naive import better_than_naive
from mlqa.checks.performance.calibrated import calibrated
from mlqa.checks.performance.errors_unbiased import errors_unbiased
from mlqa.checks.performance.labels_serve import labels_serve
from mlqa.checks.performance.no_huge_errors import no_huge_errors
from mlqa.checks.performance.no_surer_than_trained import no_surer_than_trained
from mlqa.checks.performance.no_weak_slices import no_weak_slices
from mlqa.checks.performance.not_overfit import not_overfit
from mlqa.checks.regression.not_worse import not_worse
from mlqa.checks.regression.not_worse_by_slice import not_worse_by_slice
from mlqa.checks.skipped import skipped
from mlqa.verdict import Verdict

__all__ = ["Ask"]

Ask = Callable[[PreparedModel, float, int], Verdict]


def conforms(check: Callable[..., Verdict]) -> Ask:
    """Ask a check of conformance about the rows that all of them share."""

    def ask(subject: PreparedModel, _alpha: float, seed: int) -> Verdict:
        return check(subject.model, subject.probe, seed=seed)

    return ask


def every_row(subject: PreparedModel, _alpha: float, _seed: int) -> Verdict:
    """Answer from the predictions that are there already."""
    return verdict_of(subject.unjudged, len(subject.y))


def answers_finite(subject: PreparedModel, _alpha: float, _seed: int) -> Verdict:
    said = _of(subject.said)
    # labels that were derived from bare scores hide what is none
    bare = said.probability is None and said.score is not None
    return predictions_finite(said.score if bare else said.prediction)


def chances_valid(subject: PreparedModel, _alpha: float, _seed: int) -> Verdict:
    said = _of(subject.said)
    return probabilities_valid(said.probability, classes=said.classes)


def chances_agree(subject: PreparedModel, _alpha: float, _seed: int) -> Verdict:
    test = _of(subject.test)
    return probabilities_agree(test.prediction, test.probability, classes=test.classes)


def labels_of_use(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    test = _of(subject.test)
    if not _all_there(test):
        reason = "the rows have not every class that the model knows"
        return skipped("performance.labels_serve", "labels are as good as the likeliest class", reason, alpha=alpha)
    return labels_serve(test.prediction, test.probability, test.y, alpha=alpha)


def values_unbiased(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    test = _of(subject.test)
    return errors_unbiased(test.prediction, test.y, alpha=alpha)


def trained_right(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    train = _of(subject.train)
    judged = train.prediction if train.task == "values" else train.probability
    if judged is None or not _all_there(train):
        claim = "on its training rows the model is right on average"
        reason = "the model gives no probabilities" if judged is None else "the training rows lack a class"
        return skipped("performance.no_surer_than_trained", claim, reason, alpha=alpha)
    return no_surer_than_trained(judged, train.y, alpha=alpha)


def errors_bounded(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    test, train = _of(subject.test), subject.train
    if train is None:
        return no_huge_errors(test.prediction, test.y, alpha=alpha)
    return no_huge_errors(test.prediction, test.y, train_prediction=train.prediction, train_y=train.y, alpha=alpha)


def of_model(check: Callable[..., Verdict], *, label: bool = False, contract: bool = False) -> Ask:
    """Ask a check that puts questions of its own to the model."""

    def ask(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
        level = {} if contract else {"alpha": alpha}
        given = (subject.X, _coded(_of(subject.test))[0]) if label else (subject.X,)
        return check(subject.model, *given, **level)

    return ask


def slices(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    test = _of(subject.test)
    judged = _labels(test) if test.probability is None else test.probability
    table, label = subject.table
    return no_weak_slices(judged, _coded(test)[0], table.drop(label), alpha=alpha)


def naive_beaten(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Ask by what tells most: scores, else probabilities, else labels or values."""
    test = _of(subject.test)
    return better_than_naive(_telling(test), _coded(test)[0], alpha=alpha, seed=seed)


def overfit(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    test, train = _of(subject.test), _of(subject.train)
    here, there = _coded(test, train)
    return not_overfit(_telling(test), here, _telling(train), there, alpha=alpha)


def probabilities_true(subject: PreparedModel, alpha: float, _seed: int) -> Verdict:
    test = _of(subject.test)
    return calibrated(test.probability, _coded(test)[0], alpha=alpha)


def not_worse_than_baseline(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Compare by rank, labels or values with another model; with a record by its own metric."""
    test, baseline = _of(subject.test), subject.baseline
    if isinstance(baseline, Evaluated):
        return _compared(_first(test, baseline), test, baseline, alpha, seed)
    metric = _first(test)
    if isinstance(baseline, Mapping):
        metric, baseline = next(iter(baseline.items()))
    elif isinstance(baseline, float):
        metric = "r2" if test.task == "values" else "accuracy"
    else:
        metric = _metric_of(baseline) or metric
    return not_worse(_for(metric, test), baseline, _coded(test)[0], metric=metric, alpha=alpha, seed=seed)


def slices_not_worse(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Ask in every slice, each column by itself."""
    test, baseline = _of(subject.test), subject.baseline
    if not isinstance(baseline, Evaluated):
        claim = "the model is not worse than the baseline in any slice"
        return skipped(
            "regression.not_worse_by_slice", claim, "the baseline has no predictions of its own", alpha=alpha
        )
    table, label = subject.table
    metric = "mae" if test.task == "values" else "accuracy"
    told = _for(metric, test), _for(metric, baseline), _coded(test)[0]
    return not_worse_by_slice(*told, metric=metric, X=table.drop(label), alpha=alpha, seed=seed)


def probabilities_not_worse(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Compare the logarithmic loss too: a model may rank as before and be surer than it should."""
    test, baseline = _of(subject.test), subject.baseline
    claim = "log_loss is not worse than the baseline's"
    if not isinstance(baseline, Evaluated) or baseline.probability is None:
        return skipped("regression.not_worse", claim, "the baseline is no model that gives probabilities", alpha=alpha)
    return _compared("log_loss", test, baseline, alpha, seed)


def _compared(metric: str, test: Evaluated, baseline: Evaluated, alpha: float, seed: int) -> Verdict:
    return not_worse(_for(metric, test), _for(metric, baseline), _coded(test)[0], metric=metric, alpha=alpha, seed=seed)


def no_leak(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    table, label = subject.table
    return no_target_leak(table, target=label, alpha=alpha, seed=seed)


def labels_alike(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Compare the labels the model learned with those it is judged by."""
    numbers = subject.said is None or subject.said.task == "values"
    parts = [part for part in (subject.y_train, subject.y) if part is not None]
    if not numbers and all(part.dtype.kind in "biuf" for part in parts):
        parts = [part.astype(np.float64) for part in parts]  # True, 1 and 1.0 are one class
    frames = [pl.DataFrame({"y": part if numbers else _spelt(part)}) for part in parts]
    return label_drift_free(*frames, target="y", alpha=alpha, seed=seed)


def _spelt(labels: NDArray[Any]) -> NDArray[Any]:
    """Return labels as texts, whole numbers without a point."""
    whole = labels.dtype.kind == "f" and bool((labels == np.floor(labels)).all()) and np.abs(labels).max() < 2**53
    return (labels.astype(np.int64) if whole else labels).astype(str)


def rows_unseen(subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Rows that the model learned make every score too good."""
    return no_shared_rows(subject.train_table, subject.table[0], alpha=alpha, seed=seed)


def _of(found: Evaluated | None) -> Evaluated:
    """Return what a question that needs it has."""
    if found is None:
        raise LookupError("the model said nothing that can be used")
    return found


def _telling(found: Evaluated) -> Any:
    """Return what tells most of how good the model is."""
    for part in (found.score, found.probability):
        if part is not None:
            return part
    return _labels(found)


def _labels(found: Evaluated) -> Any:
    """Return the labels, as numbers of classes where y lacks a class; or the values."""
    if _all_there(found):
        return found.prediction
    return np.searchsorted(np.asarray(found.classes), found.prediction)


def _coded(*found: Evaluated) -> list[Any]:
    """Return the truth of each table; as numbers of classes where one of them lacks a class."""
    if all(_all_there(one) for one in found):
        return [one.y for one in found]
    return [np.searchsorted(np.asarray(one.classes), one.y) for one in found]


def _all_there(found: Evaluated) -> bool:
    return not found.classes or set(found.y.tolist()) >= {*found.classes}


def _first(*found: Evaluated) -> str:
    """Choose the metric that all can be compared by, and that sees most."""
    if found[0].task == "values":
        return "mae"
    ranked = all(one.score is not None for one in found)
    return "roc_auc" if ranked else "accuracy"


_OF_PROBABILITIES = ("brier", "log_loss")
_OF_SCORES = ("average_precision", "roc_auc")


def _for(metric: str, found: Evaluated) -> Any:
    """Return what a metric takes."""
    if metric in _OF_PROBABILITIES and found.probability is not None:
        return found.probability
    if metric in _OF_SCORES and found.score is not None:
        return found.score
    return _labels(found)


def _metric_of(recorded: Any) -> str | None:
    """Return the metric that a baseline was recorded with."""
    kept = getattr(recorded, "recorded", recorded)
    metric = getattr(kept, "provenance", {}).get("metric") if kept is not None else None
    return metric if isinstance(metric, str) else None
