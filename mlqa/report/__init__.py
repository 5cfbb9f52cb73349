"""Verdicts gathered, with where they came from, and the views of them. Level 1.

Must not import checks, tables, pytest or IPython: a report only reads values.
"""

from mlqa.report.report import Case, Crash, Origin, Report

__all__ = ["Case", "Crash", "Origin", "Report"]
