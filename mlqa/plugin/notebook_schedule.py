"""xdist's distributions, less one thing: a notebook is not torn apart."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no types

__all__ = ["WholeNotebooks"]


class WholeNotebooks(LoadScopeScheduling):  # type: ignore[misc]  # xdist's class is untyped here
    """Gives each worker a notebook at a time, and other tests by themselves, by file or by scope."""

    def __init__(self, config: Any, log: Any = None, dist: str = "load") -> None:
        super().__init__(config, log)
        self._dist = dist

    def _split_scope(self, nodeid: str) -> str:
        path, _, rest = nodeid.partition("::")
        if (rest and path.endswith(".ipynb")) or self._dist == "loadfile":
            return path
        if self._dist == "loadgroup" and nodeid.rfind("@") > nodeid.rfind("]"):  # as xdist writes a group
            return nodeid.rpartition("@")[2]
        return str(super()._split_scope(nodeid)) if self._dist == "loadscope" else nodeid

    def remove_node(self, node: Any) -> str | None:
        """Give up a test that killed its worker, as plain distribution does; by scope xdist would try it again."""
        killer: str | None = None
        for scope, unit in self.assigned_work.pop(node).items():
            left = [nodeid for nodeid, done in unit.items() if not done]
            if left and killer is None:
                killer = left.pop(0)
            if left:  # an empty unit would leave a worker waiting for ever
                self.workqueue[scope] = dict.fromkeys(left, False)
        if killer is not None:
            for other in self.assigned_work:
                self._reschedule(other)
        return killer
