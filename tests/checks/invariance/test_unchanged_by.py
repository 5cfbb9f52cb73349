from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa import Outcome, unchanged_by
from mlqa.subjects.perturb import cased, noise, scaled, spaced, swapped

N = 400
SETTINGS = settings(max_examples=40, deadline=None)


def frame(rows: int = N, kind: str = "pandas"):
    rng = np.random.default_rng(3)
    data = {
        "age": rng.integers(18, 80, rows),
        "income": rng.normal(40_000, 9_000, rows),
        "plan": rng.choice(["basic", "plus"], rows).tolist(),
    }
    return pd.DataFrame(data) if kind == "pandas" else pl.DataFrame(data)


def by_age(table):
    return np.asarray(table["age"]) > 40


def by_plan(table):
    return ["leaves" if plan == "basic" else "stays" for plan in table["plan"]]


def by_age_and_plan(table):
    return (np.asarray(table["age"]) > 40) & np.array([plan == "BASIC" for plan in table["plan"]])


def flipping(rate: float, rows: int):
    """A model and rows of which exactly a share change when 1 is added."""
    X = np.zeros((rows, 2))
    X[: round(rate * rows), 1] = 1
    return (lambda X: (X[:, 0] > 0) & (X[:, 1] > 0)), X, lambda X: X + np.array([1, 0])


def test_a_model_that_ignores_the_change_passes_and_says_how_rare_one_can_be():
    verdict = unchanged_by(by_age, frame(2995), cased("plan"))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "0 of 2995: rate below 0.001 at 95 %"
    assert (verdict.check, verdict.kind, verdict.columns) == ("invariance.unchanged_by", "contract", ())
    assert (verdict.evidence.estimate, verdict.evidence.n, verdict.evidence.limit) == (0.0, 2995, 0.0)
    assert verdict.evidence.high == pytest.approx(1 - 0.05 ** (1 / 2995))


def test_one_changed_prediction_fails_and_is_shrunk_to_its_cell():
    def everything(table):
        return table.assign(plan=table["plan"].str.upper(), income=table["income"] + 1)

    verdict = unchanged_by(by_plan, frame(), everything)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("plan",)
    worst = {key: value for key, value in verdict.evidence.worst[0].items() if key != "pytest"}
    row = worst["row"]
    assert worst == {
        "row": row,
        "perturb": "everything",
        "prediction before": "leaves",
        "prediction after": "stays",
        "cells changed": 1,
        "'plan' before": "basic",
        "'plan' after": "BASIC",
    }
    told = f"row {row}, 'everything': 'plan' 'basic' -> 'BASIC' turns 'leaves' into 'stays'"
    assert verdict.reason.endswith(f"{told}; reverting any one cell restores the prediction")
    assert len(verdict.evidence.worst) == 10


def test_a_counterexample_that_needs_two_cells_keeps_two():
    def everything(table):
        return table.assign(plan=table["plan"].str.upper(), income=0.0, age=41)

    rows = frame().query("age <= 40 and plan == 'basic'")
    verdict = unchanged_by(by_age_and_plan, rows, everything)
    assert verdict.columns == ("age", "plan")
    assert verdict.evidence.worst[0]["cells changed"] == 2


def test_the_row_with_the_fewest_changed_cells_is_shown_first():
    X = np.zeros((3, 3))

    def perturb(table):
        return table + np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0]])

    verdict = unchanged_by(lambda table: table[:, 0] > 0, X, perturb)
    assert [row["row"] for row in verdict.evidence.worst] == [1, 2, 0]


def test_the_largest_change_of_a_number_is_shown_first():
    X = np.array([[1.0], [5.0], [3.0]])
    verdict = unchanged_by(lambda table: table[:, 0], X, scaled("0", 2))
    assert [row["row"] for row in verdict.evidence.worst] == [1, 2, 0]
    assert verdict.evidence.worst[0]["prediction after"] == 10.0


def test_a_limit_above_zero_makes_it_statistical_and_passes_within():
    model, X, perturb = flipping(0.01, 2000)
    verdict = unchanged_by(model, X, perturb, at_most=0.05, alpha=0.01)
    assert verdict.outcome is Outcome.PASS
    assert verdict.alpha == 0.01
    assert (verdict.evidence.estimate, verdict.evidence.limit) == (0.01, 0.05)
    assert verdict.evidence.level == pytest.approx(0.98)
    assert verdict.evidence.p_value == pytest.approx(stats.binomtest(20, 2000, 0.05, "greater").pvalue)
    assert verdict.evidence.detectable > 0.05


def test_a_rate_beyond_the_limit_fails():
    model, X, perturb = flipping(0.2, 2000)
    verdict = unchanged_by(model, X, perturb, at_most=0.05)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.low > 0.05
    assert "400 of 2000 rows change: the interval is above the limit 0.05" in verdict.reason
    assert verdict.columns == ("0",)


def test_a_rate_near_the_limit_is_undecided_and_says_what_would_decide():
    model, X, perturb = flipping(0.04, 100)
    verdict = unchanged_by(model, X, perturb, at_most=0.05, alpha=0.05)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.columns == ()
    more = verdict.evidence.rows_needed
    model, X, perturb = flipping(0.04, 2 * (100 + more))
    assert unchanged_by(model, X, perturb, at_most=0.05, alpha=0.05).outcome is Outcome.PASS


def test_a_perturbation_that_changes_no_cell_is_skipped():
    verdict = unchanged_by(by_plan, frame(), swapped("plan", {"gold": "plus"}))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "'swapped(plan)' changes no cell of 400 rows: nothing was asked"


