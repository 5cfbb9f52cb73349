"""Models that raise, mutate, print, answer by chance or answer nonsense get a verdict or a clear error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import MlqaError, Outcome, SubjectError, UsageError, unchanged_by
from mlqa.checks.invariance.changes_at_most import changes_at_most
from mlqa.checks.invariance.ignores_rounding import ignores_rounding
from mlqa.checks.invariance.increases_with import increases_with
from mlqa.subjects.perturb import duplicated, extra_column, shuffled, together, within
from mlqa.subjects.table import digest_of, read_table

X = pd.DataFrame({"a": np.linspace(0, 9.5, 40).round(1), "b": np.linspace(5, 1.1, 40).round(1)})
BOX = together(within("a", 0.3), within("b", 0.3))
CHECKS = {
    "unchanged_by": lambda model: unchanged_by(model, X, BOX),
    "around": lambda model: unchanged_by(model, X, [shuffled(), duplicated()]),
    "changes_at_most": lambda model: changes_at_most(model, X, BOX, 0.1),
    "increases_with": lambda model: increases_with(model, X, "a"),
    "ignores_rounding": lambda model: ignores_rounding(model, X),
}
CHANCE = np.random.default_rng(0)
BAD = {
    "raises": (lambda _: 1 / 0, r"it raised ZeroDivisionError\('division by zero'\)"),
    "raises on other rows": (lambda t: t["a"].map({0.0: 1.0}).astype(int), "it raised "),
    "returns nothing": (lambda _: None, "returned NoneType"),
    "returns too few": (lambda t: t["a"].to_numpy()[:-1], r"for \d+ rows"),
    "returns three axes": (lambda t: np.zeros((len(t), 2, 2)), "for "),
    "returns another width each time": (lambda t: np.zeros((len(t), 2 + len(t) % 7)), "predictions of shapes|classes"),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", BAD)
def test_a_broken_model_is_named(check, name):
    model, said = BAD[name]
    if name == "returns another width each time" and check in ("around", "ignores_rounding"):
        pytest.skip("always asked for batches of like size")
    with pytest.raises(MlqaError, match=said) as caught:
        CHECKS[check](model)
    assert isinstance(caught.value, (SubjectError, UsageError))
    assert "\nHint: " in str(caught.value)


@pytest.mark.parametrize("check", CHECKS)
def test_a_model_that_writes_into_its_input_reaches_no_table(check):
    before = digest_of(read_table(X))

    def model(rows):
        said = rows["a"].to_numpy(copy=True)
        rows["a"] = -1.0
        return said

    CHECKS[check](model)
    assert digest_of(read_table(X)) == before


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("said", [np.nan, np.inf, "yes", True, None])
def test_a_constant_answer_is_a_verdict_or_refused(check, said):
    try:
        verdict = CHECKS[check](lambda rows: np.array([said] * len(rows)))
    except UsageError as error:
        assert said in ("yes", None, True)
        assert "Hint" in str(error)  # noqa: PT017
    else:
        assert verdict.outcome in (Outcome.PASS, Outcome.UNDECIDED)


def test_a_model_that_answers_by_chance_is_said_to():
    verdict = unchanged_by(lambda rows: CHANCE.random(len(rows)), X, shuffled())
    assert verdict.outcome is Outcome.FAIL
    verdict = unchanged_by(lambda rows: CHANCE.random(len(rows)), X, BOX)
    assert verdict.outcome is Outcome.FAIL


def test_a_model_that_refuses_an_extra_column_is_named_and_one_that_ignores_it_passes():
    assert unchanged_by(lambda rows: rows["a"].to_numpy(), X, extra_column()).outcome is Outcome.PASS
    assert unchanged_by(lambda rows: rows.shape[1] * rows["a"].to_numpy(), X, extra_column()).outcome is Outcome.FAIL

    def strict(rows):
        if list(rows.columns) != ["a", "b"]:
            raise ValueError("columns")
        return rows["a"].to_numpy()

    with pytest.raises(SubjectError, match="it raised ValueError"):
        unchanged_by(strict, X, extra_column())


HOSTILE = {
    "one row": pl.DataFrame({"a": [1.5]}),
    "all null": pl.DataFrame({"a": [None, None]}, schema={"a": pl.Float64}),
    "all inf": pl.DataFrame({"a": [float("inf"), float("-inf")]}),
    "lists": pl.DataFrame({"a": [[1], [2]]}),
    "bytes": pl.DataFrame({"a": [b"x", b"y"]}),
    "objects": pd.DataFrame({"a": [1, "x"]}),
    "huge": pl.DataFrame({"a": [2**63, 2**63 + 1]}, schema={"a": pl.UInt64}),
    "truth with nulls": pl.DataFrame({"a": [True, None]}),
    "names": pl.DataFrame({"<script>": [1.5, 2.5], "a": [1.0, 2.0]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_gives_a_verdict_or_a_usage_error(name):
    table = HOSTILE[name]
    model = lambda rows: np.arange(len(rows)) * 0.0  # noqa: E731
    for ask in (
        lambda: unchanged_by(model, table, within("a", 0.1)),
        lambda: unchanged_by(model, table, [shuffled(), duplicated()]),
        lambda: increases_with(model, table, "a"),
        lambda: ignores_rounding(model, table),
    ):
        try:
            assert ask().outcome in (Outcome.PASS, Outcome.SKIPPED, Outcome.UNDECIDED)
        except UsageError as error:
            assert "Hint" in str(error)  # noqa: PT017 - a verdict is as good
