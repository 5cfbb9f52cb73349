"""Checks of the family ``performance``: how good a model's predictions are, and where they are not."""