def test_one_of_several_that_changes_no_cell_is_named():
    perturb = [swapped("plan", {"gold": "plus"}), noise("income", 1.0)]
    verdict = unchanged_by(by_plan, frame(), perturb)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason.endswith("'swapped(plan)' changes no cell")


def test_only_touched_rows_count():
    rows = frame()
    verdict = unchanged_by(by_plan, rows, swapped("plan", {"basic": "plus"}))
    assert verdict.evidence.n == (rows["plan"] == "basic").sum()
    assert verdict.evidence.estimate == 1.0


def test_a_row_that_several_perturbations_change_counts_once():
    model, X, perturb = flipping(0.1, 100)
    verdict = unchanged_by(model, X, {"a": perturb, "b": perturb}, at_most=0.5)
    assert (verdict.evidence.n, verdict.evidence.estimate) == (100, 0.1)


def test_perturbations_are_named_in_the_claim():
    assert unchanged_by(by_age, frame(), {"in capitals": cased("plan")}).claim == (
        "no prediction is changed by 'in capitals'"
    )
    limited = unchanged_by(by_age, frame(), [cased("plan"), spaced("plan")], at_most=0.01, alpha=0.05)
    assert limited.claim == "at most 1 % of predictions are changed by 'cased(plan)', 'spaced(plan)'"


def test_numbers_that_differ_by_rounding_are_unchanged():
    X = np.random.default_rng(0).normal(size=(200, 5))

    def model(table):
        return table[:, 0] * 1e6 + 1e-9 * table[:, 1]

    assert unchanged_by(model, X, noise("1", 1e-3)).outcome is Outcome.PASS
    assert unchanged_by(model, X, noise("0", 1e-3)).outcome is Outcome.FAIL


def test_a_missing_prediction_equals_a_missing_one_and_nothing_else():
    X = np.array([[1.0], [2.0]])
    assert unchanged_by(lambda t: np.full(len(t), np.nan), X, scaled("0", 2)).outcome is Outcome.PASS
    verdict = unchanged_by(lambda t: np.where(t[:, 0] > 3, np.nan, 0.0), X, scaled("0", 2))
    assert (verdict.outcome, verdict.evidence.estimate) == (Outcome.FAIL, 0.5)


def test_change_is_the_largest_change_of_a_number_that_is_accepted():
    X = np.arange(10.0).reshape(-1, 1)
    model = lambda table: table[:, 0]  # noqa: E731
    assert unchanged_by(model, X, lambda t: t + 0.5, change=0.5).outcome is Outcome.PASS
    assert unchanged_by(model, X, lambda t: t + 0.5, change=0.49).outcome is Outcome.FAIL


def test_with_change_a_classifier_is_asked_for_probabilities():
    class Model:
        def predict(self, table):
            return np.zeros(len(table))

        def predict_proba(self, table):
            p = 1 / (1 + np.exp(-table[:, 0]))
            return np.column_stack([1 - p, p])

    X = np.zeros((20, 1))
    assert unchanged_by(Model(), X, lambda t: t + 1).outcome is Outcome.PASS
    verdict = unchanged_by(Model(), X, lambda t: t + 1, change=0.1)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["class"] == 0
    assert "turns 0.5 into 0.2689 (class 0)" in verdict.reason


def test_with_columns_the_perturbation_sees_those_only():
    seen = []

    def perturb(table):
        seen.append(list(table.columns))
        return table * 2

    for kind in ("pandas", "polars"):
        verdict = unchanged_by(by_age, frame(kind=kind), perturb, columns=["income"])
        assert verdict.outcome is Outcome.PASS
    assert seen == [["income"], ["income"]]
    moved = unchanged_by(lambda X: X[:, 1] > 0, np.ones((5, 2)), lambda X: -X, columns=["1"])
    assert (moved.outcome, moved.columns) == (Outcome.FAIL, ("1",))


def test_a_perturbation_that_takes_a_seed_is_given_it():
    def jitter(table, seed):
        return table + np.random.default_rng(seed).normal(size=table.shape)

    X = np.linspace(-2, 2, 200).reshape(-1, 1)
    model = lambda table: table[:, 0] > 0  # noqa: E731
    one, same, other = (unchanged_by(model, X, jitter, seed=seed) for seed in (1, 1, 2))
    assert one.to_json() == same.to_json() != other.to_json()
    assert (one.evidence.seed, unchanged_by(model, X, scaled("0", 2)).evidence.seed) == (1, None)


@SETTINGS
@given(st.integers(0, 200), st.floats(0.01, 0.5), st.floats(0.0, 0.4), st.sampled_from([0.05, 1e-4]))
def test_a_looser_limit_never_turns_a_pass_into_a_fail(hits, limit, looser, alpha):
    model, X, perturb = flipping(hits / 200, 200)
    one = unchanged_by(model, X, perturb, at_most=limit, alpha=alpha)
    other = unchanged_by(model, X, perturb, at_most=limit + looser, alpha=alpha)
    ranks = {Outcome.FAIL: 0, Outcome.UNDECIDED: 1, Outcome.PASS: 2}
    assert ranks[other.outcome] >= ranks[one.outcome]


@SETTINGS
@given(st.integers(1, 60), st.randoms(use_true_random=False))
def test_the_rate_is_the_one_that_is_counted_by_hand(rows, random):
    X = np.array([[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(rows)])
    model = lambda table: np.sign(table[:, 0])  # noqa: E731
    by_hand = np.mean(np.sign(X[:, 0]) != np.sign(X[:, 0] + 0.3))
    verdict = unchanged_by(model, X, lambda table: table + 0.3)
    assert verdict.evidence.estimate == pytest.approx(by_hand)
    assert (verdict.outcome is Outcome.FAIL) == (by_hand > 0)
