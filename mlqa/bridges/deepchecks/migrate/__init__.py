"""Suites and conditions of deepchecks in a user's files, rewritten as text; the rest keeps its bytes."""
