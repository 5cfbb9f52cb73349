"""The same rows with one cell of each replaced by what a model may not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.conformance.asking import Refused, quietly
from mlqa.checks.conformance.probe import SLOW, Probe
from mlqa.checks.conformance.trials import failed, passed, too_slow
from mlqa.errors import SubjectError
from mlqa.subjects.block import names
from mlqa.verdict import Verdict

__all__ = ["asked_of_cells"]

_MOST = 12

Change = Callable[[Any, NDArray[np.bool_]], Any]


def asked_of_cells(
    check: str, claim: str, probe: Probe, columns: list[int], change: Change, what: str, remedy: str
) -> Verdict:
    """Ask with a cell of every row replaced: it is answered, or refused cleanly, never with a NaN or not at all.

    Parameters
    ----------
    check, claim, remedy : str
        Of the verdict.
    probe : Probe
    columns : list of int
        Places of the columns to replace cells of.
    change : callable
        From the rows and a mark for each cell to the rows with these replaced.
    what : str
        What the cells then hold: "a missing value".
    """
    if probe.seconds > SLOW:
        return too_slow(check, claim, probe)
    known = names(probe.block)
    each = np.arange(probe.n) % len(columns)
    marks = np.zeros((probe.n, len(known)), dtype=np.bool_)
    marks[np.arange(probe.n), np.asarray(columns)[each]] = True
    fault, refused = _fault(probe, change(probe.block, marks), marks)
    if not fault and not refused and probe.n >= len(columns):
        return passed(check, claim, probe, f"rows with {what} in one column get answers", calls=1)
    told = refused
    for at in [columns[place] for place in np.unique(np.linspace(0, len(columns) - 1, _MOST).astype(int))]:
        marks = np.zeros((probe.n, len(known)), dtype=np.bool_)
        marks[:, at] = True
        wrong, word = _fault(probe, change(probe.block, marks), marks)
        told = told or word
        if wrong:
            reason = f"with {what} in {known[at]!r} {wrong}"
            return failed(check, claim, probe, reason, remedy, columns=(known[at],) if probe.columns else ())
    if fault:
        reason = f"with {what} in each row, in one column after the other, {fault}"
        return failed(check, claim, probe, reason, remedy)
    answer = f"rows with {what} are refused ({told})" if told else f"rows with {what} get answers"
    return passed(check, claim, probe, answer, calls=2)


def _fault(probe: Probe, block: Any, marks: NDArray[np.bool_]) -> tuple[str, str]:
    """Return what is wrong with the answer, and how the model refused."""
    try:
        said = quietly(probe.model, block)
    except SubjectError as error:
        return str(error).splitlines()[0], ""
    if isinstance(said, Refused):
        return ("", said.told) if said.clean else (f"it raises {said.told}", "")
    # what has no answer as it is, is another question
    lost = probe.said.finite & ~said.finite & marks.any(axis=1)
    return (f"{int(lost.sum())} of {probe.n} answers are NaN, infinite or None" if lost.any() else ""), ""
