"""Model bugs as teams write them: each class breaks one promise of the plain service that it inherits from."""

from __future__ import annotations

import hashlib
import time
import zlib

import numpy as np
import pandas as pd


class Service:
    """A fitted estimator behind a thin service."""

    def __init__(self, fitted, train=None):
        self.fitted = fitted
        self.columns = None if train is None else list(train.columns)

    @property
    def classes_(self):
        return self.fitted.classes_

    def prepare(self, X):
        return X

    def predict_proba(self, X):
        return self.fitted.predict_proba(self.prepare(X))

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class Regressor:
    """The same for numbers."""

    def __init__(self, fitted):
        self.fitted = fitted

    def predict(self, X):
        return self.fitted.predict(X)


class Scaled(Service):
    """Scales as it learned to."""

    def __init__(self, fitted, train):
        super().__init__(fitted, train)
        self.mean, self.std = train.mean(), train.std()

    def prepare(self, X):
        return (X - self.mean) / self.std


class ScaledByTheBatch(Scaled):
    """Fits its scaler again, on whatever rows it is asked about."""

    def prepare(self, X):
        return (X - X.mean()) / X.std().replace(0.0, 1.0).fillna(1.0)


class ServedRaw(Scaled):
    """Learned on scaled columns; the service forgets to scale."""

    def prepare(self, X):
        return X


class ByName(Service):
    """Takes the columns it learned on."""

    def prepare(self, X):
        return X[self.columns].to_numpy()


class ByPosition(ByName):
    """Takes the columns as they come."""

    def prepare(self, X):
        return X.to_numpy()


class Looked(Service):
    """Asks a slow store before it predicts."""

    def predict_proba(self, X):
        features = self.prepare(X)
        time.sleep(0.002)
        return self.fitted.predict_proba(features)


class SharedBuffer(Looked):
    """Keeps the rows at work in an attribute that every thread writes."""

    def predict_proba(self, X):
        self.features = self.prepare(X)
        time.sleep(0.002)
        return self.fitted.predict_proba(self.features)


class Cached(Service):
    """Keeps answers by what the rows hold."""

    def __init__(self, fitted, train=None):
        super().__init__(fitted, train)
        self.kept = {}

    def key(self, X):
        return hashlib.sha256(pd.util.hash_pandas_object(X).to_numpy().tobytes()).digest()

    def predict_proba(self, X):
        key = self.key(X)
        if key not in self.kept:
            self.kept[key] = super().predict_proba(X)
        return self.kept[key].copy()


class CachedByShape(Cached):
    """Keeps answers by the shape of the table."""

    def key(self, X):
        return X.shape


class ThresholdOffByOne(Service):
    """Says yes beyond the fifth tenth, where it should from the fifth."""

    def predict(self, X):
        tenth = np.floor(self.predict_proba(X)[:, 1] * 10).astype(int)
        return self.classes_[(tenth > 5).astype(int)]


class LabelsAsSeen(Service):
    """Names the columns of probabilities in the order in which the classes were first seen."""

    def __init__(self, fitted, seen):
        super().__init__(fitted)
        self.seen = np.asarray(list(dict.fromkeys(seen)))

    def predict(self, X):
        return self.seen[self.predict_proba(X).argmax(axis=1)]


class SwappedColumns(Service):
    """Writes the probability of yes first."""

    def predict(self, X):
        return self.fitted.predict(X)

    def predict_proba(self, X):
        return super().predict_proba(X)[:, ::-1]


class InDays(Service):
    """For one way of paying, whose source counts days, `tenure` arrives in days."""

    def prepare(self, X):
        factor = np.where(X["payment_method"] == "Electronic check", 30, 1)
        return X.assign(tenure=X["tenure"] * factor)


class Sharpened(Service):
    """A retrain whose temperature was lost: the order is right, the probabilities are too sure."""

    def predict_proba(self, X):
        odds = np.exp(3.0 * np.diff(np.log(np.clip(super().predict_proba(X), 1e-12, 1.0)), axis=1)[:, 0])
        return np.column_stack([1.0 / (1.0 + odds), odds / (1.0 + odds)])


class Filling(Service):
    """Fills missing cells of a copy."""

    def prepare(self, X):
        X = X.copy()
        return self.filled(X)

    def filled(self, X):
        for name in X.columns:
            X[name] = X[name].fillna(0)
        return X


class FillingInPlace(Filling):
    """Fills missing cells of the caller's table."""

    def prepare(self, X):
        return self.filled(X)


class Linear:
    """A scorecard written by hand: numbers times weights, missing cells as zero."""

    classes_ = np.array([0, 1])

    def __init__(self, weights, offset):
        self.weights, self.offset = weights, offset

    def matrix(self, X):
        return X[list(self.weights)].fillna(0.0).to_numpy(dtype=float)

    def predict_proba(self, X):
        share = 1.0 / (1.0 + np.exp(-(self.matrix(X) @ np.array([*self.weights.values()]) + self.offset)))
        return np.column_stack([1.0 - share, share])

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)


class LinearWithHoles(Linear):
    """Lets missing cells through."""

    def matrix(self, X):
        return X[list(self.weights)].to_numpy(dtype=float)


class LinearOnWholeRows(Linear):
    """Drops the rows it cannot score, and so the answers."""

    def matrix(self, X):
        return X[list(self.weights)].dropna().to_numpy(dtype=float)


class Hashed(Service):
    """Places each category by a hash that is the same everywhere."""

    width = 64

    def slot(self, text):
        return zlib.crc32(text.encode()) % self.width

    def prepare(self, X):
        texts = X[self.columns].select_dtypes(["str", "object"])
        made = np.zeros((len(X), self.width))
        for name in texts.columns:
            for value in texts[name].unique():
                made[(texts[name] == value).to_numpy(), self.slot(f"{name}={value}")] += 1.0
        return made


class HashedWithSalt(Hashed):
    """Places each category by Python's own hash, which has another salt in every process."""

    def slot(self, text):
        return hash(text) % self.width


class Dropout(Service):
    """Leaves dropout on: a tenth of the cells are zeroed at random at every call."""

    def prepare(self, X):
        kept = np.random.default_rng().random(X.shape) > 0.1  # the bug
        return X * kept


class LosesState(Service):
    """Leaves its means out of the pickle as if they were a cache, and starts from zeros when read again."""

    def __init__(self, fitted, train):
        super().__init__(fitted, train)
        self.means = train.mean()

    def __getstate__(self):
        return {**self.__dict__, "means": None}

    def prepare(self, X):
        X = X[self.columns]
        return X if self.means is None else X - self.means


class KeepsState(LosesState):
    """Pickles the whole."""

    def __getstate__(self):
        return dict(self.__dict__)


class Adjusted(Regressor):
    """Adds what a feature is worth, row by row."""

    def predict(self, X):
        return self.fitted.predict(X) + 2.0 * X["ram"].fillna(8.0).to_numpy()


class AlignedByIndex(Adjusted):
    """Adds it by pandas' index, which the predictions do not have."""

    def predict(self, X):
        return (pd.Series(self.fitted.predict(X)) + 2.0 * X["ram"].fillna(8.0)).to_numpy()
