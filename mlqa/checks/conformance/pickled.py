"""A value as bytes: by pickle, or by value where cloudpickle is installed and pickle cannot."""

from __future__ import annotations

import pickle
from importlib.util import find_spec
from typing import Any

from mlqa.subjects.predictor import brief

__all__ = ["pickled"]


def pickled(value: Any, *, by_value: bool = True) -> tuple[bytes | None, str, str]:
    """Return a value as bytes, how they were made, and why they could not be.

    Parameters
    ----------
    value : object
    by_value : bool
        Whether cloudpickle comes first, which writes functions and classes of a
        notebook whole, so that another process can read them.

    Examples
    --------
    >>> pickled(1, by_value=False)[1:]
    ('pickle', '')
    """
    ways: list[tuple[str, Any]] = [("pickle", pickle)]
    if find_spec("cloudpickle") is not None:
        import cloudpickle

        ways.insert(0 if by_value else 1, ("cloudpickle", cloudpickle))
    trouble = ""
    for name, module in ways:
        try:
            return module.dumps(value), name, ""
        except Exception as error:  # whatever the model's own __getstate__ raises
            trouble = trouble or brief(error)
    return None, "", trouble
