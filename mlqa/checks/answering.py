"""Questions side by side, each answer a case of the report: what the ready-made groups of checks share."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec

from mlqa.checks.drift.boosted import available
from mlqa.report.report import Case, Crash
from mlqa.verdict import Verdict

__all__ = ["answered", "case_of", "one_thread_each"]

_GROW_TREES = frozenset({"exchangeable", "label_noise_holds"})
_AT_ONCE = 2  # checks side by side: most of their time is spent in libraries that free the interpreter


def answered(questions: Mapping[str, Callable[[], Verdict]]) -> list[Case]:
    """Ask every question, two at a time; the cases are in their order.

    Parameters
    ----------
    questions : mapping of str to callable
        By the name that becomes the source of the case.

    Examples
    --------
    >>> [case.crash.type for case in answered({"broken": lambda: 1 / 0})]
    ['ZeroDivisionError']
    """
    with one_thread_each(questions), ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return list(pool.map(case_of, questions.values(), questions))


def case_of(ask: Callable[[], Verdict], source: str) -> Case:
    """Ask one question; a check that breaks is a crash, never an outcome."""
    try:
        return Case(source=source, verdicts=(ask(),))
    except Exception as error:
        crash = Crash(type=type(error).__name__, message=str(error), traceback=traceback.format_exc())
        return Case(source=source, crash=crash)


@contextmanager
def one_thread_each(names: Iterable[str] = _GROW_TREES) -> Iterator[None]:
    """Keep linear algebra and trees to one thread: of checks side by side, two each would wait for one another.

    Parameters
    ----------
    names : iterable of str
        The checks; scikit-learn is loaded only for those that grow trees.
    """
    if find_spec("threadpoolctl") is None:  # it comes with scikit-learn
        yield
        return
    if available() and not _GROW_TREES.isdisjoint(names):
        import sklearn.ensemble  # noqa: F401  # first: a limit holds for the libraries that are loaded when it is set
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
