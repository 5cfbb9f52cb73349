"""Which adapter a model needs, told by where its type comes from: no library is imported to find out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlqa.subjects.models.boosters import CatBoostScores, LightGBMBooster, LightGBMModel, XGBoostBooster, XGBoostModel
from mlqa.subjects.models.pyfuncs import PyFunc
from mlqa.subjects.models.torch_modules import TorchModule
from mlqa.subjects.onnx_model import OnnxModel

__all__ = ["adapted"]

_KINDS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("catboost", "CatBoost"): CatBoostScores,
    ("lightgbm", "Booster"): LightGBMBooster,
    ("lightgbm", "LGBMModel"): LightGBMModel,
    ("mlflow", "PyFuncModel"): PyFunc,
    ("onnx", "ModelProto"): OnnxModel,
    ("onnxruntime", "InferenceSession"): OnnxModel,
    ("torch", "Module"): TorchModule,
    ("xgboost", "Booster"): XGBoostBooster,
    ("xgboost", "XGBModel"): XGBoostModel,
}


def adapted(model: Any) -> Any:
    """Return a model as something to ask: itself, or an adapter around it.

    Parameters
    ----------
    model : object
        scikit-learn's own, pipelines, functions and whatever has ``predict``
        stay as they are. A raw booster of XGBoost, LightGBM or CatBoost, a
        torch module, an ONNX session and an MLflow pyfunc get an adapter.

    Examples
    --------
    >>> adapted(len) is len
    True
    """
    for kind in type(model).__mro__:
        # CatBoostClassifier and its like know their own labels; the bare class does not
        if kind.__name__ == "CatBoost" and type(model) is not kind:
            continue
        adapter = _KINDS.get((str(kind.__module__).split(".")[0], kind.__name__))
        if adapter is not None:
            return adapter(model)
    return model
