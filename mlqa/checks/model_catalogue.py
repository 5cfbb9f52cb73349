"""The default questions about a model: each check once, with what it needs and how it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlqa.checks import model_asking as asking
from mlqa.checks.conformance.batch_size_ignored import batch_size_ignored
from mlqa.checks.conformance.columns_found_by_name import columns_found_by_name
from mlqa.checks.conformance.dtypes_ignored import dtypes_ignored
from mlqa.checks.conformance.duplicates_equal import duplicates_equal
from mlqa.checks.conformance.empty_table_answered import empty_table_answered
from mlqa.checks.conformance.extra_columns_ignored import extra_columns_ignored
from mlqa.checks.conformance.index_ignored import index_ignored
from mlqa.checks.conformance.input_kept import input_kept
from mlqa.checks.conformance.missing_columns_refused import missing_columns_refused
from mlqa.checks.conformance.missing_values_answered import missing_values_answered
from mlqa.checks.conformance.repeatable import repeatable
from mlqa.checks.conformance.round_trip_kept import round_trip_kept
from mlqa.checks.conformance.row_order_ignored import row_order_ignored
from mlqa.checks.conformance.same_in_another_process import same_in_another_process
from mlqa.checks.conformance.thread_safe import thread_safe
from mlqa.checks.conformance.unseen_categories_answered import unseen_categories_answered
from mlqa.checks.invariance.ignores_rounding import ignores_rounding
from mlqa.checks.model_asking import Ask
from mlqa.checks.model_prepared import PreparedModel
from mlqa.checks.performance.features_used import features_used
from mlqa.checks.performance.no_feature_dominates import no_feature_dominates
from mlqa.verdict import Verdict

__all__ = ["QUESTIONS", "ModelQuestion"]

_UNANSWERED = "the model does not answer the rows as they are"
_TASKS = {
    ("values",): "numbers",
    ("binary",): "one of two classes",
    ("classes",): "one of several classes",
    ("binary", "classes"): "classes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQuestion:
    """One default check of a model.

    Attributes
    ----------
    ask : callable
        Of the prepared model, alpha and seed.
    claim : str
        What is said to hold where it cannot be asked.
    needs : tuple of str
        Arguments without which it is not asked: of 'train' and 'baseline'.
    of : tuple of str
        What the model has to say: of 'prediction', 'probability' and 'score';
        nothing, where the model is asked again, or the data only.
    tasks : tuple of str
        Tasks it is asked of; of all, if empty.
    raw : bool
        Whether it is asked too where what the model said cannot be judged.
    contract : bool
        Whether it has no level.
    place : str
        ``free`` beside others; ``alone``, since it calls the model again; or
        ``elsewhere``, as that is in another process.
    """

    ask: Ask
    claim: str
    needs: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    raw: bool = False
    contract: bool = False
    place: str = "free"

    def applies(self, given: frozenset[str]) -> bool:
        """Say whether the question is asked where these arguments are given."""
        return given.issuperset(self.needs)

    def unfit(self, subject: PreparedModel) -> str:
        """Say why the question cannot be asked of what the model said; empty where it can."""
        if self.place != "free" and subject.probe is None:
            return f"{_UNANSWERED}: {subject.unjudged}"
        if not self.of:
            return ""
        judged = subject.said if self.raw else subject.test
        if judged is None:
            told = "nothing can be told from its predictions" if not subject.fault else _UNANSWERED
            return f"{told}: {subject.unjudged}"
        if self.tasks and judged.task not in self.tasks:
            return f"it is asked of models that predict {_TASKS[self.tasks]}, not {_TASKS[judged.task,]}"
        missing = next((part for part in self.of if getattr(judged, part) is None), None)
        if missing is None and "train" in self.needs and subject.train is None:
            return f"nothing can be told from its predictions for the training rows: {subject.train_fault}"
        return "" if missing is None else f"the model gives no {missing}"


def _conforms(check: Callable[..., Verdict], claim: str, *, place: str = "alone") -> ModelQuestion:
    """Ask about a few rows in another form."""
    return ModelQuestion(ask=asking.conforms(check), claim=claim, contract=True, place=place)


QUESTIONS: dict[str, ModelQuestion] = {
    # what a model in production must keep
    "conformance.every_row_answered": ModelQuestion(
        ask=asking.every_row, claim="every row gets one answer that can be used", contract=True
    ),
    "conformance.predictions_finite": ModelQuestion(
        ask=asking.answers_finite,
        claim="every row has a prediction that is one",
        of=("prediction",),
        raw=True,
        contract=True,
    ),
    "conformance.probabilities_valid": ModelQuestion(
        ask=asking.chances_valid,
        claim="probabilities are from 0 to 1 and sum to 1",
        of=("probability",),
        tasks=("binary", "classes"),
        raw=True,
        contract=True,
    ),
    "conformance.probabilities_agree": ModelQuestion(
        ask=asking.chances_agree,
        claim="labels and probabilities tell the same",
        of=("probability",),
        tasks=("binary", "classes"),
        contract=True,
    ),
    "conformance.repeatable": _conforms(repeatable, "the same rows get the same answers when asked again"),
    "conformance.row_order_ignored": _conforms(row_order_ignored, "an answer does not depend on the order of the rows"),
    "conformance.batch_size_ignored": _conforms(
        batch_size_ignored, "a row is answered alike alone, among seven and among all"
    ),
    "conformance.duplicates_equal": _conforms(duplicates_equal, "equal rows of one call get equal answers"),
    "conformance.index_ignored": _conforms(index_ignored, "answers do not depend on the index of a pandas frame"),
    "conformance.columns_found_by_name": _conforms(
        columns_found_by_name, "columns in another order give the same answers, or a clean error"
    ),
    "conformance.extra_columns_ignored": _conforms(
        extra_columns_ignored, "a column more gives the same answers, or a clean error"
    ),
    "conformance.dtypes_ignored": _conforms(
        dtypes_ignored, "the same values in columns of another type get the same answers, or a clean error"
    ),
    "conformance.input_kept": _conforms(input_kept, "asking leaves the table as it was"),
    "conformance.missing_values_answered": _conforms(
        missing_values_answered, "a missing cell gets an answer that is one, or a clean error"
    ),
    "conformance.unseen_categories_answered": _conforms(
        unseen_categories_answered, "a category never seen before gets an answer that is one, or a clean error"
    ),
    "conformance.missing_columns_refused": _conforms(
        missing_columns_refused, "a table without one of the columns the model uses is refused with a clean error"
    ),
    "conformance.empty_table_answered": _conforms(
        empty_table_answered, "a table without rows gets no answers, or a clean error"
    ),
    "conformance.thread_safe": _conforms(thread_safe, "threads that ask at once get the answers that one alone gets"),
    "conformance.round_trip_kept": _conforms(
        round_trip_kept, "a model that was written and read again gives the same answers"
    ),
    "conformance.same_in_another_process": _conforms(
        same_in_another_process, "another process gives the same answers", place="elsewhere"
    ),
    # against another model
    "regression.not_worse": ModelQuestion(
        ask=asking.not_worse_than_baseline,
        claim="the model is not worse than the baseline",
        needs=("baseline",),
        of=("prediction",),
    ),
    "regression.not_worse_by_slice": ModelQuestion(
        ask=asking.slices_not_worse,
        claim="the model is not worse than the baseline in any slice",
        needs=("baseline",),
        of=("prediction",),
    ),
    "regression.not_worse[log_loss]": ModelQuestion(
        ask=asking.probabilities_not_worse,
        claim="log_loss is not worse than the baseline's",
        needs=("baseline",),
        of=("probability",),
        tasks=("binary", "classes"),
    ),
    # how good it is
    "performance.better_than_naive": ModelQuestion(
        ask=asking.naive_beaten, claim="the model beats a constant", of=("prediction",)
    ),
    "performance.not_overfit": ModelQuestion(
        ask=asking.overfit,
        claim="what the model learnt carries over to unseen rows",
        needs=("train",),
        of=("prediction",),
    ),
    "performance.calibrated": ModelQuestion(
        ask=asking.probabilities_true,
        claim="probabilities are what they say",
        of=("probability",),
        tasks=("binary", "classes"),
    ),
    "performance.no_surer_than_trained": ModelQuestion(
        ask=asking.trained_right,
        claim="on its training rows the model is right on average, and no surer than they allow",
        needs=("train",),
        of=("prediction",),
    ),
    "performance.labels_serve": ModelQuestion(
        ask=asking.labels_of_use,
        claim="labels are as good as the likeliest class would be",
        of=("probability",),
        tasks=("binary", "classes"),
    ),
    "performance.errors_unbiased": ModelQuestion(
        ask=asking.values_unbiased, claim="predicted values are right on average", of=("prediction",), tasks=("values",)
    ),
    "performance.no_huge_errors": ModelQuestion(
        ask=asking.errors_bounded, claim="hardly a row has a huge error", of=("prediction",), tasks=("values",)
    ),
    "performance.features_used": ModelQuestion(
        ask=asking.of_model(features_used, contract=True),
        claim="the model uses its features",
        contract=True,
        place="alone",
    ),
    "performance.no_feature_dominates": ModelQuestion(
        ask=asking.of_model(no_feature_dominates, label=True),
        claim="no single column makes the model nearly perfect",
        of=("prediction",),
        place="alone",
    ),
    "invariance.ignores_rounding": ModelQuestion(
        ask=asking.of_model(ignores_rounding),
        claim="hardly a prediction changes when numbers move within their rounding",
        place="alone",
    ),
    "performance.no_weak_slices": ModelQuestion(
        ask=asking.slices, claim="there is no kind of row that the model fails", of=("prediction",)
    ),
    # the data behind it
    "leakage.no_target_leak": ModelQuestion(ask=asking.no_leak, claim="no single column gives the label away"),
    "leakage.no_shared_rows": ModelQuestion(
        ask=asking.rows_unseen, claim="the model has not seen the rows it is judged by", needs=("train",)
    ),
    "drift.label_drift_free": ModelQuestion(
        ask=asking.labels_alike, claim="the label is distributed as in training", needs=("train",)
    ),
}
