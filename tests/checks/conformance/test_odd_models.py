"""Models that are slow, raise, print or return odd things, and tables that are odd: a verdict or an error in words."""

from __future__ import annotations

import time
from importlib import import_module

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from mlqa.checks.conformance import probe as probing
from mlqa.checks.conformance.probe import probe
from mlqa.checks.conformance.repeatable import repeatable
from mlqa.checks.conformance.round_trip_kept import round_trip_kept
from mlqa.checks.conformance.row_order_ignored import row_order_ignored
from mlqa.errors import SubjectError, UsageError

NAMES = (
    *("row_order_ignored", "batch_size_ignored", "repeatable", "duplicates_equal", "index_ignored"),
    *("columns_found_by_name", "extra_columns_ignored", "missing_columns_refused", "dtypes_ignored"),
    *("missing_values_answered", "unseen_categories_answered", "empty_table_answered", "input_kept"),
    *("round_trip_kept", "thread_safe"),
)
CHECKS = [getattr(import_module(f"mlqa.checks.conformance.{name}"), name) for name in NAMES]
TABLE = pd.DataFrame({"x": np.arange(20.0), "y": list("ab") * 10})


@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_a_model_that_raises_is_an_error(check):
    def broken(table):
        raise RuntimeError("no weights")

    with pytest.raises(SubjectError, match=r"model=broken: it raised RuntimeError\('no weights'\) on 20 rows"):
        check(broken, TABLE)


@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_a_slow_model_is_not_asked_again_and_again(check, monkeypatch):
    clock = iter(range(0, 10_000, 60))
    monkeypatch.setattr(probing.time, "perf_counter", lambda: float(next(clock)))
    asked = []

    def slow(table):
        asked.append(len(table))
        return table["x"]

    verdict = check(slow, TABLE)
    assert verdict.outcome.name == "SKIPPED"
    assert len(asked) <= 1
    monkeypatch.undo()
    assert time.perf_counter() > 0


def test_a_model_may_print_and_return_a_generator(capsys):
    def model(table):
        print("thinking")
        return (x > 3 for x in table["x"])

    for check in CHECKS:
        assert check(model, TABLE).outcome.name in ("PASS", "SKIPPED"), check.__name__
    assert "thinking" in capsys.readouterr().out


@pytest.mark.parametrize(
    "result",
    [
        lambda _: None,
        lambda _: 1.0,
        lambda n: [1] * (n + 1),
        lambda n: np.ones((n, 2, 2)),
        lambda _: iter(int, 1),
        lambda _: {"a": 1},
    ],
    ids=["none", "number", "too many", "three axes", "without end", "dict"],
)
def test_what_is_no_prediction_a_row_is_an_error(result):
    with pytest.raises(SubjectError, match="Hint: return one prediction per row"):
        probe(lambda table: result(len(table)), TABLE)


