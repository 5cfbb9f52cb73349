"""deepchecks 0.19.1 in an environment of its own: never imported here, never part of mlqa (its licence is AGPL)."""
