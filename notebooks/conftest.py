"""What the churn tests run on in CI; in a notebook its own variables take their place."""

from pathlib import Path

import polars as pl
import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def reference():
    """Customers that the model in production was accepted on."""
    return pl.read_parquet(DATA / "reference.parquet")


@pytest.fixture(scope="session")
def current():
    """Customers that came since."""
    return pl.read_parquet(DATA / "current.parquet")
