"""Counterexamples written as tests, remembered as plain values, and asked first."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mlqa
from mlqa import Outcome, UsageError, unchanged_by
from mlqa.checks.invariance.increases_with import increases_with
from mlqa.subjects.perturb import exchanged, within

DATA = {
    "sex": ["f", "m", "f", "m"],
    "age": [31, 47, 58, 22],
    "charge": [29.85, None, 70.2, 15.0],
    "since": [datetime(2026, 1, 1), datetime(2026, 2, 1), None, datetime(2026, 3, 1, 12)],
    "text": ['say "x", then', "it's, 1", "back\\slash", "\n"],
}
KINDS = {
    "pandas": lambda: pd.DataFrame(DATA).astype({"age": "int32", "sex": "category"}),
    "polars": lambda: pl.DataFrame(DATA).cast({"age": pl.Int16}),
}


class Memory:
    """A place for counterexamples, as the plugin's fixture is one."""

    def __init__(self, recorded=()):
        self.recorded, self.offered, self.case = list(recorded), [], ""

    def offer(self, record, case):
        self.offered += [] if record is None else [record]
        self.case = case


def unfair(table):
    return (np.asarray(table["age"]) + 10 * (np.asarray(table["sex"]) == "f")) > 40


@pytest.fixture(params=KINDS, ids=str)
def table(request):
    return KINDS[request.param]()


def run_case(case, model):
    """Run a pasted test as its reader would."""
    assert len(case) <= 4000
    namespace = {}
    exec(compile(case, "test_pasted.py", "exec"), namespace)
    (name,) = [name for name in namespace if name.startswith("test_")]
    namespace[name](model)


def test_the_pasted_test_fails_on_the_model_and_passes_on_a_fair_one(table):
    kept = Memory()
    verdict = unchanged_by(unfair, table, exchanged("sex"), remembered=kept)
    assert verdict.outcome is Outcome.FAIL
    assert "def test_row_0_unchanged_by_exchanged_sex(model):" in kept.case
    with pytest.raises(AssertionError):
        run_case(kept.case, unfair)
    run_case(kept.case, lambda rows: np.asarray(rows["age"]) > 40)


def test_the_pasted_row_has_the_types_of_the_table(table):
    kept, types = Memory(), []

    def model(rows):
        types.append([str(kind) for kind in (rows.dtypes if isinstance(rows, pd.DataFrame) else rows.schema.values())])
        return unfair(rows)

    unchanged_by(model, table, exchanged("sex"), remembered=kept)
    wanted = types[0]
    types.clear()
    with pytest.raises(AssertionError):
        run_case(kept.case, model)
    assert types[0] == wanted


def test_a_pasted_test_of_an_array_and_of_a_direction():
    kept = Memory()
    X = np.array([[1.5, 2.0], [3.0, np.nan]])
    increases_with(lambda rows: -rows[:, 0], X, "0", change=0.25, remembered=kept)
    assert "before = np.array([[" in kept.case
    assert "assert mlqa.increases_with(model, before, lambda rows: after, change=0.25)" in kept.case
    namespace = {"increases_with": increases_with}
    body = kept.case.replace("mlqa.increases_with", "increases_with")
    exec(compile(body, "test_pasted.py", "exec"), namespace)
    test = next(value for name, value in namespace.items() if name.startswith("test_"))
    with pytest.raises(AssertionError):
        test(lambda rows: -rows[:, 0])
    test(lambda rows: rows[:, 0])


def test_what_is_remembered_is_json_and_asked_first(table):
    kept = Memory()
    unchanged_by(unfair, table, exchanged("sex"), remembered=kept)
    (record,) = json.loads(json.dumps(kept.offered))
    assert set(record) == {"perturb", "before", "after"}
    sizes = []

    def model(rows):
        sizes.append(len(rows))
        return unfair(rows)

    again = unchanged_by(model, table, exchanged("sex"), remembered=[record])
    assert again.outcome is Outcome.FAIL
    assert sizes[:2] == [1, 1]
    assert max(sizes) == 2
    assert again.reason.startswith(
        "1 of 1 remembered rows still change, nothing else was asked; row 0, 'exchanged(sex)'"
    )
    assert again.columns == ("sex",)
    assert (again.evidence.n, again.evidence.unit, again.evidence.high) == (1, "of remembered rows", None)


