"""A recorded baseline in place of predictions: what is offered, what may be compared.

Knows no file and no other room: a slot is anything with ``recorded`` and ``offer``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.regression.arrays import digest_of
from mlqa.checks.regression.metric import Metric
from mlqa.errors import BaselineError, UsageError
from mlqa.subjects.model_digest import digest_of_model
from mlqa.subjects.predictor import model_name
from mlqa.subjects.table import digest_of as digest_of_table
from mlqa.subjects.table import read_table
from mlqa.wording import listed

__all__ = ["is_recorded", "is_recorder", "predictions_of", "provenance_of"]

_WORDS = {
    "metric": "the metric",
    "greater_is_better": "the metric's direction",
    "n": "the number of rows",
    "data_digest": "the targets y",
    "groups_digest": "the groups",
}
_COLUMN = "column "
_MOST_COLUMNS = 200


class _Recorded(Protocol):
    """A baseline that was recorded."""

    predictions: Any
    provenance: Mapping[str, Any]


def is_recorder(baseline: Any) -> bool:
    """Tell a place for a baseline: ``recorded`` to read and ``offer(predictions=, evidence=, provenance=)``.

    ``recorded`` is not touched: reading a damaged file raises.
    """
    return callable(getattr(type(baseline), "offer", None))


def is_recorded(baseline: Any) -> bool:
    """Tell a recorded baseline: ``predictions``, and a mapping ``provenance``."""
    return hasattr(baseline, "predictions") and isinstance(getattr(baseline, "provenance", None), Mapping)


def provenance_of(
    metric: Metric, y: NDArray[Any], groups: NDArray[Any] | None, X: Any = None, model: Any = None
) -> dict[str, Any]:
    """Say what a comparison stands on; two are alike only if all of it but the model agrees.

    Parameters
    ----------
    metric : Metric
    y : array, shape (n,) or (n, labels)
    groups : array, shape (n,), or None
    X : table, optional
        Its columns are fingerprinted one by one, so that a later run can name
        the one that changed.
    model : object, optional

    Raises
    ------
    UsageError
        If `X` has other rows than `y`.
    """
    like: dict[str, Any] = {
        "metric": metric.name,
        "greater_is_better": metric.greater_is_better,
        "n": len(y),
        "data_digest": digest_of(y),
        "sorted_digest": digest_of(y[np.lexsort(np.atleast_2d(y.T))]),
        "groups_digest": None if groups is None else digest_of(groups),
    }
    if X is not None:
        like |= _columns(X, len(y))
    if model is not None:
        like |= {"model": model_name(model), "model_digest": digest_of_model(model), **_version_of(model)}
    return like


def predictions_of(recorded: _Recorded, asked: Mapping[str, Any]) -> Any:
    """Return the recorded predictions if they are of like data.

    Raises
    ------
    BaselineError
        Naming everything that differs.
    """
    unlike = [*_differences(recorded.provenance, asked)]
    if unlike:
        raise BaselineError(
            f"the recorded baseline is of unlike data: {'; '.join(unlike)}.\n"
            "Hint: compare on the same rows, or accept the new baseline: pytest --mlqa-update"
        )
    return recorded.predictions


def _differences(there: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    """Name what is not the same: metric, rows, their order, and columns of X where both sides have them."""
    for key, words in _WORDS.items():
        if there.get(key) == asked[key]:
            continue
        moved = key == "data_digest" and there.get("sorted_digest") == asked["sorted_digest"]
        same = ", the same ones in another order" if moved else ""
        yield f"{words}{same} ({there.get(key)!r} then, {asked[key]!r} now)"
    before, now = ({key: side[key] for key in side if key.startswith(_COLUMN)} for side in (there, asked))
    if not before or not now:
        return
    for names, words in (
        ([key for key in now if key in before and now[key] != before[key]], "other values in"),
        ([key for key in before if key not in now], "no longer there:"),
        ([key for key in now if key not in before], "not there then:"),
    ):
        if names:
            yield f"{words} {_named(names)}"


def _named(keys: list[str]) -> str:
    names = [key.removeprefix(_COLUMN) for key in keys]
    return f"{'column' if len(names) == 1 else 'columns'} {listed(names)}"


def _columns(X: Any, n: int) -> dict[str, str]:
    frame = read_table(X, name="X")
    if frame.height != n:
        raise UsageError("X", X, f"{n} rows, as y has", "use the same rows in the same order", f"{frame.height} rows")
    if frame.width > _MOST_COLUMNS:
        return {f"{_COLUMN}{frame.width} columns": digest_of_table(frame)[:16]}
    return {f"{_COLUMN}{name}": digest_of_table(frame.select(name))[:16] for name in frame.columns}


def _version_of(model: Any) -> dict[str, str]:
    """Return the version of the package that the model's class is from, if it says one."""
    package = type(model).__module__.partition(".")[0]
    version = getattr(sys.modules.get(package), "__version__", None)
    return {f"{package}_version": str(version)} if isinstance(version, str) and package != "mlqa" else {}
