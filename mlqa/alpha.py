"""The level of a check: the one place where it is set; and the other shares that checks take. Level 0.

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

__all__ = ["DEFAULT", "level_of", "share_of", "using"]

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


def share_of(name: str, given: Any, hint: str, *, called: str = "a share", below_one: bool = False) -> float:
    """Return a share, or another number between 0 and 1, that can be used as a limit.

    Parameters
    ----------
    name : str
        The argument.
    given : float in [0, 1]
    hint, called : str
        One thing to do, and what the number is, for the error.
    below_one : bool
        Whether 1 itself is refused.

    Raises
    ------
    UsageError
        If `given` is no such number.

    Examples
    --------
    >>> share_of("at_most", 0.05, "0.05 is five points")
    0.05
    """
    number = isinstance(given, Real) and not isinstance(given, bool)
    if not number or not 0 <= float(given) <= 1 or (below_one and float(given) == 1):
        raise UsageError(name, given, f"{called} in [0, 1{')' if below_one else ']'}", hint)
    return float(given)


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
