"""drift_free: what passes, fails, cannot be told, is left out or refused."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, UsageError, drift_free


def sample(seed, rows=600):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": rng.normal(40, 10, rows),
            "fare": rng.lognormal(3, 1, rows),
            "stops": rng.integers(0, 5, rows),
            "late": np.where(rng.random(rows) < 0.9, 0.0, rng.exponential(5, rows)),
            "city": rng.choice(["Bonn", "Rome", "Oslo"], rows, p=[0.5, 0.3, 0.2]),
            "vip": rng.random(rows) < 0.3,
        }
    )


REFERENCE, CURRENT = sample(1), sample(2)


def moved(**columns):
    return drift_free(REFERENCE, CURRENT.with_columns(**columns))


def some(share, value, column):
    return pl.when(pl.int_range(pl.len()) < share * pl.len()).then(value).otherwise(pl.col(column))


def test_when_nothing_moved_then_it_passes_and_says_what_it_would_have_seen():
    verdict = drift_free(REFERENCE, CURRENT)
    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()
    assert 0.1 < verdict.evidence.detectable < 0.3
    assert verdict.evidence.unit == "KS distance"
    assert re.fullmatch(
        r"no move larger than 0\.02 is shown in any of 6 columns; '\w+' comes nearest, "
        r"but p = [\d.]+ is above alpha 0\.0001",
        verdict.reason,
    )


@pytest.mark.parametrize(
    ("name", "change", "test"),
    [
        ("age", pl.col("age") + 8, "location"),
        ("age", 40 + (pl.col("age") - 40) * 2.5, "spread"),
        ("stops", some(0.06, -999, "stops"), "range"),
        ("late", some(0.08, 3.0, "late"), "value"),
        ("fare", some(0.05, pl.col("fare") * 1e5, "fare"), "range"),
        ("city", some(0.3, pl.lit("Rome"), "city"), "category"),
        ("city", some(0.06, pl.lit("Lima"), "city"), "category"),
        ("vip", pl.lit(True), "category"),
        ("age", pl.lit(None).cast(pl.Float64), "emptied"),
        ("age", some(0.1, pl.lit("n/a"), "age").cast(pl.String), "unreadable"),
    ],
)
def test_when_one_column_moved_then_it_fails_and_names_it_with_the_test(name, change, test):
    verdict = moved(**{name: change})
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (name,)
    assert verdict.evidence.worst[0]["column"] == name
    assert verdict.evidence.worst[0]["test"] == test
    assert verdict.evidence.p_value <= verdict.alpha
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high


def test_when_a_category_is_new_then_the_example_names_it():
    worst = moved(city=some(0.1, pl.lit("Lima"), "city")).evidence.worst[0]
    assert worst["what"] == "share of 'Lima'"
    assert (worst["reference"], worst["current"]) == (0.0, 0.1)


@pytest.mark.parametrize(
    ("factor", "words"), [(1000, "multiplied by 1000"), (1 / 12, "divided by 12"), (2.54, "multiplied by 2.54")]
)
def test_when_a_unit_changed_then_the_remedy_says_by_how_much(factor, words):
    verdict = moved(age=pl.col("age") * factor)
    assert verdict.remedy == f"'age' looks {words}: check its unit"


def test_when_a_column_only_moved_by_a_shift_then_no_unit_is_blamed():
    assert moved(age=pl.col("age") + 15).remedy.startswith("look at where 'age' comes from")


def test_the_worst_column_comes_first():
    verdict = moved(age=pl.col("age") + 4, fare=pl.col("fare") * 1000)
    assert verdict.columns == ("fare", "age")


def test_when_many_rows_show_a_move_that_does_not_matter_then_it_passes():
    rng = np.random.default_rng(0)
    before = pl.DataFrame({"x": rng.normal(size=60_000)})
    after = pl.DataFrame({"x": rng.normal(0.04, 1, size=60_000)})
    verdict = drift_free(before, after)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "no move larger than 0.02 is shown in 1 column; smaller ones are shown in 'x'"
    assert drift_free(before, after, min_effect=0.0).outcome is Outcome.FAIL


def test_values_beyond_the_reference_fail_whatever_their_share():
    rng = np.random.default_rng(0)
    before, after = rng.normal(size=20_000), rng.normal(size=20_000)
    after[:50] = 99.0
    verdict = drift_free(pl.DataFrame({"x": before}), pl.DataFrame({"x": after}))
    assert verdict.evidence.estimate < 0.02
    assert verdict.columns == ("x",)


def test_when_there_are_too_few_rows_then_it_is_undecided_and_says_how_many_would_do():
    verdict = drift_free(REFERENCE[:10], CURRENT[:10])
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 50
    rows = 10 + verdict.evidence.rows_needed // 2
    assert drift_free(REFERENCE[:rows], CURRENT[:rows]).outcome is Outcome.PASS


def test_what_is_left_out_is_said_with_the_reason():
    extra = {"day": pl.lit(dt.date(2020, 1, 1)), "id": pl.int_range(pl.len()).cast(pl.String), "none": pl.lit(None)}
    verdict = drift_free(REFERENCE.with_columns(**extra), CURRENT.with_columns(**extra))
    assert verdict.reason.endswith(
        "; left out: 'day' (a time), 'id' (nearly every value distinct), 'none' (no value in the reference)"
    )


def test_when_nothing_can_be_compared_then_it_is_skipped():
    table = pl.DataFrame({"day": [dt.date(2020, 1, 1)] * 9})
    verdict = drift_free(table, table)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "no column can be compared; left out: 'day' (a time)"


def test_times_are_compared_when_named_and_shown_as_dates():
    days = pl.datetime_range(dt.datetime(2020, 1, 1), dt.datetime(2020, 12, 31), "1d", eager=True)
    before, after = pl.DataFrame({"day": days}), pl.DataFrame({"day": days + dt.timedelta(days=200)})
    verdict = drift_free(before, after, columns=["day"])
    assert verdict.columns == ("day",)
    assert verdict.evidence.worst[0]["reference"] == "2020-07-01 00:00:00"


@pytest.mark.parametrize(
    ("values", "later", "shown"),
    [
        ([dt.timedelta(days=1)] * 300, [dt.timedelta(days=3)] * 300, "3 days, 0:00:00"),
        ([dt.time(1)] * 300, [dt.time(2, 30)] * 300, "2:30:00"),
        ([dt.date(2020, 1, 1)] * 300, [dt.datetime(2021, 1, 1, 12)] * 300, "2021-01-01 12:00:00"),
    ],
)
def test_every_kind_of_time_is_shown_in_words(values, later, shown):
    verdict = drift_free(pl.DataFrame({"t": values}), pl.DataFrame({"t": later}), columns=["t"])
    assert verdict.evidence.worst[0]["current"] == shown


def test_when_times_are_of_two_kinds_then_they_are_left_out():
    before, after = pl.DataFrame({"t": [dt.time(1)] * 9}), pl.DataFrame({"t": [dt.date(2020, 1, 1)] * 9})
    assert drift_free(before, after, columns=["t"]).outcome is Outcome.SKIPPED


def test_when_a_nearly_empty_column_is_emptied_by_chance_then_it_passes():
    before = REFERENCE.with_columns(note=pl.when(pl.int_range(pl.len()) < 2).then(1.0))
    after = CURRENT.with_columns(note=pl.lit(None).cast(pl.Float64))
    assert drift_free(before, after).outcome is Outcome.PASS


def test_numbers_read_as_text_are_still_numbers():
    verdict = moved(age=pl.col("age").cast(pl.String))
    assert verdict.outcome is Outcome.PASS


def test_infinite_values_are_values():
    verdict = moved(age=some(0.2, float("inf"), "age"))
    assert verdict.columns == ("age",)
    assert verdict.to_json()


@pytest.mark.parametrize("alpha", [0.01, None])
def test_pandas_polars_and_pyarrow_give_the_same_verdict(alpha):
    current = CURRENT.with_columns(age=some(0.1, None, "age"), city=some(0.4, pl.lit("Rome"), "city"))
    wanted = drift_free(REFERENCE, current, alpha=alpha).to_json()
    assert drift_free(REFERENCE.to_pandas(), current.to_pandas(), alpha=alpha).to_json() == wanted
    assert drift_free(REFERENCE.to_arrow(), current.to_arrow(), alpha=alpha).to_json() == wanted
    category = pd.DataFrame(current.to_pandas()).astype({"city": "category"})
    assert drift_free(REFERENCE, category, alpha=alpha).to_json() == wanted


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"columns": ["agee"]},
            "columns='agee': expected a column of the table, got no such column.\nHint: did you mean 'age'?",
        ),
        (
            {"min_effect": 2},
            "min_effect=2: expected a distance in [0, 1), got int.\nHint: 0.02 leaves moves of two points in peace",
        ),
        ({"columns": []}, "columns=[]: expected at least one column, got none.\nHint: leave it out to compare all"),
        (
            {"alpha": 0.9},
            "alpha=0.9: expected a number in (0, 0.5), got float.\nHint: leave it out for the default 1e-4",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, message):
    with pytest.raises(UsageError) as caught:
        drift_free(REFERENCE, CURRENT, **arguments)
    assert str(caught.value) == message


def test_tables_without_a_common_column_are_refused():
    with pytest.raises(UsageError, match="a table that shares a column with reference, got \\['b'\\]"):
        drift_free(pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]}))


def test_the_picture_is_small_and_only_drawn_for_a_failure():
    assert drift_free(REFERENCE, CURRENT).evidence.plot is None
    values = moved(fare=pl.col("fare") * 2).evidence.plot["data"]["values"]
    assert 4 <= len(values) <= 40
    for table in ("reference", "current"):
        assert sum(row["share"] for row in values if row["table"] == table) == pytest.approx(1, abs=1e-4)


def test_large_tables_give_the_verdict_of_one_thread():
    rng = np.random.default_rng(0)
    before = pl.DataFrame({name: rng.normal(size=60_000) for name in "abc"})
    verdicts = {drift_free(before, before[::-1], columns=["a", "b", "c"]).to_json() for _ in range(3)}
    assert len(verdicts) == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-0.8, 0.8))
def test_neither_the_order_of_rows_nor_increasing_maps_of_units_change_the_outcome(seed, shift):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=150), rng.normal(shift, size=130)
    verdict = drift_free(pl.DataFrame({"x": x}), pl.DataFrame({"x": y}))
    assert drift_free(pl.DataFrame({"x": rng.permutation(x)}), pl.DataFrame({"x": rng.permutation(y)})) == verdict
    scaled = drift_free(pl.DataFrame({"x": x * 8}), pl.DataFrame({"x": y * 8}))
    assert (scaled.outcome, scaled.evidence.p_value) == (verdict.outcome, verdict.evidence.p_value)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.4), st.floats(0, 0.4))
def test_a_larger_min_effect_never_turns_a_pass_into_a_failure(seed, one, other):
    rng = np.random.default_rng(seed)
    before = pl.DataFrame({"x": rng.normal(size=300), "c": rng.choice(["u", "v"], 300)})
    after = pl.DataFrame({"x": rng.normal(0.5, size=300), "c": rng.choice(["u", "v"], 300, p=[0.3, 0.7])})
    small, large = (drift_free(before, after, min_effect=effect) for effect in sorted((one, other)))
    assert not (small.outcome is Outcome.PASS and large.outcome is Outcome.FAIL)


def test_a_shift_is_not_taken_for_a_unit():
    reference = pl.DataFrame({"income": np.arange(400.0)})
    verdict = drift_free(reference, reference + 300)
    assert verdict.outcome is Outcome.FAIL
    assert "multiplied" not in verdict.remedy


def test_two_numbers_that_differ_are_written_so_that_they_do():
    near = pl.DataFrame({"longitude": [-93.28 + i * 1e-7 for i in range(400)]})
    reason = drift_free(near, near.with_columns(pl.col("longitude") + 1e-4)).reason
    assert reason == "'longitude' moved: median is -93.27988, was -93.27998"
