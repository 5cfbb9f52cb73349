from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier

from mlqa import Outcome, UsageError
from mlqa.checks.invariance.ignores_rounding import ignores_rounding

RNG = np.random.default_rng(4)
X = np.round(RNG.normal(50, 20, size=(1500, 4)), 2)
Y = X[:, 0] + 0.5 * X[:, 1] + RNG.normal(0, 5, 1500)


def test_sound_models_pass():
    trees = RandomForestClassifier(20, random_state=0).fit(X[:700], Y[:700] > 75)
    assert ignores_rounding(trees, X[700:]).outcome is Outcome.PASS
    boosted = HistGradientBoostingRegressor(random_state=0).fit(X[:700], Y[:700])
    verdict = ignores_rounding(boosted, X[700:])
    assert verdict.outcome is Outcome.PASS
    assert verdict.claim.startswith("at most 5 % of predictions are changed by more than ")
    assert verdict.claim.endswith("by 'a move of 0.001 of the rounding'")
    assert (verdict.check, verdict.alpha) == ("invariance.ignores_rounding", 1e-4)


def test_a_model_that_knows_its_rows_by_heart_fails():
    known = dict(zip(X[:, 0].tolist(), Y.tolist()))
    by_heart = lambda rows: np.array([known.get(value, 0.0) for value in rows[:, 0].tolist()])  # noqa: E731
    verdict = ignores_rounding(by_heart, X)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("0",))
    assert verdict.evidence.estimate > 0.9


def test_a_model_that_compares_floats_for_equality_fails():
    table = pl.DataFrame({"charge": np.round(RNG.choice([9.99, 19.99, 29.99], 600), 2), "n": np.arange(600)})
    assert ignores_rounding(lambda rows: (rows["charge"] == 19.99).to_numpy(), table).columns == ("charge",)


def test_whole_numbers_and_full_precision_are_skipped():
    table = pl.DataFrame({"n": [1, 2, 3], "x": [1 / 3, 2 / 3, 1 / 7]})
    assert ignores_rounding(lambda rows: rows["n"].to_numpy(), table).outcome is Outcome.SKIPPED


def test_few_rows_are_undecided_and_many_are_thinned():
    assert ignores_rounding(lambda rows: rows[:, 0] > 50, X[:50]).outcome is Outcome.UNDECIDED
    assert ignores_rounding(lambda rows: rows[:, 0] > 50, X, most_rows=500).evidence.n == 500


def test_predictions_that_are_all_missing_are_no_error():
    assert ignores_rounding(lambda rows: np.full(len(rows), np.nan), X).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"at_most": 0}, "at_most=0: expected a share of rows in (0, 1)"),
        ({"most_rows": 0}, "most_rows=0: expected a whole number of at least 1"),
        ({"share": 2}, "share=2: expected a share of the column's step"),
        ({"change": -1}, "change=-1: expected a number of at least 0"),
    ],
)
def test_what_cannot_be_used_is_refused(options, said):
    with pytest.raises(UsageError) as caught:
        ignores_rounding(lambda rows: rows[:, 0], X, **options)
    assert said in str(caught.value)
