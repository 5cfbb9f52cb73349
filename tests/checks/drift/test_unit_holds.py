"""unit_holds: which conversions it names, in all rows and in some; and what it leaves to drift_free."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, drift_free
from mlqa.checks.drift.unit_holds import unit_holds
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=1000):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "weight": rng.lognormal(4, 0.4, rows),
            "balance": rng.normal(50, 100, rows),
            "celsius": rng.normal(15, 8, rows).round(1),
            "city": rng.choice(["Bonn", "Rome"], rows),
        }
    )


REFERENCE, CURRENT = drawn(1), drawn(2)


def some(share, new):
    return pl.when(pl.int_range(pl.len()) < share * pl.len()).then(new).otherwise(new.meta.root_names()[0])


def test_when_units_held_then_it_passes():
    verdict = assert_check_conforms(unit_holds, REFERENCE, CURRENT)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == (
        "no change that a conversion to another unit explains is shown in any of 3 columns; "
        + verdict.reason.partition("; ")[2]
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (pl.col("weight") * 1000, "multiplied by 1000"),
        (pl.col("weight") / 60, "divided by 60"),
        (pl.col("weight") * 2.204623, "multiplied by 2.205"),
        (pl.col("celsius") * 1.8 + 32, "converted from Celsius to Fahrenheit"),
        ((pl.col("celsius") - 32) / 1.8, "converted from Fahrenheit to Celsius"),
        (pl.col("celsius") + 273.15, "converted from Celsius to kelvin"),
        (-pl.col("balance"), "turned to the opposite sign"),
        (some(0.3, pl.col("weight") * 2.204623), "multiplied by 2.205 in about 30 % of its rows"),
        (some(0.05, pl.col("weight") * 1000), "multiplied by 1000 in about 5 % of its rows"),
        (some(0.4, pl.col("weight") / 1000), "divided by 1000 in about 40 % of its rows"),
    ],
)
def test_when_a_column_was_converted_then_it_fails_and_says_how(change, words):
    name = change.meta.root_names()[0]
    verdict = assert_check_conforms(unit_holds, REFERENCE, CURRENT.with_columns(change.alias(name)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (name,)
    assert verdict.remedy == f"{name!r} looks {words}: check its unit"
    assert verdict.evidence.plot is not None
    assert drift_free(REFERENCE, CURRENT.with_columns(change.alias(name))).remedy == verdict.remedy


@pytest.mark.parametrize(
    "change", [pl.col("weight") + 40, pl.col("weight") * 1.3, pl.col("balance") * 3 - 20, pl.col("celsius") + 6]
)
def test_other_moves_are_left_to_drift_free(change):
    current = CURRENT.with_columns(change)
    assert unit_holds(REFERENCE, current).outcome is Outcome.PASS
    assert drift_free(REFERENCE, current).outcome is Outcome.FAIL


@pytest.mark.parametrize("name", ["weight", "balance", "celsius", "west"])
@pytest.mark.parametrize("code", [-999.0, 0.0, 99999.0])
@pytest.mark.parametrize("rows", [30, 200])
def test_a_code_for_missing_is_no_conversion(name, code, rows):
    reference, current = (table.with_columns((-pl.col("weight")).alias("west")) for table in (REFERENCE, CURRENT))
    coded = pl.when(pl.int_range(pl.len()) < rows).then(code).otherwise(pl.col(name)).alias(name)
    assert unit_holds(reference, current.with_columns(coded)).outcome is Outcome.PASS
    moved = drift_free(reference, current.with_columns(coded))
    assert rows < 200 or moved.columns == (name,)
    assert "check its unit" not in moved.remedy


def test_when_there_are_too_few_rows_then_it_is_undecided():
    verdict = assert_check_conforms(unit_holds, REFERENCE[:9], CURRENT[:9])
    assert verdict.outcome is Outcome.UNDECIDED


def test_without_numbers_it_is_skipped():
    verdict = assert_check_conforms(unit_holds, REFERENCE.select("city"), CURRENT.select("city"))
    assert verdict.outcome is Outcome.SKIPPED


def test_profiles_give_the_verdict_of_their_tables():
    current = CURRENT.with_columns(pl.col("weight") * 1000)
    assert unit_holds(profile(REFERENCE), profile(current)).to_json() == unit_holds(REFERENCE, current).to_json()
