"""Run records: who ran what, when, why, and what the gates said. Level 3.

Append-only JSON lines in the shape of OpenLineage run events with one facet of
our own, chained by hash. Its ``kind`` tells what a record is about: ``run``,
``begin``, ``step`` and ``end`` are a run's own; any other event, a promotion
say, is appended the same way and is part of the chain. Must not import
papermill, pytest or IPython.
"""

from mlqa.records.chain import FIRST, Chain, append, read, verify
from mlqa.records.digests import digest_of_path, load_digests, save_digests
from mlqa.records.event import run_event
from mlqa.records.origin import code_version, environment, installed, package_lines, who
from mlqa.records.runs import chosen, datasets_of, ended, facet_of, of_kind, part, runs_of
from mlqa.records.store import keep, kept

__all__ = [
    "FIRST",
    "Chain",
    "append",
    "chosen",
    "code_version",
    "datasets_of",
    "digest_of_path",
    "ended",
    "environment",
    "facet_of",
    "installed",
    "keep",
    "kept",
    "load_digests",
    "of_kind",
    "package_lines",
    "part",
    "read",
    "run_event",
    "runs_of",
    "save_digests",
    "verify",
    "who",
]
