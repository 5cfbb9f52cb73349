"""Run records: who ran what, when, why, and what the gates said. Level 3.

Append-only JSON lines in the shape of OpenLineage run events with one facet of
our own, chained by hash. Must not import papermill, pytest or IPython.
"""

from mlqa.records.chain import FIRST, Chain, append, read, verify
from mlqa.records.digests import digest_of_path
from mlqa.records.event import run_event
from mlqa.records.origin import code_version, environment, who

__all__ = [
    "FIRST",
    "Chain",
    "append",
    "code_version",
    "digest_of_path",
    "environment",
    "read",
    "run_event",
    "verify",
    "who",
]