def test_what_no_longer_breaks_it_costs_two_rows_and_the_search_goes_on(table):
    kept = Memory()
    unchanged_by(unfair, table, exchanged("sex"), remembered=kept)
    fair = lambda rows: np.asarray(rows["age"]) > 40  # noqa: E731
    verdict = unchanged_by(fair, table, exchanged("sex"), remembered=kept.offered)
    assert verdict.to_json() == unchanged_by(fair, table, exchanged("sex")).to_json()


def test_what_does_not_fit_any_more_is_left_out(table):
    kept = Memory()
    unchanged_by(unfair, table, exchanged("sex"), remembered=kept)
    (record,) = kept.offered
    fair = lambda rows: np.asarray(rows["age"]) > 40  # noqa: E731
    plain = unchanged_by(fair, table, exchanged("sex")).to_json()
    other = {**record, "perturb": "another"}
    fewer = {**record, "before": {"age": 1}, "after": {"age": 2}}
    texts = {when: {**record[when], "age": "old"} for when in ("before", "after")} | {"perturb": record["perturb"]}
    for odd in (other, fewer, texts):
        assert unchanged_by(fair, table, exchanged("sex"), remembered=[odd]).to_json() == plain


def test_a_fraction_that_was_put_into_whole_numbers_comes_back_as_it_was():
    table = pd.DataFrame({"age": [38, 45], "x": [1, 2]})
    kept = Memory()
    half = lambda rows: rows["age"].to_numpy() % 1 > 0  # noqa: E731
    unchanged_by(half, table, within("age", 0.4), remembered=kept)
    assert kept.offered[0]["after"]["age"] % 1 > 0
    again = unchanged_by(half, table, within("age", 0.4), remembered=kept.offered)
    assert again.evidence.unit == "of remembered rows"


def test_a_rate_is_not_asked_of_what_was_chosen_for_being_wrong(table):
    kept = Memory()
    unchanged_by(unfair, table, exchanged("sex"), remembered=kept)
    with_memory = unchanged_by(unfair, table, exchanged("sex"), at_most=0.9, remembered=kept.offered)
    assert with_memory.to_json() == unchanged_by(unfair, table, exchanged("sex"), at_most=0.9).to_json()


@pytest.mark.parametrize(
    "given", [3, "rows", [1], [{"before": {}, "after": {}}], [{"perturb": "p", "before": 1, "after": {}}]]
)
def test_what_is_no_list_of_counterexamples_is_refused(given):
    with pytest.raises(UsageError, match="expected a list of dicts with 'perturb', 'before' and 'after'"):
        unchanged_by(unfair, KINDS["polars"](), exchanged("sex"), remembered=given)


def test_a_row_that_no_literal_writes_is_remembered_by_nobody():
    table = pl.DataFrame({"sex": ["f", "m"], "age": [31, 47], "tags": [["a"], ["b"]]})
    kept = Memory()
    assert unchanged_by(unfair, table, exchanged("sex"), remembered=kept).outcome is Outcome.FAIL
    assert (kept.offered, kept.case) == ([], "")
    dear = pl.DataFrame({"sex": ["f", "m"], "age": [31, 47], "price": pl.Series([1.25, 2.5], dtype=pl.Decimal(8, 2))})
    unchanged_by(unfair, dear, exchanged("sex"), remembered=kept)
    assert kept.offered.pop()["before"]["price"] == 1.25
    assert "decimal.Decimal(" in kept.case
    kept.case = ""
    numbered = pd.DataFrame({0: [31.0, 47.0]})
    unchanged_by(lambda rows: rows[0].to_numpy() > 40, numbered, lambda rows: rows + 20, remembered=kept)
    assert kept.case == ""
    kept.offered.clear()
    long = pl.DataFrame({"sex": ["f", "m"], "age": [31, 47], "text": ["x" * 5000] * 2})
    unchanged_by(unfair, long, exchanged("sex"), remembered=kept)
    assert kept.case == ""
    assert len(kept.offered) == 1
    assert mlqa.__version__
