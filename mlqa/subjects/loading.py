"""The model that a project's settings name: a variable of a module, a file, a URL, or what a registry hands out."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest
from mlqa.subjects.models.endpoint import endpoint
from mlqa.subjects.onnx_model import OnnxModel
from mlqa.subjects.predictor import brief

__all__ = ["load_model"]

_UNSAFE = {
    ".pt": "name the module and the variable that holds the model, 'pkg.module:attr', and load the weights there",
    ".pkl": "write it with joblib, or better with skops, which runs no code when it is read",
}
_UNSAFE[".pth"] = _UNSAFE[".pt"]
_UNSAFE[".pickle"] = _UNSAFE[".pkl"]


def load_model(
    spec: str,
    *,
    root: str | Path = ".",
    trusted: Sequence[str] = (),
    registries: Mapping[str, Callable[[str], Any]] | None = None,
) -> Any:
    """Load the model that a project's own ``pyproject.toml`` names.

    Parameters
    ----------
    spec : str
        ``pkg.module:attr``; an ``http://`` or ``https://`` address (see
        :func:`mlqa.endpoint`); a registry's URI (``models:/churn@champion``);
        or the path of a file, relative to `root`: ``.joblib``, ``.skops``,
        ``.onnx``, ``.ubj`` or ``.json`` (XGBoost), ``.txt`` (LightGBM),
        ``.cbm`` (CatBoost).
    root : path
        Folder of the pyproject.toml.
    trusted : sequence of str
        Types of a ``.skops`` file to accept beside those that skops trusts.
    registries : mapping, optional
        Function from a URI to a model, by scheme: ``{"models":
        mlflow.pyfunc.load_model}``.

    Raises
    ------
    UsageError
        If there is no such module, attribute, file or registry, or it cannot
        be read.

    Warnings
    --------
    A ``.joblib`` file is a pickle: reading it runs whatever code it holds, just
    as importing a module does. Call this with what the user's own settings
    name, never with a path that came from elsewhere. All other files run no
    code; ``.skops`` files are refused if they hold types that are not trusted.

    Examples
    --------
    >>> load_model("math:sqrt")(9.0)
    3.0
    """
    scheme, slash, _ = spec.partition(":/")
    if slash and scheme.isalnum() and len(scheme) > 1:
        return _from_address(spec, scheme, registries or {})
    suffix = Path(spec).suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        if suffix in _UNSAFE and ":" not in spec:
            raise UsageError("model", spec, f"a path ending in {', '.join(_READERS)}", _UNSAFE[suffix], "a pickle")
        return _attribute(spec)
    path = Path(root) / spec
    if not path.is_file():
        raise UsageError("model", spec, "a file that exists", f"paths are relative to {Path(root).name!r}", "no file")
    if suffix == ".skops":
        reader = partial(_from_skops, trusted=trusted)
    try:
        return reader(path)
    except ImportError as error:
        raise UsageError("model", spec, "a file that can be read here", f"install {error.name}", "no reader") from error
    except UsageError:
        raise
    except Exception as error:
        wanted = f"a readable {path.suffix} file"
        raise UsageError("model", spec, wanted, f"write it again ({brief(error)})", "damage") from error


def _from_address(spec: str, scheme: str, registries: Mapping[str, Callable[[str], Any]]) -> Any:
    """Ask a server or a registry."""
    if scheme in ("http", "https"):
        return endpoint(spec)
    if scheme not in registries:
        known = ", ".join(repr(f"{name}:/...") for name in ("http", "https", *registries))
        hint = "name a file or 'pkg.module:attr' where no registry is set up"
        raise UsageError("model", spec, f"an address that is known here ({known})", hint, f"scheme {scheme!r}")
    try:
        return registries[scheme](spec)
    except UsageError:
        raise
    except Exception as error:
        hint = f"check the name and the registry's address ({brief(error)})"
        raise UsageError("model", spec, "a model that the registry has", hint, "an error") from error


def _attribute(spec: str) -> Any:
    """Import ``pkg.module:attr``."""
    module_name, _, attribute = spec.partition(":")
    if not module_name or not attribute:
        wanted = f"'pkg.module:attr' or a path ending in {', '.join(_READERS)}"
        raise UsageError("model", spec, wanted, "name the module and the variable that holds the model")
    try:
        value: Any = importlib.import_module(module_name)
    except Exception as error:
        hint = f"check the name and pythonpath ({brief(error)})"
        raise UsageError("model", spec, "a module that can be imported", hint, f"no module {module_name!r}") from error
    for part in attribute.split("."):
        if not hasattr(value, part):
            known = [name for name in dir(value) if not name.startswith("_")]
            raise UsageError("model", spec, "an attribute of the module", nearest(part, known), "no such attribute")
        value = getattr(value, part)
    return value


def _from_joblib(path: Path) -> Any:
    import joblib

    return joblib.load(path)


def _from_skops(path: Path, trusted: Sequence[str] = ()) -> Any:
    from skops import io

    unknown = [name for name in io.get_untrusted_types(file=path) if name not in trusted]
    if unknown:
        hint = f"read what these are, then pass trusted={unknown!r}, or name 'pkg.module:attr'"
        raise UsageError("model", path.name, "a file of types that skops trusts", hint, f"{len(unknown)} others")
    return io.load(path, trusted=list(trusted))


def _from_xgboost(path: Path) -> Any:
    from xgboost import Booster

    return Booster(model_file=str(path))


def _from_lightgbm(path: Path) -> Any:
    from lightgbm import Booster

    return Booster(model_file=str(path))


def _from_catboost(path: Path) -> Any:
    from catboost import CatBoost, CatBoostClassifier

    model = CatBoost().load_model(str(path))
    # the loss tells whether it has classes; the classifier knows their names
    loss = str(model.get_all_params().get("loss_function"))
    return CatBoostClassifier().load_model(str(path)) if loss.startswith(("Multi", "Log", "Cross")) else model


_READERS: dict[str, Callable[[Path], Any]] = {
    ".joblib": _from_joblib,
    ".skops": _from_skops,
    ".onnx": OnnxModel,
    ".ubj": _from_xgboost,
    ".json": _from_xgboost,
    ".txt": _from_lightgbm,
    ".cbm": _from_catboost,
}
