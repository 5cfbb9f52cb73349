from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.regression.not_worse_by_slice import not_worse_by_slice
from mlqa.checks.regression.slices import slices_of
from mlqa.testing import assert_check_conforms

N = 4000


def drawn(seed=0, worse=0.15, n=N):
    """A table, a baseline with one row in ten wrong, and a new model that is worse in region 'c' only."""
    rng = np.random.default_rng(seed)
    X = pl.DataFrame({"region": rng.choice(list("abcd"), n, p=[0.5, 0.3, 0.15, 0.05]), "age": rng.normal(40, 10, n)})
    y = rng.integers(0, 2, n)
    baseline = np.where(rng.random(n) < 0.1, 1 - y, y)
    swapped = rng.random(n) < np.where(baseline == y, 0.01, 0.09)  # as many won as lost
    other = np.where(swapped, 1 - baseline, baseline)
    here = (X["region"] == "c").to_numpy() & (rng.random(n) < worse)
    return X, np.where(here, 1 - y, other), baseline, y


X, NEW, BASELINE, Y = drawn()
GOOD = drawn(worse=0.0)[1]


def test_the_slice_and_the_column_at_fault_are_named_and_no_innocent_one():
    verdict = not_worse_by_slice(NEW, BASELINE, Y, metric="accuracy", X=X)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("region",)
    assert verdict.evidence.worst[0]["slice"] == "region = 'c'"
    assert verdict.evidence.worst[0]["rows"] == (X["region"] == "c").sum()
    assert verdict.evidence.p_value == verdict.evidence.worst[0]["p_value"] <= 1e-4
    assert verdict.reason.startswith("accuracy falls by 0.1")
    assert "where region = 'c'" in verdict.reason
    assert verdict.claim == "accuracy is not lower than the baseline's in each of 8 slices"


def test_a_loss_of_one_quarter_of_a_number_is_found():
    old = (X["age"] > 50).to_numpy()
    verdict = not_worse_by_slice(np.where(old, 1 - Y, GOOD), BASELINE, Y, metric="accuracy", X=X)

    assert verdict.columns[0] == "age"
    assert "< age" in verdict.evidence.worst[0]["slice"]


def test_as_good_everywhere_passes():
    verdict = not_worse_by_slice(GOOD, BASELINE, Y, metric="accuracy", X=X, slices=["age"])

    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()
    assert verdict.reason == "no slice of 4 shows a loss at alpha 0.0001"
    assert 0 < verdict.evidence.detectable < 0.1


def test_small_slices_are_undecided_and_say_how_many_rows_they_lack():
    few = np.arange(N) < 8
    flipped = np.where(few & (np.arange(N) % 2 == 0), 1 - GOOD, GOOD)
    masks = {"few": few, "many": ~few, "none": np.zeros(N, bool)}
    verdict = not_worse_by_slice(flipped, BASELINE, Y, metric="accuracy", slices=masks)

    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason == "2 of 3 slices are too small to tell: 'few', 'none'"
    assert {row["slice"]: row["outcome"] for row in verdict.evidence.worst} == {"few": "undecided", "none": "undecided"}
    assert verdict.evidence.rows_needed == verdict.evidence.worst[0]["rows_needed"] > 0


def test_a_slice_of_one_class_cannot_be_ranked():
    verdict = not_worse_by_slice(GOOD, BASELINE, Y, metric="roc_auc", slices={"ones": Y == 1, "all": np.ones(N, bool)})

    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.worst[0]["slice"] == "ones"


@pytest.mark.parametrize("margin", [0.1, "12%"])
def test_a_margin_holds_in_each_slice(margin):
    held = not_worse_by_slice(GOOD, BASELINE, Y, metric="accuracy", X=X, slices=["age"], margin=margin)
    lost = not_worse_by_slice(*drawn(worse=0.4)[1:], metric="accuracy", X=X, slices="region", margin=margin)

    assert held.outcome is Outcome.PASS
    assert lost.outcome is Outcome.FAIL
    assert lost.columns == ("region",)


def test_every_column_of_text_numbers_truths_and_holes_is_cut():
    table = pl.DataFrame(
        {
            "many": [f"v{row % 30:02}" for row in range(600)],
            "some": [None if row % 3 == 0 else "x" for row in range(600)],
            "flag": [row % 2 == 0 for row in range(600)],
            "one": ["same"] * 600,
            "number": np.where(np.arange(600) % 10 == 0, np.nan, np.arange(600.0)),
        }
    )
    found = slices_of(None, table, 600)
    names = [part.name for part in found]

    assert sum(part.column == "many" for part in found) == 21
    assert "many has any of 10 rarer values" in names
    assert {"some = 'x'", "some is missing", "number is missing", "flag = 'true'", "flag = 'false'"} <= set(names)
    assert not [part for part in found if part.column == "one"]
    for column in ("many", "some", "flag", "number"):
        covered = np.sum([part.rows for part in found if part.column == column], axis=0)
        assert (covered == 1).all()


def test_pandas_and_polars_give_the_same():
    like = {"metric": "accuracy", "slices": ["region"]}
    one = not_worse_by_slice(NEW, BASELINE, Y, X=X, **like)

    assert not_worse_by_slice(NEW, BASELINE, Y, X=pd.DataFrame(X.to_dict(as_series=False)), **like) == one


REFUSED = {
    "no table": ({"X": None}, "slices=None: expected a mapping of names to masks, or columns of X, got no table X."),
    "another table": ({"X": X[:3]}, "expected 4000 rows, as y has, got 3 rows."),
    "an unknown column": ({"slices": ["regoin"]}, "did you mean 'region'?"),
    "no mask": ({"slices": {"odd": np.arange(N)}}, "expected a truth value a row, got other values."),
    "a short mask": ({"slices": {"odd": [True]}}, "expected 4000 rows, as y has, got 1 rows."),
    "no slice": ({"slices": {}}, "slices={}: expected a mapping of names to masks, or columns of X"),
    "a number": ({"slices": 3}, "slices=3: expected a mapping of names to masks, or columns of X"),
    "a score": ({"baseline": 0.9}, "baseline=0.9: expected one entry a row"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_name(case):
    given, message = REFUSED[case]
    with pytest.raises(UsageError) as caught:
        not_worse_by_slice(**{"new": NEW, "baseline": BASELINE, "y": Y, "metric": "accuracy", "X": X, **given})

    assert message in str(caught.value)


@pytest.mark.parametrize("new", [NEW, GOOD], ids=["fails", "passes"])
def test_it_conforms(new):
    assert_check_conforms(not_worse_by_slice, new, BASELINE, Y, metric="accuracy", X=X, groups=np.arange(N) // 2)
    assert_check_conforms(not_worse_by_slice, new[:60], BASELINE[:60], Y[:60], metric="f1_macro", X=X[:60])


def test_a_callable_metric_and_its_small_slices():
    def right(y, label):
        return float(np.mean(y == label))

    slices = {"few": np.arange(N) < 20, "c": (X["region"] == "c").to_numpy()}
    verdict = not_worse_by_slice(NEW, BASELINE, Y, metric=right, slices=slices)

    assert verdict.columns == ("c",)
    assert verdict.outcome is Outcome.FAIL
