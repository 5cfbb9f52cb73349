from __future__ import annotations

import types

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from mlqa.checks.evaluated import evaluate
from mlqa.errors import SubjectError, UsageError

RNG = np.random.default_rng(1)
X = RNG.normal(size=(60, 2))
TWO = (X[:, 0] > 0).astype(int)
NAMED = np.array(["no", "yes"])[TWO]
THREE = np.digitize(X[:, 0], [-0.5, 0.5])


class Counting:
    """A model that counts what it is asked."""

    def __init__(self):
        self.asked = []

    def predict(self, table):
        self.asked.append("predict")
        return NAMED[: len(table)]

    def predict_proba(self, table):
        self.asked.append("predict_proba")
        return np.column_stack([1 - TWO, TWO])[: len(table)]


def test_each_method_is_asked_once():
    model = Counting()
    found = evaluate(model, X, NAMED, seed=3)
    assert model.asked == ["predict", "predict_proba"]
    assert (found.task, found.classes, found.seed, found.n, found.fault) == ("binary", ("no", "yes"), 3, 60, "")
    assert found.score.tolist() == TWO.tolist()


@pytest.mark.parametrize(
    ("model", "y", "task"),
    [
        (LogisticRegression(), TWO, "binary"),
        (LogisticRegression(), NAMED, "binary"),
        (LogisticRegression(), TWO.astype(bool), "binary"),
        (RandomForestClassifier(5, random_state=0), THREE, "classes"),
        (LinearRegression(), X[:, 0], "values"),
        (LinearRegression(), THREE, "values"),
        (RandomForestRegressor(5, random_state=0), TWO, "values"),
        (SVC(), NAMED, "binary"),
    ],
)
def test_scikit_learn_says_itself_what_it_tells(model, y, task):
    found = evaluate(model.fit(X, y), X, y)
    assert found.task == task
    assert found.classes == (() if task == "values" else tuple(np.unique(y).tolist()))
    assert (found.score is None) == (task != "binary")
    assert found.fault == ""


@pytest.mark.parametrize("kind", [list, pd.Series, pl.Series, lambda y: pd.Series(y, dtype="category"), np.array])
def test_labels_may_come_in_any_container(kind):
    found = evaluate(lambda _: list(NAMED), X, kind(NAMED.tolist()))
    assert (found.prediction == found.y).all()
    assert found.classes == ("no", "yes")


def test_numbers_from_0_to_1_are_probabilities_of_the_second_class():
    share = 1 / (1 + np.exp(-X[:, 0]))
    for y in (TWO, NAMED, TWO.astype(bool), np.ones(60, dtype=int)):
        found = evaluate(lambda table: 1 / (1 + np.exp(-table[:, 0])), X, y)
        assert found.task == "binary"
        assert np.allclose(found.probability, np.column_stack([1 - share, share]))
        assert (found.prediction == np.asarray(found.classes)[(share >= 0.5).astype(int)]).all()


def test_a_bare_score_labels_as_many_rows_as_there_are():
    found = evaluate(lambda table: 5 + 9 * table[:, 0], X, NAMED)
    assert (found.task, found.probability) == ("binary", None)
    assert (found.prediction == NAMED).all()
    assert np.allclose(found.score, 5 + 9 * X[:, 0])


def test_rows_of_probabilities_become_the_likeliest_label():
    said = np.eye(3)[THREE] * 0.8 + 0.2 / 3
    found = evaluate(lambda _: said, X, THREE)
    assert (found.task, found.classes) == ("classes", (0, 1, 2))
    assert (found.prediction == THREE).all()
    only = types.SimpleNamespace(predict_proba=lambda _: said)
    assert (evaluate(only, X, THREE).prediction == THREE).all()


