"""An MLflow pyfunc as a model: it takes frames of pandas, and its signature checks them."""

from __future__ import annotations

from typing import Any

from mlqa.subjects.models.frames import as_pandas

__all__ = ["PyFunc"]


class PyFunc:
    """A loaded ``mlflow.pyfunc`` model; probabilities are those of the model inside it, where it has any."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.__name__ = "mlflow pyfunc"
        self._inside = _inside(model)
        for name in ("classes_", "feature_names_in_"):
            if hasattr(self._inside, name):
                setattr(self, name, getattr(self._inside, name))
        if callable(getattr(self._inside, "predict_proba", None)):
            self.predict_proba = self._probabilities

    def predict(self, table: Any) -> Any:
        """Return what the pyfunc predicts."""
        return self._model.predict(as_pandas(table))

    def _probabilities(self, table: Any) -> Any:
        return self._inside.predict_proba(as_pandas(table))


def _inside(model: Any) -> Any:
    """Return the model a pyfunc wraps; None where it does not say."""
    try:
        return model.get_raw_model()
    except Exception:  # flavours without one raise what they like
        return None
