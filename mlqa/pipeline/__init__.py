"""Parametrized notebooks as steps with inputs, outputs and a gate. Level 4.

Must not import pytest or the plugin; papermill is imported only in the process
of a step. `mlqa.pipeline.graph` says what a pipeline.toml looks like.
"""

from mlqa.pipeline.form import one_step, read_pipeline
from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.plan import Planned, plan
from mlqa.pipeline.reproduce import reproduce
from mlqa.pipeline.run import Run, run

__all__ = ["Pipeline", "Planned", "Run", "Step", "one_step", "plan", "read_pipeline", "reproduce", "run"]