def test_classes_that_the_test_set_lacks_are_known_from_the_model_or_told():
    model = LogisticRegression().fit(X, THREE)
    few = THREE != 1
    assert evaluate(model, X[few], THREE[few]).classes == (0, 1, 2)
    said = lambda table: np.full((len(table), 3), 1 / 3)  # noqa: E731
    assert evaluate(said, X[few], THREE[few]).classes == (0, 1, 2)
    letters = np.array(list("abc"))[THREE]
    with pytest.raises(
        UsageError, match=r"expected the 3 classes that the model gives probabilities for, got 2 classes"
    ):
        evaluate(said, X[few], letters[few])
    assert evaluate(said, X[few], letters[few], classes=list("abc")).classes == ("a", "b", "c")
    with pytest.raises(UsageError, match="3 classes, one for each column of probabilities"):
        evaluate(said, X, THREE, classes=["a"])


def test_told_classes_are_put_in_ascending_order_with_their_columns():
    said = np.column_stack([TWO, 1 - TWO])
    found = evaluate(lambda _: said, X, NAMED, classes=["yes", "no"])
    assert found.classes == ("no", "yes")
    assert (found.prediction == NAMED).all()
    assert (found.probability[:, 1] == TWO).all()


@pytest.mark.parametrize(
    ("said", "y", "fault"),
    [
        (np.where(TWO, np.nan, 0.5), X[:, 0], "<lambda> gives 28 of 60 rows values that are not finite, row 1 first"),
        (np.full((60, 3), np.nan), THREE, "<lambda> gives 60 of 60 rows probabilities that are not finite, row 0"),
        (np.full((60, 3), 0.5), THREE, "<lambda> gives 60 of 60 rows probabilities that are none: [0.5, 0.5, 0.5] in"),
        (np.full(60, None), NAMED, "<lambda> returned object of shape (60,) where one label a row is wanted"),
        (np.where(TWO, np.nan, 0.5), NAMED, "<lambda> gives 28 of 60 rows scores that are not finite"),
    ],
)
def test_predictions_that_are_none_are_told_not_raised(said, y, fault):
    if fault.startswith("<lambda> gives 28"):
        fault = fault.replace("28", str(int(TWO.sum()))).replace(
            "row 1 first", f"row {int(np.flatnonzero(TWO)[0])} first"
        )
    assert evaluate(lambda _: said, X, y).fault.startswith(fault)


def test_one_class_only_and_constant_predictions_are_no_fault():
    found = evaluate(lambda table: ["yes"] * len(table), X, ["yes"] * 60)
    assert (found.task, found.classes, found.fault) == ("binary", ("yes",), "")
    with pytest.raises(UsageError, match="labels of both classes"):
        evaluate(lambda table: np.full(len(table), 0.3), X, ["yes"] * 60)


def test_labels_spelt_otherwise_are_refused():
    with pytest.raises(UsageError, match="expected labels as <lambda> gives them: 0, 1, got") as caught:
        evaluate(lambda _: TWO, X, NAMED)
    assert "Hint: spell the labels as the model does" in str(caught.value)


def test_texts_may_be_the_rows():
    texts = ["good day", "bad day", "good night", "bad night"]
    y = [1, 0, 1, 0]
    model = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, y)
    for kind in (list, pd.Series, np.array, pl.Series):
        assert evaluate(model, kind(texts), y).prediction.tolist() == y


@pytest.mark.parametrize(
    ("y", "said"),
    [(TWO[:5], "60 rows, as X has"), (None, "one entry a row"), (np.full(60, np.nan), "finite numbers")],
)
def test_labels_that_do_not_fit_are_refused(y, said):
    with pytest.raises(UsageError, match=said):
        evaluate(lambda _: TWO, X, y)


def test_a_model_that_raises_is_an_error_not_an_answer():
    def broken(table):
        raise RuntimeError("no weights")

    with pytest.raises(SubjectError, match="model=broken: it raised RuntimeError"):
        evaluate(broken, X, TWO)


def test_many_whole_numbers_are_values():
    y = np.arange(60)
    assert evaluate(lambda _: np.arange(60), X, y).task == "values"
    assert evaluate(lambda _: THREE, X, THREE).task == "classes"
    assert evaluate(lambda _: THREE + 0.5, X, THREE).task == "values"
