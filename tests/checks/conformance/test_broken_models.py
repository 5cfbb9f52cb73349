"""Each check of conformance: a model that keeps the promise, one that breaks it, and the kit on both."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.checks.conformance.batch_size_ignored import batch_size_ignored
from mlqa.checks.conformance.columns_found_by_name import columns_found_by_name
from mlqa.checks.conformance.dtypes_ignored import dtypes_ignored
from mlqa.checks.conformance.duplicates_equal import duplicates_equal
from mlqa.checks.conformance.empty_table_answered import empty_table_answered
from mlqa.checks.conformance.extra_columns_ignored import extra_columns_ignored
from mlqa.checks.conformance.index_ignored import index_ignored
from mlqa.checks.conformance.input_kept import input_kept
from mlqa.checks.conformance.missing_columns_refused import missing_columns_refused
from mlqa.checks.conformance.missing_values_answered import missing_values_answered
from mlqa.checks.conformance.repeatable import repeatable
from mlqa.checks.conformance.round_trip_kept import round_trip_kept
from mlqa.checks.conformance.row_order_ignored import row_order_ignored
from mlqa.checks.conformance.same_in_another_process import same_in_another_process
from mlqa.checks.conformance.thread_safe import thread_safe
from mlqa.checks.conformance.unseen_categories_answered import unseen_categories_answered
from mlqa.testing import assert_check_conforms

RNG = np.random.default_rng(3)
TABLE = pd.DataFrame(
    {
        "age": RNG.normal(40.0, 9.0, 80),
        "visits": RNG.integers(1, 30, 80),
        "plan": pd.Categorical(RNG.choice(["basic", "plus", "zero"], 80)),
    }
)
PRICE = {"basic": 1.0, "plus": 2.0, "zero": 0.0}


class Sound:
    """Keeps every promise."""

    def features(self, X):
        plan = X["plan"].astype(str).map(PRICE).fillna(0.5).astype(float)
        return X["age"].fillna(40.0).to_numpy(float) / 10 + X["visits"].fillna(1).to_numpy(float) / 5 + plan.to_numpy()

    def predict_proba(self, X):
        share = 1 / (1 + np.exp(7 - self.features(X)))
        return np.column_stack([1 - share, share])

    def predict(self, X):
        return np.array(["no", "yes"])[(self.predict_proba(X)[:, 1] >= 0.5).astype(int)]


class Ranked(Sound):
    def features(self, X):
        return super().features(X) * 0 + X["age"].rank(pct=True).to_numpy() * 10


class Sorted(Sound):
    def features(self, X):
        return np.sort(super().features(X))


class Random(Sound):
    def features(self, X):
        return super().features(X) + np.random.default_rng().normal(size=len(X))


class Counting(Sound):
    """Its answers creep with every call."""

    calls = 0

    def features(self, X):
        type(self).calls += 1
        return super().features(X) + type(self).calls * 0.01


class Numbered(Sound):
    def features(self, X):
        return super().features(X) + np.arange(len(X)) % 2


class Aligned(Sound):
    def features(self, X):
        return (pd.Series(super().features(X)) + X["visits"]).to_numpy()[: len(X)]


class Positional(Sound):
    def features(self, X):
        return pd.to_numeric(X.iloc[:, 0], errors="coerce").fillna(0).to_numpy(float) / 8


class Summing(Sound):
    def features(self, X):
        return X.select_dtypes("number").sum(axis=1).to_numpy() / 8


class Forgiving(Sound):
    def features(self, X):
        return super().features(X.reindex(columns=["age", "visits", "plan"]))


class Coded(Sound):
    """Takes the codes of a categorical column, which are the batch's own."""

    def features(self, X):
        return X["age"].to_numpy() / 10 + X["plan"].cat.codes.to_numpy()


class Spelling(Sound):
    def features(self, X):
        return np.array([len(str(visits)) for visits in X["visits"]]) * 2.0 + 3


class Leaking(Sound):
    def features(self, X):
        return X["age"].to_numpy(float) / 10


class Dropping(Sound):
    def features(self, X):
        return super().features(X.dropna())


