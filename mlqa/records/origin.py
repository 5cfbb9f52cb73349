"""Who ran it, from which code, on which packages: by an allow-list, so that no secret is recorded."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["code_version", "environment", "installed", "package_lines", "who"]

# name of the service -> (variable that tells it, variables worth keeping)
_CI = {
    "github": ("GITHUB_ACTIONS", ("GITHUB_ACTOR", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_WORKFLOW")),
    "gitlab": ("GITLAB_CI", ("GITLAB_USER_LOGIN", "CI_PROJECT_PATH", "CI_JOB_ID", "CI_PIPELINE_ID")),
    "jenkins": ("JENKINS_URL", ("BUILD_USER_ID", "JOB_NAME", "BUILD_NUMBER")),
    "unknown": ("CI", ()),
}
_PACKAGES = ("numpy", "scipy", "polars", "pandas", "pyarrow", "scikit-learn", "narwhals", "ipykernel", "papermill")
_GIT_SECONDS = 10


def who() -> dict[str, object]:
    """Return the user's name and, in CI, the identity the service gives.

    Notes
    -----
    The user's name is what the system says; it is not authentication.
    """
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container whose user id has no name
        user = f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
    for service, (sign, kept) in _CI.items():
        if os.environ.get(sign, "").lower() not in ("", "0", "false"):
            identity = {name: os.environ[name] for name in kept if name in os.environ}
            return {"user": user, "ci": {"service": service, **identity}}
    return {"user": user, "ci": None}


def code_version(folder: str | Path) -> dict[str, object] | None:
    """Return the git commit of a folder, whether files differ from it and a digest of the difference.

    Returns
    -------
    dict or None
        ``commit``, ``dirty``, and where it is dirty ``diff`` (sha256 of ``git
        diff HEAD``) and ``changed`` (names of changed and new files, at most
        100); None without git.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changes = _git(folder, "status", "--porcelain")
    found: dict[str, object] = {"commit": commit.strip(), "dirty": None if changes is None else bool(changes.strip())}
    if changes and changes.strip():
        difference = _git(folder, "diff", "HEAD", "--binary") or ""
        found["diff"] = hashlib.sha256(difference.encode("utf-8", "surrogateescape")).hexdigest()
        found["changed"] = [line[3:] for line in changes.splitlines()][:100]
    return found


def installed() -> dict[str, str]:
    """Return every installed distribution with its version, by the names of their folders: reading none is fast."""
    found: dict[str, str] = {}
    for place in reversed(sys.path):  # what comes first on the path wins
        try:
            names = [entry.name for entry in os.scandir(place or ".") if entry.name.endswith(".dist-info")]
        except OSError:
            continue
        parts = (name.removesuffix(".dist-info").split("-") for name in names)
        found.update({part[0].lower().replace("_", "-"): part[1] for part in parts if len(part) == 2})
    return dict(sorted(found.items()))


def package_lines(packages: Mapping[str, str]) -> str:
    """Return packages as a file of requirements; its sha256 is the digest of the environment."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(packages.items()))


def environment() -> dict[str, object]:
    """Return the Python version, the packages that matter and one digest of all installed."""
    packages = installed()
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: packages[name] for name in _PACKAGES if name in packages},
        "digest": hashlib.sha256(package_lines(packages).encode()).hexdigest(),
    }


def _git(folder: str | Path, *arguments: str) -> str | None:
    """Run one git command in a folder; None where git or the repository is missing."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
