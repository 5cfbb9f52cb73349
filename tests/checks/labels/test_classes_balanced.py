"""Classes with too few rows."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.labels.classes_balanced import classes_balanced
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(**rows):
    return pl.DataFrame({"label": [name for name, count in rows.items() for _ in range(count)]})


def test_a_class_of_few_rows_fails():
    verdict = assert_check_conforms(classes_balanced, table(no=97, yes=3), target="label")
    assert (verdict.outcome, verdict.kind, verdict.columns) == (Outcome.FAIL, "contract", ("label",))
    assert verdict.evidence.worst[0] == {"class": "yes", "rows": 3}


def test_rare_classes_are_no_fault_by_themselves():
    verdict = assert_check_conforms(classes_balanced, table(no=9990, yes=10), target="label")
    assert verdict.reason == "class 'yes' has 10 of 10000 rows (0.1 %), the fewest of 2"


def test_a_limit_holds_the_smallest_share():
    verdict = assert_check_conforms(classes_balanced, table(a=60, b=30, c=10), target="label", at_least=0.2)
    assert verdict.reason == "class 'c' has 10 of 100 rows (10 %), limit 20 %"
    assert classes_balanced(table(a=60, b=40), target="label", at_least=0.4).outcome is Outcome.PASS


def test_one_class_is_nothing_to_learn():
    assert classes_balanced(table(a=60), target="label").reason == "'label' has one class only: 'a'"


def test_numbers_and_truth_values_are_classes_too():
    numbers = pl.DataFrame({"label": [0, 1] * 20 + [7]})
    assert classes_balanced(numbers, target="label").evidence.worst[0] == {"class": "7", "rows": 1}
    truth = pl.DataFrame({"label": [True] * 9 + [False]})
    assert classes_balanced(truth, target="label").evidence.worst[0] == {"class": "false", "rows": 1}


@pytest.mark.parametrize(
    ("current", "options", "reason"),
    [
        (table(a=9, b=1), {"reference": table(a=5, b=5)}, "beside a reference the drift of the label is asked"),
        (pl.DataFrame({"label": range(50)}), {}, "'label' is a number of many values"),
        (pl.DataFrame({"label": [None, None]}), {}, "'label' holds no class"),
        (pl.DataFrame({"x": [1]}), {"reference": table(a=5)}, "current has no labels: no column 'label'"),
    ],
)
def test_where_the_question_does_not_apply_it_is_skipped(current, options, reason):
    verdict = assert_check_conforms(classes_balanced, current, target="label", **options)
    assert verdict.outcome is Outcome.SKIPPED
    assert reason in verdict.reason


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match=r"at_least='much': expected a share in \[0, 1\]"):
        classes_balanced(table(a=1), target="label", at_least="much")
    with pytest.raises(UsageError, match="no such column"):
        classes_balanced(table(a=1), target="labels")
