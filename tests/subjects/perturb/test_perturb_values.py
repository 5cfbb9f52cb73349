"""Numbers, categories, missing values and dates changed, in every kind of table."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import UsageError
from mlqa.subjects.perturb import (
    among,
    blanked,
    exchanged,
    rounded,
    set_to,
    shifted,
    single_precision,
    unseen,
    within,
)
from mlqa.subjects.table import digest_of, read_table

DATA = {
    "age": [31, 47, 58, 47],
    "income": [1.25, None, 3.0, 2.75],
    "plan": ["basic", None, "gold", "basic"],
    "loyal": [True, False, True, False],
    "since": [datetime(2026, 1, 1, 12), None, datetime(2026, 3, 1), datetime(2026, 1, 1)],
}
KINDS = {
    "pandas": lambda: pd.DataFrame(DATA, index=[7, 8, 9, 9]),
    "polars": lambda: pl.DataFrame(DATA),
    "pyarrow": lambda: pl.DataFrame(DATA).to_arrow(),
}
MAKERS = {
    "within": (within("income", 0.1), "income"),
    "within_whole_numbers": (within("age", 0.4), "age"),
    "rounded": (rounded("income", 1), "income"),
    "exchanged": (exchanged("plan"), "plan"),
    "exchanged_truth": (exchanged("loyal"), "loyal"),
    "set_to": (set_to("plan", "gold"), "plan"),
    "set_to_fraction": (set_to("age", 12.5), "age"),
    "among": (among("plan", ["silver", "bronze"]), "plan"),
    "unseen": (unseen("plan"), "plan"),
    "blanked_some": (blanked("age", share=0.5, seed=2), "age"),
    "shifted": (shifted("since", days=7), "since"),
}


@pytest.fixture(params=KINDS, ids=str)
def table(request):
    return KINDS[request.param]()


@pytest.mark.parametrize("name", MAKERS)
def test_one_column_changes_and_everything_else_stays(name, table):
    perturb, column = MAKERS[name]
    before = digest_of(read_table(table))
    after = perturb(table)
    assert type(after) is type(table)
    assert digest_of(read_table(table)) == before
    old, new = read_table(table), read_table(after)
    assert [c for c in old.columns if not new[c].equals(old[c])] == [column]
    if "blanked" not in name:
        assert (new[column].is_null() == old[column].is_null()).all()
    assert digest_of(read_table(perturb(table))) == digest_of(new)


def values(perturb, column, kind="pandas"):
    return read_table(perturb(KINDS[kind]()))[column].to_list()


@pytest.mark.parametrize("kind", KINDS)
def test_each_does_what_it_says(kind):
    assert values(rounded("income", 1), "income", kind) == [1.2, None, 3.0, 2.8]
    assert values(exchanged("plan"), "plan", kind) == ["gold", None, "basic", "gold"]
    assert values(exchanged("age"), "age", kind) == [47, 58, 31, 58]
    assert values(exchanged("loyal"), "loyal", kind) == [False, True, False, True]
    assert values(set_to("age", 12.5), "age", kind) == [12.5] * 4
    assert values(unseen("plan"), "plan", kind) == ["mlqa-never-seen", None, "mlqa-never-seen", "mlqa-never-seen"]
    assert values(shifted("since", days=-0.5), "since", kind)[0] == datetime(2026, 1, 1)


def test_a_move_within_a_radius_never_leaves_it_and_reaches_its_ends():
    moved = within("0", 0.5)(np.zeros((20_000, 1)))
    assert np.abs(moved).max() <= 0.5
    assert moved.min() < -0.49
    assert moved.max() > 0.49
    assert not (within("0", 0.5, seed=1)(np.zeros((20_000, 1))) == moved).all()


def test_an_infinite_number_stays_infinite():
    assert within("0", 1.0)(np.array([[np.inf], [-np.inf]])).ravel().tolist() == [np.inf, -np.inf]


def test_single_precision_loses_what_a_32_bit_float_loses():
    assert single_precision("0")(np.array([[0.1, 1.0]]))[0].tolist() == [float(np.float32(0.1)), 1.0]


def test_a_column_of_one_category_stays():
    assert exchanged("a")(pl.DataFrame({"a": ["x", "x"]}))["a"].to_list() == ["x", "x"]


def test_a_share_of_values_is_taken_away():
    gone = np.isnan(blanked("0", share=0.3)(np.zeros((10_000, 1)))).mean()
    assert 0.27 < gone < 0.33


def test_a_closed_polars_category_becomes_text_where_a_new_one_comes_in():
    table = pl.DataFrame({"plan": pl.Series(["a", "b"], dtype=pl.Enum(["a", "b"]))})
    assert exchanged("plan")(table)["plan"].dtype == pl.Enum(["a", "b"])
    assert unseen("plan")(table)["plan"].to_list() == ["mlqa-never-seen"] * 2


def test_dates_move_by_whole_days_and_the_end_of_the_calendar_stays():
    table = pl.DataFrame({"on": [date(2026, 1, 31), date.max]})
    assert shifted("on", days=1)(table)["on"].to_list() == [date(2026, 2, 1), date.max]
    array = np.array([["2026-01-31"]], dtype="datetime64[D]")
    assert str(shifted("0", days=1)(array)[0, 0]).startswith("2026-02-01")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: within("a", 0), "radius=0: expected a finite number above 0"),
        (lambda: rounded("a", 0.5), "places=0.5: expected a whole number"),
        (lambda: blanked("a", share=0), "share=0: expected a share of rows in (0, 1]"),
        (lambda: among("a", []), "values=[]: expected a list of at least one value"),
        (lambda: among("a", "abc"), "values='abc': expected a list"),
        (lambda: shifted("a", days=float("inf")), "days=inf: expected a finite number of days"),
        (lambda: within(3, 1.0), "column=3: expected a column's name as text"),
        (lambda: shifted("age", days=1)(KINDS["pandas"]()), "column='age': expected a column of dates or times"),
        (lambda: within("plan", 1.0)(KINDS["polars"]()), "column='plan': expected a numeric column"),
    ],
)
def test_what_cannot_be_used_is_refused(make, said):
    with pytest.raises(UsageError) as caught:
        make()
    assert said in str(caught.value)
