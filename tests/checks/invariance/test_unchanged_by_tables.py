from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, unchanged_by
from mlqa.subjects.perturb import blanked, cased, noise, scaled, spaced
from mlqa.subjects.table import digest_of, read_table

N = 400


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


def test_the_model_is_asked_once_for_the_original_and_once_for_all_perturbations():
    sizes = []

    def model(table):
        sizes.append(len(table))
        return by_age(table)

    unchanged_by(model, frame(), [cased("plan"), spaced("plan"), noise("income", 1.0)])
    assert sizes == [N, 3 * N]


def test_no_call_has_more_than_a_hundred_thousand_rows():
    sizes = []

    def model(X):
        sizes.append(len(X))
        return X[:, 0] > 0

    verdict = unchanged_by(model, np.ones((130_000, 1)), {"a": lambda X: X + 1, "b": lambda X: X + 2})
    assert verdict.evidence.n == 130_000
    assert max(sizes) == 100_000
    assert sum(sizes) == 3 * 130_000


def test_other_types_are_asked_apart_so_that_none_is_cast():
    types = []

    def model(table):
        types.append(str(table["age"].dtype))
        return by_age(table)

    unchanged_by(model, frame(), [scaled("age", 1.0001), cased("plan")])
    assert types[:3] == ["int64", "float64", "int64"]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "lazy", "numpy"])
def test_every_kind_of_table_gives_the_same_verdict_and_stays_as_it_is(kind):
    table = frame(kind="polars").select(pl.col("age").cast(pl.Float64), "income")
    convert = {"pandas": "to_pandas", "polars": "clone", "pyarrow": "to_arrow", "lazy": "lazy", "numpy": "to_numpy"}
    made = getattr(table, convert[kind])()
    before = digest_of(read_table(pl.DataFrame(made, schema=["age", "income"]) if kind == "numpy" else made))
    column = "0" if kind == "numpy" else "age"

    def model(X):
        return np.asarray(X[:, 0] if kind == "numpy" else X["age"]) > 40

    verdict = unchanged_by(model, made, [noise(column, 20.0), scaled(column, 1.01)], at_most=0.01)
    after = digest_of(read_table(pl.DataFrame(made, schema=["age", "income"]) if kind == "numpy" else made))
    assert before == after
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.n == N
    assert verdict.columns == (column,)


def test_writing_perturbations_and_models_do_not_reach_the_table():
    rows = frame()
    before = digest_of(read_table(rows))

    def perturb(table):
        table["plan"] = "gold"
        return table

    def model(table):
        result = by_plan(table)
        table["plan"] = "overwritten"
        return result

    assert unchanged_by(model, rows, perturb).outcome is Outcome.FAIL
    assert digest_of(read_table(rows)) == before


def test_a_missing_value_that_stays_missing_is_no_change():
    table = pd.DataFrame({"plan": ["a", None], "x": [1.0, np.nan]})
    verdict = unchanged_by(lambda t: t["plan"].isna().to_numpy(), table, [cased("plan"), scaled("x", 2.0)])
    assert (verdict.outcome, verdict.evidence.n) == (Outcome.PASS, 1)
    assert unchanged_by(lambda t: t["plan"].isna().to_numpy(), table, blanked("plan")).columns == ("plan",)
