"""Quality tests for machine learning: one test, the same verdict everywhere.

A check asks one question of a model or a table and returns a Verdict. pytest
asserts it, the notebook shows it, the pipeline gates on it.

Every public name is loaded when first used, so ``import mlqa`` stays light.
PYTEST_DONT_REWRITE: nothing to rewrite here, and no warning where mlqa came first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "BaselineError": "mlqa.errors",
    "CheckFailed": "mlqa.verdict",
    "Evidence": "mlqa.verdict",
    "MlqaError": "mlqa.errors",
    "Outcome": "mlqa.verdict",
    "Profile": "mlqa.subjects.profile",
    "Report": "mlqa.report",
    "SubjectError": "mlqa.errors",
    "UsageError": "mlqa.errors",
    "Verdict": "mlqa.verdict",
    "check": "mlqa.checks.default",
    "drift_free": "mlqa.checks.drift.drift_free",
    "learn_schema": "mlqa.checks.quality.schema_holds",
    "load_ipython_extension": "mlqa.inline",
    "missing_rate_holds": "mlqa.checks.quality.missing_rate_holds",
    "no_shared_rows": "mlqa.checks.leakage.no_shared_rows",
    "not_worse": "mlqa.checks.regression.not_worse",
    "profile": "mlqa.subjects.profile",
    "require": "mlqa.verdict",
    "schema_holds": "mlqa.checks.quality.schema_holds",
    "strict": "mlqa.verdict",
    "unchanged_by": "mlqa.checks.invariance.unchanged_by",
    "unload_ipython_extension": "mlqa.inline",
}

__all__ = [
    "BaselineError",
    "CheckFailed",
    "Evidence",
    "MlqaError",
    "Outcome",
    "Profile",
    "Report",
    "SubjectError",
    "UsageError",
    "Verdict",
    "check",
    "drift_free",
    "learn_schema",
    "load_ipython_extension",
    "missing_rate_holds",
    "no_shared_rows",
    "not_worse",
    "profile",
    "require",
    "schema_holds",
    "strict",
    "unchanged_by",
    "unload_ipython_extension",
]

if TYPE_CHECKING:
    from mlqa.checks.default import check
    from mlqa.checks.drift.drift_free import drift_free
    from mlqa.checks.invariance.unchanged_by import unchanged_by
    from mlqa.checks.leakage.no_shared_rows import no_shared_rows
    from mlqa.checks.quality.missing_rate_holds import missing_rate_holds
    from mlqa.checks.quality.schema_holds import learn_schema, schema_holds
    from mlqa.checks.regression.not_worse import not_worse
    from mlqa.errors import BaselineError, MlqaError, SubjectError, UsageError
    from mlqa.inline import load_ipython_extension, unload_ipython_extension
    from mlqa.report import Report
    from mlqa.subjects.profile import Profile, profile
    from mlqa.verdict import CheckFailed, Evidence, Outcome, Verdict, require, strict


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'mlqa' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built front end is (for development installs)."""
    return [{"src": "labextension", "dest": "@mlqa/labextension"}]