class Mapping(Sound):
    def features(self, X):
        return X["plan"].astype(str).map(PRICE).to_numpy(float)


class Averaging(Sound):
    def features(self, X):
        return np.array([sum(X["age"]) / len(X)] * len(X)) - 40 + super().features(X)


class Scalar(Sound):
    def predict(self, X):
        return super().predict(X) if len(X) else 0.0


class Writing(Sound):
    def features(self, X):
        X["age"] = X["age"].fillna(0) * 1.0 + 1
        return super().features(X)


class Adding(Sound):
    def features(self, X):
        X["made"] = 1
        return super().features(X)


class Hashing(Sound):
    def features(self, X):
        return np.array([hash(plan) % 13 for plan in X["plan"].astype(str)], dtype=float)


class AtHome(Sound):
    def __init__(self):
        self.home = os.getpid()

    def features(self, X):
        if os.getpid() != self.home:
            raise RuntimeError("no weights here")
        return super().features(X)


class Forgetting(Sound):
    def __init__(self):
        self.shift = 1.0

    def __getstate__(self):
        return {"shift": 0.0}

    def features(self, X):
        return super().features(X) + self.shift


class Locked(Sound):
    def __init__(self):
        self.calls = itertools.count()
        self.stays = (one for one in [1])


class Unread(Sound):
    def __setstate__(self, state):
        raise KeyError("weights")

    def __getstate__(self):
        return {"version": 1}


class Racing(Sound):
    def features(self, X):
        self.rows = X
        self.found = super().features(self.rows)
        return self.found


BREAKS = {
    row_order_ignored: (Sorted, "answers change with the rows reversed: row "),
    batch_size_ignored: (Ranked, "answers change in a call of 7: row "),
    repeatable: (Random, "of 80 answers change when asked again: row "),
    duplicates_equal: (Numbered, "answers change between a row and its copy: row "),
    index_ignored: (Aligned, "answers change with the index counting down"),
    columns_found_by_name: (Positional, "answers change with the columns reversed"),
    extra_columns_ignored: (Summing, "answers change with a column more at the end"),
    missing_columns_refused: (Forgiving, "without 'age' it answers all the same, "),
    dtypes_ignored: (Coded, "answers change with categories numbered anew"),
    missing_values_answered: (Leaking, "with a missing value in 'age' 80 of 80 answers are NaN, infinite or None"),
    unseen_categories_answered: (Mapping, "with a new category in 'plan' 80 of 80 answers are NaN"),
    empty_table_answered: (Averaging, "of no rows it raises ZeroDivisionError: "),
    input_kept: (Writing, "after it was asked, column 'age' changed"),
    round_trip_kept: (Forgetting, "answers change after a round trip through pickle"),
}
CHANCE = {repeatable}


@pytest.mark.parametrize("check", BREAKS, ids=lambda check: check.__name__)
def test_a_model_that_keeps_the_promise_passes(check):
    verdict = assert_check_conforms(check, Sound(), TABLE)
    assert verdict.outcome.name == "PASS", verdict.reason
    assert verdict.kind == "contract"


@pytest.mark.parametrize("check", BREAKS, ids=lambda check: check.__name__)
def test_a_model_that_breaks_it_fails(check):
    broken, said = BREAKS[check]
    verdict = check(broken(), TABLE) if check in CHANCE else assert_check_conforms(check, broken(), TABLE)
    assert verdict.outcome.name == "FAIL"
    assert said in verdict.reason
    assert verdict.remedy
    if "answers change" in verdict.reason:
        first = verdict.evidence.worst[0]
        assert TABLE.index[first["row"]] == first["row"]
        assert verdict.evidence.estimate > 0


