"""The graph of steps: made from what each reads and writes.

A pipeline is a file, ``pipeline.toml``::

    [pipeline]
    name = "churn"

    [parameters]          # given to every step that has a parameter of this name
    seed = 0

    [steps.prepare]
    notebook = "01_prepare.ipynb"
    inputs = { raw = "data/churn.parquet" }
    outputs = { train = "artifacts/train.parquet", test = "artifacts/test.parquet" }

    [steps.train]
    notebook = "02_train.ipynb"
    parameters = { depth = 4 }
    inputs = { train = "artifacts/train.parquet" }
    outputs = { model = "artifacts/model.joblib" }
    gate = { strict = false, expect = ["quality.schema_holds"] }
    secrets = { token = "env:CHURN_TOKEN" }         # or file:PATH; read by the kernel, written nowhere
    timeout = 600         # seconds, of the whole step
    cell_timeout = 60     # seconds, of each cell
    retries = 2           # after a crash or a timeout, never after a no-go of the gate
    retry_wait = 5        # seconds before the first retry, twice as long before each next one
    resources = { cpus = 2, memory = "4 GB" }       # cpus: what runs beside it; memory: ended above it

``[pipeline]`` may hold ``jobs = N``, the number of processors that steps share,
and ``openlineage = URL`` (see `mlqa.records.send`). The same tables may stand
in pyproject.toml below ``[tool.mlqa.pipeline]``, with ``name`` and ``jobs`` at its top.

Every name of ``parameters``, ``inputs`` and ``outputs`` is a parameter of the
notebook (an assignment in its cell tagged ``parameters``). Paths are relative
to the file. A notebook reads its inputs from, and writes its outputs to, the
absolute paths it is given: outputs go to a place aside and are published to
the real path only if the gate of the step says go. The step that writes a path
runs before the steps that read it. A notebook runs in its own folder.

Every test found in the notebook must have a verdict, and so must what
``expect`` names; a step without tests says so: ``gate = { forbid_empty = false }``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError
from mlqa.gate import Policy

__all__ = ["Pipeline", "Step", "ordered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A parametrized notebook with its inputs, outputs and gate.

    Attributes
    ----------
    name : str
    notebook : pathlib.Path
        Absolute.
    parameters : dict of str to object
        Values given to the notebook, less the paths.
    inputs, outputs : dict of str to str
        Parameter of the notebook to path, relative to the pipeline's file.
    policy : Policy
        What the gate asks beside the tests found in the notebook.
    secrets : dict of str to str
        Parameter of the notebook to ``env:NAME`` or ``file:PATH``.
    timeout, cell_timeout : float or None, unit: seconds
        Of the whole step, and of each of its cells.
    retries : int
        How often a step that crashed is run again.
    retry_wait : float, unit: seconds
        Before the first retry; doubled before each next one.
    cpus : int or None
        Processors it takes of those that steps share; None counts as one, and
        leaves the number of its threads to its libraries.
    memory : int or None, unit: bytes
        What its processes may take together.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    secrets: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    cell_timeout: float | None = None
    retries: int = 0
    retry_wait: float = 1.0
    cpus: int | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Steps in an order in which they can run.

    Attributes
    ----------
    name : str
    file : pathlib.Path
        The pipeline.toml, or the notebook of a pipeline of one step.
    steps : tuple of Step
        Every step comes after the steps it needs.
    needs : dict of str to tuple of str
        Step to the steps whose outputs it reads.
    jobs : int or None
        Processors that steps share; None for all there are.
    openlineage : str or None
        Address that every record is sent to as well.
    openlineage_key : str or None
        Reference to the key that the address asks for.
    """

    name: str
    file: Path
    steps: tuple[Step, ...]
    needs: Mapping[str, tuple[str, ...]]
    jobs: int | None = None
    openlineage: str | None = None
    openlineage_key: str | None = None

    @property
    def root(self) -> Path:
        """The folder that relative paths start from."""
        return self.file.parent

    def makers_of(self, path: str) -> tuple[str, ...]:
        """Name the steps that write a path, a part of it or a folder around it."""
        written = [(step.name, output) for step in self.steps for output in step.outputs.values()]
        return tuple(dict.fromkeys(name for name, output in written if _overlap(path, output)))


def ordered(name: str, file: Path, steps: list[Step]) -> Pipeline:
    """Order the steps by what they read and write.

    Raises
    ------
    UsageError
        If two steps write one path, a step reads what it writes, an output
        would replace a notebook or the pipeline's file, an input is neither
        made by a step nor a file that exists, or steps wait for each other in
        a circle.
    """
    makers = _makers(steps)
    _spare(makers, file, steps)
    needs = {step.name: _needs(step, makers, file.parent) for step in steps}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        hint = "let one of them read a file that none of the others writes"
        raise UsageError("steps", circle, "steps that do not wait for each other", hint, "a circle") from error
    by_name = {step.name: step for step in steps}
    return Pipeline(name=name, file=file, steps=tuple(by_name[step] for step in order), needs=needs)


def normal(path: str) -> str:
    """Write a path in its one form: ``./a//b`` is ``a/b``."""
    return posixpath.normpath(path.replace("\\", "/"))


def _overlap(path: str, other: str) -> bool:
    """Say whether two paths are one, or one lies in the other."""
    one, two = (normal(path).split("/"), normal(other).split("/"))
    shorter = min(len(one), len(two))
    return one[:shorter] == two[:shorter]


def _makers(steps: list[Step]) -> dict[str, str]:
    """Return which step writes each path."""
    makers: dict[str, str] = {}
    for step in steps:
        for name, path in step.outputs.items():
            where = f"[steps.{step.name}] outputs.{name}"
            if Path(path).is_absolute() or normal(path).split("/")[0] in (".", "..", "~", ".mlqa"):
                hint = "write it relative, as in artifacts/model.joblib"
                raise UsageError(where, path, "a path below the pipeline's folder", hint, "another place")
            for written, other in makers.items():
                if _overlap(path, written):
                    got = f"also written by {other!r}, as {written!r}"
                    raise UsageError(where, path, "a path that one step writes", "rename one", got)
            makers[normal(path)] = step.name
    return makers


def _spare(makers: Mapping[str, str], file: Path, steps: list[Step]) -> None:
    """Refuse an output that would replace a notebook or the pipeline's file, or a folder around one."""
    for kept in (file, *(step.notebook for step in steps)):
        if not kept.is_relative_to(file.parent):
            continue
        own = kept.relative_to(file.parent).as_posix()
        for path, maker in makers.items():
            if normal(own) == path or normal(own).startswith(f"{path}/"):
                where = f"[steps.{maker}] outputs"
                raise UsageError(where, path, "a path of its own", "rename it", f"the place of {own!r}")


def _needs(step: Step, makers: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """Return the steps that make a step's inputs; refuse an input that nobody makes."""
    needed: dict[str, None] = {}
    for name, path in step.inputs.items():
        where = f"[steps.{step.name}] inputs.{name}"
        found = [maker for written, maker in makers.items() if _overlap(path, written)]
        if step.name in found:
            hint = "write the result to another path"
            raise UsageError(where, path, "a path that the step itself does not write", hint, "also an output")
        needed.update(dict.fromkeys(found))
        if not found and not (root / path).exists():
            hint = "mend the path, or declare it as an output of a step"
            raise UsageError(where, path, "a file that exists or that a step writes", hint, "neither")
    return tuple(needed)
