"""What a choice leaves open is searched for the worst, climbing from the rows that moved furthest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, unchanged_by
from mlqa.checks.invariance.changes_at_most import changes_at_most
from mlqa.subjects.perturb import among, together, within

RNG = np.random.default_rng(8)
X = RNG.normal(size=(200, 6))
BOX = together(*(within(str(j), 0.1) for j in range(6)))


def corner(rows):
    """Turns over only where all six numbers are far up at once: chance finds it once in 10**6 moves."""
    lifted = rows - CENTRE
    return (lifted > 0.09).all(axis=1)


CENTRE = X[7]


class Sure:
    """A classifier whose probability shows the way to its corner."""

    classes_ = np.array([0, 1])

    def predict_proba(self, rows):
        far = np.clip((rows - CENTRE) / 0.1, -3, 1).mean(axis=1)
        p = 1 / (1 + np.exp(-20 * (far - 0.95)))
        return np.column_stack([1 - p, p])

    def predict(self, rows):
        return self.classes_[(self.predict_proba(rows)[:, 1] > 0.5).astype(int)]


def test_the_worst_corner_of_a_box_is_climbed_to_where_chance_finds_nothing():
    by_chance = unchanged_by(Sure().predict, X, BOX)
    assert by_chance.outcome is Outcome.PASS
    climbed = unchanged_by(Sure(), X, BOX)
    assert climbed.outcome is Outcome.FAIL
    worst = climbed.evidence.worst[0]
    assert worst["row"] == 7
    assert climbed.evidence.estimate == 1 / 200
    assert set(climbed.columns) == set("012345")


def test_probabilities_that_cannot_be_had_are_not_needed():
    class Labels(Sure):
        def predict_proba(self, rows):  # noqa: ARG002
            raise RuntimeError("fit with probability=True")

        def predict(self, rows):
            return Sure().predict(rows)

    assert unchanged_by(Labels(), X, BOX).outcome is Outcome.PASS


def test_the_largest_change_of_a_number_is_found_at_the_corner():
    weights = np.array([1.0, -2.0, 3.0, 0.0, 1.0, -1.0])
    verdict = changes_at_most(lambda rows: rows @ weights, X, BOX, 0.5)
    assert verdict.outcome is Outcome.FAIL
    reached = max(abs(row["prediction after"] - row["prediction before"]) for row in verdict.evidence.worst[1:])
    assert reached == pytest.approx(0.8, abs=1e-6)
    assert changes_at_most(lambda rows: rows @ weights, X, BOX, 0.81).outcome is Outcome.PASS


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_categories_are_searched_too_and_every_kind_says_the_same(kind):
    table = pl.DataFrame({"plan": ["a"] * 60, "city": ["x", "y", "z"] * 20, "age": [30.0, 40.0, 50.0] * 20})
    made = {"pandas": table.to_pandas, "polars": table.clone, "pyarrow": table.to_arrow}[kind]()

    def model(block):
        frame = pl.DataFrame(block) if kind != "polars" else block
        rare = (frame["plan"] == "q") & (frame["city"] == "w")
        return (frame["age"] + 10.0 * (frame["plan"] == "q") + 10.0 * (frame["city"] == "w") + 50.0 * rare).to_numpy()

    swap = together(among("plan", list("abcdefghijklmnopq")), among("city", list("uvwxyz")))
    verdict = changes_at_most(model, made, swap, 60.0)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("plan", "city")
    assert "'plan' 'a' -> 'q', 'city' 'x' -> 'w' turns 30 into 100" in verdict.reason


def test_the_climb_asks_few_times_and_only_where_no_rate_is_asked():
    sizes = []

    def model(rows):
        sizes.append(len(rows))
        return rows.sum(axis=1)

    changes_at_most(model, X, BOX, 10.0)
    assert len(sizes) <= 16
    sizes.clear()
    changes_at_most(model, X, BOX, 10.0, at_most=0.05, alpha=0.01)
    assert sizes == [200, 200]


def test_the_same_seed_climbs_the_same_way():
    one, same = (changes_at_most(lambda rows: rows.sum(axis=1) ** 2, X, BOX, 0.1, seed=3) for _ in range(2))
    assert one.to_json() == same.to_json()
    assert one.evidence.seed == 3


def test_numbers_are_moved_to_round_values_only_where_any_between_would_do():
    table = pd.DataFrame({"charge": [19.85, 20.4]})
    over = lambda block: block["charge"].to_numpy() > 20.0  # noqa: E731
    free = unchanged_by(over, table, within("charge", 0.5))
    assert free.evidence.worst[0]["'charge' after"] in (20.1, 20.2, 20.3, 20.0)
    fixed = unchanged_by(over, table, lambda block: block.assign(charge=block["charge"] + 0.3456))
    assert fixed.evidence.worst[0]["'charge' after"] == pytest.approx(20.1956)


def test_whole_numbers_stay_whole():
    table = pd.DataFrame({"age": [38, 45, 70], "x": [0.0, 1.0, 2.0]})
    verdict = unchanged_by(
        lambda block: block["age"].to_numpy() > 40, table, lambda block: block.assign(age=block["age"] + 9)
    )
    assert verdict.evidence.worst[0]["'age' after"] == 47
