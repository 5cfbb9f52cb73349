"""Pandera's schemas and models asked, of pandas and of polars; what they are not is refused."""

import pandas as pd
import polars as pl
import pytest

import mlqa
from mlqa import UsageError
from mlqa.checks.quality.pandera_schema import is_pandera, verdict_of_pandera
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms

pandas_kind = pytest.importorskip("pandera.pandas")
polars_kind = pytest.importorskip("pandera.polars")

GOOD = pd.DataFrame({"age": [1, 2, 3], "name": ["x", "y", "z"]})
BAD = pd.DataFrame({"age": [1, -2, -3], "name": ["x", None, "x"], "more": [1, 2, 3]})


def schema(kind):
    columns = {"age": kind.Column(int, kind.Check.ge(0)), "name": kind.Column(str, unique=True)}
    return kind.DataFrameSchema(columns, strict=True, name="people")


class OfPandas(pandas_kind.DataFrameModel):
    age: int = pandas_kind.Field(ge=0)
    name: str


class OfPolars(polars_kind.DataFrameModel):
    age: int = polars_kind.Field(ge=0)
    name: str


@pytest.mark.parametrize("kind", [pandas_kind, polars_kind])
@pytest.mark.parametrize("table", [GOOD, pl.from_pandas(GOOD), pl.from_pandas(GOOD).lazy()])
def test_a_table_that_fits_passes(kind, table):
    verdict = verdict_of_pandera(schema(kind), table)
    assert (verdict.outcome.name, verdict.kind, verdict.check) == ("PASS", "contract", "quality.schema_holds")
    assert verdict.claim == "the table fits the Pandera schema 'people'"
    assert (verdict.reason, verdict.evidence.n) == ("every rule of the schema holds", 3)


@pytest.mark.parametrize("kind", [pandas_kind, polars_kind])
@pytest.mark.parametrize("table", [BAD, pl.from_pandas(BAD)])
def test_broken_rules_are_named_with_their_rows(kind, table):
    verdict = assert_check_conforms(verdict_of_pandera, schema(kind), table)
    assert (verdict.outcome.name, verdict.evidence.estimate) == ("FAIL", 4.0)
    assert set(verdict.columns) == {"more", "age", "name"}
    assert verdict.columns[0] == "more"
    found = {(row["column"], row["check"]): row.get("rows") for row in verdict.evidence.worst}
    assert found["more", "extra: the schema has no such column"] is None
    assert found["age", "greater_than_or_equal_to(0)"] == 2
    assert found["name", "not_nullable"] == 1
    assert "'age': greater_than_or_equal_to(0) in 2 rows (-2)" in verdict.reason


@pytest.mark.parametrize("model", [OfPandas, OfPolars])
def test_a_model_is_asked_as_its_schema_is(model):
    assert verdict_of_pandera(model, GOOD).outcome.name == "PASS"
    verdict = assert_check_conforms(verdict_of_pandera, model, BAD.fillna({"name": "w"}))
    assert verdict.columns == ("age",)


@pytest.mark.parametrize("kind", [pandas_kind, polars_kind])
def test_a_key_of_several_columns_blames_them(kind):
    twice = GOOD.assign(age=1, name="x")
    keyed = kind.DataFrameSchema({"age": kind.Column(int), "name": kind.Column(str)}, unique=["age", "name"])
    assert set(verdict_of_pandera(keyed, twice).columns) == {"age", "name"}


def test_a_rule_over_the_whole_table_blames_no_column():
    whole = pandas_kind.DataFrameSchema({}, checks=pandas_kind.Check(lambda table: table["age"] < 3, name="young"))
    verdict = verdict_of_pandera(whole, GOOD)
    assert (verdict.outcome.name, verdict.columns) == ("FAIL", ())
    assert verdict.reason.startswith("1 rule broken: young in 1 row")


def test_a_missing_column_and_another_type_are_told():
    verdict = verdict_of_pandera(schema(polars_kind), pl.DataFrame({"age": ["a"]}))
    assert "'name': the table has no such column" in verdict.reason
    assert "'age': dtype('Int64')" in verdict.reason


def test_coercion_leaves_the_table_alone():
    coerced = pandas_kind.DataFrameSchema({"age": pandas_kind.Column(float)}, coerce=True)
    table = GOOD[["age"]].copy()
    assert assert_check_conforms(verdict_of_pandera, coerced, table).outcome.name == "PASS"
    assert table["age"].dtype.kind == "i"


def test_pandera_switched_off_is_no_pass():
    from pandera.config import config_context

    with config_context(validation_enabled=False):
        verdict = verdict_of_pandera(schema(pandas_kind), BAD)
    assert verdict.outcome.name == "SKIPPED"
    assert "switched off" in verdict.reason


def test_schema_holds_asks_it():
    given = schema(polars_kind)
    assert mlqa.schema_holds(given, BAD).to_json() == verdict_of_pandera(given, BAD).to_json()
    assert mlqa.schema_holds(OfPandas, GOOD).outcome.name == "PASS"


def test_a_profile_answers_where_it_holds_all_rows():
    assert verdict_of_pandera(schema(polars_kind), profile(GOOD)).outcome.name == "PASS"
    large = profile(pl.DataFrame({"age": range(20_000)}))
    assert verdict_of_pandera(schema(polars_kind), large).outcome.name == "SKIPPED"


def test_ours_are_told_from_theirs_without_importing():
    assert is_pandera(schema(pandas_kind))
    assert is_pandera(OfPolars)
    assert not is_pandera({"age": {}})
    assert not is_pandera(GOOD)


@pytest.mark.parametrize("given", [GOOD, {"age": "numeric"}, pandas_kind.Column(int), pandas_kind.SeriesSchema(int)])
def test_what_is_no_schema_of_tables_is_refused(given):
    with pytest.raises(UsageError, match="expected a Pandera DataFrameSchema or DataFrameModel"):
        verdict_of_pandera(given, GOOD)


def test_limits_beside_a_schema_are_refused():
    with pytest.raises(UsageError, match="allow_extra=True: expected nothing beside a Pandera schema"):
        mlqa.schema_holds(schema(pandas_kind), GOOD, allow_extra=True)
    with pytest.raises(UsageError, match="nothing beside a Pandera schema"):
        mlqa.schema_holds(schema(pandas_kind), GOOD, columns=["age"])
