"""``mlqa init``: settings, a first test and a CI file in a project; nothing is overwritten."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import shlex
import tomllib
from importlib.resources import files
from pathlib import Path

import click

from mlqa.cli.console import command, say
from mlqa.errors import UsageError
from mlqa.files import write_atomically

__all__ = ["init"]

_FILES = {
    "tests/test_quality_mlqa.py": "test_quality.txt",
    ".github/workflows/mlqa.yml": "workflow.txt",
}


@click.command(short_help="Put settings, a first test and a CI file in a project.")
@click.argument("folder", metavar="[DIR]", default=".")
def init(folder: str) -> None:
    """Put [tool.mlqa] settings, a first test and a CI file in the project at DIR.

    What exists is kept as it is, so it may be run again.

    \b
    Examples:
      mlqa init
      mlqa init path/to/project
      pytest --mlqa tests/test_quality_mlqa.py
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise UsageError("DIR", folder, "a folder", "name the project's folder", "a file")
    say(f"{_settings(root / 'pyproject.toml')}  pyproject.toml [tool.mlqa]")
    for name, template in _FILES.items():
        say(f"{_file(root / name, template)}  {name}")
    test = shlex.quote((root / "tests" / "test_quality_mlqa.py").as_posix())
    say(f"next: {command('pytest')} --mlqa {test}")


def _file(target: Path, template: str) -> str:
    if target.exists() or target.is_symlink():
        return "kept   "
    return _written(target, _template(template).encode())


def _settings(target: Path) -> str:
    """Append the table to a pyproject.toml that has none; what stands there keeps its bytes."""
    try:
        before = target.read_bytes() if target.exists() else b""
    except OSError as error:
        raise UsageError("pyproject.toml", str(target), "a file that can be read", "mend it", error.strerror) from error
    tools = _parsed(before, target).get("tool", {})
    if "mlqa" in tools:
        return "kept   "
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    table = _template("pyproject.txt").encode().replace(b"\n", newline)
    gap = b"" if not before.strip() else newline if before.endswith(b"\n") else newline * 2
    after = before + gap + table
    _parsed(after, target)
    return _written(target, after)


def _written(target: Path, content: bytes) -> str:
    try:
        write_atomically(target.resolve(), content)  # a link stays a link
    except OSError as error:
        hint = "make it writable, or name another folder"
        got = error.strerror or type(error).__name__
        raise UsageError("DIR", str(target), "a file that can be written", hint, got) from error
    return "written"


def _parsed(content: bytes, target: Path) -> dict[str, dict[str, object]]:
    try:
        return tomllib.loads(content.decode().replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("pyproject.toml", str(target), "valid TOML", str(error), "damage") from error


def _template(name: str) -> str:
    return files("mlqa.cli").joinpath("scaffold", name).read_text(encoding="utf-8")
