"""Columns that give the label away."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.no_target_leak import no_target_leak
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

RNG = np.random.default_rng(0)


def table(rows=600, seed=0):
    """Two weak features, a useless one, and a label."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 2))
    label = x.sum(axis=1) + rng.normal(size=rows) > 0
    return pl.DataFrame(
        {"a": x[:, 0], "b": x[:, 1], "c": rng.choice(["u", "v", "w"], rows), "label": np.where(label, "yes", "no")}
    )


def flag(frame, flips=0.0, seed=1):
    """Return the label as a number, wrong in a share of the rows."""
    wrong = np.random.default_rng(seed).random(frame.height) < flips
    return (frame["label"] == "yes").to_numpy() ^ wrong


CLEAN, OTHER = table(), table(seed=5)


def test_nothing_leaks_from_ordinary_features():
    verdict = assert_check_conforms(no_target_leak, CLEAN, target="label")
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason.startswith("'b' tells most of 'label' of all columns") or "'a'" in verdict.reason
    assert assert_check_conforms(no_target_leak, CLEAN, target="label", reference=OTHER).outcome is Outcome.PASS


@pytest.mark.parametrize("flips", [0.0, 0.01])
def test_the_label_under_another_name_fails_alone_and_beside_a_reference_that_has_it_too(flips):
    leaky, before = (t.with_columns(leak=pl.Series(flag(t, flips)) * 3.0 + 7) for t in (table(1500), table(1500, 5)))
    for reference in (None, before):
        verdict = no_target_leak(leaky, target="label", reference=reference)
        assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("leak",))
    assert_check_conforms(no_target_leak, leaky, target="label")


def test_a_number_leaks_through_a_column_of_the_same_order():
    rng = np.random.default_rng(0)
    price = rng.lognormal(size=500)
    frame = pl.DataFrame({"x": rng.normal(size=500) + price, "label": price, "duty": price * 0.2 + 3})
    assert no_target_leak(frame, target="label").columns == ("duty",)
    assert no_target_leak(frame, target="label", reference=frame).columns == ("duty",)
    assert no_target_leak(frame.drop("duty"), target="label").outcome is Outcome.PASS


def test_one_good_measurement_among_others_like_it_is_no_leak():
    rng = np.random.default_rng(0)
    size = rng.normal(size=800)
    noisy = {f"m{i}": size + 0.1 * rng.normal(size=800) for i in range(4)}
    frame = pl.DataFrame({**noisy, "label": size + 0.15 * rng.normal(size=800)})
    verdict = no_target_leak(frame, target="label")
    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence.estimate > 0.9


def test_what_tells_the_label_and_more_is_left_alone_where_the_reference_has_it():
    def caused(frame):
        causes = pl.Series(np.random.default_rng(2).choice(list("pqrst"), frame.height))
        return frame.with_columns(cause=pl.when(pl.col("label") == "yes").then(causes))

    assert no_target_leak(caused(CLEAN), target="label").columns == ("cause",)
    assert no_target_leak(caused(CLEAN), target="label", reference=caused(OTHER)).outcome is Outcome.PASS


def test_a_column_that_tells_more_than_in_the_reference_fails():
    current = CLEAN.with_columns(c=pl.when(pl.Series(flag(CLEAN, 0.25))).then(pl.lit("u")).otherwise(pl.lit("v")))
    verdict = assert_check_conforms(no_target_leak, current, target="label", reference=OTHER)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("c",))
    assert verdict.evidence.worst[0]["reference"] < 0.02
    assert "in the reference 0 %" in verdict.reason


def ages(rows, seed, sick=0.05):
    rng = np.random.default_rng(seed)
    label = rng.random(rows) < sick
    return pl.DataFrame({"age": rng.normal(50, 12, rows), "x": rng.normal(size=rows) + 1.5 * label, "label": label})


def test_a_rare_class_given_away_in_current_alone_fails():
    before, current = ages(400, 0), ages(400, 1)
    order = np.argsort(current["label"].to_numpy(), kind="stable")
    given = np.empty(400)
    given[order] = current["age"].sort().to_numpy()
    verdict = no_target_leak(current.with_columns(age=given), target="label", reference=before)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("age",))
    assert no_target_leak(current, target="label", reference=before).outcome is Outcome.PASS


