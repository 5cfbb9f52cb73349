"""How an update of a baseline reads: old -> new, with intervals."""

from __future__ import annotations

from mlqa.baselines.form import Baseline
from mlqa.verdict import Evidence
from mlqa.wording import number

__all__ = ["describe_change"]


def describe_change(old: Baseline | None, new: Baseline) -> str:
    """Say in one line what accepting `new` would change.

    Parameters
    ----------
    old : Baseline or None
        What is recorded; None if nothing is.
    new : Baseline

    Returns
    -------
    str
        One line: metric, old -> new with intervals, and what else differs.

    Examples
    --------
    >>> from mlqa.verdict import Evidence
    >>> score = Evidence(estimate=0.9, low=0.85, high=0.94, level=0.95)
    >>> kept = Baseline(evidence=score, predictions=[1, 0], provenance={"metric": "accuracy", "n": 2})
    >>> describe_change(None, kept)
    'accuracy: none -> 0.9 [0.85, 0.94], n = 2'
    """
    before = "none" if old is None else _score(old.evidence)
    metric = new.provenance.get("metric", "score")
    line = f"{metric}: {before} -> {_score(new.evidence)}, n = {new.provenance.get('n', len(new.predictions))}"
    changes = [] if old is None else [_moved(key, old, new) for key in ("metric", "n", "data_digest")]
    noted = [text for text in changes if text]
    return " ".join(line.split()) + (f" ({'; '.join(noted)})" if noted else "")


def _score(evidence: Evidence) -> str:
    shown = "none" if evidence.estimate is None else number(evidence.estimate, evidence.unit)
    if evidence.low is None and evidence.high is None:
        return shown
    low = "-inf" if evidence.low is None else number(evidence.low)
    high = "inf" if evidence.high is None else number(evidence.high)
    return f"{shown} [{low}, {high}]"


def _moved(key: str, old: Baseline, new: Baseline) -> str:
    """Name what makes the two baselines unlike; empty if nothing does."""
    was, now = old.provenance.get(key), new.provenance.get(key)
    if was == now:
        return ""
    return "other data" if key == "data_digest" else f"{key} was {was}"
