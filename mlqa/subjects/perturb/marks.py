"""What a search may know of a perturbation, and perturbations put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError

__all__ = ["Choice", "Marks", "Perturb", "marked", "marks_of", "together"]

Perturb = Callable[[Any], Any]
_ATTRIBUTE = "mlqa_marks"


class Choice(Protocol):
    """From values, shape (n,), and numbers u in [0, 1], shape (n,), to the values chosen."""

    def __call__(self, values: NDArray[Any], u: NDArray[np.float64]) -> NDArray[Any]:
        """Choose one value for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What a search may use; a plain function has none of it.

    Attributes
    ----------
    choices : dict of str to callable
        By column: from its values, shape (n,), and numbers in [0, 1], shape
        (n,), to the new values. Every such number is as harmless as the next,
        so that the worst may be searched for.
    between : frozenset of str
        Columns of which any value between old and new would do as well.
    origin : callable or None
        From the number of rows to where each row is afterwards, shape (n,);
        None: where it was.
    """

    choices: Mapping[str, Choice] = field(default_factory=dict)
    between: frozenset[str] = frozenset()
    origin: Callable[[int], NDArray[np.intp]] | None = None


def marked(function: Perturb, name: str, marks: Marks) -> Perturb:
    """Name a function and say what a search may know of it."""
    function.__name__ = function.__qualname__ = name
    setattr(function, _ATTRIBUTE, marks)
    return function


def marks_of(function: Any) -> Marks:
    """Return what a search may know of a perturbation; nothing of a function of the user's."""
    found = getattr(function, _ATTRIBUTE, None)
    return found if isinstance(found, Marks) else Marks()


def together(*perturbs: Perturb) -> Perturb:
    """Make several perturbations at once, one after the other.

    Parameters
    ----------
    *perturbs : callables
        Of one table to a like table.

    Examples
    --------
    >>> from mlqa.subjects.perturb import scaled
    >>> together(scaled("0", 2), scaled("1", 3))(np.array([[1.0, 1.0]])).tolist()
    [[2.0, 3.0]]
    """
    if not perturbs or not all(callable(perturb) for perturb in perturbs):
        raise UsageError("perturbs", perturbs, "functions from a table to a table", "see mlqa.subjects.perturb")
    marks = [marks_of(perturb) for perturb in perturbs]
    if any(one.origin for one in marks):
        raise UsageError("perturbs", perturbs, "functions that leave rows where they are", "ask shuffled alone")

    def perturb(table: Any) -> Any:
        for one in perturbs:
            table = one(table)
        return table

    free = all(one.choices for one in marks)
    merged = Marks(
        choices={column: choice for one in marks for column, choice in one.choices.items()} if free else {},
        between=frozenset().union(*(one.between for one in marks)),
    )
    names = [str(getattr(one, "__name__", type(one).__name__)) for one in perturbs]
    shown = " and ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
    return marked(perturb, shown, merged)
