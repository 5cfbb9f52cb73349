"""Where the default checks of the named subjects hang: under pyproject.toml, which names them.

Registered with ``--mlqa`` only. Checks are imported once there is a subject to ask about.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

from mlqa.plugin.options import OPTIONS

__all__ = ["SubjectsFile"]

_FILE = "pyproject.toml"


def pytest_configure(config: pytest.Config) -> None:
    """Add pyproject.toml to ``testpaths``: a run without paths asks everything.

    Where paths are given only they are collected, and where there are no
    testpaths pytest walks the whole project, and finds the file.
    """
    options = config.stash[OPTIONS]
    file = options.root / _FILE
    if not options.subjects or config.args_source is not config.ArgsSource.TESTPATHS or options.root != config.rootpath:
        return
    ignored = [config.invocation_params.dir / path for path in config.getoption("ignore") or ()]
    taken = [config.rootpath / path for path in config.args]
    if not any(file.is_relative_to(path.resolve()) for path in [*taken, *ignored]):
        config.args = [*config.args, str(file)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the project's pyproject.toml if it names subjects."""
    options = parent.config.stash[OPTIONS]
    if file_path.name != _FILE or not options.subjects or file_path.resolve() != options.root / _FILE:
        return None
    return SubjectsFile.from_parent(parent, path=file_path)


class SubjectsFile(pytest.File):
    """The project's pyproject.toml."""

    def collect(self) -> Iterable[pytest.Collector]:
        """Yield a node for each subject."""
        # asked for also where other paths are: checks are imported once it is this one
        nodes: Iterable[pytest.Collector] = import_module("mlqa.plugin.subject_nodes").subjects_of(self)
        return nodes
