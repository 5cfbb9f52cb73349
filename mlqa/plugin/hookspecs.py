"""The hooks that mlqa's pytest side calls. Imports nothing but pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlqa.report import Case

__all__ = ["pytest_mlqa_case"]


@pytest.hookspec
def pytest_mlqa_case(config: pytest.Config, case: Case) -> None:
    """Receive each finished test as a case of the report.

    Called with ``--mlqa`` only, once for every test after its teardown (tests
    that were skipped or broke in setup, and files that could not be collected,
    included), in the controlling process under xdist.

    Parameters
    ----------
    config : pytest.Config
    case : mlqa.report.Case
    """
