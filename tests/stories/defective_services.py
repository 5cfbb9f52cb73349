"""More model bugs: those of numbers, of kinds of columns and of batches."""

from __future__ import annotations

import numpy as np
import pandas as pd
from defective_models import Regressor, Service


class LogTarget(Regressor):
    """Learned the logarithm; answers the exponential of its mean, which is below the mean."""

    factor = 1.0

    def predict(self, X):
        return np.exp(self.fitted.predict(X)) * self.factor


class LogTargetSmeared(LogTarget):
    """The same, with the factor that the residuals of the training rows ask for (Duan 1983)."""

    def __init__(self, fitted, X, y):
        super().__init__(fitted)
        self.factor = float(np.mean(np.exp(np.log(y) - fitted.predict(X))))


class AllNumbers(Regressor):
    """Takes every column of numbers."""

    kinds = "number"

    def __init__(self, fitted, columns):
        super().__init__(fitted)
        self.columns = columns

    def predict(self, X):
        return self.fitted.predict(
            X[self.columns].select_dtypes(self.kinds).reindex(columns=self.columns, fill_value=0.0)
        )


class FloatsOnly(AllNumbers):
    """Takes the columns of floats, as all were on the day it learned."""

    kinds = "float64"


class Ranked(Service):
    """Ranks each value among those of the training rows."""

    def __init__(self, fitted, train):
        super().__init__(fitted, train)
        self.sorted = {name: np.sort(train[name].to_numpy()) for name in train}

    def prepare(self, X):
        ranked = {name: np.searchsorted(known, X[name]) / known.size for name, known in self.sorted.items()}
        return pd.DataFrame(ranked)


class RankedInTheBatch(Ranked):
    """Ranks each value among those of the batch."""

    def prepare(self, X):
        return X.rank(pct=True)


class Dummies(Service):
    """Codes categories as it learned to."""

    def __init__(self, fitted, train):
        super().__init__(fitted, train)
        self.coded = list(pd.get_dummies(train, drop_first=True))

    def prepare(self, X):
        return pd.get_dummies(X[self.columns]).reindex(columns=self.coded, fill_value=False)


class DummiesOfTheBatch(Dummies):
    """Codes the categories that the batch happens to hold, and drops the first of them."""

    def prepare(self, X):
        return pd.get_dummies(X[self.columns], drop_first=True).reindex(columns=self.coded, fill_value=False)


class Sorted(Service):
    """Sorts rows to score them in blocks, and puts the answers back."""

    def predict_proba(self, X):
        order = np.argsort(X[self.columns[0]].to_numpy(), kind="stable")
        found = super().predict_proba(X.iloc[order])
        return self.restored(found, order)

    def restored(self, found, order):
        back = np.empty_like(found)
        back[order] = found
        return back


class SortedForGood(Sorted):
    """Forgets to put the answers back."""

    def restored(self, found, order):  # noqa: ARG002
        return found


class OneAgainstRest(Service):
    """One sigmoid for each class."""

    def predict_proba(self, X):
        return 1.0 / (1.0 + np.exp(-self.fitted.decision_function(X)))


class BackgroundFirst(Service):
    """Takes the first class for the background, and forgets that it did."""

    def predict(self, X):
        return self.classes_[self.predict_proba(X)[:, 1:].argmax(axis=1)]
