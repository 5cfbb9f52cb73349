from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from mlqa.subjects.model_digest import digest_of_model

linear = pytest.importorskip("sklearn.linear_model")


def fitted(shift=0.0):
    X = np.arange(40.0).reshape(20, 2)
    return linear.LinearRegression().fit(X, X[:, 0] + shift)


def test_a_model_read_back_or_trained_again_has_the_same_digest():
    model = fitted()

    assert digest_of_model(pickle.loads(pickle.dumps(model))) == digest_of_model(model) == digest_of_model(fitted())
    assert digest_of_model(fitted(1.0)) != digest_of_model(model)


def test_what_cannot_be_pickled_is_known_by_its_parameters():
    class Local:
        def __init__(self, depth):
            self.depth = depth

        def get_params(self):
            return {"depth": self.depth}

        def __reduce__(self):
            raise TypeError("no")

    assert digest_of_model(Local(1)) == digest_of_model(Local(1)) != digest_of_model(Local(2))
    assert digest_of_model(Local(1)).startswith("params:")


def test_a_cycle_does_not_hang():
    cycle = {}
    cycle["self"] = cycle

    assert digest_of_model(cycle).startswith("params:")


def test_functions_are_known_by_their_code():
    def one(X):
        return X > 1

    def two(X):
        return X > 2

    assert digest_of_model(one) != digest_of_model(two)
    assert digest_of_model(one).startswith("code:")


def test_a_copied_torch_module_is_the_same():
    torch = pytest.importorskip("torch")
    module = torch.nn.Linear(3, 2)
    before = digest_of_model(module)

    assert digest_of_model(copy.deepcopy(module)) == before
    with torch.no_grad():
        module.bias += 1
    assert digest_of_model(module) != before
