"""Items of a notebook answered from pytest's cache, as long as nothing changed since they passed."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from mlqa.ipynb.inputs import digest, files_named, installed, print_of, same
from mlqa.plugin.notebook_run import KEPT, NotebookRun, mode_of
from mlqa.plugin.options import OPTIONS

__all__: list[str] = []

_KEY = "mlqa/notebooks"
_NEW = "mlqa_notebooks"
_SETTINGS = ("conftest.py", "pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg")
_OUR_KERNELS = {"python", "python3"}
_PASSED = pytest.StashKey[dict[str, dict[str, Any]]]()
_COUNTS = pytest.StashKey[list[int]]()


def _is_on(config: pytest.Config) -> bool:
    return config.stash[OPTIONS].notebook_cache and getattr(config, "cache", None) is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find the items of which nothing changed; what must run to leave something, runs."""
    if not _is_on(config):
        return
    options = config.stash[OPTIONS]
    needed = options.update or options.notebook_out is not None or config.pluginmanager.hasplugin("_cov")
    # read by the controller's workers too: they share the folder
    records: Mapping[str, Any] = {} if needed else config.cache.get(_KEY, {})
    valid: dict[str, bool] = {}
    counts = [0, 0]
    for item in items:
        run = getattr(item, "run", None)
        if not isinstance(run, NotebookRun):
            continue
        counts[1] += 1
        key = _key(run)
        record = records.get(key, {})
        kept = record.get("items", {}).get(item.nodeid)
        if kept is None or kept["chain"] != _chain(item, run):
            continue
        if key not in valid:
            valid[key] = record["base"] == _base(run) and _files_hold(run, record)
        if valid[key]:
            counts[0] += 1
            item.stash[KEPT] = True
            vars(item).update(setup=_nothing, runtest=partial(_replay, item, kept["verdicts"]))
    config.stash[_COUNTS] = counts


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outside of judge, which adds the verdicts
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Remember what passed, and why that may be said again."""
    report = yield
    run = getattr(item, "run", None)
    if isinstance(run, NotebookRun) and call.when == "call" and _is_on(item.config):
        verdicts = getattr(report, "mlqa", {}).get("verdicts", [])
        if report.passed and not hasattr(report, "wasxfail") and all(one["outcome"] == "pass" for one in verdicts):
            passed = item.config.stash.setdefault(_PASSED, {})
            part = passed.setdefault(_key(run), {"run": run, "items": {}})
            part["items"][item.nodeid] = {"chain": _chain(item, run), "verdicts": verdicts}
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the records, or hand them to the controller."""
    config = session.config
    if not _is_on(config):
        return
    new = {key: _record(part) for key, part in config.stash.get(_PASSED, {}).items()}
    new = {key: record for key, record in new.items() if record}
    if hasattr(config, "workeroutput"):
        config.workeroutput[_NEW] = new
    else:
        _write(config, new)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the records of a worker."""
    new = getattr(node, "workeroutput", {}).get(_NEW)
    if new:
        _write(node.config, new)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how many items were not run."""
    unchanged, every = config.stash.get(_COUNTS, [0, 0])
    if unchanged:
        terminalreporter.write_line(f"mlqa notebooks: {unchanged} of {every} unchanged, not run")


def _write(config: pytest.Config, new: Mapping[str, Any]) -> None:
    """Put new records over the old; what passed before under the same conditions stays."""
    cache_of: Any = config.cache
    records = dict(cache_of.get(_KEY, {}))
    for key, record in new.items():
        old = records.get(key, {})
        if old.get("base") == record["base"] and same(old.get("files", {})):
            record["items"] = {**old["items"], **record["items"]}
            record["files"] = {**old["files"], **record["files"]}
            record["written"] = [*old["written"], *record["written"]]
        records[key] = record
    cache_of.set(_KEY, records)


def _record(part: Mapping[str, Any]) -> dict[str, Any]:
    """Make the record of a run; none where it left the process, for nobody knows what it saw there."""
    run: NotebookRun = part["run"]
    if not run.files and run.shown:
        return {}
    if run.files.get("left") or run.notebook.kernel not in _OUR_KERNELS:
        return {}
    written = run.files.get("written", [])
    paths = {*run.files.get("read", ()), *_declared(run)} - {str(run.notebook.path.absolute()), *written}
    files = {path: print_of(path) for path in sorted(paths)}
    return {"base": _base(run), "files": files, "written": written, "items": part["items"]}


def _files_hold(run: NotebookRun, record: Mapping[str, Any]) -> bool:
    """Say whether the files are those of the record, and no new ones came but those it writes itself."""
    known = {*record["files"], *record["written"], str(run.notebook.path.absolute())}
    return set(_declared(run)) <= known and same(record["files"])


def _declared(run: NotebookRun) -> list[str]:
    """List the files that the notebook names, those of the settings and the tables of the subjects."""
    options = run.config.stash[OPTIONS]
    named = [str(path) for subject in options.subjects.values() for path in subject.values()]
    paths = [path for text in (*options.notebook_inputs, *named) for path in _of(options.root, text)]
    return [*files_named(run.notebook.cells, run.notebook.path.absolute().parent), *paths]


def _of(root: Path, pattern: str) -> list[str]:
    try:
        return [str(path) for path in root.glob(pattern) if path.is_file()]
    except (ValueError, NotImplementedError):  # an absolute path, a 'pkg.module:name'
        return []


def _key(run: NotebookRun) -> str:
    return f"{run.notebook.path}::{run.label}"


def _base(run: NotebookRun) -> str:
    """Digest what all items of a notebook depend on."""
    options = run.config.stash[OPTIONS]
    policy = (options.alpha, options.seed, options.strict, mode_of(run.config), run.notebook.kernel)
    folder = run.notebook.path.absolute().parent
    settings = [print_of(str(above / name))[2:] for above in (folder, *folder.parents) for name in _SETTINGS]
    return digest(policy, sorted(run.parameters.items()), sys.version, _packages(), settings)


@cache
def _packages() -> tuple[str, ...]:
    return tuple(installed())


def _chain(item: Any, run: NotebookRun) -> str:
    """Digest the cells up to the item's own, and the stored outputs it is compared with."""
    cell = getattr(item, "source_cell", None) or item.cell
    sources = [(one.id, one.source, one.tags) for one in run.notebook.cells[: cell.index + 1]]
    return digest(sources, cell.outputs if mode_of(run.config) == "check" else ())


def _nothing() -> None:
    """Stand for the setup of an item that is not run."""


def _replay(item: pytest.Item, verdicts: list[dict[str, Any]]) -> None:
    """Answer as before."""
    item.user_properties += [("mlqa", verdict) for verdict in verdicts]
