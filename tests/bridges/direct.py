"""Runs in deepchecks' own environment, knows nothing of mlqa: every check, asked as its documentation says."""

import json
import os
import random
import sys
import warnings
from pathlib import Path

os.environ["DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY"] = "1"
warnings.filterwarnings("ignore")

import deepchecks.tabular.checks as theirs  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from deepchecks.core import BaseCheck  # noqa: E402
from deepchecks.tabular import Dataset, Suite, suites  # noqa: E402
from deepchecks.tabular.context import _DummyModel  # noqa: E402

DEPRECATED = {
    *("CategoryMismatchTrainTest", "TrainTestFeatureDrift", "TrainTestLabelDrift"),
    *("TrainTestPredictionDrift", "WholeDatasetDrift"),
}
COMPARISON = "MultiModelPerformanceReport"


class Rule:
    """The tests' model, written once more."""

    def __init__(self, task, weight):
        self.task, self.weight = task, weight
        if task == "binary":
            self.classes_ = np.array([0, 1])
            self.predict_proba = self._probabilities

    def _probabilities(self, X):
        chance = 1 / (1 + np.exp(-(X["a"].to_numpy() + self.weight * X["b"].to_numpy())))
        return np.column_stack([1 - chance, chance]).round(9)

    def predict(self, X):
        if self.task == "binary":
            return (self._probabilities(X)[:, 1] > 0.5).astype(int)
        return (X["a"].to_numpy() + self.weight * X["b"].to_numpy()).round(9)

    def fit(self, *_rows):
        return self


def frames(task):
    for side in ("train", "test"):
        frame = pd.DataFrame({name: pd.Series(cells) for name, cells in task[side].items()})
        for name in task["objects"]:
            frame[name] = pd.Series(task[side][name], dtype=object)
        frame["when"] = pd.to_datetime(frame["when"])
        if side == "test":
            frame.index += len(task["train"]["a"])
        yield Dataset(frame, label="y", index_name="id", datetime_name="when")


def asked(name, conditions):
    check = getattr(theirs, name)()
    for condition in conditions:
        getattr(check, f"add_condition_{condition}")()
    return check


def told(result):
    exception = getattr(result, "exception", None)
    if exception is not None:
        return {"failure": type(exception).__name__, "message": str(exception)}
    conditions = [[one.name, one.category.name, str(one.details)] for one in result.conditions_results]
    return {"value": json.loads(result.to_json(with_display=False))["value"], "conditions": conditions}


def with_name(function, name):
    function.__name__ = name


def unscored(results):
    return any("_DummyModel" in str(getattr(each, "exception", "")) for each in results)


def answers(task):
    train, test = frames(task)
    one, other = Rule(task["task"], 1.0), Rule(task["task"], 0.5)
    given = {}
    for side, dataset in (("train", train), ("test", test)):
        given[f"y_pred_{side}"] = one.predict(dataset.data)
        if task["task"] == "binary":
            given[f"y_proba_{side}"] = one.predict_proba(dataset.data)
            given["model_classes"] = [0, 1]
    found = {}
    for name, conditions in task["checks"].items():
        random.seed(42)  # some checks draw numbers without a seed
        np.random.seed(42)  # noqa: NPY002
        if name == COMPARISON:
            results = [asked(name, conditions).run(train, test, {"one": one, "other": other})]
        else:
            suite = Suite(name, asked(name, conditions))
            results = suite.run(train_dataset=train, test_dataset=test, with_display=False, **given).results
            if unscored(results) and name != "SegmentPerformance":  # which would choose columns by their importance
                # it cannot score stored values of a regression with scikit-learn 1.5: the live model, then
                results = suite.run(train_dataset=train, test_dataset=test, model=one, with_display=False).results
            if unscored(results):
                # nor does the check that stores them by itself: what scikit-learn asks for is a method's name
                with_name(_DummyModel._predict, "predict")
                results = suite.run(train_dataset=train, test_dataset=test, with_display=False, **given).results
                with_name(_DummyModel._predict, "_predict")
        for result in results:
            found[f"{name}: {result.get_header()}"] = told(result)
    return found


def known():
    classes = [getattr(theirs, name) for name in dir(theirs)]
    names = {one.__name__ for one in classes if isinstance(one, type) and issubclass(one, BaseCheck)}
    names = sorted(name for name in names - DEPRECATED if name in theirs.__all__)
    groups = {}
    for name in ("data_integrity", "train_test_validation", "model_evaluation", "production_suite", "full_suite"):
        checks = getattr(suites, name)().checks.values()
        groups[name] = {type(one).__name__: [each.name for each in one._conditions.values()] for one in checks}
    return {"checks": names, "suites": groups}


if __name__ == "__main__":
    tasks = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = {"known": known(), "answers": [answers(task) for task in tasks]}
    Path(sys.argv[2]).write_text(json.dumps(found, default=str), encoding="utf-8")
