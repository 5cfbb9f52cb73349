"""Fixtures of the named subjects in ``[tool.mlqa.subjects.NAME]``: each loaded once, when first asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlqa.errors import UsageError
from mlqa.plugin.options import OPTIONS
from mlqa.subjects.loading import load_model
from mlqa.subjects.table import read_table

__all__ = [
    "mlqa_current",
    "mlqa_model",
    "mlqa_reference",
    "mlqa_subject",
    "mlqa_test",
    "mlqa_train",
    "model_source",
    "setting",
    "table_source",
]

_LOADED = pytest.StashKey[dict[tuple[str, str], Any]]()
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a subject once for each named subject."""
    if "mlqa_subject" in metafunc.fixturenames:
        names = list(metafunc.config.stash[OPTIONS].subjects)
        if names:
            metafunc.parametrize("mlqa_subject", names, ids=names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def mlqa_subject(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give the named subject under test: its settings (``target``, ``time``, ``id``, ``group``, ...) and ``name``."""
    name = getattr(request, "param", None)
    if name is None:
        pytest.fail(
            "this test uses a subject of the project, and pyproject.toml names none.\n"
            'Hint: add one, say [tool.mlqa.subjects.churn] with test = "data/test.parquet"',
            pytrace=False,
        )
    return {"name": name, **request.config.stash[OPTIONS].subjects[name]}


@pytest.fixture(scope="session")
def mlqa_model(request: pytest.FixtureRequest, mlqa_subject: Mapping[str, Any]) -> Any:
    """Give the subject's model: ``pkg.module:attr`` or a .joblib, .skops or .onnx file."""
    return _loaded(request, mlqa_subject, "model")


@pytest.fixture(scope="session")
def mlqa_train(request: pytest.FixtureRequest, mlqa_subject: Mapping[str, Any]) -> pl.DataFrame:
    """Give the subject's training table, as a polars frame."""
    return _frame(request, mlqa_subject, "train")


@pytest.fixture(scope="session")
def mlqa_test(request: pytest.FixtureRequest, mlqa_subject: Mapping[str, Any]) -> pl.DataFrame:
    """Give the subject's test table, as a polars frame."""
    return _frame(request, mlqa_subject, "test")


@pytest.fixture(scope="session")
def mlqa_reference(request: pytest.FixtureRequest, mlqa_subject: Mapping[str, Any]) -> pl.DataFrame:
    """Give the table that the subject's current one is compared with, as a polars frame."""
    return _frame(request, mlqa_subject, "reference")


@pytest.fixture(scope="session")
def mlqa_current(request: pytest.FixtureRequest, mlqa_subject: Mapping[str, Any]) -> pl.DataFrame:
    """Give the subject's current table, as a polars frame."""
    return _frame(request, mlqa_subject, "current")


def _frame(request: pytest.FixtureRequest, subject: Mapping[str, Any], key: str) -> pl.DataFrame:
    frame: pl.DataFrame = _loaded(request, subject, key)
    return frame


def setting(name: str, key: str) -> str:
    """Return what a key of a subject is called in a message.

    Examples
    --------
    >>> setting("churn", "train")
    '[tool.mlqa.subjects.churn] train'
    """
    return f"[tool.mlqa.subjects.{name}] {key}"


def table_source(config: pytest.Config, name: str, key: str) -> Any:
    """Return a table that a subject names, for who reads it by parts: its path, unless it is loaded already.

    Raises
    ------
    UsageError
        Naming the setting, if it is no table.
    """
    options = config.stash[OPTIONS]
    spec = options.subjects[name][key]
    if isinstance(spec, str) and not _FUNCTION.fullmatch(spec) and (name, key) not in config.stash.get(_LOADED, {}):
        return options.root / spec
    return _part(config, name, key)


def model_source(config: pytest.Config, name: str, key: str = "model") -> Any:
    """Return a model that a subject names, loaded once in a session; `key` may be 'baseline' too.

    Raises
    ------
    UsageError
        Naming the setting, if there is no such model or it cannot be read.
    """
    return _part(config, name, key)


def _loaded(request: pytest.FixtureRequest, subject: Mapping[str, Any], key: str) -> Any:
    """Load a part of a subject for a test that asks for it."""
    options, name = request.config.stash[OPTIONS], subject["name"]
    if key not in subject:
        said = f"subject {name!r} has no {key!r}: set {setting(name, key)} in pyproject.toml"
        if any(key in other for other in options.subjects.values()):
            pytest.skip(said)  # a question for the other subjects
        pytest.fail(said, pytrace=False)
    try:
        return _part(request.config, name, key)
    except UsageError as error:
        said = str(error)
    pytest.fail(said, pytrace=False)  # here, so that no chain of exceptions is shown


def _part(config: pytest.Config, name: str, key: str) -> Any:
    """Load a part of a subject, once in a session whatever the order of tests."""
    options = config.stash[OPTIONS]
    loaded = config.stash.setdefault(_LOADED, {})
    if (name, key) not in loaded:
        spec = options.subjects[name][key]
        try:
            loaded[name, key] = _load(spec, key, options.root)
        except UsageError as error:
            raise UsageError(setting(name, key), spec, error.wanted, error.hint, error.got) from error
    return loaded[name, key]


def _load(spec: object, key: str, root: Path) -> Any:
    """Read a model or a table; names of modules are looked up in the project's root too."""
    if not isinstance(spec, str):
        raise UsageError(key, spec, "a path or 'pkg.module:name'", "write it as a text")
    with _importable(root):
        if key in ("model", "baseline"):
            return load_model(spec, root=root)
        source = load_model(spec)() if _FUNCTION.fullmatch(spec) else root / spec
    return read_table(source, name=key)


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    """Put the project's root on the path while one of its modules is imported."""
    added = str(root)
    sys.path.insert(0, added)
    try:
        yield
    finally:
        sys.path.remove(added)
