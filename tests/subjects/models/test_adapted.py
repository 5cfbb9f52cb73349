from __future__ import annotations

import subprocess
import sys
import types

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlqa.checks.evaluated import evaluate
from mlqa.errors import SubjectError
from mlqa.subjects.models.adapted import adapted
from mlqa.subjects.predictor import has_probabilities, model_name, predict, probabilities

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(200, 3)), columns=["a", "b", "c"])
TWO = (FRAME["a"] + FRAME["b"] > 0).astype(int).to_numpy()
THREE = np.digitize(FRAME["a"], [-0.5, 0.5])
VALUE = (FRAME["a"] * 3 + FRAME["b"]).to_numpy()
ROUNDS = 8


def xgboost_booster(objective, y, **more):
    xgboost = pytest.importorskip("xgboost")
    data = xgboost.DMatrix(FRAME, label=y)
    return xgboost.train({"objective": objective, "nthread": 1, **more}, data, ROUNDS)


def lightgbm_booster(objective, y, **more):
    lightgbm = pytest.importorskip("lightgbm")
    options = {"objective": objective, "verbose": -1, "num_threads": 1, **more}
    return lightgbm.train(options, lightgbm.Dataset(FRAME, label=y), ROUNDS)


def catboost_bare(loss, y):
    catboost = pytest.importorskip("catboost")
    options = {"loss_function": loss, "iterations": ROUNDS, "verbose": 0, "allow_writing_files": False}
    return catboost.CatBoost({**options, "thread_count": 1}).fit(FRAME, y)


BOOSTERS = {
    "xgboost binary": (lambda: xgboost_booster("binary:logistic", TWO), TWO, 2),
    "xgboost classes": (lambda: xgboost_booster("multi:softprob", THREE, num_class=3), THREE, 3),
    "xgboost values": (lambda: xgboost_booster("reg:squarederror", VALUE), VALUE, None),
    "lightgbm binary": (lambda: lightgbm_booster("binary", TWO), TWO, 2),
    "lightgbm classes": (lambda: lightgbm_booster("multiclass", THREE, num_class=3), THREE, 3),
    "lightgbm values": (lambda: lightgbm_booster("regression", VALUE), VALUE, None),
    "catboost binary": (lambda: catboost_bare("Logloss", TWO), TWO, 2),
    "catboost classes": (lambda: catboost_bare("MultiClass", THREE), THREE, 3),
    "catboost values": (lambda: catboost_bare("RMSE", VALUE), VALUE, None),
}


@pytest.mark.parametrize("name", BOOSTERS)
def test_a_raw_booster_gives_labels_and_probabilities_or_values(name):
    make, y, classes = BOOSTERS[name]
    model = make()
    found = evaluate(model, FRAME, y)
    assert found.fault == ""
    if classes is None:
        assert found.task == "values"
        assert np.corrcoef(found.prediction, y)[0, 1] > 0.8
        assert not has_probabilities(model)
    else:
        assert found.task == ("binary" if classes == 2 else "classes")
        assert found.probability.shape == (200, classes)
        assert (found.prediction == y).mean() > 0.85
        assert (found.prediction == found.probability.argmax(axis=1)).all()


@pytest.mark.parametrize("name", ["xgboost binary", "lightgbm binary", "catboost binary"])
@pytest.mark.parametrize("kind", ["polars", "numpy"])
def test_a_raw_booster_takes_tables_of_other_kinds(name, kind):
    model = BOOSTERS[name][0]()
    table = pl.from_pandas(FRAME) if kind == "polars" else FRAME.to_numpy()
    if (name, kind) == ("xgboost binary", "numpy"):
        with pytest.raises(SubjectError, match="following fields are expected"):
            predict(model, table)
        return
    assert np.allclose(probabilities(model, table), probabilities(model, FRAME))


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "catboost"])
def test_a_boosted_classifier_of_scikit_learns_kind_keeps_its_labels(name):
    module = pytest.importorskip(name)
    quiet = {"xgboost": {}, "lightgbm": {"verbose": -1}, "catboost": {"verbose": 0, "allow_writing_files": False}}[name]
    kind = {"xgboost": "XGBClassifier", "lightgbm": "LGBMClassifier", "catboost": "CatBoostClassifier"}[name]
    y = TWO if name == "xgboost" else np.array(["no", "yes"])[TWO]
    model = getattr(module, kind)(n_estimators=ROUNDS, **quiet).fit(FRAME, y)
    found = evaluate(model, FRAME, y)
    assert found.classes == tuple(np.unique(y).tolist())
    assert (found.prediction == y).mean() > 0.9
    assert found.score is not None


