"""deepchecks' environment, built once where it is not there, and its workers ended with the tests."""

from __future__ import annotations

import os

import pytest

from mlqa.bridges.deepchecks import environment, session
from mlqa.errors import BridgeError


@pytest.fixture(scope="session")
def their_python():
    """The Python of deepchecks' environment."""
    try:
        return environment.create(say=print)
    except BridgeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no environment of deepchecks: {error}")


@pytest.fixture(scope="session", autouse=True)
def _ended():
    yield
    session.close_all()