ODD = {
    "one row": pd.DataFrame({"x": [1.0]}),
    "all missing": pd.DataFrame({"x": [np.nan] * 5, "t": [None] * 5}),
    "infinite": pd.DataFrame({"x": [np.inf, -np.inf, 1.0]}),
    "mixed": pd.DataFrame({"x": [1, "a", None, 2.5, (1, 2)]}),
    "lists": pd.DataFrame({"x": [[1], [2, 3], None]}),
    "names": pd.DataFrame({"<script>": [1, 2], "\N{PILE OF POO}": [3, 4], 7: ["a", "b"]}),
    "wide numbers": pl.DataFrame({"x": [2**63, 2**53 + 1, 0]}, schema={"x": pl.UInt64}),
    "truth": pl.DataFrame({"x": [True, None, False]}),
    "times": pl.DataFrame({"x": [1, 2]}).select(pl.from_epoch("x", time_unit="s").dt.replace_time_zone("UTC")),
    "struct": pl.DataFrame({"x": [{"a": 1}, {"a": 2}]}),
    "bytes": pl.DataFrame({"x": [b"a", b"b"]}),
    "long text": pd.DataFrame({"x": ["y" * 1_000_000, "z"]}),
    "constant": np.zeros((4, 2)),
    "objects": np.array([[1, "a"], [None, 2.5]], dtype=object),
    "texts": np.array(["good day", "bad day"]),
    "list of texts": ["good day", "bad day", "good day"],
    "series": pd.Series(["good day", "bad day"], index=[7, 9]),
    "nullable": pd.DataFrame({"x": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")}),
    "many categories": pd.DataFrame({"x": pd.Categorical([f"c{at}" for at in range(1000)])}),
    "ordered": pd.DataFrame({"x": pd.Categorical(["lo", "hi"], categories=["lo", "hi"], ordered=True)}),
    "numbers as categories": pd.DataFrame({"x": pd.Categorical([1, 2, 1])}),
    "enum": pl.DataFrame({"x": ["a", "b"]}, schema={"x": pl.Enum(["a", "b"])}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_table_gets_a_verdict_from_every_check(name):
    table = ODD[name]
    found = probe(lambda X: np.zeros(len(X) if isinstance(X, list) else X.shape[0]), table)
    for check in CHECKS:
        verdict = check(found.model, found)
        assert verdict.outcome.name in ("PASS", "SKIPPED"), verdict


@pytest.mark.parametrize("table", [pd.DataFrame({"x": []}), np.zeros((0, 2)), [], np.zeros((2, 2, 2)), None, "no.csv"])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(UsageError):
        probe(len, table)


def test_texts_may_be_the_rows():
    texts = ["good day", "bad day", "good night", "bad night"] * 5
    model = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, [1, 0] * 10)
    for rows in (texts, pd.Series(texts), np.array(texts)):
        for check in CHECKS:
            verdict = check(model, rows)
            assert verdict.outcome.name in ("PASS", "SKIPPED"), verdict


def test_one_class_constant_answers_and_very_many_classes():
    X = np.arange(400.0).reshape(200, 2)
    for model in (
        DummyClassifier(strategy="constant", constant="a").fit(X, ["a"] * 200),
        DummyClassifier(strategy="prior").fit(X, [f"class {at}" for at in range(200)]),
    ):
        for check in CHECKS:
            assert check(model, X).outcome.name in ("PASS", "SKIPPED"), check.__name__


def test_a_probe_holds_the_same_rows_whatever_their_order():
    table = pd.DataFrame({"x": np.arange(1000.0), "y": ["a", "b"] * 500})
    shuffled = table.sample(frac=1, random_state=1)
    one, other = (probe(lambda X: X["x"], rows) for rows in (table, shuffled))
    assert one.n == 100
    assert one.block.equals(other.block)
    assert (shuffled.index[other.positions] == table.index[one.positions]).all()
    assert not one.block.equals(probe(lambda X: X["x"], table, seed=1).block)


def test_a_probe_is_taken_for_the_table_it_was_made_of():
    asked = []

    def model(X):
        asked.append(len(X))
        return X[:, 0]

    found = probe(model, np.eye(4))
    assert row_order_ignored(model, found).outcome.name == "PASS"
    assert len(asked) == 3
    with pytest.raises(UsageError, match="a probe of the same model"):
        repeatable(len, found)


@pytest.mark.parametrize("name", ["joblib", "skops", "onnx"])
def test_other_formats_are_written_and_read(name):
    pytest.importorskip({"onnx": "skl2onnx"}.get(name, name))
    X = np.arange(40.0).reshape(20, 2) / 4
    model = LogisticRegression().fit(X, np.arange(20) > 9)
    verdict = round_trip_kept(model, X, formats=["pickle", name])
    assert verdict.outcome.name == "PASS"
    assert verdict.reason == f"the same answers after a round trip through pickle and after a round trip through {name}"


def test_a_format_that_cannot_hold_the_model_is_told():
    verdict = round_trip_kept(lambda X: X[:, 0], np.eye(3), formats=["onnx"])
    assert (verdict.outcome.name, verdict.reason[:20]) == ("SKIPPED", "onnx cannot hold it ")
    with pytest.raises(UsageError, match="did you mean 'pickle'"):
        round_trip_kept(len, np.eye(3), formats=["pickel"])
