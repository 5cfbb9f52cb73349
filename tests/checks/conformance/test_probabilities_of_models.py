"""The three checks of what a model said of a whole table."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from mlqa.checks.conformance.predictions_finite import predictions_finite
from mlqa.checks.conformance.probabilities_agree import probabilities_agree
from mlqa.checks.conformance.probabilities_valid import probabilities_valid
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms

RNG = np.random.default_rng(2)
SHARE = RNG.uniform(0, 1, 300)
TWO = np.column_stack([1 - SHARE, SHARE])
THREE = RNG.dirichlet([1, 1, 1], 300)
NAMES = np.array(["a", "b", "c"])


def test_probabilities_that_are_some_pass():
    for said in (TWO, THREE, SHARE, THREE.astype(np.float32), np.eye(3, dtype=int)):
        assert assert_check_conforms(probabilities_valid, said).outcome.name == "PASS"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p * 1.01, "300 of 300 rows have probabilities that are none: row 0 sums to 1.01"),
        (lambda p: np.where(np.arange(300)[:, None] == 5, np.nan, p), "1 of 300 rows have probabilities that are none: row 5 has nan"),  # noqa: E501
        (np.log, "row 0 has -"),
        (lambda p: p - np.array([0.5, -0.5]), "row "),
    ],
)  # fmt: skip
def test_probabilities_that_are_none_fail(change, said):
    verdict = assert_check_conforms(probabilities_valid, change(TWO), order_free=False)
    assert verdict.outcome.name == "FAIL"
    assert said in verdict.reason
    assert verdict.evidence.worst


def test_as_many_columns_as_classes_are_wanted():
    verdict = probabilities_valid(THREE, classes=["a", "b"])
    assert verdict.reason == "3 columns of probabilities for 2 classes"
    assert probabilities_valid(THREE, classes=NAMES).outcome.name == "PASS"


@pytest.mark.parametrize("given", [[], ["a", "b"], np.ones((2, 2, 2))])
def test_what_is_no_table_of_numbers_is_refused(given):
    with pytest.raises(UsageError, match="numbers of shape"):
        probabilities_valid(given)


def test_labels_of_the_largest_probability_agree():
    labels = NAMES[THREE.argmax(axis=1)]
    assert assert_check_conforms(probabilities_agree, labels, THREE).outcome.name == "PASS"
    assert probabilities_agree(labels, THREE, classes=NAMES).evidence.estimate == 0


@pytest.mark.parametrize("line", [0.2, 0.5, 0.9])
def test_any_line_between_two_classes_will_do(line):
    labels = np.array(["no", "yes"])[(line <= SHARE).astype(int)]
    assert probabilities_agree(labels, TWO).outcome.name == "PASS"
    assert probabilities_agree(labels, SHARE).outcome.name == "PASS"


@pytest.mark.parametrize("line", [0.03, 0.5, 0.97])
def test_columns_the_other_way_round_disagree(line):
    labels = np.array(["no", "yes"])[(line <= SHARE).astype(int)]
    verdict = assert_check_conforms(probabilities_agree, labels, TWO[:, ::-1])
    assert verdict.outcome.name == "FAIL"
    assert "labels are not what the probabilities say: row " in verdict.reason


def test_a_class_that_is_never_said_or_named_otherwise_disagrees():
    never = NAMES[1 + THREE[:, 1:].argmax(axis=1)]
    assert probabilities_agree(never, THREE, classes=NAMES).outcome.name == "FAIL"
    assert probabilities_agree(never, THREE).outcome.name == "SKIPPED"
    shifted = NAMES[(THREE.argmax(axis=1) + 1) % 3]
    assert probabilities_agree(shifted, THREE).evidence.estimate == 1.0


def test_a_few_rows_may_disagree():
    labels = NAMES[THREE.argmax(axis=1)]
    labels[:6] = NAMES[(THREE[:6].argmax(axis=1) + 1) % 3]
    verdict = probabilities_agree(labels, THREE)
    assert (verdict.outcome.name, verdict.evidence.estimate) == ("PASS", 0.02)
    assert probabilities_agree(labels, THREE, at_most=0.0).outcome.name == "FAIL"


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=500),
        RandomForestClassifier(10, random_state=0),
        CalibratedClassifierCV(SVC(), ensemble=False),
    ],
    ids=lambda model: type(model).__name__,
)
def test_classifiers_of_scikit_learn_agree(model):
    X, y = load_iris(return_X_y=True)
    for labels in (y, y == 1):
        model.fit(X, labels)
        verdict = probabilities_agree(model.predict(X), model.predict_proba(X), classes=model.classes_)
        assert verdict.outcome.name == "PASS", verdict.reason


@pytest.mark.parametrize(
    ("prediction", "probability", "options", "said"),
    [
        (["a"], TWO, {}, "labels of shape"),
        (np.ones((3, 2)), TWO[:3], {}, "labels of shape"),
        ([], [], {}, "labels of shape"),
        (["a", "b"], [["x", "y"]] * 2, {}, "expected numbers"),
        (["a", "b"], TWO[:2], {"classes": ["a"]}, "expected 2 classes"),
    ],
)
def test_what_does_not_fit_is_refused(prediction, probability, options, said):
    with pytest.raises(UsageError, match=said):
        probabilities_agree(prediction, probability, **options)


def test_predictions_that_are_none_are_counted():
    assert assert_check_conforms(predictions_finite, SHARE).outcome.name == "PASS"
    assert predictions_finite(NAMES).outcome.name == "PASS"
    assert predictions_finite(THREE).outcome.name == "PASS"
    holed = np.where(SHARE > 0.9, np.inf, SHARE)
    verdict = assert_check_conforms(predictions_finite, holed)
    assert verdict.evidence.estimate == pytest.approx((SHARE > 0.9).mean())
    assert predictions_finite(["a", None]).reason == "1 of 2 predictions are NaN, infinite or None, row 1 first"
    with pytest.raises(UsageError, match="one row at least"):
        predictions_finite([])
