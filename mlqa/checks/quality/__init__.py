"""Checks of the family ``quality``."""
