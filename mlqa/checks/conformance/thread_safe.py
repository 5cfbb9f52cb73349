"""Four threads that ask at once get the answers that one gets."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Answer, Refused, asked
from mlqa.checks.conformance.probe import SLOW, Probe, probed
from mlqa.checks.conformance.stepping import stepping
from mlqa.checks.conformance.trials import answers_changed, failed, passed, too_slow
from mlqa.errors import SubjectError
from mlqa.subjects.block import taken
from mlqa.verdict import Verdict

__all__ = ["thread_safe"]

_CHECK = "conformance.thread_safe"
_CLAIM = "threads that ask at once get the answers that one alone gets"
_REMEDY = "keep what a call works on in local variables, not in attributes of the model; or lock it"
_THREADS = 4
_CALLS = 3
_SWITCH = 2e-4

Found = tuple[int, Answer | Refused | SubjectError]


def thread_safe(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Four threads that ask at once get the answers that one gets.

    Each thread asks three times about its own quarter of the rows, and lets
    the others go on after every line of the model's own code (not of installed
    packages). A race may hide all the same: PASS says that none was seen.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.subjects.predictor.predict`.
    X : table or array, shape (n, d)
        Rows to ask about, at most 100 of them, chosen by what they hold; or a
        :func:`~mlqa.checks.conformance.probe.probe` of the model.
    seed : int of at least 0
        Another seed, other rows.

    Returns
    -------
    Verdict
        FAIL where an answer is not that of the same rows alone, or the model raises.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> thread_safe(lambda X: X[:, 0], np.eye(8)).outcome
    <Outcome.PASS: 'pass'>
    """
    probe = probed(model, X, seed)
    if probe.seconds > SLOW / 10:
        return too_slow(_CHECK, _CLAIM, probe)
    quarters = [np.arange(probe.n)[start::_THREADS] for start in range(min(_THREADS, probe.n))]
    if len(quarters) < _THREADS:
        quarters = [np.arange(probe.n)] * _THREADS
    alone = [_asked(probe.model, taken(probe.block, rows)) for rows in quarters]
    for at, said in _at_once(probe, quarters):
        rows, before = quarters[at], alone[at]
        if isinstance(said, SubjectError):
            return failed(_CHECK, _CLAIM, probe, f"among {_THREADS} threads: {str(said).splitlines()[0]}", _REMEDY)
        if isinstance(said, Refused):
            return failed(_CHECK, _CLAIM, probe, f"among {_THREADS} threads it raises {said.told}", _REMEDY)
        if not isinstance(before, Answer):
            continue  # not even alone: another question
        changed = unlike(before, said, None if probe.margin is None else probe.margin[rows])
        if changed.any():
            where = f"among {_THREADS} threads that ask at once"
            return answers_changed(_CHECK, _CLAIM, probe, where, said, changed, _REMEDY, rows=rows, before=before)
    told = f"the same answers among {_THREADS} threads, {_CALLS} calls each"
    return passed(_CHECK, _CLAIM, probe, told, calls=_THREADS * _CALLS)


def _at_once(probe: Probe, quarters: list[NDArray[np.intp]]) -> list[Found]:
    """Ask from all threads at the same time, each about its own rows."""
    blocks = [taken(probe.block, rows) for rows in quarters]
    start = Barrier(len(quarters))

    def work(at: int) -> list[Found]:
        start.wait()
        with stepping():
            return [(at, _asked(probe.model, blocks[at])) for _ in range(_CALLS)]

    with _often(), ThreadPoolExecutor(len(quarters)) as pool:
        return [found for calls in pool.map(work, range(len(quarters))) for found in calls]


def _asked(model: Any, block: Any) -> Answer | Refused | SubjectError:
    try:
        return asked(model, block)
    except SubjectError as error:
        return error


@contextmanager
def _often() -> Iterator[None]:
    """Let threads change places often, so that a race shows; filters of warnings are of all threads."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.setswitchinterval(before)
