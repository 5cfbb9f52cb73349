"""Seeded defects: what `mlqa.model_check` is asked about a broken model, and about its corrected twin.

The list was written before anyone looked at how the checks decide. The first
twenty are those that issue 4 counts; the others came to mind on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import defective_models as models
import defective_services as services
import numpy as np
import pandas as pd
from defect_tables import cancer, churn, computers, credit, digits, penguins, pipeline, wages, whole_churn
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier


@dataclass(frozen=True)
class Defect:
    """A bug and its cure; each gives the arguments of `mlqa.model_check`, by name."""

    name: str
    wrong: Callable[[], dict]
    right: Callable[[], dict]


def asked(model, table, **more):
    X_train, y_train, X, y = table
    return {"model": model, "X": X, "y": y, "X_train": X_train, "y_train": y_train, **more}


def fitted(table, estimator=None):
    return pipeline(estimator).fit(table[0], table[1])


def learned(kind, sound, table=churn):
    """Fit on rows as the sound service prepares them; serve with this one."""

    def case():
        X_train, y_train, _, _ = table()
        prepared = sound(None, X_train).prepare(X_train)
        linear = LogisticRegression(max_iter=2000)
        if sound is models.Scaled:  # the service does it
            estimator = linear
        else:
            estimator = (
                pipeline(linear) if isinstance(prepared, pd.DataFrame) else make_pipeline(StandardScaler(), linear)
            )
        return asked(kind(estimator.fit(prepared, y_train), X_train), table())

    return case


def pair(name, wrong, right=models.Service, table=churn):
    return Defect(name, learned(wrong, right, table), learned(right, right, table))


def leaky(keep):
    """`days_since_leaving` is written when a customer leaves."""

    def case():
        table = churn()
        if keep:
            table = tuple(_with_leak(table[at], table[at + 1]) if at % 2 == 0 else table[at] for at in range(4))
        return asked(fitted(table), table)

    return case


def _with_leak(X, y):
    rng = np.random.default_rng(len(X))
    days = np.where((y == "Yes") & (rng.random(len(y)) < 0.98), rng.integers(1, 90, len(y)), 0)
    return X.assign(days_since_leaving=days)


def rebalanced(wrong):
    def case():
        X_train, y_train, X, y = churn()
        rng = np.random.default_rng(1)
        yes, no = np.flatnonzero(y_train == "Yes"), np.flatnonzero(y_train == "No")
        kept = np.sort(np.concatenate([yes, rng.choice(no, yes.size, replace=False)])) if wrong else slice(None)
        table = X_train.iloc[kept].reset_index(drop=True), y_train[kept], X, y
        return asked(fitted(table), table)

    return case


def scorecard(kind):
    def case():
        X_train, y_train, _, _ = table = credit()
        linear = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train.fillna(0.0), y_train)
        weights = linear[1].coef_[0] / linear[0].scale_
        offset = float(linear[1].intercept_[0] - weights @ linear[0].mean_)
        return asked(kind(dict(zip(X_train, weights)), offset), table)

    return case


def first_seen(wrong):
    def case():
        _, y_train, _, _ = table = penguins()
        seen = sorted(y_train, reverse=True) if wrong else sorted(y_train)
        return asked(models.LabelsAsSeen(fitted(table), seen), table)

    return case


def tree(**options):
    return lambda: asked(fitted(churn(), DecisionTreeClassifier(random_state=0, **options)), churn())


def shuffled(wrong):
    def case():
        X_train, y_train, X, y = churn()
        y_fit = np.random.default_rng(2).permutation(y_train) if wrong else y_train
        return asked(fitted((X_train, y_fit)), (X_train, y_train, X, y))

    return case


def wage_model(kind):
    def case():
        X_train, y_train, _, _ = table = wages()
        estimator = pipeline(HistGradientBoostingRegressor(max_iter=40, random_state=0)).fit(X_train, np.log(y_train))
        return asked(kind(estimator, X_train, y_train) if kind is services.LogTargetSmeared else kind(estimator), table)

    return case


def retrained(wrong):
    def case():
        table = churn()
        X_train, y_train, _, _ = table
        lost = ["contract", "tenure", "total_charges", "internet_service"] if wrong else ["dependents"]
        model = fitted((X_train.drop(columns=lost), y_train))
        return asked(model, table, baseline=fitted(table))

    return case


def numbers_of_computers(kind):
    def case():
        X_train, y_train, X, y = computers()
        numbers = list(X.select_dtypes("number"))
        table = X_train[numbers], y_train, X[numbers], y
        return asked(kind(LinearRegression().fit(table[0], y_train), numbers), table)

    return case


def added(kind):
    def case():
        X_train, y_train, _, _ = table = computers()
        boosted = HistGradientBoostingRegressor(max_iter=60, random_state=0)
        estimator = pipeline(boosted).fit(X_train, y_train - 2.0 * X_train["ram"])
        return asked(kind(estimator), table)

    return case


def one_against_rest(kind):
    return lambda: asked(kind(fitted(penguins())), penguins())


def contaminated(wrong):
    def case():
        X_train, y_train, X, y = churn()
        X_train = pd.concat([X_train, X[:500]], ignore_index=True) if wrong else X_train
        y_train = np.concatenate([y_train, y[:500]]) if wrong else y_train
        return asked(fitted((X_train, y_train)), (X_train, y_train, X, y))

    return case


def background(kind):
    def case():
        X_train, y_train, _, _ = table = digits()
        return asked(kind(make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(X_train, y_train)), table)

    return case


COUNTED = (
    Defect("leaky feature kept", leaky(True), leaky(False)),
    Defect("label shift in training", rebalanced(True), rebalanced(False)),
    pair("scaler fitted again on each batch", models.ScaledByTheBatch, models.Scaled, cancer),
    pair("columns taken by position", models.ByPosition, models.ByName, cancer),
    pair("thread race on a shared buffer", models.SharedBuffer, models.Looked),
    pair("stale cache, by the table's shape", models.CachedByShape, models.Cached),
    pair("threshold off by one", models.ThresholdOffByOne, models.Service),
    pair("degraded slice", models.InDays, models.Service),
    pair("miscalibrated retrain", models.Sharpened, models.Service),
    pair("mutates its input", models.FillingInPlace, models.Filling, credit),
    Defect("NaN answers for missing cells", scorecard(models.LinearWithHoles), scorecard(models.Linear)),
    Defect("drops rows with missing cells", scorecard(models.LinearOnWholeRows), scorecard(models.Linear)),
    Defect(
        "salted hash of categories",
        learned(models.HashedWithSalt, models.HashedWithSalt),
        learned(models.Hashed, models.Hashed),
    ),
    pair("dropout left on", models.Dropout, models.Service, cancer),
    pair("state lost in pickling", models.LosesState, models.KeepsState, cancer),
    Defect("aligns by pandas' index", added(models.AlignedByIndex), added(models.Adjusted)),
    Defect(
        "probabilities do not sum to 1",
        one_against_rest(services.OneAgainstRest),
        one_against_rest(models.Service),
    ),
    Defect("memorised training labels", tree(), tree(max_depth=5, min_samples_leaf=40)),
    Defect("trained on shuffled labels", shuffled(True), shuffled(False)),
    Defect("mean of a log target not corrected", wage_model(services.LogTarget), wage_model(services.LogTargetSmeared)),
)
DEFECTS = (
    *COUNTED,
    Defect("retrain worse than the baseline", retrained(True), retrained(False)),
    Defect(
        "ignores columns of whole numbers",
        numbers_of_computers(services.FloatsOnly),
        numbers_of_computers(services.AllNumbers),
    ),
    pair("ranks within the batch", services.RankedInTheBatch, services.Ranked, cancer),
    pair("dummies of the batch", services.DummiesOfTheBatch, services.Dummies, whole_churn),
    pair("answers left in sorted order", services.SortedForGood, services.Sorted, cancer),
    pair("served without the scaler", models.ServedRaw, models.Scaled, cancer),
    pair("columns of probabilities swapped", models.SwappedColumns, models.Service),
    Defect("labels in the order they were seen", first_seen(True), first_seen(False)),
    Defect("class index off by one", background(services.BackgroundFirst), background(models.Service)),
    Defect("test rows trained on", contaminated(True), contaminated(False)),
)
