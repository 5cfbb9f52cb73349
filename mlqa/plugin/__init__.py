"""The pytest side of mlqa: the hooks that are there before ``--mlqa`` is asked for. Level 4.

Imports pytest and level 0 only; the rest is imported once a run turns out to
be one of ours. Must not import inline or pipeline.

PYTEST_DONT_REWRITE: there is no assertion here.
"""

from __future__ import annotations

from importlib import import_module

import pytest

from mlqa.errors import UsageError
from mlqa.plugin import hookspecs
from mlqa.plugin.options import OPTIONS, add_options, is_on, resolve

__all__: list[str] = []

_MARK = "mlqa(baseline=NAME): a quality test, run with --mlqa only; NAME is the file of its mlqa_baseline"
_ROOMS = (
    "judge",
    "fixtures",
    "counterexamples",
    "subjects",
    "predictions",
    "zero_code",
    "notebooks",
    "notebook_reports",
    "notebook_cache",
)
_CONTROLLER_ROOMS = ("gather", "summary")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare our options."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hook that hands out each finished test."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Register our mark and, if this run is ours, everything else."""
    config.addinivalue_line("markers", _MARK)
    if not is_on(config):
        return
    try:
        config.stash[OPTIONS] = resolve(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    # Under xdist the workers judge, the controller gathers.
    for room in _ROOMS if hasattr(config, "workerinput") else (*_ROOMS, *_CONTROLLER_ROOMS):
        name = f"mlqa.plugin.{room}"
        config.pluginmanager.register(import_module(name), name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip our tests in a run that is not ours."""
    if is_on(config):
        return
    skip = pytest.mark.skip(reason="needs --mlqa")
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("mlqa") or any(name.startswith("mlqa_") for name in fixtures):
            item.add_marker(skip)
