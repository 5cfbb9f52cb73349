"""Small notebooks to build pipelines of."""

from __future__ import annotations

import json

import pytest


def notebook_text(*cells: str) -> str:
    """Make a notebook; a cell that starts with ``#tag NAME`` gets that tag."""
    made = []
    for number, text in enumerate(cells):
        tags = []
        source = text
        if source.startswith("#tag "):
            head, source = source.split("\n", 1)
            tags = [head.removeprefix("#tag ").strip()]
        made.append(
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {"tags": tags},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": made})


@pytest.fixture(scope="session")
def notebook():
    """Text of a notebook with these cells."""
    return notebook_text
