"""A kernel on its way through one notebook: timed, its memory watched, its coverage kept."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest

from mlqa.errors import NotebookError
from mlqa.ipynb.cells import Notebook
from mlqa.ipynb.kernels import Execution, Kernel
from mlqa.ipynb.peak import forget_peak, peak_of
from mlqa.plugin.options import OPTIONS

__all__ = ["Cost", "WatchedKernel", "is_python"]

_CALL = "__import__('sys').modules['_mlqa_watch'].{call}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a cell took.

    Attributes
    ----------
    seconds : float
    peak : int or None
        Largest resident memory of the kernel meanwhile, in bytes.
    """

    seconds: float
    peak: int | None = None


class WatchedKernel:
    """A started kernel and what is known of it; a class because it holds one until :meth:`stop`.

    Attributes
    ----------
    costs : dict of str to Cost
        By cell id.
    python : bool
        Whether it runs Python.
    """

    def __init__(self, notebook: Notebook, config: pytest.Config) -> None:
        options = config.stash[OPTIONS]
        self.costs: dict[str, Cost] = {}
        self.python = False
        self._cell_timeout, self._notebook_timeout = options.cell_timeout, options.notebook_timeout
        self._began = time.monotonic()
        self._kernel = Kernel(notebook.kernel, notebook.path.absolute().parent)
        self.python = is_python(notebook.kernel)
        self._process = self._begin(_coverage_of(config), options.notebook_cache) if self.python else 0

    def execute(self, source: str, *, cell_id: str) -> Execution:
        """Run a cell within the time that is left for it and for the notebook.

        Raises
        ------
        NotebookError
            If the kernel dies, or the cell or the notebook runs out of time.
        """
        began = time.monotonic()
        left = self._notebook_timeout - (began - self._began) if self._notebook_timeout else None
        limits = [limit for limit in (self._cell_timeout or None, left) if limit is not None]
        if self._process:
            forget_peak(self._process)
        try:
            return self._kernel.execute(source, cell_id=cell_id, timeout=max(min(limits), 0.01) if limits else None)
        except NotebookError as error:
            if left is not None and time.monotonic() - self._began >= self._notebook_timeout:
                limit = f"the notebook ran longer than {self._notebook_timeout:g} s"
                raise NotebookError(f"{limit} and was stopped in cell {cell_id}") from error
            raise
        finally:
            peak = peak_of(self._process) if self._process else None
            self.costs[cell_id] = Cost(seconds=time.monotonic() - began, peak=peak)

    def stop(self) -> Mapping[str, Any]:
        """Save coverage and kill the kernel; return which files were read, where the kernel can tell."""
        told: Mapping[str, Any] = {}
        try:
            if self._process and self._kernel.is_alive():
                told = json.loads(self._ask(_CALL.format(call="finish()")))
        except (NotebookError, ValueError):
            told = {}
        finally:
            self._kernel.stop()
        return told

    def _begin(self, coverage: Mapping[str, Any] | None, watch: bool) -> int:
        """Put the watch into the kernel; return its process id."""
        text = files("mlqa.ipynb").joinpath("watch.py").read_text(encoding="utf-8")
        call = f"begin({coverage!r}, {watch!r})"
        module = "__import__('sys').modules['_mlqa_watch']"
        code = f"{module} = __import__('types').ModuleType('_mlqa_watch'); exec({text!r}, {module}.__dict__); "
        try:
            return int(self._ask(f"{code}{_CALL.format(call=call)}"))
        except (NotebookError, ValueError):
            return 0

    def _ask(self, code: str) -> str:
        """Run code of ours, which takes no number from the notebook's cells; return what it prints."""
        done = self._kernel.execute(code, timeout=60, counted=False)
        return "".join(output["text"] for output in done.outputs if output["output_type"] == "stream")


def is_python(kernel: str) -> bool:
    """Say whether a kernelspec is one of Python."""
    from jupyter_client.kernelspec import KernelSpecManager

    if kernel in {"python", "python3"}:
        return True
    try:
        return str(KernelSpecManager().get_kernel_spec(kernel).language).lower() == "python"
    except (KeyError, OSError, ValueError):
        return False


def _coverage_of(config: pytest.Config) -> Mapping[str, Any] | None:
    """Return how pytest-cov measures this session, for the kernel to measure the same; None where it does not."""
    controller = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    measured = getattr(controller, "cov", None)
    if measured is None:
        return None
    settings = measured.config
    return {
        "data_file": str(settings.data_file),
        "data_suffix": True,
        "branch": settings.branch,
        "source": [str(name) for name in settings.source or []] or None,
        "config_file": str(settings.config_file or "") or False,
    }
