from __future__ import annotations

import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from mlqa.errors import UsageError
from mlqa.subjects.loading import load_model
from mlqa.subjects.predictor import model_name, predict, probabilities

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 0, 0, 1, 1, 1])


class Both:
    def predict(self, table):
        return ["label"] * len(table)


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
    found = types.SimpleNamespace(load=lambda path, **_: ("read", path.name), get_untrusted_types=lambda **_: [])
    fake.io = found
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


RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(60, 2)), columns=["a", "b"])
TWO = (FRAME["a"] > 0).astype(int).to_numpy()


@pytest.mark.parametrize(
    ("library", "kind", "save", "name"),
    [
        ("xgboost", "XGBClassifier", lambda model, path: model.save_model(path), "model.ubj"),
        ("xgboost", "XGBClassifier", lambda model, path: model.save_model(path), "model.json"),
        ("lightgbm", "LGBMClassifier", lambda model, path: model.booster_.save_model(path), "model.txt"),
        ("catboost", "CatBoostClassifier", lambda model, path: model.save_model(path), "model.cbm"),
    ],
)
def test_a_booster_is_loaded_from_its_own_file(library, kind, save, name, tmp_path):
    options = {
        "xgboost": {"n_estimators": 5, "n_jobs": 1},
        "lightgbm": {"n_estimators": 5, "n_jobs": 1, "verbose": -1},
        "catboost": {"iterations": 5, "thread_count": 1, "verbose": 0, "allow_writing_files": False},
    }[library]
    model = getattr(pytest.importorskip(library), kind)(**options)
    model.fit(FRAME, TWO)
    save(model, str(tmp_path / name))
    again = load_model(name, root=tmp_path)
    assert (predict(again, FRAME) == np.ravel(model.predict(FRAME))).all()
    assert np.allclose(probabilities(again, FRAME), model.predict_proba(FRAME))


def test_a_skops_file_of_other_types_is_refused_unless_they_are_trusted(tmp_path):
    io = pytest.importorskip("skops.io")
    io.dump(Both(), tmp_path / "model.skops")
    name = f"{Both.__module__}.Both"
    with pytest.raises(UsageError, match="expected a file of types that skops trusts, got 1 others") as caught:
        load_model("model.skops", root=tmp_path)
    assert f"pass trusted=['{name}']" in str(caught.value)
    assert isinstance(load_model("model.skops", root=tmp_path, trusted=[name]), Both)


def test_a_registry_is_asked_through_the_function_that_is_handed_in():
    found = load_model("models:/churn@champion", registries={"models": lambda uri: ("found", uri)})
    assert found == ("found", "models:/churn@champion")
    with pytest.raises(UsageError, match=r"expected an address that is known here .*, got scheme 'models'"):
        load_model("models:/churn@champion")

    def broken(uri):
        raise RuntimeError("no such alias")

    with pytest.raises(UsageError, match="no such alias"):
        load_model("models:/churn@champion", registries={"models": broken})


@pytest.mark.parametrize(
    ("spec", "said"), [("net.pt", "load the weights there"), ("model.pkl", "write it with joblib")]
)
def test_a_pickle_of_another_kind_is_refused_with_a_way_out(spec, said):
    with pytest.raises(UsageError, match=said):
        load_model(spec)
