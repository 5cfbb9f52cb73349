"""Checks of the family ``invariance``."""
