from __future__ import annotations

import pickle
import types

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.linear_model import LinearRegression, LogisticRegression

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.predictor import has_probabilities, model_name, predict, probabilities

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 0, 0, 1, 1, 1])


class Both:
    def predict(self, table):
        return ["label"] * len(table)

    def predict_proba(self, table):
        return [[0.2, 0.8]] * len(table)


def raising(table):
    raise ValueError("no column 'plan'")


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, lambda x: pl.DataFrame(x, schema=["a", "b"])])
def test_the_model_is_given_the_kind_the_caller_has(kind):
    seen = []

    def model(table):
        seen.append(type(table))
        return np.zeros(table.shape[0])

    table = kind(X)
    predict(model, table)
    assert seen == [type(table)]


def test_a_fitted_classifier_gives_labels_or_probabilities():
    model = LogisticRegression().fit(X, Y)
    assert predict(model, X).tolist() == Y.tolist()
    assert predict(model, X, prefer="predict_proba").shape == (6, 2)
    assert has_probabilities(model)
    assert not has_probabilities(LinearRegression())


def test_the_other_method_is_asked_where_the_preferred_one_is_missing():
    assert predict(LinearRegression().fit(X, Y), X, prefer="predict_proba").shape == (6,)
    only = types.SimpleNamespace(predict_proba=lambda table: np.full((len(table), 2), 0.5))
    assert predict(only, X).shape == (6, 2)


def test_both_methods_are_told_apart():
    assert predict(Both(), X).tolist() == ["label"] * 6
    assert predict(Both(), X, prefer="predict_proba")[0].tolist() == [0.2, 0.8]


@pytest.mark.parametrize(
    "result",
    [
        [1] * 6,
        tuple([1] * 6),
        pd.Series([1] * 6, index=list("abcdef")),
        pl.Series([1] * 6),
        np.ones((6, 1)),
        pd.DataFrame({"p": [1] * 6}),
    ],
    ids=["list", "tuple", "pandas", "polars", "column", "frame"],
)
def test_every_kind_of_result_becomes_an_array(result):
    assert predict(lambda _: result, X).tolist() == [1] * 6


def test_a_model_that_writes_into_its_input_does_not_reach_the_callers():
    def model(table):
        table[:] = 0
        return np.zeros(len(table))

    array, frame = X.copy(), pd.DataFrame(X)
    predict(model, array)
    predict(model, frame)
    assert (array == X).all()
    assert (frame.to_numpy() == X).all()


def test_a_model_that_raises_is_named_with_its_cause():
    with pytest.raises(SubjectError) as caught:
        predict(raising, X)
    wanted = """model=raising: it raised ValueError("no column 'plan'") on 6 rows."""
    assert str(caught.value).splitlines()[0] == wanted
    assert str(caught.value).splitlines()[1].startswith("Hint: ")
    assert isinstance(caught.value.__cause__, ValueError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_method_that_raises_is_named():
    model = LogisticRegression().fit(X, Y)
    with pytest.raises(SubjectError, match=r"model=LogisticRegression: predict raised ValueError\(.*on 6 rows"):
        predict(model, X[:, :1])


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ([1, 2], "shape (2,) for 6 rows"),
        (1.0, "float for 6 rows"),
        (None, "NoneType for 6 rows"),
        (np.ones((6, 2, 2)), "shape (6, 2, 2) for 6 rows"),
        (np.ones((6, 0)), "shape (6, 0) for 6 rows"),
        ([[1], [1, 2], [1], [1], [1], [1]], "ValueError for 6 rows"),
    ],
)
def test_another_number_of_predictions_is_refused(result, said):
    with pytest.raises(SubjectError) as caught:
        predict(lambda _: result, X)
    hint = "Hint: return one prediction per row, of shape (n,) or (n, classes)"
    assert str(caught.value) == f"model=<lambda>: it returned {said}.\n{hint}"


@pytest.mark.parametrize("model", [3, "model.pkl", None, LogisticRegression, object()])
def test_what_cannot_predict_is_refused(model):
    with pytest.raises(UsageError, match="a function from a table to predictions, or an object with predict"):
        predict(model, X)


def test_a_model_is_called_by_its_name_or_class():
    assert (model_name(raising), model_name(LinearRegression())) == ("raising", "LinearRegression")


def test_a_generator_and_a_sparse_matrix_are_read():
    assert predict(lambda table: (row.sum() > 3 for row in table), X).tolist() == (X.sum(axis=1) > 3).tolist()
    assert predict(lambda _: sparse.csr_array(np.eye(6)), X).tolist() == np.eye(6).tolist()


def test_a_generator_of_another_length_or_without_end_is_refused():
    for endless in (iter(int, 1), iter([1, 2])):
        with pytest.raises(SubjectError, match="for 6 rows"):
            predict(lambda _, found=endless: found, X)


def test_texts_may_be_the_rows():
    texts = ["a", "bb", "ccc"]
    for rows in (texts, np.array(texts), pd.Series(texts), pl.Series(texts)):
        assert predict(lambda table: [len(text) for text in table], rows).tolist() == [1, 2, 3]


def test_a_model_that_adds_a_column_does_not_reach_a_callers_frame_of_polars():
    frame = pl.DataFrame({"a": [1, 2]})

    def model(table):
        table.insert_column(0, pl.Series("made", [0, 0]))
        return [0, 0]

    predict(model, frame)
    assert frame.columns == ["a"]


def test_probabilities_are_one_column_a_class():
    assert probabilities(Both(), X).shape == (6, 2)
    one = types.SimpleNamespace(predict_proba=lambda table: [0.25] * len(table))
    assert probabilities(one, X).tolist() == [[0.75, 0.25]] * 6
    with pytest.raises(UsageError, match="an object with predict_proba"):
        probabilities(LinearRegression(), X)
    named = types.SimpleNamespace(predict_proba=lambda table: ["high"] * len(table))
    with pytest.raises(SubjectError, match="return numbers, one a class"):
        probabilities(named, X)


def test_the_error_of_an_endpoint_is_shown_as_it_is():
    def model(table):
        raise SubjectError("model=far: it answered 500.\nHint: see the log")

    with pytest.raises(SubjectError) as caught:
        predict(model, X)
    assert str(caught.value) == "model=far: it answered 500.\nHint: see the log"
