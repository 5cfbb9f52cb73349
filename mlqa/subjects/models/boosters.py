"""Raw boosters of XGBoost, LightGBM and CatBoost: what they predict depends on their objective."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.subjects.models.frames import as_pandas, named_columns

__all__ = ["CatBoostScores", "LightGBMBooster", "LightGBMModel", "XGBoostBooster", "XGBoostModel"]

_XGBOOST = {"binary:logistic": "binary", "multi:softprob": "classes"}
_LIGHTGBM = {"binary": "binary", "cross_entropy": "binary", "multiclass": "classes", "multiclassova": "classes"}
_CATBOOST = {"Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll"}


class _Probabilities:
    """Numbers of a booster, and probabilities where its objective makes them such."""

    def __init__(self, model: Any, objective: str | None) -> None:
        self._model = model
        self.__name__ = f"{type(model).__module__.split('.')[0]} {type(model).__name__}"
        if objective is not None:
            self.predict_proba = self._probabilities

    def predict(self, table: Any) -> NDArray[Any]:
        """Return the class of each row by its place, from 0, or the value."""
        if not hasattr(self, "predict_proba"):
            return self._raw(table)
        said = self.predict_proba(table)
        return np.asarray(said.argmax(axis=1)) if len(said) else np.zeros(0, dtype=np.int64)

    def _probabilities(self, table: Any) -> NDArray[Any]:
        said = self._raw(table)
        return np.column_stack([1 - said, said]) if said.ndim == 1 else said

    def _raw(self, table: Any) -> NDArray[Any]:
        raise NotImplementedError


class XGBoostBooster(_Probabilities):
    """An ``xgboost.Booster``; names of columns are checked by the library."""

    def __init__(self, model: Any) -> None:
        objective = json.loads(model.save_config())["learner"]["objective"]["name"]
        super().__init__(model, _XGBOOST.get(objective))

    def _raw(self, table: Any) -> NDArray[Any]:
        from xgboost import DMatrix

        return np.asarray(self._model.predict(DMatrix(_checkable(table), enable_categorical=True)))


class LightGBMBooster(_Probabilities):
    """A ``lightgbm.Booster``; names of columns are checked where it knows them."""

    def __init__(self, model: Any) -> None:
        objective = str(model.dump_model(num_iteration=1).get("objective") or "").split()
        super().__init__(model, _LIGHTGBM.get(objective[0]) if objective else None)

    def _raw(self, table: Any) -> NDArray[Any]:
        table, checked = _spelt(table, self._model.feature_name())
        return np.asarray(self._model.predict(table, validate_features=checked))


class _Wrapped:
    """A model of scikit-learn's kind, its table brought into a form whose column names the library checks."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.__name__ = type(model).__name__
        for name in ("classes_", "feature_names_in_", "n_features_in_"):
            with suppress(AttributeError, NotImplementedError):  # a regressor has no classes
                setattr(self, name, getattr(model, name))
        if hasattr(model, "predict_proba"):
            self.predict_proba = self._probabilities

    def __sklearn_tags__(self) -> Any:
        return self._model.__sklearn_tags__()

    def predict(self, table: Any) -> Any:
        """Return what the model predicts."""
        table, options = self._checked(table)
        return self._model.predict(table, **options)

    def _probabilities(self, table: Any) -> Any:
        table, options = self._checked(table)
        return self._model.predict_proba(table, **options)

    def _checked(self, table: Any) -> tuple[Any, dict[str, Any]]:
        raise NotImplementedError


class LightGBMModel(_Wrapped):
    """A model of LightGBM's scikit-learn kind, its check of the columns' order switched on.

    By itself it takes columns by their place, and says nothing where a table
    has them in another order.
    """

    def _checked(self, table: Any) -> tuple[Any, dict[str, Any]]:
        table, checked = _spelt(table, self._model.booster_.feature_name())
        return table, {"validate_features": checked}


class XGBoostModel(_Wrapped):
    """A model of XGBoost's scikit-learn kind, given frames of pandas: of no other kind it checks the names."""

    def _checked(self, table: Any) -> tuple[Any, dict[str, Any]]:
        return _checkable(table), {}


class CatBoostScores(_Probabilities):
    """A bare ``catboost.CatBoost``, which knows its loss but gives scores."""

    def __init__(self, model: Any) -> None:
        loss = str(model.get_all_params().get("loss_function"))
        super().__init__(model, loss if loss in _CATBOOST else None)

    def predict(self, table: Any) -> NDArray[Any]:
        """Return the class of each row, or the value."""
        kind = "Class" if hasattr(self, "predict_proba") else "RawFormulaVal"
        return np.asarray(self._model.predict(table, prediction_type=kind))

    def _raw(self, table: Any) -> NDArray[Any]:
        return np.asarray(self._model.predict(table, prediction_type="Probability"))


def _checkable(table: Any) -> Any:
    return table if named_columns(table) is None else as_pandas(table)


def _spelt(table: Any, known: list[str]) -> tuple[Any, bool]:
    """Return a table with its columns spelt as LightGBM keeps them, and whether it has those of the fit."""
    names = named_columns(table)
    spelt = None if names is None else [name.replace(" ", "_") for name in names]
    if spelt is None or sorted(spelt) != sorted(known):
        return table, False
    return as_pandas(table).set_axis(spelt, axis=1), True
