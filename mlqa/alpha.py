"""The level of a check: the one place where it is set. Level 0.

``alpha`` is the probability that a check says FAIL where nothing is wrong. It
belongs to the check, never to the number of tests collected, so that one
verdict depends on nothing but its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from numbers import Real
from typing import Any

from mlqa.errors import UsageError

__all__ = ["DEFAULT", "level_of", "using"]

DEFAULT = 1e-4
_current: ContextVar[float] = ContextVar("mlqa_alpha", default=DEFAULT)


def level_of(alpha: Any) -> float:
    """Return the level a check runs at: its argument, else the one in force.

    Parameters
    ----------
    alpha : float in (0, 0.5), or None
        Probability of a false alarm; None takes the one in force (1e-4 unless
        ``--mlqa-alpha`` or :func:`using` says otherwise).

    Raises
    ------
    UsageError
        If `alpha` is not a number in (0, 0.5).

    Examples
    --------
    >>> level_of(None), level_of(0.01)
    (0.0001, 0.01)
    """
    if alpha is None:
        return _current.get()
    if isinstance(alpha, bool) or not isinstance(alpha, Real) or not 0 < float(alpha) < 0.5:
        raise UsageError("alpha", alpha, "a number in (0, 0.5)", "leave it out for the default 1e-4")
    return float(alpha)


@contextmanager
def using(alpha: float) -> Iterator[None]:
    """Make `alpha` the default level inside a ``with`` block.

    Examples
    --------
    >>> with using(0.01):
    ...     level_of(None)
    0.01
    """
    token = _current.set(level_of(alpha))
    try:
        yield
    finally:
        _current.reset(token)
