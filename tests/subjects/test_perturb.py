from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.errors import UsageError
from mlqa.subjects.perturb import blanked, cased, noise, scaled, spaced, swapped
from mlqa.subjects.table import digest_of, read_table

DATA = {"age": [31, 47, 58], "income": [1.5, None, 3.0], "plan": ["basic", None, "Gold"]}
KINDS = {
    "pandas": lambda: pd.DataFrame(DATA, index=[7, 8, 9]),
    "polars": lambda: pl.DataFrame(DATA),
    "pyarrow": lambda: pl.DataFrame(DATA).to_arrow(),
}
MAKERS = {
    "noise": (noise("income", 0.1), "income"),
    "noise_of_whole_numbers": (noise("age", 0.1), "age"),
    "scaled": (scaled("age", 2), "age"),
    "swapped": (swapped("plan", {"basic": "Gold", "Gold": "basic"}), "plan"),
    "blanked": (blanked("plan"), "plan"),
    "blanked_number": (blanked("age"), "age"),
    "cased": (cased("plan"), "plan"),
    "spaced": (spaced("plan"), "plan"),
}


@pytest.fixture(params=KINDS, ids=str)
def table(request):
    return KINDS[request.param]()


@pytest.mark.parametrize("name", MAKERS)
def test_a_perturbation_changes_one_column_and_keeps_everything_else(name, table):
    perturb, column = MAKERS[name]
    before = digest_of(read_table(table))
    after = perturb(table)
    assert type(after) is type(table)
    assert digest_of(read_table(table)) == before
    old, new = read_table(table), read_table(after)
    assert new.columns == old.columns
    assert [c for c in old.columns if not new[c].equals(old[c])] == [column]
    if "blanked" not in name:
        assert new[column].null_count() == old[column].null_count()


@pytest.mark.parametrize("name", MAKERS)
def test_a_perturbation_says_the_same_twice(name, table):
    perturb, _ = MAKERS[name]
    assert digest_of(read_table(perturb(table))) == digest_of(read_table(perturb(table)))


def values(perturb, column):
    return read_table(perturb(KINDS["pandas"]()))[column].to_list()


def test_each_does_what_it_says():
    assert values(scaled("age", 2), "age") == [62.0, 94.0, 116.0]
    assert values(scaled("income", 10), "income") == [15.0, None, 30.0]
    assert values(swapped("plan", {"basic": "Gold", "Gold": "basic"}), "plan") == ["Gold", None, "basic"]
    assert values(cased("plan"), "plan") == ["BASIC", None, "gOLD"]
    assert values(spaced("plan"), "plan") == [" basic ", None, " Gold "]
    assert values(blanked("income"), "income") == [None, None, None]


def test_noise_has_the_scale_it_was_given():
    X = np.zeros((20_000, 2))
    moved = noise("1", 3.0)(X)
    assert (moved[:, 0] == 0).all()
    assert moved[:, 1].std() == pytest.approx(3.0, rel=0.03)
    assert not (noise("1", 3.0, seed=1)(X) == moved).all()


def test_a_categorical_column_stays_categorical():
    frame = pd.DataFrame({"plan": pd.Categorical(["a", "b", None])})
    after = swapped("plan", {"a": "b", "b": "z"})(frame)["plan"]
    assert isinstance(after.dtype, pd.CategoricalDtype)
    assert after.tolist()[:2] == ["b", "z"]
    assert blanked("plan")(frame)["plan"].isna().all()


def test_a_nullable_column_stays_nullable():
    frame = pd.DataFrame({"age": pd.array([1, 2, None], dtype="Int64")})
    assert blanked("age")(frame)["age"].dtype == "Int64"
    assert read_table(scaled("age", 2)(frame))["age"].to_list() == [2, 4, None]


@pytest.mark.parametrize(
    ("dtype", "maker"),
    [
        ("U5", swapped("0", {"a": "longer than five"})),
        (int, scaled("0", 0.5)),
        (int, blanked("0")),
        (object, cased("0")),
    ],
)
def test_an_array_makes_room_for_what_comes_in(dtype, maker):
    start = np.array([["a" if dtype in ("U5", object) else 1]], dtype=dtype)
    after = maker(start)
    assert after.shape == (1, 1)
    wanted = {"longer than five", 0.5, "A"}
    assert after[0, 0] in wanted or np.isnan(after[0, 0])


def test_a_perturbation_is_named_by_what_it_does():
    assert noise("age", 0.5).__name__ == "noise(age, 0.5)"
    assert cased("plan").__name__ == "cased(plan)"


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="did you mean 'plan'"):
        cased("plann")(KINDS["polars"]())


def test_numbers_are_wanted_where_numbers_are_changed(table):
    with pytest.raises(UsageError, match="use swapped, cased or spaced for texts"):
        noise("plan", 1.0)(table)


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf"), "1", True])
def test_a_scale_that_is_none_is_refused(scale):
    with pytest.raises(UsageError, match="expected a finite number above 0"):
        noise("age", scale)


@pytest.mark.parametrize("factor", [float("inf"), None])
def test_a_factor_that_is_none_is_refused(factor):
    with pytest.raises(UsageError, match="expected a finite number"):
        scaled("age", factor)


@pytest.mark.parametrize("mapping", [{}, ["a", "b"]])
def test_an_empty_mapping_is_refused(mapping):
    with pytest.raises(UsageError, match="a dict from old to new categories"):
        swapped("plan", mapping)


@pytest.mark.parametrize(
    "make", [blanked, cased, spaced, lambda column: noise(column, 1), lambda column: scaled(column, 2)]
)
def test_a_column_that_is_no_text_is_refused_when_the_perturbation_is_made(make):
    with pytest.raises(UsageError, match=r"^column=0: expected a column's name as text, got int\.\nHint: write '0'$"):
        make(0)
