"""``mlqa init``: settings, a first test and a CI file in a project; nothing is overwritten."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import click

from mlqa.cli.console import say
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
    say("next: pytest --mlqa tests/test_quality_mlqa.py")


def _file(target: Path, template: str) -> str:
    if target.exists():
        return "kept   "
    write_atomically(target, _template(template))
    return "written"


def _settings(target: Path) -> str:
    """Append the table to a pyproject.toml that has none."""
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    if "mlqa" in _parsed(before, target).get("tool", {}):
        return "kept   "
    after = (before.rstrip("\n") + "\n\n" if before.strip() else "") + _template("pyproject.txt")
    _parsed(after, target)
    write_atomically(target, after)
    return "written"


def _parsed(text: str, target: Path) -> dict[str, dict[str, object]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError("pyproject.toml", str(target), "valid TOML", str(error), "damage") from error


def _template(name: str) -> str:
    return files("mlqa.cli").joinpath("scaffold", name).read_text(encoding="utf-8")
