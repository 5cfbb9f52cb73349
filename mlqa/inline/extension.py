"""``%load_ext mlqa``: the magic, and how verdicts and reports are displayed."""

from __future__ import annotations

import os
from typing import Any

from mlqa.errors import UsageError
from mlqa.inline.show import bundle, bundle_of_verdict, show_cell
from mlqa.inline.surroundings import HYPOTHESIS, scratch
from mlqa.ipynb.cells import body_of, is_test_cell
from mlqa.report import Report
from mlqa.verdict import Verdict

__all__ = ["load_ipython_extension", "unload_ipython_extension"]

_FORMATTERS = {Verdict: bundle_of_verdict, Report: bundle}
_ATTRIBUTE = "_mlqa_last_cell"


def load_ipython_extension(ip: Any) -> None:
    """Register the cell magic ``%%mlqa`` and the display of verdicts and reports."""

    def mlqa(line: str, cell: str) -> None:
        """Run the tests and checks of this cell: %%mlqa [-k EXPR] [--strict] [--alpha A] [--seed N] [--update]."""
        source, cell_id = _whole_cell(ip, line, cell)
        try:
            show_cell(source, cell_id=cell_id, ip=ip)
        except UsageError as error:
            from IPython.core.error import UsageError as ShownAsOneLine

            raise ShownAsOneLine(str(error)) from None

    ip.register_magic_function(mlqa, "cell", "mlqa")
    if getattr(ip, _ATTRIBUTE, None) is None:
        watcher = _Watcher()
        ip.events.register("pre_run_cell", watcher.pre_run_cell)
        setattr(ip, _ATTRIBUTE, watcher)
    for kind, formatter in _FORMATTERS.items():
        ip.display_formatter.mimebundle_formatter.for_type(kind, formatter)
    os.environ.setdefault(HYPOTHESIS, scratch(os.getpid()))  # also where hypothesis is called without %%mlqa


def unload_ipython_extension(ip: Any) -> None:
    """Take back what :func:`load_ipython_extension` registered."""
    ip.magics_manager.magics["cell"].pop("mlqa", None)
    watcher = getattr(ip, _ATTRIBUTE, None)
    if watcher is not None:
        ip.events.unregister("pre_run_cell", watcher.pre_run_cell)
        setattr(ip, _ATTRIBUTE, None)
    for kind in _FORMATTERS:
        ip.display_formatter.mimebundle_formatter.type_printers.pop(kind, None)
    if os.environ.get(HYPOTHESIS) == scratch(os.getpid()):
        del os.environ[HYPOTHESIS]


class _Watcher:
    """Remembers the exact text and id of the cell that runs: a magic is told neither."""

    def __init__(self) -> None:
        self.source = ""
        self.cell_id = ""

    def pre_run_cell(self, info: Any) -> None:
        self.source = info.raw_cell or ""
        self.cell_id = getattr(info, "cell_id", None) or ""


def _whole_cell(ip: Any, line: str, cell: str) -> tuple[str, str]:
    """Return the running cell's text, magic line included, and its id."""
    told = f"%%mlqa {line}".rstrip() + f"\n{cell}"
    watcher = getattr(ip, _ATTRIBUTE, None)
    if watcher is not None and is_test_cell(watcher.source) and body_of(watcher.source).strip() == cell.strip():
        return watcher.source, watcher.cell_id
    return told, ""
