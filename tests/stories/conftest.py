"""What the projects of the stories share: checks that answer what they are told to."""

from __future__ import annotations

import json

import pytest

ANSWER = '''
from mlqa import Evidence, Outcome, Verdict


def answer(outcome="pass", check="demo.claim", alpha=1e-4, reason="it was so measured", **numbers):
    return Verdict(
        check=check,
        outcome=Outcome(outcome),
        claim="the claim holds",
        reason=reason,
        alpha=alpha,
        evidence=Evidence(**numbers),
        remedy="look at it",
    )


def compared(predictions, slot, data="d1", worse_than=0.1):
    """A comparison with a recorded baseline, as `mlqa.not_worse` makes."""
    score = sum(predictions) / len(predictions)
    slot.offer(
        predictions=predictions,
        evidence=Evidence(estimate=score, low=score - 0.05, high=score + 0.05, level=0.95),
        provenance={"metric": "accuracy", "data_digest": data, "n": len(predictions)},
    )
    recorded = slot.recorded
    if recorded is not None and recorded.provenance["data_digest"] != data:
        from mlqa import BaselineError
        raise BaselineError("recorded on other data.\\nHint: pytest --mlqa-update")
    if recorded is None:
        return answer("fail", "regression.not_worse", reason="no baseline is recorded")
    drop = recorded.evidence.estimate - score
    return answer("fail" if drop > worse_than else "pass", "regression.not_worse", estimate=-drop, limit=-worse_than)
'''


@pytest.fixture
def answers(project):
    """Make a project whose tests can say ``from answers import answer, compared``."""
    return lambda files: project({"answers.py": ANSWER, **files})


@pytest.fixture
def notebook(tmp_path_factory, monkeypatch):
    """Write code cells, by id, as the text of a notebook: ``notebook({"one": "x = 1"})``."""
    # what IPython writes at home is kept out of the story's folder, which is home there
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}

    def written(cells, **metadata):
        kept = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        listed = [{**kept, "id": name, "source": source} for name, source in cells.items()]
        about = {"kernelspec": spec, **metadata}
        return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": listed})

    return written
