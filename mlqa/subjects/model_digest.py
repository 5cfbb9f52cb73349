"""A fingerprint of a model: of its pickle where that is cheap, else of its class and parameters."""

from __future__ import annotations

import hashlib
import io
import pickle
from typing import Any

__all__ = ["digest_of_model"]

_MOST_BYTES = 1 << 28


def digest_of_model(model: Any) -> str:
    """Fingerprint a fitted model.

    Parameters
    ----------
    model : object
        Not modified.

    Returns
    -------
    str
        What it is of, and 16 hexadecimal digits: ``pickle:``; ``code:`` of a
        function; ``weights:`` of a torch module; ``params:`` where the model
        cannot be pickled within 256 MB, of its class and ``get_params()`` only.
        Equal models of one version of their library have equal digests,
        trained again or read from a file; it says nothing across versions.

    Notes
    -----
    Pickled without a memo, so that it does not matter which parts share an
    object; nothing is ever unpickled.

    Examples
    --------
    >>> digest_of_model({"depth": 3}) == digest_of_model({"depth": 3}) != digest_of_model({"depth": 4})
    True
    """
    sink = _Sink()
    known = _of_function(model) or _of_tensors(model)
    if known:
        return known
    pickler = pickle.Pickler(sink, protocol=4)
    pickler.fast = True
    try:
        pickler.dump(model)
    except Exception:  # any object may refuse; a cycle has no end without a memo
        return f"params:{_of_parameters(model)}"
    return f"pickle:{sink.digest()}"


class _Sink(io.RawIOBase):
    """A file that keeps nothing but the fingerprint of what is written."""

    def __init__(self) -> None:
        super().__init__()
        self._hash = hashlib.sha256()
        self._left = _MOST_BYTES

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError("the model is too large to be pickled for a fingerprint")
        self._hash.update(data)
        return len(data)

    def digest(self) -> str:
        """Return 16 hexadecimal digits."""
        return self._hash.hexdigest()[:16]


def _of_function(model: Any) -> str:
    """Return the fingerprint of a function's name and code; what it closes over is not in it."""
    code = getattr(model, "__code__", None)
    if code is None:
        return ""
    constants = [one for one in code.co_consts if isinstance(one, (str, int, float))]
    text = f"{model.__module__}.{model.__qualname__}{constants}"
    return f"code:{hashlib.sha256(text.encode('utf-8', 'surrogatepass') + code.co_code).hexdigest()[:16]}"


def _of_tensors(model: Any) -> str:
    """Return the fingerprint of a torch module's weights, whose pickle names where they lie in memory."""
    if not (callable(getattr(model, "state_dict", None)) and callable(getattr(model, "named_parameters", None))):
        return ""
    try:
        sink = hashlib.sha256(type(model).__qualname__.encode())
        for name, tensor in model.state_dict().items():
            array = tensor.detach().cpu().contiguous()
            sink.update(f"{name}{array.dtype}{tuple(array.shape)}".encode())
            sink.update(array.reshape(-1).view(dtype=_bytes()).numpy().tobytes() if array.numel() else b"")
    except Exception:
        return ""
    return f"weights:{sink.hexdigest()[:16]}"


def _bytes() -> Any:
    """Return the type under which a tensor's own bytes can be read, whatever it holds."""
    import torch

    return torch.uint8


def _of_parameters(model: Any) -> str:
    kind = type(model)
    try:
        parameters = sorted((str(name), repr(value)) for name, value in model.get_params().items())
    except Exception:
        parameters = []
    text = f"{kind.__module__}.{kind.__qualname__}{parameters}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
