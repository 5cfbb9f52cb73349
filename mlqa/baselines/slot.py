"""The place of one baseline: what is recorded there, and what a run proposes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlqa
from mlqa.baselines.form import Baseline
from mlqa.baselines.store import load, save
from mlqa.errors import BaselineError
from mlqa.verdict import Evidence

__all__ = ["Slot", "open_slot"]

_SAME = ("metric", "data_digest", "n")
_PACKAGES = ("numpy", "sklearn")


@dataclass(slots=True, eq=False, repr=False)
class Slot:
    """The place of one baseline; handed to a check instead of predictions.

    A check reads :attr:`recorded` and calls :meth:`offer`; whoever opened the
    slot decides whether what was proposed is accepted.

    Attributes
    ----------
    path : pathlib.Path
        Where the baseline is, or will be.
    proposed : Baseline or None
        What the last check offered.
    """

    path: Path
    proposed: Baseline | None = None
    _loaded: tuple[Baseline | None] | None = None

    def __repr__(self) -> str:
        return f"<Slot {self.path.parent.name}/{self.path.name}>"

    @property
    def recorded(self) -> Baseline | None:
        """The baseline on disk, read when first asked; None if there is none.

        Raises
        ------
        BaselineError
            If the file is there but cannot be read.
        """
        if self._loaded is None:
            there = self.path.exists() or self.path.is_symlink()
            self._loaded = (load(self.path) if there else None,)
        return self._loaded[0]

    def offer(self, *, predictions: Any, evidence: Evidence, provenance: Mapping[str, Any]) -> Baseline:
        """Propose a baseline; nothing is written.

        Parameters
        ----------
        predictions : array, shape (n,) or (n, classes)
        evidence : Evidence
            The score, with its interval.
        provenance : dict
            ``metric``, ``data_digest``, ``n`` and so on; the versions of
            mlqa, Python, numpy and scikit-learn are added.

        Returns
        -------
        Baseline
            The proposal, also in :attr:`proposed`.

        Raises
        ------
        BaselineError
            If another metric or other data were already proposed here: one
            slot holds one baseline.
        """
        stamped = {**_versions(), **provenance}
        proposal = Baseline(evidence=evidence, predictions=predictions, provenance=stamped)
        if self.proposed is not None:
            before = self.proposed.provenance
            for key in _SAME:
                if before.get(key) != proposal.provenance.get(key):
                    was, now = before.get(key), proposal.provenance.get(key)
                    raise BaselineError(
                        f"{self.path} was offered two baselines: {key} {was!r}, then {now!r}.\n"
                        "Hint: give each comparison a baseline of its own"
                    )
        self.proposed = proposal
        return proposal

    def accept(self) -> Path:
        """Write the proposal over what was recorded, whole or not at all.

        Returns
        -------
        pathlib.Path
            The path written.

        Raises
        ------
        BaselineError
            If nothing was proposed.
        """
        if self.proposed is None:
            raise BaselineError(f"nothing was proposed for {self.path}.\nHint: run the test that compares with it")
        written = save(self.path, self.proposed)
        self._loaded = (self.proposed,)
        return written


def _versions() -> dict[str, str]:
    """Return what was loaded when the baseline was made, to the second number: a patch is no other environment."""
    loaded = {package: getattr(sys.modules.get(package), "__version__", None) for package in _PACKAGES}
    found = {f"{package}_version": ".".join(str(there).split(".")[:2]) for package, there in loaded.items() if there}
    return {**found, "python_version": ".".join(map(str, sys.version_info[:2])), "mlqa_version": mlqa.__version__}


def open_slot(path: str | Path) -> Slot:
    """Open the place of a baseline; nothing is read until a check asks.

    Examples
    --------
    >>> open_slot("baselines/no-such-test.json").recorded is None
    True
    """
    return Slot(Path(path))
