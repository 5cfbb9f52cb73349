"""Checks of the family ``labels``."""
