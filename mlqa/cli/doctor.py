"""``mlqa doctor``: what is installed, what works, and what to do about the rest."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np
import polars as pl

import mlqa
from mlqa.bridges.deepchecks.environment import find
from mlqa.cli.console import say, table
from mlqa.ipynb.kernels import running_kernel

__all__ = ["doctor"]

_CORE = ("numpy", "scipy", "narwhals", "polars", "pytest", "hypothesis", "click", "rich")
_EXTRAS = {
    "notebook": ("papermill", "nbval", "nbclient", "nbformat", "ipykernel", "ipython", "pillow"),
    "lab": ("jupyterlab",),
    "all": ("scikit-learn", "pandas", "pyarrow", "joblib", "duckdb", "mlflow-skinny"),
}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_Row = tuple[str, str, str, str]  # state, what, detail, what to do


@click.command(short_help="Say what is installed and what works.")
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say what is installed and what works, and what to do about the rest.

    \b
    Example:
      mlqa doctor

    Exit code 0 if the core works (checks on tables, the pytest plugin); what is
    optional may be missing.
    """
    core = [*_python(), *_packages("core", _CORE), _tried("a check", _a_check), _plugin()]
    rest = [row for extra, names in _EXTRAS.items() for row in _packages(extra, names)]
    rest += [
        _tried("a kernel", _a_kernel, "pip install 'pytest-mlqa[notebook]'"),
        _engine(),
        _labextension(),
        _browser(),
        _deepchecks(),
    ]
    rows = [*core, *rest]
    table(["state", "what", "detail"], [row[:3] for row in rows])
    for state, what, _, remedy in rows:
        if state != "ok" and remedy:
            say(f"{what}: {remedy}")
    works = all(row[0] == "ok" for row in core)
    say("the core works" if works else "the core does not work")
    ctx.exit(0 if works else 1)


def _python() -> Iterator[_Row]:
    found = ".".join(str(part) for part in sys.version_info[:3])
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield ("ok" if fits else "failed", "python", found, "" if fits else "use Python 3.11, 3.12 or 3.13")
    yield "ok", "mlqa", mlqa.__version__, ""


def _packages(extra: str, names: tuple[str, ...]) -> Iterator[_Row]:
    remedy = "pip install pytest-mlqa" + ("" if extra == "core" else f"[{extra}]")
    for name in names:
        try:
            yield "ok", name, version(name), ""
        except PackageNotFoundError:
            yield "missing", name, f"of {extra}", remedy


def _tried(what: str, attempt: Callable[[], str], remedy: str = "") -> _Row:
    """Try something; whatever it raises is the answer."""
    try:
        return "ok", what, attempt(), ""
    except Exception as error:
        detail = " ".join(str(error).split())[:100]
        return "failed", what, f"{type(error).__name__}: {detail}", remedy or "install mlqa again"


def _a_check() -> str:
    rows = np.arange(1000)
    verdict = mlqa.drift_free(pl.DataFrame({"x": rows % 7}), pl.DataFrame({"x": rows % 5 + 3}))
    if verdict.outcome is not mlqa.Outcome.FAIL:
        raise RuntimeError(f"a plain change was not seen: {verdict!r}")
    return "drift_free sees a change"


def _a_kernel() -> str:
    with running_kernel("python3", Path.cwd()) as kernel:
        done = kernel.execute("import mlqa; mlqa.__version__", timeout=60)
    if done.error is not None:
        raise RuntimeError(f"{done.error['ename']}: {done.error['evalue']}")
    return "python3 starts and imports mlqa"


def _plugin() -> _Row:
    listed = any(point.name == "mlqa" for point in entry_points(group="pytest11"))
    if listed:
        return "ok", "pytest plugin", "registered", ""
    found = find_spec("mlqa.plugin") is not None
    detail = "not registered; usable as -p mlqa.plugin"
    return "ok" if found else "failed", "pytest plugin", detail if found else "not found", "pip install pytest-mlqa"


def _engine() -> _Row:
    listed = any(point.name == "mlqa" for point in entry_points(group="papermill.engine"))
    detail = "registered" if listed else "not registered: papermill --engine mlqa does not know it, mlqa run does"
    return (
        "ok" if listed else "missing",
        "papermill engine",
        detail,
        "install mlqa with pip (a path alone is not enough)",
    )


def _labextension() -> _Row:
    """Look where JupyterLab looks."""
    if find_spec("jupyter_core") is None:
        return "missing", "labextension", "JupyterLab is not installed", "pip install pytest-mlqa[lab]"
    from jupyter_core.paths import jupyter_path

    for place in jupyter_path("labextensions"):
        if Path(place, "@mlqa", "labextension", "package.json").is_file():
            return "ok", "labextension", "installed", ""
    return "missing", "labextension", "JupyterLab does not see it", "make install, or pip install pytest-mlqa[lab]"


def _deepchecks() -> _Row:
    python = find()
    if python is None:
        return "missing", "deepchecks", "its environment is not built", "mlqa env create deepchecks"
    return "ok", "deepchecks", str(python.parents[1]), ""


def _browser() -> _Row:
    found = next((name for name in _BROWSERS if shutil.which(name)), None)
    if found is None:
        return "missing", "chromium", "only the browser tests need it", "install chromium"
    return "ok", "chromium", found, ""
