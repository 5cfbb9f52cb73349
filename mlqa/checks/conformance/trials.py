"""The same rows in other forms: each form one trial, compared with the answer to the rows as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Answer, Refused, quietly
from mlqa.checks.conformance.probe import SLOW, Probe
from mlqa.checks.skipped import skipped
from mlqa.errors import SubjectError
from mlqa.plain import cut
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["Trial", "answers_changed", "compared", "failed", "passed", "too_slow", "worst_of"]

_MOST_WORST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One form of the rows.

    Attributes
    ----------
    name : str
        What was done, as the end of a sentence: "with the rows reversed".
    block : table or array, of m rows
    rows : array, shape (m,)
        Which row of the probe each of them is.
    against : Answer or None
        What to compare with, of m rows; by default the probe's.
    columns : tuple of str
        Columns at fault, if it fails.
    forgiven : callable, optional
        Asked if it fails: which rows change for another reason; shape (m,).
    """

    name: str
    block: Any
    rows: NDArray[np.intp]
    against: Answer | None = None
    columns: tuple[str, ...] = ()
    forgiven: Callable[[], NDArray[np.bool_]] | None = None


def compared(
    check: str, claim: str, probe: Probe, trials: Iterable[Trial], *, remedy: str, may_refuse: bool = False
) -> Verdict:
    """Ask about every form until one is answered otherwise.

    Parameters
    ----------
    check, claim, remedy : str
        Of the verdict.
    probe : Probe
    trials : iterable of Trial
        Made when asked for.
    may_refuse : bool
        Whether a clean error is as good as the same answer.
    """
    if probe.seconds > SLOW:
        return too_slow(check, claim, probe)
    kept: list[str] = []
    refused: list[str] = []
    for trial in trials:
        try:
            said = quietly(probe.model, trial.block)
        except SubjectError as error:
            told = str(error).splitlines()[0]
            return failed(check, claim, probe, f"{trial.name}: {told}", remedy, columns=trial.columns)
        if isinstance(said, Refused):
            if not (may_refuse and said.clean):
                told = f"{trial.name} it raises {said.told}"
                return failed(check, claim, probe, told, remedy, columns=trial.columns)
            refused.append(f"{trial.name} it refuses ({said.told})")
            continue
        before = probe.said.of(trial.rows) if trial.against is None else trial.against
        changed = unlike(before, said, None if probe.margin is None else probe.margin[trial.rows])
        if changed.any() and trial.forgiven is not None:
            changed &= ~trial.forgiven()
        if changed.any():
            where = trial.name
            return answers_changed(
                *(check, claim, probe, where, said, changed, remedy),
                rows=trial.rows,
                before=before,
                columns=trial.columns,
            )
        kept.append(trial.name)
    shown = [f"the same answers {_joined(kept)}"] if kept else []
    return passed(check, claim, probe, "; ".join([*shown, *refused]), calls=len(kept) + len(refused))


def _joined(names: list[str], most: int = 4) -> str:
    """Join phrases and count those left out."""
    names = list(dict.fromkeys(names))
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def passed(check: str, claim: str, probe: Probe, reason: str, *, calls: int) -> Verdict:
    """Say that the claim holds."""
    evidence = Evidence(estimate=0.0, limit=0.0, unit="of rows", n=probe.n, method=_method(calls))
    return Verdict(check=check, outcome=Outcome.PASS, claim=claim, reason=reason, evidence=evidence)


def failed(
    check: str,
    claim: str,
    probe: Probe,
    reason: str,
    remedy: str,
    *,
    share: float | None = None,
    worst: tuple[dict[str, Any], ...] = (),
    columns: tuple[str, ...] = (),
) -> Verdict:
    """Say that it does not."""
    evidence = Evidence(estimate=share, limit=0.0, unit="of rows", n=probe.n, method=_method(1), worst=worst)
    return Verdict(
        check=check, outcome=Outcome.FAIL, claim=claim, reason=reason, evidence=evidence, columns=columns, remedy=remedy
    )


def too_slow(check: str, claim: str, probe: Probe) -> Verdict:
    """Say that the model takes too long to be asked many times."""
    reason = f"one answer about {probe.n} rows took {number(probe.seconds)} s: it is not asked again and again"
    return skipped(check, claim, reason, remedy="ask by hand, about a few rows: X[:5]")


def worst_of(
    probe: Probe, rows: NDArray[np.intp], changed: NDArray[np.bool_], before: Answer, after: Answer
) -> tuple[dict[str, Any], ...]:
    """Return the first rows whose answers differ, as plain values."""
    found = []
    hits = np.flatnonzero(changed)
    for at in hits[np.argsort(probe.positions[rows[hits]], kind="stable")][:_MOST_WORST]:
        entry: dict[str, Any] = {"row": int(probe.positions[rows[at]])}
        entry |= {"before": _plain(before.prediction[at]), "after": _plain(after.prediction[at])}
        if before.probability is not None and after.probability is not None:
            entry |= {"probability": _plain(before.probability[at]), "then": _plain(after.probability[at])}
        found.append(entry)
    return tuple(found)


def answers_changed(
    check: str,
    claim: str,
    probe: Probe,
    where: str,
    after: Answer,
    changed: NDArray[np.bool_],
    remedy: str,
    *,
    rows: NDArray[np.intp] | None = None,
    before: Answer | None = None,
    columns: tuple[str, ...] = (),
) -> Verdict:
    """Say which answers changed, the first of them in full.

    Parameters
    ----------
    check, claim, remedy : str
        Of the verdict.
    probe : Probe
    where : str
        What was done, as the end of a sentence.
    after : Answer, of m rows
    changed : bool array, shape (m,)
    rows : array, shape (m,), optional
        Which row of the probe each is; by default all, in order.
    before : Answer, of m rows, optional
        By default the probe's.
    columns : tuple of str
        Columns at fault.
    """
    rows = np.arange(probe.n) if rows is None else rows
    before = probe.said.of(rows) if before is None else before
    worst = worst_of(probe, rows, changed, before, after)
    first = worst[0]
    old, new = first["before"], first["after"]
    if old == new and "then" in first:
        old, new = first["probability"], first["then"]
    hits = int(changed.sum())
    told = f"{hits} of {len(changed)} answers change {where}: row {first['row']} from {_shown(old)} to {_shown(new)}"
    return failed(check, claim, probe, told, remedy, share=hits / len(changed), worst=worst, columns=columns)


def _shown(value: Any) -> str:
    """Write an answer with six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _method(calls: int) -> str:
    return f"{calls} other form{'s' if calls != 1 else ''} of the rows, compared row by row"


def _plain(said: Any) -> Any:
    """Turn one answer into what JSON can hold: of several numbers a short text."""
    if np.ndim(said):
        return cut("[" + ", ".join(f"{value:.4g}" for value in np.asarray(said, dtype=float)[:6]) + "]")
    value = said.item() if isinstance(said, np.generic) else said
    if value is None or isinstance(value, (bool, int, float)):
        return None if isinstance(value, float) and not np.isfinite(value) else value
    return cut(str(value), 60)
