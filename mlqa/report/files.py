"""Report files: the view is chosen by the suffix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlqa.errors import UsageError
from mlqa.files import write_atomically
from mlqa.report.html import to_html
from mlqa.report.junit import to_junit
from mlqa.report.markdown import to_markdown

if TYPE_CHECKING:  # a report knows its views, not the other way
    from mlqa.report.report import Report

__all__ = ["write_report"]

_VIEWS = {
    ".html": to_html,
    ".json": lambda report: report.to_json(),
    ".md": to_markdown,
    ".xml": to_junit,
}


def write_report(report: Report, path: str | Path) -> Path:
    """Write a report, whole or not at all.

    Parameters
    ----------
    report : Report
    path : path
        Ends in ``.html``, ``.json``, ``.md`` or ``.xml`` (JUnit).

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    UsageError
        If the suffix is another one.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_report(Report(), Path(folder, "report.json")).read_text(), end="")
    {"cases": [], "origin": null, "schema": 1}
    """
    view = _VIEWS.get(Path(path).suffix.lower())
    if view is None:
        raise UsageError("path", str(path), f"a path ending in {', '.join(_VIEWS)}", "name it report.html, say")
    text = view(report).rstrip("\n") + "\n"
    # A column's name may hold half a character (a lone surrogate), which UTF-8 cannot.
    return write_atomically(path, text.encode("utf-8", "replace"))
