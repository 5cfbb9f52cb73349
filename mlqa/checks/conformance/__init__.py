"""The contract a model in production must keep; contract checks, one question per file. Must not import plugin."""
