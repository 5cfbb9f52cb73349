"""What a schema learns beyond kinds, and how far it is believed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.schema import Schema, learn_schema
from mlqa.checks.quality.schema_holds import schema_holds
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

ROWS = 500


def table(seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "count": rng.integers(0, 50, ROWS),
            "code": [str(at) for at in rng.integers(0, 900, ROWS)],
            "born": [f"19{at:02d}-05-01" for at in rng.integers(10, 99, ROWS)],
            "price": rng.normal(size=ROWS),
            **{f"c{at}": rng.choice(["yes", "no"], ROWS) for at in range(6)},
        }
    )


def first(rows: int, value, column: str) -> pl.DataFrame:
    changed = pl.when(pl.int_range(ROWS) < rows).then(value).otherwise(pl.col(column))
    return table(1).with_columns(changed.alias(column))


def told(verdict) -> list[str]:
    return [row["fault"] for row in verdict.evidence.worst]


def test_shapes_are_learned():
    columns = learn_schema(table()).columns
    assert (columns["count"].whole, columns["price"].whole) == (True, False)
    assert (columns["code"].reads, columns["born"].reads, columns["c0"].reads) == ("number", "date", None)
    assert assert_check_conforms(schema_holds, table(), table(1)).outcome is Outcome.PASS


def test_fractions_among_whole_numbers_are_a_fault_unless_few():
    verdict = assert_check_conforms(schema_holds, table(), first(40, 2.5, "count"))
    assert verdict.columns == ("count",)
    assert told(verdict) == ["40 rows with a fraction, all were whole numbers"]
    assert schema_holds(table(), first(4, 2.5, "count")).outcome is Outcome.PASS


def test_text_that_no_longer_reads_as_numbers_or_dates_is_a_fault_unless_few():
    assert told(schema_holds(table(), first(30, pl.lit("x7"), "code"))) == ["30 rows of 500 read as no number, all did"]
    assert told(schema_holds(table(), first(30, pl.lit("May"), "born"))) == ["30 rows of 500 read as no date, all did"]
    assert schema_holds(table(), first(30, pl.lit("NA"), "code")).outcome is Outcome.PASS


def test_numbers_that_arrive_as_text_say_how_many_cannot_be_read():
    current = table(1).with_columns(
        price=pl.when(pl.int_range(ROWS) < 3).then(pl.lit("12 kg")).otherwise(pl.col("price").cast(pl.String))
    )
    assert told(schema_holds(table(), current)) == [
        "kind is category, should be numeric: 3 rows of 500 read as no number"
    ]


@pytest.mark.parametrize(("rows", "outcome"), [(4, "PASS"), (10, "FAIL")])
def test_a_few_unseen_rows_in_many_closed_columns_are_believed_to_be_chance(rows, outcome):
    assert schema_holds(table(), first(rows, pl.lit("maybe"), "c3")).outcome.name == outcome


def test_a_set_of_one_value_is_closed_with_less_faith():
    before = pl.DataFrame({"c": ["yes"] * ROWS})
    current = pl.DataFrame({"c": ["yes"] * (ROWS - 9) + ["no"] * 9})
    assert schema_holds(before, current).outcome is Outcome.PASS
    assert schema_holds(before, pl.DataFrame({"c": ["yes"] * (ROWS - 40) + ["no"] * 40})).outcome is Outcome.FAIL


def test_a_profile_teaches_and_answers_as_its_table_does(tmp_path):
    current = first(40, pl.lit("maybe"), "c1")
    verdict = schema_holds(table(), current)
    assert schema_holds(profile(table()), profile(current)) == verdict
    path = profile(table()).save(tmp_path / "reference.mlqa-profile")
    assert schema_holds(type(profile(table())).load(path), current) == verdict
    assert learn_schema(profile(table())) == learn_schema(table())


def test_a_learned_schema_survives_its_plain_form():
    schema = learn_schema(table(), ranges=True)
    assert Schema.from_dict(schema.to_dict()) == schema


def test_a_schema_by_hand_may_ask_for_categories_of_numbers_and_truth_values():
    current = pl.DataFrame({"n": [1, 2, 3], "b": [True, False, True]})
    by_hand = {"n": {"categories": ["1", "2"]}, "b": {"categories": ["true"]}}
    assert told(schema_holds(by_hand, current)) == [
        "1 row outside the closed categories: '3'",
        "1 row outside the closed categories: 'false'",
    ]


def test_a_pandera_schema_is_asked_as_it_is():
    pandera = pytest.importorskip("pandera.polars")
    verdict = schema_holds(pandera.DataFrameSchema({"x": pandera.Column(int)}), pl.DataFrame({"x": [1]}))
    assert (verdict.outcome, verdict.check) == (Outcome.PASS, "quality.schema_holds")


def test_a_way_to_read_that_is_unknown_is_refused():
    with pytest.raises(UsageError, match="did you mean 'number'"):
        schema_holds({"a": {"reads": "numbers"}}, table())
