"""predict_each: the same as one ridge regression for each column."""

import numpy as np
import pytest

from mlqa.stats.block_ridge import predict_crossed, predict_each


def directly(features, own, target, train, wanted, penalty):
    others = np.delete(features, np.r_[own], axis=1)
    centre, level = others[train].mean(axis=0), target[train].mean(axis=0)
    learnt = others[train] - centre
    weights = np.linalg.solve(learnt.T @ learnt + penalty * np.eye(others.shape[1]), learnt.T @ (target[train] - level))
    return (others[wanted] - centre) @ weights + level


def test_each_column_is_predicted_from_all_but_its_own_features():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(80, 7)) @ rng.normal(size=(7, 7))
    blocks, parts = [slice(0, 2), slice(2, 5), slice(5, 7)], [slice(0, 1), slice(1, 3), slice(3, 4)]
    targets = features[:, [0, 2, 3, 6]] + 0.1 * rng.normal(size=(80, 4))
    train = rng.random(80) < 0.7
    found = predict_each(features, blocks, targets, parts, train, ~train, penalty=2.0)
    for block, part in zip(blocks, parts):
        wanted = directly(features, block, targets[:, part], train, ~train, 2.0)
        np.testing.assert_allclose(found[:, part], wanted, atol=1e-6)


def test_a_column_without_features_and_a_target_of_no_column_are_predicted_from_all():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(50, 3))
    target = features @ [[1.0], [2.0], [0.0]]
    every = np.ones(50, dtype=bool)
    found = predict_each(features, [slice(0, 0)], target, [slice(0, 1)], every, every, penalty=1e-9)
    assert found == pytest.approx(target, abs=1e-4)


def test_without_any_feature_the_mean_is_predicted():
    target = np.arange(4.0)[:, None]
    every = np.ones(4, dtype=bool)
    found = predict_each(np.zeros((4, 0)), [slice(0, 0)], target, [slice(0, 1)], every, every)
    assert found.ravel().tolist() == [1.5] * 4


@pytest.mark.parametrize("width", [2, 40])
def test_crossed_predictions_are_those_of_each_fold_with_few_features_and_with_more_than_rows(width):
    rng = np.random.default_rng(width)
    features = rng.normal(5.0, 1.0, size=(60, 3 * width))
    blocks = [slice(3 * at, 3 * at + 3) for at in range(width)]
    parts = [slice(at, at + 1) for at in range(width)]
    targets, folds = features[:, ::3].copy(), rng.integers(0, 4, 60)
    for asked in (width, 1):
        found = predict_crossed(features, blocks[:asked], targets[:, :asked], parts[:asked], folds)
        for fold in range(4):
            inside = folds == fold
            each = predict_each(features, blocks[:asked], targets[:, :asked], parts[:asked], ~inside, inside)
            np.testing.assert_allclose(found[inside], each, atol=2e-7)


def test_more_features_than_rows_give_the_same_as_the_primal_form():
    rng = np.random.default_rng(3)
    features, own = rng.normal(size=(20, 60)), [slice(3 * at, 3 * at + 3) for at in range(20)]
    targets, parts = features[:, ::3].copy(), [slice(at, at + 1) for at in range(20)]
    train = np.arange(20) < 15
    found = predict_each(features, own, targets, parts, train, ~train, penalty=2.0)
    for block, part in zip(own, parts):
        others = np.delete(features, block, axis=1)
        centred = others[train] - others[train].mean(axis=0)
        gram = centred.T @ centred + 2.0 * np.eye(centred.shape[1])
        weights = np.linalg.solve(gram, centred.T @ (targets[train, part] - targets[train, part].mean(axis=0)))
        wanted = (others[~train] - others[train].mean(axis=0)) @ weights + targets[train, part].mean(axis=0)
        np.testing.assert_allclose(found[:, part], wanted, atol=2e-7)