def test_a_class_that_became_frequent_is_no_leak():
    before, current = ages(3000, 0, 0.05), ages(3000, 1, 0.5)
    verdict = assert_check_conforms(no_target_leak, current, target="label", reference=before)
    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence.estimate > 0.3
    assert verdict.reason.endswith(" % is what the reference leads one to expect")


def test_a_new_column_that_leaks_fails():
    current = CLEAN.with_columns(leak=pl.Series(flag(CLEAN)))
    assert no_target_leak(current, target="label", reference=OTHER).columns == ("leak",)


def test_few_rows_cannot_tell():
    verdict = assert_check_conforms(no_target_leak, CLEAN[:12], target="label")
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_a_limit_of_your_own_is_held():
    assert no_target_leak(CLEAN, target="label", at_most=0.0, columns=["a", "c"]).columns == ("a",)


def test_a_profile_says_what_its_table_says():
    current = CLEAN.with_columns(leak=pl.Series(flag(CLEAN)))
    verdicts = [no_target_leak(side, target="label") for side in (current, profile(current))]
    assert verdicts[0].to_json() == verdicts[1].to_json()


@pytest.mark.parametrize(
    ("current", "reason"),
    [
        (CLEAN.with_columns(label=pl.lit("yes")), "'label' takes one value only"),
        (CLEAN.with_columns(label=pl.lit(None, pl.String)), "'label' is missing in every row"),
        (CLEAN.with_columns(label=pl.int_range(pl.len()).cast(pl.String)), "'label' hardly repeats a value"),
        (CLEAN.with_columns(label=pl.concat_list("a", "b")), "'label' is neither numbers nor categories"),
        (CLEAN.select("label"), "there is no column beside the label"),
    ],
)
def test_where_the_question_does_not_apply_it_is_skipped(current, reason):
    verdict = assert_check_conforms(no_target_leak, current, target="label")
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, reason)


def test_labels_that_are_not_known_yet_are_skipped():
    verdict = no_target_leak(CLEAN.drop("label"), target="label", reference=OTHER)
    assert verdict.reason == "current has no labels: no column 'label'"


def test_a_profile_without_rows_is_skipped(tmp_path):
    path = profile(CLEAN).save(tmp_path / "clean.mlqa-profile")
    verdict = no_target_leak(CLEAN, target="label", reference=path)
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "the profile holds no rows")


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="did you mean 'label'"):
        no_target_leak(CLEAN, target="labell")
    with pytest.raises(UsageError, match="columns='z'"):
        no_target_leak(CLEAN, target="label", columns=["z"])
    with pytest.raises(UsageError, match=r"at_most=1.5: expected a share in \[0, 1\], or None"):
        no_target_leak(CLEAN, target="label", at_most=1.5)
    with pytest.raises(UsageError, match="min_effect=True"):
        no_target_leak(CLEAN, target="label", min_effect=True)


@pytest.mark.parametrize("target", ["text", "number", "truth", "when"])
def test_odd_columns_get_an_answer(target):
    rows = 60
    frame = pl.DataFrame(
        {
            "text": ["<script>", "😀", None] * 20,
            "number": [float("inf"), -float("inf"), 1.0] * 20,
            "truth": [True, None, False] * 20,
            "when": pl.datetime_range(pl.datetime(2020, 1, 1), pl.datetime(2020, 3, 1), "1d", eager=True)[:rows],
            "big": [2**63 + i for i in range(rows)],
            "nothing": [None] * rows,
            "long": ["x" * 100_000] * rows,
            "lists": [[1]] * rows,
            "spans": pl.Series(range(rows)).cast(pl.Duration),
        }
    )
    assert no_target_leak(frame, target=target).outcome in Outcome
    assert no_target_leak(frame, target=target, reference=frame[:1]).outcome in Outcome
    assert no_target_leak(frame[:1], target=target, reference=frame).outcome in Outcome
