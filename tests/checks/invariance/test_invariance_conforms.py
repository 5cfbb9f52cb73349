"""Every check of the family holds the contract, for each outcome it can give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa import Outcome, unchanged_by
from mlqa.checks.invariance.changes_at_most import changes_at_most
from mlqa.checks.invariance.decreases_with import decreases_with
from mlqa.checks.invariance.ignores_rounding import ignores_rounding
from mlqa.checks.invariance.increases_with import increases_with
from mlqa.subjects.perturb import cased, duplicated, exchanged, shuffled, within
from mlqa.testing import assert_check_conforms

PASS, FAIL, UNDECIDED, SKIPPED = Outcome.PASS, Outcome.FAIL, Outcome.UNDECIDED, Outcome.SKIPPED
X = pd.DataFrame({"age": np.linspace(18, 77.5, 120).round(1), "sex": ["f", "m"] * 60, "one": 1.0})


def by_age(rows):
    return rows["age"].to_numpy() > 40


def rising(rows):
    return rows["age"].to_numpy() + 5.0 * (rows["sex"] == "f").to_numpy()


def of_the_batch(rows):
    """A classic: scaled by what happens to be in the batch."""
    age = rows["age"].to_numpy()
    return age - age[0]


SWAP = exchanged("sex")
CASES = {
    "unchanged passes": (unchanged_by, (by_age, X, SWAP), {}, PASS, True),
    "unchanged fails": (unchanged_by, (rising, X, SWAP), {}, FAIL, True),
    "unchanged passes by rate": (unchanged_by, (by_age, X, SWAP), {"at_most": 0.2, "alpha": 0.05}, PASS, True),
    "unchanged fails by rate": (unchanged_by, (rising, X, SWAP), {"at_most": 0.2}, FAIL, True),
    "unchanged is undecided": (unchanged_by, (by_age, X, SWAP), {"at_most": 0.001}, UNDECIDED, True),
    "unchanged is skipped": (unchanged_by, (by_age, X, cased("age")), {}, SKIPPED, True),
    "around the rows, passes": (unchanged_by, (by_age, X, [shuffled(), duplicated()]), {}, PASS, True),
    "around the rows, fails": (unchanged_by, (of_the_batch, X, shuffled()), {}, FAIL, False),
    "climbs and fails": (unchanged_by, (by_age, X, within("age", 0.5)), {}, FAIL, False),
    "changes passes": (changes_at_most, (rising, X, SWAP, 5.0), {}, PASS, True),
    "changes fails": (changes_at_most, (rising, X, SWAP, 4.0), {}, FAIL, True),
    "changes is skipped": (changes_at_most, (rising, X, cased("age"), 1.0), {}, SKIPPED, True),
    "increases passes": (increases_with, (rising, X, "age"), {}, PASS, True),
    "increases fails": (increases_with, (lambda rows: -rising(rows), X, "age"), {}, FAIL, True),
    "increases is undecided": (increases_with, (rising, X, "age"), {"at_most": 0.001}, UNDECIDED, True),
    "increases is skipped": (increases_with, (rising, X, "one"), {}, SKIPPED, True),
    "decreases passes": (decreases_with, (lambda rows: -rising(rows), X, "age"), {}, PASS, True),
    "decreases fails": (decreases_with, (rising, X, "age"), {"at_most": 0.3}, FAIL, True),
    "rounding passes": (ignores_rounding, (by_age, X), {"at_most": 0.2, "alpha": 0.05}, PASS, False),
    "rounding fails": (ignores_rounding, (lambda rows: rows["age"].isin(X["age"]).to_numpy(), X), {}, FAIL, False),
    "rounding is undecided": (ignores_rounding, (by_age, X.head(40)), {}, UNDECIDED, False),
    "rounding is skipped": (ignores_rounding, (by_age, X.assign(age=X["age"].round())), {}, SKIPPED, False),
}


@pytest.mark.parametrize("name", CASES)
def test_it_conforms(name):
    check, arguments, options, outcome, order_free = CASES[name]
    verdict = assert_check_conforms(check, *arguments, order_free=order_free, **options)
    assert verdict.outcome is outcome, verdict


def test_a_prediction_that_depends_on_the_batch_says_so():
    verdict = unchanged_by(of_the_batch, X, shuffled())
    assert "'shuffled': no cell of the row changes, and that turns" in verdict.reason
    assert "it depends on the other rows" in verdict.reason
    assert verdict.remedy == "look for what the model takes from the whole batch: a mean, a rank, the order"
    assert verdict.columns == ()
    assert unchanged_by(lambda rows: rows.groupby("sex")["age"].transform("size"), X, duplicated()).outcome is FAIL
