"""A baseline as a value, and the shape of its file."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.verdict import Evidence

__all__ = ["SCHEMA", "Baseline"]

SCHEMA = 1
_KINDS = "biufU"  # numpy's letters for truth values, numbers and texts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baseline:
    """What was measured once, and accepted: later runs compare with it.

    Attributes
    ----------
    evidence : Evidence
        The score, with its interval.
    predictions : array, shape (n,) or (n, classes)
        What the accepted model predicted, row by row, so that a later
        comparison stays paired. Read-only.
    provenance : dict of str to str, int, float, bool or None
        Where it came from: ``metric``, ``data_digest``, ``n``,
        ``greater_is_better`` and so on.

    Raises
    ------
    UsageError
        If the predictions are not finite numbers or texts, or the provenance
        holds other values than the above.

    Examples
    --------
    >>> from mlqa.verdict import Evidence
    >>> kept = Baseline(evidence=Evidence(estimate=0.5), predictions=[1, 0], provenance={"metric": "accuracy"})
    >>> Baseline.from_json(kept.to_json()) == kept
    True
    """

    evidence: Evidence
    predictions: NDArray[Any]
    provenance: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "predictions", _frozen_array(self.predictions))
        object.__setattr__(self, "provenance", _plain_mapping(self.provenance))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Baseline) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def to_json(self) -> str:
        """Return the text of the file: equal baselines give equal bytes.

        The predictions stand on one line, every number in the shortest form
        that reads back exactly.
        """
        head: dict[str, Any] = {"evidence": _evidence_to_dict(self.evidence)}
        head["provenance"] = dict(sorted(self.provenance.items()))
        rows = json.dumps(self.predictions.tolist(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        head = {"schema": SCHEMA, "digest": _digest(head, rows), **head}
        text = json.dumps(head, indent=2, ensure_ascii=False, allow_nan=False)
        return f'{text[:-2]},\n  "predictions": {rows}\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> Baseline:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        ValueError
            Saying what is wrong: not JSON, another schema, damaged.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or "schema" not in data:
            raise ValueError("it is not a baseline of mlqa")
        if isinstance(data["schema"], int) and data["schema"] > SCHEMA:
            raise ValueError(f"a newer mlqa wrote it (schema {data['schema']}, this one reads {SCHEMA}): upgrade mlqa")
        if data["schema"] != SCHEMA:
            raise ValueError(f"it has schema {data['schema']!r}; this version of mlqa reads schema {SCHEMA}")
        try:
            baseline = cls(
                evidence=_evidence_from_dict(data["evidence"]),
                predictions=data["predictions"],
                provenance=data["provenance"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"it is damaged ({error!r})") from error
        if json.loads(baseline.to_json())["digest"] != data.get("digest"):
            raise ValueError("its digest does not fit its content: it was edited, or two versions were merged")
        return baseline


def _digest(head: Mapping[str, Any], rows: str) -> str:
    """Fingerprint of the content: a textual merge of two baselines must not read as a third."""
    text = json.dumps(head, sort_keys=True, ensure_ascii=False, allow_nan=False) + rows
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _evidence_to_dict(evidence: Evidence) -> dict[str, Any]:
    """Only the fields that say something, so that the file stays small."""
    values = {field.name: getattr(evidence, field.name) for field in fields(evidence)}
    values["worst"] = [dict(row) for row in evidence.worst]
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _evidence_from_dict(data: Mapping[str, Any]) -> Evidence:
    known = {field.name for field in fields(Evidence)}
    values = {name: value for name, value in data.items() if name in known}
    return Evidence(**{**values, "worst": tuple(values.get("worst", ()))})


def _frozen_array(predictions: Any) -> NDArray[Any]:
    """Copy to a read-only array of a kind that JSON gives back exactly."""
    array = np.array(predictions)
    if array.dtype == object and all(isinstance(item, str) for item in array.ravel()):
        array = array.astype(str)
    finite = array.dtype.kind != "f" or bool(np.isfinite(array).all())
    if array.dtype.kind not in _KINDS or array.ndim not in (1, 2) or not finite:
        hint = "give one prediction a row, none missing"
        got = f"{array.dtype} of shape {array.shape}"
        raise UsageError("predictions", array, "finite numbers or texts, of shape (n,) or (n, classes)", hint, got)
    array.setflags(write=False)
    return array


def _plain_mapping(provenance: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in provenance.items():
        finite = not isinstance(value, float) or math.isfinite(value)
        if not isinstance(name, str) or not finite or not (value is None or isinstance(value, (str, int, float))):
            wanted = "a mapping of texts to texts, finite numbers, truth values or None"
            raise UsageError(f"provenance[{name!r}]", value, wanted, "leave it out or turn it into a text")
    return dict(provenance)
