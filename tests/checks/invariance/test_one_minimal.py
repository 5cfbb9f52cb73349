"""Properties that hold for any tree: what is shown is minimal, and a monotone model is never blamed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.tree import DecisionTreeClassifier

from mlqa import Outcome, unchanged_by
from mlqa.checks.invariance.decreases_with import decreases_with
from mlqa.checks.invariance.increases_with import increases_with
from mlqa.subjects.perturb import together, within

SETTINGS = settings(max_examples=25, deadline=None)
D = 5


class Memory:
    recorded = ()

    def offer(self, record, case):  # noqa: ARG002
        self.record = record


@SETTINGS
@given(st.integers(0, 2**16), st.integers(1, 8), st.floats(0.05, 1.0))
def test_reverting_any_one_cell_restores_the_prediction_of_a_random_tree(salt, depth, radius):
    rng = np.random.default_rng(salt)
    X = rng.normal(size=(60, D))
    model = DecisionTreeClassifier(max_depth=depth, random_state=salt).fit(X, rng.integers(0, 3, 60))
    kept = Memory()
    verdict = unchanged_by(model, X, together(*(within(str(j), radius) for j in range(D))), remembered=kept)
    if verdict.outcome is Outcome.PASS:
        return
    before, after = (np.array([list(kept.record[when].values())]) for when in ("before", "after"))
    assert (np.abs(after - before) <= radius * (1 + 1e-9)).all()
    assert (before == X).all(axis=1).any()
    said = model.predict(before)[0]
    assert model.predict(after)[0] != said
    for cell in np.flatnonzero(before[0] != after[0]):
        reverted = after.copy()
        reverted[0, cell] = before[0, cell]
        assert model.predict(reverted)[0] == said
    assert verdict.reason.endswith("reverting any one cell restores the prediction")


@SETTINGS
@given(st.integers(0, 2**16), st.sampled_from([1, -1]))
def test_a_model_constrained_to_be_monotone_never_fails(salt, sign):
    rng = np.random.default_rng(salt)
    X = rng.normal(size=(80, 2))
    y = rng.normal(size=80)
    model = HistGradientBoostingRegressor(monotonic_cst=[sign, 0], max_iter=5, min_samples_leaf=5).fit(X, y)
    holds = increases_with if sign > 0 else decreases_with
    assert holds(model, X, "0", points=40).outcome is Outcome.PASS


@SETTINGS
@given(st.integers(0, 2**16))
def test_a_fall_on_the_grid_is_never_missed(salt):
    rng = np.random.default_rng(salt)
    X = np.column_stack([np.tile(np.arange(6.0), 5), rng.normal(size=30)])
    curve = rng.normal(size=6).cumsum()
    falls = bool((np.diff(curve) < 0).any())
    model = lambda rows: curve[rows[:, 0].round().astype(int)] + rows[:, 1]  # noqa: E731
    verdict = increases_with(model, X, "0")
    assert (verdict.outcome is Outcome.FAIL) == falls
    if falls:
        largest = max(curve[i] - curve[j] for i in range(6) for j in range(i, 6))
        by_hand = [row["prediction before"] - row["prediction after"] for row in verdict.evidence.worst[1:]]
        assert np.allclose(by_hand, largest)
