"""What mlqa raises. Level 0: imports nothing of ours.

Every error says what was given, what was wanted and one thing to do; every
error pickles, so that it crosses process pools and xdist whole.
"""

from __future__ import annotations

import reprlib

__all__ = ["BaselineError", "BridgeError", "MlqaError", "NotebookError", "SubjectError", "UsageError", "nearest"]

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxdict = 4


class MlqaError(Exception):
    """Base of every error that mlqa raises on purpose."""


class UsageError(MlqaError, ValueError):
    """An argument cannot be used; raised before any computing.

    Parameters
    ----------
    name : str
        The argument, option or key, as the caller wrote it.
    given : object
        Its value. Shown in at most 60 characters.
    wanted : str
        What would have been accepted.
    got : str, optional
        Type or shape of what was given; by default the type's name.
    hint : str
        One thing to do.

    Examples
    --------
    >>> print(UsageError("margin", -1, "a number of at least 0", "pass the largest drop you accept"))
    margin=-1: expected a number of at least 0, got int.
    Hint: pass the largest drop you accept
    """

    def __init__(self, name: str, given: object, wanted: str, hint: str, got: str | None = None) -> None:
        self.name = name
        self.given = given
        self.wanted = wanted
        self.hint = hint
        self.got = type(given).__name__ if got is None else got
        super().__init__(f"{name}={_shown(given)}: expected {wanted}, got {self.got}.\nHint: {hint}")

    def __reduce__(self) -> tuple[type[UsageError], tuple[str, object, str, str, str]]:
        return type(self), (self.name, self.given, self.wanted, self.hint, self.got)


class SubjectError(MlqaError):
    """The model or table under test broke while it was used (a model that raises, say)."""


class BaselineError(MlqaError):
    """A recorded baseline cannot be read, or was recorded on other data."""


class NotebookError(MlqaError):
    """A notebook or its kernel cannot be run."""


class BridgeError(MlqaError):
    """A program that runs beside mlqa is missing, died, hung or could not answer."""


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``"did you mean 'x'?"`` or the list of what is known.

    Examples
    --------
    >>> nearest("tenur", ["tenure", "churn"])
    "did you mean 'tenure'?"
    >>> nearest("zzz", ["tenure", "churn"])
    "choose from 'tenure', 'churn'"
    """
    import difflib

    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    listed = ", ".join(repr(name) for name in known[:8])
    return f"choose from {listed}" + (", ..." if len(known) > 8 else "")


def _shown(value: object) -> str:
    """Show a value on one line, never a whole table."""
    if hasattr(value, "shape") and not isinstance(value, str):
        shape = tuple(getattr(value, "shape", ()))
        if shape and all(isinstance(side, int) for side in shape):
            return f"<{type(value).__name__} of shape {shape}>"
    text = _short.repr(value)
    return " ".join(text.split())[:120]
