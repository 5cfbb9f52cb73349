from __future__ import annotations

import pickle
import sys
import types

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.predictor import has_probabilities, load_model, model_name, predict

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


def test_a_model_is_loaded_from_a_module(monkeypatch):
    module = types.ModuleType("shop_models")
    module.champion = Both()
    monkeypatch.setitem(sys.modules, "shop_models", module)
    assert load_model("shop_models:champion") is module.champion
    assert load_model("shop_models:champion.predict")(X) == ["label"] * 6


def test_a_model_is_loaded_from_a_joblib_file_under_the_root(tmp_path):
    joblib = pytest.importorskip("joblib")
    joblib.dump(LinearRegression().fit(X, Y), tmp_path / "model.joblib")
    assert predict(load_model("model.joblib", root=tmp_path), X).shape == (6,)


def test_a_skops_file_is_read_by_skops(tmp_path, monkeypatch):
    (tmp_path / "model.skops").write_bytes(b"")
    fake = types.ModuleType("skops")
    fake.io = types.SimpleNamespace(load=lambda path: ("read", path.name))
    monkeypatch.setitem(sys.modules, "skops", fake)
    assert load_model("model.skops", root=tmp_path) == ("read", "model.skops")


def test_an_onnx_file_gives_labels_and_probabilities(tmp_path, monkeypatch):
    class Session:
        outputs = 2

        def __init__(self, _, **options):
            assert options == {"providers": ["CPUExecutionProvider"]}

        def get_inputs(self):
            return [types.SimpleNamespace(name="x", type="tensor(float)")]

        def get_outputs(self):
            return [None] * self.outputs

        def run(self, _, fed):
            matrix = fed["x"]
            assert matrix.dtype == np.float32
            return [matrix[:, 0] > 3, [{0: 0.25, 1: 0.75}] * len(matrix)]

    (tmp_path / "model.onnx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "onnxruntime", types.SimpleNamespace(InferenceSession=Session))
    model = load_model("model.onnx", root=tmp_path)
    assert model_name(model) == "model.onnx"
    assert predict(model, pd.DataFrame(X)).tolist() == [False, False, True, True, True, True]
    assert predict(model, X, prefer="predict_proba").shape == (6, 2)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("model", "expected 'pkg.module:attr' or a path ending in .joblib, .skops, .onnx"),
        ("no_such_module_xyz:model", "no module 'no_such_module_xyz'"),
        ("math:sqr", "did you mean 'sqrt'?"),
        ("gone.joblib", "expected a file that exists, got no file"),
    ],
)
def test_a_model_that_is_not_there_is_refused(spec, said, tmp_path):
    with pytest.raises(UsageError) as caught:
        load_model(spec, root=tmp_path)
    assert said in str(caught.value)


def test_a_damaged_file_is_refused(tmp_path):
    pytest.importorskip("joblib")
    (tmp_path / "model.joblib").write_bytes(b"not a model")
    with pytest.raises(UsageError, match=r"a readable \.joblib file"):
        load_model("model.joblib", root=tmp_path)


def test_a_missing_reader_is_named(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match="Hint: install onnxruntime"):
        load_model("model.onnx", root=tmp_path)