@pytest.mark.parametrize(
    ("check", "broken", "said"),
    [
        (repeatable, Counting, "when asked again"),
        (dtypes_ignored, Spelling, "with whole numbers as floats"),
        (missing_values_answered, Dropping, "returned shape"),
        (missing_columns_refused, Positional, "without 'age' it answers all the same"),
        (empty_table_answered, Scalar, "returned float for 0 rows"),
        (input_kept, Adding, "the columns, column 'made' changed"),
        (columns_found_by_name, Summing, None),
        (row_order_ignored, Ranked, None),
        (repeatable, Ranked, None),
        (thread_safe, Ranked, None),
        (duplicates_equal, Ranked, None),
        (batch_size_ignored, Averaging, "in a call of 7"),
    ],
)
def test_what_else_breaks_it_or_does_not(check, broken, said):
    verdict = check(broken(), TABLE)
    if said is None:
        assert verdict.outcome.name == "PASS"
    else:
        assert verdict.outcome.name == "FAIL", verdict.reason
        assert said in verdict.reason


def test_another_process_is_asked():
    assert same_in_another_process(Sound(), TABLE).outcome.name == "PASS"
    verdict = same_in_another_process(Hashing(), TABLE)
    assert verdict.outcome.name == "FAIL"
    assert "answers change in another process: row " in verdict.reason


def test_what_raises_there_fails_and_what_cannot_be_sent_is_skipped():
    assert (
        same_in_another_process(AtHome(), TABLE).reason == "in another process it raises RuntimeError: no weights here"
    )
    for check in (same_in_another_process, round_trip_kept):
        verdict = check(Locked(), TABLE)
        assert verdict.outcome.name == "SKIPPED"
        assert "cannot pickle 'generator' object" in verdict.reason


def test_a_model_that_is_written_and_cannot_be_read_fails():
    for check in (same_in_another_process, round_trip_kept):
        verdict = check(Unread(), TABLE)
        assert verdict.outcome.name == "FAIL"
        assert "KeyError" in verdict.reason


def test_a_race_shows_among_threads():
    assert thread_safe(Sound(), TABLE).outcome.name == "PASS"
    verdict = thread_safe(Racing(), TABLE)
    assert verdict.outcome.name == "FAIL"
    assert "among" in verdict.reason


def test_the_columns_at_fault_are_named():
    assert missing_values_answered(Leaking(), TABLE).columns == ("age",)
    assert unseen_categories_answered(Mapping(), TABLE).columns == ("plan",)
    assert dtypes_ignored(Coded(), TABLE).columns == ("plan",)
    assert missing_columns_refused(Forgiving(), TABLE).columns == ("age",)
    assert input_kept(Writing(), TABLE).columns == ("age",)


@pytest.mark.parametrize(
    "check", [index_ignored, columns_found_by_name, extra_columns_ignored, missing_columns_refused]
)
def test_what_does_not_apply_to_an_array_is_skipped(check):
    verdict = assert_check_conforms(check, lambda X: X[:, 0] > 40, TABLE[["age", "visits"]].to_numpy())
    assert verdict.outcome.name == "SKIPPED"
    assert unseen_categories_answered(lambda X: X[:, 0], TABLE[["age"]].to_numpy()).outcome.name == "SKIPPED"
    assert dtypes_ignored(lambda X: X[:, 0], np.ones((3, 1), dtype=bool)).outcome.name == "SKIPPED"


def test_an_index_that_may_be_meant_is_let_alone():
    for index in (pd.date_range("2024", periods=80), pd.RangeIndex(80, name="customer")):
        verdict = index_ignored(Sound(), TABLE.set_axis(index, axis=0))
        assert verdict.outcome.name == "SKIPPED"


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
@pytest.mark.parametrize("check", [check for check in BREAKS if check is not index_ignored], ids=lambda c: c.__name__)
def test_tables_of_other_kinds_are_asked_about(check, kind):
    def sound(X):
        frame = pl.DataFrame(X) if isinstance(X, pl.DataFrame) else pl.from_arrow(X)
        plan = frame["plan"].cast(pl.String).replace_strict(PRICE, default=0.5, return_dtype=pl.Float64).fill_null(0.5)
        return frame["age"].cast(pl.Float64).fill_null(40.0) + frame["visits"].cast(pl.Float64).fill_null(1.0) + plan

    table = pl.from_pandas(TABLE)
    verdict = check(sound, table if kind == "polars" else table.to_arrow())
    assert verdict.outcome.name == "PASS", verdict.reason
