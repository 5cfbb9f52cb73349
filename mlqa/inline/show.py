"""A report as a cell's output: for JupyterLab's cards, as HTML and as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.inline.module import REWRITER
from mlqa.inline.run import run
from mlqa.report import Report
from mlqa.verdict import Verdict

__all__ = ["bundle", "bundle_of_verdict", "show_cell"]


def bundle(report: Report, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    """Return the MIME bundle of a report: text/plain and text/html always travel with our own.

    Examples
    --------
    >>> sorted(bundle(Report()))
    ['application/vnd.mlqa.report+json', 'text/html', 'text/plain']
    """
    return report._repr_mimebundle_()


def bundle_of_verdict(verdict: Verdict, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    """Return the MIME bundle of a single verdict: that of a report of one."""
    return {**bundle(Report.of(verdict)), "text/plain": str(verdict)}


def show_cell(
    source: str, *, cell_id: str, select: Sequence[str] | None = None, options: Sequence[str] = (), ip: Any = None
) -> None:
    """Run a cell's tests in this kernel and display the report as its one display.

    What failed tests printed, and their tracebacks, go to stdout ahead of it.

    Parameters
    ----------
    source, cell_id, select, options
        As in :func:`mlqa.inline.run.run_cell`.
    ip : IPython shell, optional
        By default the running one.
    """
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython() if ip is None else ip
    ran = run(source, namespace=shell.user_ns, cell_id=cell_id, select=select, options=options)
    shell.user_ns_hidden.update({name: shell.user_ns[name] for name in REWRITER if name in shell.user_ns})
    if ran.words:
        print(ran.words)  # noqa: T201  # it is the cell's output
    display(bundle(ran.report), raw=True)
    if ran.error is not None:
        try:
            raise ran.error.with_traceback(None)
        except SyntaxError:
            shell.showsyntaxerror()