def test_lightgbm_is_asked_to_check_the_order_of_the_columns():
    lightgbm = pytest.importorskip("lightgbm")
    model = lightgbm.LGBMRegressor(n_estimators=ROUNDS, verbose=-1).fit(FRAME, VALUE)
    with pytest.raises(SubjectError, match="Expected 'a' at position 0 but found 'c'"):
        predict(model, FRAME[["c", "b", "a"]])
    assert predict(model, FRAME.to_numpy()).shape == (200,)


def torch_module(outputs):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout(0.5), torch.nn.Linear(4, outputs))


def test_a_torch_module_is_asked_in_evaluation_mode_and_left_in_its_own():
    module = torch_module(1)
    assert module.training
    first, second = predict(module, FRAME), predict(module, FRAME)
    assert (first == second).all()
    assert module.training
    assert first.dtype == np.float32
    assert model_name(module) == "Sequential"


def test_logits_of_a_torch_module_become_probabilities_row_by_row():
    module = torch_module(3)
    said = predict(module, pl.from_pandas(FRAME))
    assert said.shape == (200, 3)
    assert np.allclose(said.sum(axis=1), 1)
    found = evaluate(module, FRAME, THREE)
    assert found.task == "classes"
    assert (found.prediction == said.argmax(axis=1)).all()


def test_probabilities_of_a_torch_module_stay_as_they_are():
    torch = pytest.importorskip("torch")
    logits = torch_module(3).eval()
    soft = torch.nn.Sequential(logits, torch.nn.Softmax(dim=1))
    logs = torch.nn.Sequential(logits, torch.nn.LogSoftmax(dim=1))
    assert np.allclose(predict(soft, FRAME), predict(logits, FRAME), atol=1e-6)
    assert np.allclose(predict(logs, FRAME), predict(logits, FRAME), atol=1e-6)


def test_a_torch_module_that_returns_no_tensor_is_told_so():
    torch = pytest.importorskip("torch")

    class Pair(torch.nn.Module):
        def forward(self, x):
            return x, x

    with pytest.raises(SubjectError, match="returned tuple, no tensor"):
        predict(Pair(), FRAME)


def test_a_tensor_with_a_gradient_is_a_prediction():
    torch = pytest.importorskip("torch")
    weights = torch.ones(3, dtype=torch.float64, requires_grad=True)
    said = predict(lambda X: torch.as_tensor(X.to_numpy()) @ weights, FRAME)
    assert np.allclose(said, FRAME.sum(axis=1))


def onnx_of(model):
    convert = pytest.importorskip("skl2onnx").to_onnx
    pytest.importorskip("onnxruntime")
    return convert(model, FRAME.to_numpy().astype(np.float32))


def test_an_onnx_model_gives_labels_and_probabilities():
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(FRAME.to_numpy(), np.array(["no", "yes"])[TWO])
    proto = onnx_of(model)
    for subject in (proto, session_of(proto)):
        found = evaluate(subject, FRAME, np.array(["no", "yes"])[TWO])
        assert found.classes == ("no", "yes")
        assert np.allclose(found.probability, model.predict_proba(FRAME.to_numpy()), atol=1e-5)


def session_of(proto):
    return pytest.importorskip("onnxruntime").InferenceSession(proto.SerializeToString())


def test_an_adapted_onnx_model_survives_a_pickle():
    import pickle

    model = adapted(onnx_of(LogisticRegression().fit(FRAME.to_numpy(), TWO)))
    again = pickle.loads(pickle.dumps(model))
    assert (predict(again, FRAME) == predict(model, FRAME)).all()


def test_an_mlflow_pyfunc_gives_predictions_and_the_probabilities_of_the_model_inside(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow = pytest.importorskip("mlflow")
    model = LogisticRegression().fit(FRAME, TWO)
    path = str(tmp_path / "model")
    mlflow.sklearn.save_model(model, path, pip_requirements=[], serialization_format="cloudpickle")
    pyfunc = mlflow.pyfunc.load_model(path)
    found = evaluate(pyfunc, pl.from_pandas(FRAME), TWO)
    assert np.allclose(found.probability, model.predict_proba(FRAME))
    assert (found.prediction == model.predict(FRAME)).all()


def test_whatever_predicts_by_itself_stays_as_it_is():
    for model in (LogisticRegression(), len, types.SimpleNamespace(predict=len)):
        assert adapted(model) is model


def test_no_library_is_imported_to_find_out():
    code = """
import sys
from mlqa.subjects.models.adapted import adapted
adapted(len)
heavy = {"torch", "xgboost", "lightgbm", "catboost", "onnxruntime", "onnx", "mlflow", "sklearn", "pandas"}
found = heavy & {*sys.modules}
assert not found, found
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
