"""Checks of the family ``rules``."""
