"""Training rows tell what was done to a model after it was fitted."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from mlqa import UsageError
from mlqa.checks.performance.no_surer_than_trained import no_surer_than_trained
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

RNG = np.random.default_rng(0)
X = RNG.normal(size=(1500, 4))
Y = (X[:, 0] + RNG.logistic(size=1500) > 0).astype(int)
THREE = np.digitize(X[:, 0] + RNG.normal(size=1500), [-0.5, 0.5])
VALUES = np.exp(X[:, 0] * 0.3 + RNG.normal(size=1500) * 0.8)


def tempered(share, power):
    raised = share**power
    return raised / raised.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("y", [Y, THREE], ids=["two classes", "three"])
@pytest.mark.parametrize("model", [LogisticRegression(), RandomForestClassifier(30, random_state=0)], ids=str)
def test_what_was_only_fitted_is_right_or_timid(model, y):
    said = model.fit(X, y).predict_proba(X)
    assert_check_conforms(no_surer_than_trained, said, y)
    assert no_surer_than_trained(said, y).outcome is Outcome.PASS


@pytest.mark.parametrize("y", [Y, THREE], ids=["two classes", "three"])
def test_a_lost_temperature_is_found(y):
    said = tempered(LogisticRegression().fit(X, y).predict_proba(X), 4.0)
    verdict = no_surer_than_trained(said, y)
    assert verdict.outcome is Outcome.FAIL
    assert "training rows probabilities are too" in verdict.reason


def test_the_exponential_of_a_mean_logarithm_is_found():
    model = LinearRegression().fit(X, np.log(VALUES))
    verdict = no_surer_than_trained(np.exp(model.predict(X)), VALUES)
    assert verdict.outcome is Outcome.FAIL
    assert "too low" in verdict.reason


@pytest.mark.parametrize("model", [LinearRegression(), RandomForestRegressor(30, random_state=0)], ids=str)
def test_regressions_that_were_only_fitted_pass(model):
    assert no_surer_than_trained(model.fit(X, VALUES).predict(X), VALUES).outcome is Outcome.PASS


def test_a_few_rows_that_would_show_no_gross_error_decide_nothing():
    few = assert_check_conforms(no_surer_than_trained, VALUES[:2] + 5.0, VALUES[:2] + np.array([5.1, 4.9]))
    assert few.outcome is Outcome.UNDECIDED
    assert few.evidence.rows_needed > 0
    assert few.reason.startswith("of 2 training rows only an error of ")
    assert no_surer_than_trained(np.full((10, 2), 0.5), Y[:10]).outcome is Outcome.UNDECIDED


def test_more_columns_than_classes_are_refused():
    with pytest.raises(UsageError, match=r"expected 2 columns, one a class of train_y"):
        no_surer_than_trained(np.full((1500, 3), 1 / 3), Y)
