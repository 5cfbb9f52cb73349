"""A recorded baseline in place of predictions: what is offered, what may be compared.

Knows no file and no other room: a slot is anything with ``recorded`` and ``offer``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from mlqa.checks.regression.arrays import digest_of
from mlqa.checks.regression.metrics import Metric
from mlqa.errors import BaselineError

__all__ = ["is_recorded", "is_recorder", "predictions_of", "provenance_of"]

_WORDS = {
    "metric": "the metric",
    "greater_is_better": "the metric's direction",
    "n": "the number of rows",
    "data_digest": "the targets y",
    "groups_digest": "the groups",
}


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


def provenance_of(metric: Metric, y: NDArray[Any], groups: NDArray[Any] | None) -> dict[str, Any]:
    """Say what a comparison stands on; two are alike only if all of it agrees."""
    return {
        "metric": metric.name,
        "greater_is_better": metric.greater_is_better,
        "n": len(y),
        "data_digest": digest_of(y),
        "groups_digest": None if groups is None else digest_of(groups),
    }


def predictions_of(recorded: _Recorded, asked: Mapping[str, Any]) -> Any:
    """Return the recorded predictions if they are of like data.

    Raises
    ------
    BaselineError
        Naming everything that differs.
    """
    there = recorded.provenance
    unlike = [
        f"{words} ({there.get(key)!r} then, {asked[key]!r} now)"
        for key, words in _WORDS.items()
        if there.get(key) != asked[key]
    ]
    if unlike:
        raise BaselineError(
            f"the recorded baseline is of unlike data: {'; '.join(unlike)}.\n"
            "Hint: compare on the same rows, or accept the new baseline: pytest --mlqa-update"
        )
    return recorded.predictions
