"""Who ran it, from which code, on which packages: by an allow-list, so that no secret is recorded."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import subprocess
from importlib.metadata import distributions
from pathlib import Path

__all__ = ["code_version", "environment", "who"]

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
    """Return the git commit of a folder and whether files differ from it, or None without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changes = _git(folder, "status", "--porcelain")
    return {"commit": commit.strip(), "dirty": None if changes is None else bool(changes.strip())}


def environment() -> dict[str, object]:
    """Return the Python version, the packages that matter and one digest of all installed."""
    installed = {d.metadata["Name"].lower(): d.version for d in distributions() if d.metadata["Name"]}
    lines = "\n".join(f"{name}=={version}" for name, version in sorted(installed.items()))
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: installed[name] for name in _PACKAGES if name in installed},
        "digest": hashlib.sha256(lines.encode()).hexdigest(),
    }


def _git(folder: str | Path, *arguments: str) -> str | None:
    """Run one git command in a folder; None where git or the repository is missing."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
