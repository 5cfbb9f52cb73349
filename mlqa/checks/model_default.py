"""Every default check of a model, in one call."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.answering import answered, case_of, one_thread_each
from mlqa.checks.model_catalogue import QUESTIONS
from mlqa.checks.model_prepared import PreparedModel, Said, prepare_model
from mlqa.checks.skipped import skipped
from mlqa.errors import UsageError
from mlqa.report.report import Report
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Verdict

__all__ = ["model_check", "model_questions", "model_questions_named"]


def model_check(
    model: Any,
    X: Any,
    y: Any,
    *,
    X_train: Any = None,
    y_train: Any = None,
    baseline: Any = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Report:
    """Run every default check that applies to a model.

    The model is asked for its predictions of each table once; the checks of
    performance share them. Only checks of conformance and invariance ask again,
    on some of the rows.

    Parameters
    ----------
    model : callable or object
        Anything that predicts: a function from a table to predictions, or an
        object with ``predict`` or ``predict_proba``, as scikit-learn, XGBoost,
        LightGBM, CatBoost, torch, ONNX and MLflow have them.
    X : table or array, shape (n, d), or texts, shape (n,)
        Rows that the model has not seen, handed to it in the kind they have.
    y : sequence, Series or array, shape (n,)
        What is true of them: classes or numbers, none missing.
    X_train, y_train : the same, optional
        The rows that the model was trained on.
    baseline : optional
        What the model may replace: another model, asked about X; what that
        model said (labels, values or probabilities of the same rows); a
        recorded baseline; a score by its metric, ``{"roc_auc": 0.91}``; or a
        number, which is the accuracy of a classifier and R2 of a regressor.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm of every statistical check.
    seed : int of at least 0

    Returns
    -------
    Report
        One case for every check, named as it is. What cannot be asked is
        SKIPPED, and says why; a check that breaks is a crash in its case, and
        the others still answer.

    Raises
    ------
    UsageError
        If an argument cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 3))
    >>> report = model_check(lambda X: np.zeros(len(X)), X, X[:, 0] + rng.normal(size=400))
    >>> [verdict.check for verdict in report.verdicts if not verdict]
    ['performance.better_than_naive', 'performance.features_used', 'performance.no_weak_slices']
    """
    asked = model_questions(model, X, y, X_train=X_train, y_train=y_train, baseline=baseline, alpha=alpha, seed=seed)
    places = {name: QUESTIONS[name].place for name in asked}
    with _quietly(), ThreadPoolExecutor(max_workers=1) as aside:
        # another process takes seconds to start; the model's own calls wait for the rest: it is not to be asked at once
        started = {name: aside.submit(case_of, asked[name], name) for name in asked if places[name] == "elsewhere"}
        free = {name: asked[name] for name in asked if places[name] == "free"}
        cases = dict(zip(free, answered(free)))
        with one_thread_each():  # a hundred rows are soon answered by one; several would wait for one another
            cases |= {name: case_of(asked[name], name) for name in asked if places[name] == "alone"}
        cases |= {name: case.result() for name, case in started.items()}
    return Report(tuple(cases[name] for name in asked))


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep the warnings of a model, asked about odd rows on purpose, from the reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def model_questions(
    model: Any,
    X: Any,
    y: Any,
    *,
    X_train: Any = None,
    y_train: Any = None,
    baseline: Any = None,
    said: Mapping[str, Said] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> dict[str, Callable[[], Verdict]]:
    """Return what :func:`model_check` asks, unanswered: the predictions are made, the checks wait to be called.

    Parameters
    ----------
    model, X, y, X_train, y_train, baseline, alpha, seed
        As in :func:`model_check`.
    said : dict, optional
        Where the model was asked already: its predictions and probabilities (or
        None) of ``X`` and ``X_train``, by these names.

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
    >>> import numpy as np
    >>> X = np.arange(60.0).reshape(30, 2)
    >>> asked = model_questions(lambda X: X[:, 0] > 20, X, X[:, 0] > 20)
    >>> print(asked["performance.better_than_naive"]().reason)
    balanced_accuracy is 1, the constant's 0.5: a gain is shown at alpha 0.0001
    """
    level, seed = level_of(alpha), seed_of(seed)
    given = {"X_train": X_train, "y_train": y_train, "baseline": baseline, "said": said}
    subject = prepare_model(model, X, y, **given, seed=seed)
    names = model_questions_named(has_train=y_train is not None, has_baseline=baseline is not None)
    return {name: partial(_ask, name, subject, level, seed) for name in names}


def model_questions_named(*, has_train: bool = False, has_baseline: bool = False) -> tuple[str, ...]:
    """Return the names of the checks that :func:`model_check` asks, without a model.

    Examples
    --------
    >>> "performance.not_overfit" in model_questions_named(), "performance.calibrated" in model_questions_named()
    (False, True)
    """
    given = {"train": has_train, "baseline": has_baseline}
    there = frozenset(name for name, has in given.items() if has)
    return tuple(name for name, question in QUESTIONS.items() if question.applies(there))


def _ask(name: str, subject: PreparedModel, alpha: float, seed: int) -> Verdict:
    """Ask one question, or say why it cannot be asked of this model."""
    question = QUESTIONS[name]
    level = None if question.contract else alpha
    reason = question.unfit(subject)
    if reason:
        return skipped(name, question.claim, reason, alpha=level)
    try:
        return question.ask(subject, alpha, seed)
    except UsageError as error:  # the check refuses what the user never saw: too few rows of a class, say
        said = str(error).split("\nHint:", maxsplit=1)[0]
        return skipped(
            name, question.claim, f"it cannot be asked of these rows: {said}", alpha=level, remedy=error.hint
        )
