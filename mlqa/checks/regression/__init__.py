"""Checks of the family ``regression``."""
