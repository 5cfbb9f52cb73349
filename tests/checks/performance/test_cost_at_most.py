from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, UsageError
from mlqa.checks.performance.cost_at_most import cost_at_most
from mlqa.testing import assert_check_conforms

COSTS = {("fraud", "fine"): 100.0, ("fine", "fraud"): 1.0}


def judged(n=4000, missed=0.1, seed=0):
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < 0.05, "fraud", "fine")
    wrong = rng.random(n) < np.where(y == "fraud", missed, 0.02)
    return np.where(wrong, np.where(y == "fraud", "fine", "fraud"), y), y


def test_three_outcomes_and_the_dearest_mistake_first():
    outcomes = [cost_at_most(*judged(), costs=COSTS, limit=limit).outcome.name for limit in (0.1, 0.5, 2.0)]
    assert outcomes == ["FAIL", "UNDECIDED", "PASS"]
    worst = cost_at_most(*judged(), costs=COSTS, limit=0.1).evidence.worst[0]
    assert (worst["true"], worst["predicted"]) == ("fraud", "fine")


def test_the_mean_cost_is_counted_by_pairs_of_labels():
    prediction, y = judged()
    by_hand = np.mean([COSTS.get((truth, said), 0.0) for truth, said in zip(y, prediction, strict=True)])
    assert cost_at_most(prediction, y, costs=COSTS, limit=1).evidence.estimate == pytest.approx(by_hand)


def test_a_dear_mistake_that_was_not_seen_may_still_happen():
    y = np.tile([0, 1], 50)
    verdict = cost_at_most(y, y, costs={(1, 0): 1000.0}, limit=1.0)
    assert (verdict.outcome, verdict.evidence.estimate) == (Outcome.UNDECIDED, 0.0)
    assert verdict.evidence.high > 50


def test_an_array_of_costs_says_the_same_as_a_dict():
    prediction, y = judged()
    table = [[0.0, 1.0], [100.0, 0.0]]  # fine, fraud
    same = cost_at_most(prediction, y, costs=table, limit=0.5)
    assert same.to_json() == cost_at_most(prediction, y, costs=COSTS, limit=0.5).to_json()


def test_gains_are_negative_costs():
    y = np.tile([0, 1], 500)
    assert cost_at_most(y, y, costs=[[0.0, 5.0], [5.0, -2.0]], limit=-0.5).outcome is Outcome.PASS


@pytest.mark.parametrize("costs", [{"a": 1.0}, [[0.0, 1.0]], {(0, 1): "dear"}, [[0, np.nan], [1, 0]], "dear"])
def test_costs_that_do_not_fit_are_refused(costs):
    with pytest.raises(UsageError, match="write"):
        cost_at_most([0, 1], [0, 1], costs=costs, limit=1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_the_currency_does_not_matter(seed, rate):
    prediction, y = judged(400, seed=seed)
    plain = cost_at_most(prediction, y, costs=COSTS, limit=0.4)
    other = cost_at_most(prediction, y, costs={pair: rate * cost for pair, cost in COSTS.items()}, limit=0.4 * rate)
    assert plain.outcome is other.outcome


@pytest.mark.parametrize("limit", [0.1, 0.5, 2.0])
def test_it_conforms(limit):
    assert_check_conforms(cost_at_most, *judged(), costs=COSTS, limit=limit)
