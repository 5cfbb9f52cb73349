"""One fault tells one story: what explains another alarm is said once, and hides nothing else."""

import numpy as np
import polars as pl
import pytest

import mlqa
from mlqa import Outcome


@pytest.fixture(scope="module")
def pair():
    """Two samples of one source: three numbers, a category, a group of ten rows each."""
    luck = np.random.default_rng(7)

    def sample(rows, first):
        length = luck.normal(170, 9, rows)
        return pl.DataFrame(
            {
                "length": length.round(1),
                "weight": (length * 0.5 + luck.normal(0, 5, rows)).round(1),
                "income": luck.lognormal(10, 0.6, rows).round(2),
                "region": luck.choice(["north", "south", "east"], rows),
                "household": [f"h{first + place // 10}" for place in range(rows)],
            }
        )

    return sample(1000, 0), sample(1000, 1000)


def alarms(report):
    return {verdict.check: verdict.columns for verdict in report.verdicts if verdict.outcome is Outcome.FAIL}


@pytest.mark.parametrize("factor", [1000.0, 0.01, 2.54])
def test_a_change_of_unit_is_told_by_the_unit_and_by_the_drift_and_by_nothing_else(pair, factor):
    reference, current = pair
    report = mlqa.check(current.with_columns(pl.col("income") * factor).drop("household"), reference.drop("household"))
    assert alarms(report) == {"drift.unit_holds": ("income",), "drift.drift_free": ("income",)}


def test_beside_a_change_of_unit_another_column_out_of_range_is_still_told(pair):
    reference, current = pair
    far = pl.when(pl.int_range(pl.len()) < 100).then(900.0).otherwise(pl.col("length")).alias("length")
    faulty = current.with_columns(pl.col("income") * 1000, far)
    found = alarms(mlqa.check(faulty.drop("household"), reference.drop("household")))
    assert found["drift.unit_holds"] == ("income",)
    assert found["drift.range_holds"] == ("length",)


def test_copied_rows_blame_no_column_for_its_precision(pair):
    reference, current = pair
    copied = pl.concat([current.head(700), current.head(300)]).drop("household")
    found = alarms(mlqa.check(copied, reference.drop("household")))
    assert "quality.no_duplicated_rows" in found
    assert "drift.precision_holds" not in found


def test_a_column_that_is_rounded_is_told_though_rows_are_copied_too(pair):
    reference, current = pair
    rounded = current.with_columns((pl.col("length") / 20).round(0) * 20)
    copied = pl.concat([rounded.head(900), rounded.head(100)]).drop("household")
    found = alarms(mlqa.check(copied, reference.drop("household")))
    assert "quality.no_duplicated_rows" in found
    assert "length" in found["drift.precision_holds"]


@pytest.mark.parametrize("source", ["current", "reference"])
def test_copies_in_another_group_are_still_copies(pair, source):
    reference, current = pair
    rows = (current if source == "current" else reference).head(300)
    moved = rows.with_columns(pl.format("copy{}", pl.int_range(pl.len())).alias("household"))
    found = alarms(mlqa.check(pl.concat([current.tail(700), moved]), reference, group="household"))
    if source == "reference":
        assert "leakage.no_shared_rows" in found
    else:
        both = pl.concat([current, moved])
        assert "quality.no_duplicated_rows" in alarms(mlqa.check(both, reference, group="household"))
