from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Evidence, Outcome, UsageError, Verdict
from mlqa.alpha import level_of
from mlqa.testing import assert_check_conforms

TABLE = pd.DataFrame({"a": [3, 1, 2], "b": ["x", "y", None]})


def said(outcome=Outcome.PASS, check="demo.claim", **parts):
    parts = {"claim": "it holds", "reason": "it did", "remedy": "mend it"} | parts
    return Verdict(check=check, outcome=outcome, **parts)


def fair(table, *, alpha=None, seed=0):
    """A check that keeps every rule."""
    level = level_of(alpha)
    evidence = Evidence(estimate=float(len(table)), low=0.0, high=1e3, level=0.95, p_value=0.5, n=len(table))
    return said(alpha=level, evidence=evidence)


def broken_by(**evidence):
    return lambda _: said(evidence=Evidence(**evidence))


@pytest.mark.parametrize(
    "rows",
    [TABLE, pl.from_pandas(TABLE), TABLE["a"], pl.Series([1, 2]), np.array([[1.0], [2.0]])],
    ids=lambda r: str(type(r)),
)
def test_a_check_that_keeps_the_rules_conforms_and_its_verdict_is_returned(rows):
    assert assert_check_conforms(fair, rows).evidence.n == len(rows)
    assert assert_check_conforms(fair, rows, alpha=0.05).alpha == 0.05


COUNT = itertools.count()


def modifies(table):
    table["a"] = 0
    return said()


def by_first_row(table):
    return said(Outcome.PASS if table["a"].iloc[0] == 3 else Outcome.FAIL)


def blames_first_row(table):
    return said(columns=(str(table["a"].iloc[0]),))


def estimates_first_row(table):
    return said(evidence=Evidence(estimate=float(table["a"].iloc[0])))


def deaf(table, *, alpha=None):
    return said(alpha=0.001)


def lax(table, *, alpha=None):
    return said(alpha=1e-4 if alpha is None and level_of(None) != 0.02 else (alpha or level_of(None)))


class Rude(Verdict):
    """A verdict that does not survive a pickle."""

    def __reduce__(self):
        return str, ("gone",)


def rude(table):
    return Rude(check="demo.claim", outcome=Outcome.PASS, claim="it holds", reason="it did")


def nested(table):
    return said(evidence=Evidence(worst=({"rows": {"a": 1}},)))


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda _: True, "returned True, not a Verdict"),
        (modifies, "modifies modified an argument: argument 0"),
        (lambda _: said(reason=f"run {next(COUNT)}"), "said other things of the same arguments"),
        (lambda _: said(check="Claim"), "id 'Claim' is not family.claim"),
        (lambda _: said(claim=""), "the claim is not a sentence"),
        (lambda _: said(outcome="pass"), "'pass' is no Outcome"),
        (lambda _: said(Outcome.FAIL, remedy=""), "FAIL without a remedy, a worst example or a column at fault"),
        (lambda _: said(Outcome.UNDECIDED), "UNDECIDED from a contract: true or false"),
        (lambda _: said(columns=tuple("x" * 90 for _ in range(2000))), "give a few examples, not the rows"),
        (broken_by(p_value=1.5), "p_value 1.5 outside [0, 1]"),
        (broken_by(level=1.0), "level 1.0 outside (0, 1)"),
        (broken_by(estimate="much"), "evidence.estimate is 'much', not a finite number or None"),
        (broken_by(n=-1), "evidence.n is -1, not a whole number of at least 0"),
        (broken_by(n=1.5), "evidence.n is 1.5, not a whole number of at least 0"),
        (broken_by(estimate=2.0, low=0.0, high=1.0), "the interval [0.0, 1.0] does not hold 2.0"),
        (nested, "evidence.worst has 'rows': {'a': 1}, not a plain value"),
        (rude, "the verdict changed in a pickle"),
        (by_first_row, "shuffled rows give Outcome.FAIL, not Outcome.PASS"),
        (blames_first_row, "shuffled rows blame"),
        (estimates_first_row, "shuffled rows give evidence.estimate"),
        (deaf, "alpha is (0.001, 0.001) where (0.01, 0.02) were asked for"),
        (lax, "alpha=0.7 was not refused with a UsageError"),
    ],
)
def test_a_broken_rule_is_named(check, message):
    with pytest.raises(AssertionError, match=re.escape(message)):
        assert_check_conforms(check, TABLE.copy())


def test_a_check_of_order_may_be_excused_from_the_shuffle():
    assert assert_check_conforms(by_first_row, TABLE, order_free=False).outcome is Outcome.PASS


def test_rows_that_belong_together_are_shuffled_together():
    def paired(new, baseline, *, y):
        right = (np.asarray(new) == np.asarray(baseline)).all() and (np.asarray(y) == np.asarray(new)).all()
        return said(Outcome.PASS if right else Outcome.FAIL)

    values = np.arange(50)
    assert assert_check_conforms(paired, values, pd.Series(values), y=pl.Series(values)).outcome is Outcome.PASS


def test_a_usage_error_of_the_check_comes_through():
    with pytest.raises(UsageError, match=r"alpha=0\.9"):
        assert_check_conforms(fair, TABLE, alpha=0.9)
