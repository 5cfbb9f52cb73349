"""The options of ``pytest --mlqa``, over ``[tool.mlqa]`` of pyproject.toml. Imports pytest and level 0 only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlqa.alpha import level_of
from mlqa.errors import UsageError
from mlqa.settings import read_settings

__all__ = ["OPTIONS", "REPORT_SUFFIXES", "Options", "add_options", "is_on", "resolve"]

REPORT_SUFFIXES = (".html", ".json", ".md", ".xml")
_TIMEOUTS = ("notebook_timeout", "cell_timeout")
_NOTEBOOKS = ("run", "check", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one run was asked for: the command line over pyproject.toml.

    Attributes
    ----------
    root : pathlib.Path
        Folder that relative paths of the settings start from.
    alpha : float in (0, 0.5)
    seed : int of at least 0
    strict : bool
    update : bool
        Whether baselines are written.
    notebooks : {'run', 'check', 'off'}
    notebook_cache : bool
        Whether what is unchanged since it passed is answered from pytest's cache.
    notebook_inputs : tuple of str
        Patterns of files that notebooks depend on, from `root`.
    notebook_out : pathlib.Path or None
        Folder of the executed notebooks.
    notebook_timeout, cell_timeout : float, unit: s
        0 for no limit.
    parameters : mapping of str to list
        By pattern of notebooks, the sets of parameters each is run with.
    reports : tuple of pathlib.Path
        Absolute paths of the report files to write.
    baselines : pathlib.Path
        Folder of the recorded baselines.
    subjects : mapping of str to mapping
        ``[tool.mlqa.subjects]``, by name.
    outputs : mapping of str to object
        ``[tool.mlqa.outputs]``: how stored outputs of notebooks are compared.
    """

    root: Path
    alpha: float
    seed: int
    strict: bool
    update: bool
    notebooks: str
    notebook_cache: bool
    notebook_inputs: tuple[str, ...]
    notebook_out: Path | None
    notebook_timeout: float
    cell_timeout: float
    parameters: Mapping[str, Any]
    reports: tuple[Path, ...]
    baselines: Path
    subjects: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Any] = field(default_factory=dict)


OPTIONS = pytest.StashKey[Options]()


def add_options(parser: pytest.Parser) -> None:
    """Declare the options; their defaults are None, so that the file can speak."""
    group = parser.getgroup("mlqa", "quality tests for machine learning")
    add = group.addoption
    add("--mlqa", action="store_true", default=False, help="run mlqa tests and collect notebooks")
    add(
        "--mlqa-update",
        action="store_const",
        const="yes",
        help="write the baselines this run proposes (implies --mlqa)",
    )
    # An option string of its own: an optional value would swallow the path that follows it.
    add(
        "--mlqa-update=force",
        action="store_const",
        const="force",
        dest="mlqa_update",
        help="the same, even where CI is set",
    )
    add("--mlqa-strict", action="store_true", default=None, help="let UNDECIDED fail the test")
    add("--mlqa-alpha", metavar="A", default=None, help="level of each check (default 1e-4)")
    add("--mlqa-seed", metavar="N", default=None, help="seed of mlqa_rng (default 0)")
    add(
        "--mlqa-report",
        metavar="PATH",
        action="append",
        default=None,
        help=f"write the report; {' '.join(REPORT_SUFFIXES)} by suffix; may be repeated",
    )
    add("--mlqa-notebooks", metavar="MODE", default=None, help="run, check (also compare stored outputs) or off")
    notebooks = parser.getgroup("mlqa")
    cached = "answer what is unchanged since it passed without a kernel"
    notebooks.addoption("--mlqa-notebook-cache", action="store_true", default=None, help=cached)
    notebooks.addoption("--mlqa-notebook-out", metavar="DIR", default=None, help="write the executed notebooks here")
    notebooks.addoption("--mlqa-notebook-timeout", metavar="S", default=None, help="seconds a notebook may take")
    notebooks.addoption("--mlqa-cell-timeout", metavar="S", default=None, help="seconds a cell may take")


def is_on(config: pytest.Config) -> bool:
    """Say whether this run is one of ours."""
    return bool(config.getoption("mlqa", False) or config.getoption("mlqa_update", None))


def resolve(config: pytest.Config) -> Options:
    """Read the settings of the project and put the command line over them.

    Raises
    ------
    UsageError
        If a setting or an option cannot be used, or baselines would be
        written where ``CI`` is set.
    """
    root, settings = read_settings(config.rootpath)
    for name in ("alpha", "seed", "strict", "notebooks", "notebook_cache", *_TIMEOUTS):
        given = config.getoption(f"mlqa_{name}")
        if given is not None:
            settings[name] = _number(name, given) if name in {"alpha", "seed", *_TIMEOUTS} else given
    if settings["notebooks"] not in _NOTEBOOKS:
        raise UsageError("notebooks", settings["notebooks"], f"one of {', '.join(_NOTEBOOKS)}", "choose one of these")
    for name in _TIMEOUTS:
        if not settings[name] >= 0:
            raise UsageError(name, settings[name], "seconds of at least 0", "leave it out, or 0, for no limit")
    if settings["seed"] < 0:
        raise UsageError("seed", settings["seed"], "a whole number of at least 0", "leave it out for 0")
    return Options(
        root=root,
        alpha=level_of(settings["alpha"]),
        seed=settings["seed"],
        strict=settings["strict"],
        update=_update(config),
        notebooks=settings["notebooks"],
        notebook_cache=settings["notebook_cache"],
        notebook_inputs=tuple(map(str, settings["notebook_inputs"])),
        notebook_out=_out(config, root, settings["notebook_out"]),
        notebook_timeout=settings["notebook_timeout"],
        cell_timeout=settings["cell_timeout"],
        parameters=settings["parameters"],
        reports=_reports(config, root, settings["report"]),
        baselines=root / settings["baselines"],
        subjects=settings["subjects"],
        outputs=settings["outputs"],
    )


def _number(name: str, given: str) -> float | int:
    """Read an option's text as the number it stands for."""
    kind = int if name == "seed" else float
    try:
        return kind(given)
    except ValueError as error:
        raise UsageError(
            f"--mlqa-{name.replace('_', '-')}", given, f"a number ({kind.__name__})", "write it in digits", "text"
        ) from error


def _out(config: pytest.Config, root: Path, setting: str) -> Path | None:
    """Return the folder of the executed notebooks: an option from the working directory, a setting from the root."""
    given = config.getoption("mlqa_notebook_out")
    if given is not None:
        return config.invocation_params.dir / str(given)
    return root / setting if setting else None


def _update(config: pytest.Config) -> bool:
    """Say whether baselines are written; a robot never accepts its own proposal."""
    given = config.getoption("mlqa_update")
    on_ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    if given == "yes" and on_ci:
        hint = "record it where a person reviews it, or force it: --mlqa-update=force"
        raise UsageError("--mlqa-update", given, "a run outside CI", hint, "a run with CI set")
    return given is not None


def _reports(config: pytest.Config, root: Path, settings: list[Any]) -> tuple[Path, ...]:
    """Return where the report goes: options from the working directory, settings from the root."""
    options = config.getoption("mlqa_report")
    base, given = (root, settings) if options is None else (config.invocation_params.dir, options)
    for path in given:
        if not isinstance(path, str) or Path(path).suffix.lower() not in REPORT_SUFFIXES:
            wanted = f"a path ending in {', '.join(REPORT_SUFFIXES)}"
            raise UsageError("--mlqa-report", path, wanted, "name it report.html, say")
    return tuple((base / path).absolute() for path in given)
