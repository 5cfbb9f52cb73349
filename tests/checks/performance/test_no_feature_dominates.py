from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.performance.no_feature_dominates import no_feature_dominates
from mlqa.testing import assert_check_conforms


def rows(n=800, seed=0):
    """Four columns; the label depends on the first three, and the fourth is the label with a little noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    y = X[:, :3].sum(axis=1) + 0.5 * rng.normal(size=n) > 0
    X[:, 3] = y + 0.1 * rng.normal(size=n)
    return X, y.astype(int)


def leaky(X):
    return (X[:, 3] > 0.5).astype(int)


def honest(X):
    return (X[:, :3].sum(axis=1) > 0).astype(int)


def test_a_leaked_column_is_named():
    verdict = no_feature_dominates(leaky, *rows())
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("3",))
    assert verdict.remedy == "is '3' known when the prediction is made? if not, leave it out"


def test_an_honest_model_passes_and_so_does_one_strong_but_imperfect_feature():
    assert no_feature_dominates(honest, *rows()).outcome is Outcome.PASS
    X, y = rows()
    assert no_feature_dominates(lambda X: (X[:, 0] > 0).astype(int), X, y).outcome is Outcome.PASS


def test_perfect_skill_of_several_columns_together_passes():
    X, _ = rows()
    assert no_feature_dominates(honest, X, honest(X)).outcome is Outcome.PASS


def test_values_and_probabilities_are_judged_too():
    X, y = rows()
    assert no_feature_dominates(lambda X: X[:, 3], X, X[:, 3]).outcome is Outcome.FAIL

    class Model:
        def predict(self, X):
            return leaky(X)

        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-9 * (X[:, 3] - 0.5)))
            return np.column_stack([1 - p, p])

    assert no_feature_dominates(Model(), X, y).outcome is Outcome.FAIL


def test_few_rows_are_undecided_and_one_column_is_skipped():
    X, y = rows(30)
    assert no_feature_dominates(leaky, X, y).outcome is Outcome.UNDECIDED
    X, y = rows()
    assert no_feature_dominates(lambda X: X[:, 0] > 0.5, X[:, 3:], y == 1).outcome is Outcome.SKIPPED


def test_other_rows_are_refused():
    X, y = rows()
    with pytest.raises(UsageError) as refused:
        no_feature_dominates(leaky, X, y[:10])
    assert str(refused.value).endswith("Hint: use the same rows in the same order")


@pytest.mark.parametrize("model, n", [(leaky, 500), (honest, 500), (honest, 30)])
def test_it_conforms(model, n):
    # which row gets which value depends on the order of rows that are alike
    assert_check_conforms(no_feature_dominates, model, *rows(n), order_free=model is leaky)
