"""The environment that a run was recorded in: the one at hand if it is the same, else built again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from mlqa import records

__all__ = ["build", "differing"]

_SECONDS = 900
_OURS = "pytest-mlqa"  # runs from where it lies: the recorded version may be on no index


def differing(packages: Mapping[str, str]) -> tuple[str, ...]:
    """Say which packages differ from the environment at hand, a package a sentence."""
    now = records.installed()
    names = sorted({*packages, *now})
    pairs = ((name, packages.get(name, "none"), now.get(name, "none")) for name in names)
    return tuple(f"{name} was {old}, is {new}" for name, old, new in pairs if old != new)


def build(packages: Mapping[str, str], python: str, folder: Path) -> tuple[Path | None, str]:
    """Build an environment of recorded packages, with uv where there is one.

    Parameters
    ----------
    packages : dict of str to str
        Name to version.
    python : str
        Version of Python; without uv it must be the one at hand.
    folder : pathlib.Path
        Of the environment; must not exist.

    Returns
    -------
    python : pathlib.Path or None
        Its interpreter; None where it cannot be built.
    reason : str
        Why not.
    """
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    wanted = folder.with_suffix(".txt")
    ours = {name: version for name, version in packages.items() if name not in (_OURS, "pip")}
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.write_text(records.package_lines(ours), encoding="utf-8")
    interpreter = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if uv is None and python.rsplit(".", 1)[0] != f"{sys.version_info.major}.{sys.version_info.minor}":
        return None, f"it needs Python {python}; install uv, which can fetch it"
    commands = (
        [[uv, "venv", "--quiet", "--python", python, str(folder)]]
        if uv
        else [[sys.executable, "-m", "venv", str(folder)]]
    )
    install = [uv, "pip", "install", "--quiet", "--python", str(interpreter)] if uv else []
    install = install or [str(interpreter), "-m", "pip", "install", "--quiet"]
    commands.append([*install, "--no-deps", "-r", str(wanted)])
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"{Path(command[0]).name}: {type(error).__name__}"
        if done.returncode:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            return None, f"{Path(command[0]).name} could not: {' '.join(lines[:2])[:300]}"
    return interpreter, ""
