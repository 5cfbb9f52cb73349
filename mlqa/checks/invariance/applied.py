"""A perturbation applied to the rows, and what it changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import SubjectError, UsageError, nearest
from mlqa.subjects.block import changed_cells, cut, height, names, own, picked, put
from mlqa.subjects.perturb.marks import Marks, marks_of

__all__ = ["Perturbed", "named", "perturbed"]


@dataclass(frozen=True, slots=True, eq=False)
class Perturbed:
    """The rows after one perturbation.

    Attributes
    ----------
    name : str
    block : table or array, shape (m, d)
    cells : bool array, shape (n, d)
        Which cells changed.
    seeded : bool
        Whether it took the check's seed.
    marks : Marks
        What a search may know of it.
    at : int array, shape (n,), or None
        Where each row is in `block`, -1 for nowhere; None: where it was.
    around : bool
        Whether it changes what is around the rows, not the rows.
    """

    name: str
    block: Any
    cells: NDArray[np.bool_]
    seeded: bool
    marks: Marks = field(default_factory=Marks)
    at: NDArray[np.intp] | None = None
    around: bool = False

    @property
    def touches(self) -> NDArray[np.bool_]:
        """Rows whose prediction is asked again, shape (n,)."""
        if self.around:
            return np.ones(len(self.cells), dtype=np.bool_)
        return np.asarray(self.cells.any(axis=1), dtype=np.bool_)

    def row(self, position: int) -> Any:
        """Return one row as it is afterwards."""
        there = position if self.at is None else int(self.at[position])
        return cut(self.block, there, there + 1)


def named(perturb: Any) -> dict[str, Callable[..., Any]]:
    """Return the perturbations by name: one function, several, or a dict of them.

    Raises
    ------
    UsageError
        If there is none, or one cannot be called.
    """
    found: dict[str, Callable[..., Any]] = {}
    if isinstance(perturb, Mapping):
        found = {str(name): function for name, function in perturb.items()}
    else:
        for function in perturb if isinstance(perturb, (list, tuple)) else [perturb]:
            name = _name_of(function)
            twins = sum(known == name or known.startswith(f"{name} (") for known in found)
            found[f"{name} ({twins + 1})" if twins else name] = function
    if not found or not all(callable(function) for function in found.values()):
        wanted = "a function from a table to a table, or a list or dict of such"
        raise UsageError("perturb", perturb, wanted, "see mlqa.subjects.perturb for ready ones")
    return found


def perturbed(
    block: Any, name: str, perturb: Callable[..., Any], columns: Sequence[str] | None, seed: int
) -> Perturbed:
    """Apply one perturbation to a copy of the rows.

    Raises
    ------
    UsageError
        If it returns another kind, other columns or another number of rows.
    SubjectError
        If it raises.
    """
    marks, positions = marks_of(perturb), _positions(block, columns)
    given = own(block if positions is None or marks.origin else picked(block, positions))
    seeded = _takes_seed(perturb)
    try:
        result = perturb(given, seed=seed) if seeded else perturb(given)
    except UsageError:
        raise
    except Exception as error:
        said = " ".join(repr(error).split())[:200]
        hint = "call it by hand on the same table; the cause is shown above"
        raise SubjectError(f"perturb={name!r}: it raised {said} on {height(block)} rows.\nHint: {hint}") from error
    if marks.origin is not None:
        nothing = np.zeros((height(block), len(names(block))), dtype=np.bool_)
        return Perturbed(name, result, nothing, seeded, marks, np.asarray(marks.origin(height(block))), around=True)
    part = block if positions is None else picked(block, positions)
    _refuse_another_shape(part, result, name)
    after = result if positions is None else put(block, positions, result)
    return Perturbed(name, after, changed_cells(block, after), seeded, marks)


def _name_of(function: Any) -> str:
    inner = function.func if isinstance(function, partial) else function
    name = str(getattr(inner, "__name__", type(inner).__name__))
    return "perturb" if name == "<lambda>" else name


def _takes_seed(function: Callable[..., Any]) -> bool:
    try:
        return "seed" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some built-in callables have no signature
        return False


def _positions(block: Any, columns: Sequence[str] | None) -> list[int] | None:
    if columns is None:
        return None
    known = names(block)
    for column in columns:
        if str(column) not in known:
            hint = nearest(str(column), known)
            raise UsageError("columns", column, "a column of the table", hint, "no such column")
    return [known.index(str(column)) for column in columns]


def _refuse_another_shape(given: Any, result: Any, name: str) -> None:
    """Raise unless the perturbation gave back a like table."""
    argument, hint = f"perturb[{name!r}]", "change values only, and return the whole table"
    if type(result) is not type(given):
        raise UsageError(
            argument, name, f"a function that returns a {type(given).__name__}", hint, type(result).__name__
        )
    if tuple(result.shape) != tuple(given.shape):
        wanted = f"a function that keeps the shape {tuple(given.shape)}"
        raise UsageError(argument, name, wanted, hint, f"shape {tuple(result.shape)}")
    if names(result) != names(given):
        differ = next(new for new, old in zip(names(result), names(given)) if new != old)
        raise UsageError(argument, name, "a function that keeps the columns in order", hint, f"column {differ!r}")
