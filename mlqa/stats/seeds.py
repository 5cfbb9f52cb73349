"""Random numbers that depend on nothing but the check, its data and the seed."""

from __future__ import annotations

import hashlib
from numbers import Integral
from typing import Any

import numpy as np

from mlqa.errors import UsageError

__all__ = ["generator", "seed_of"]


def generator(check: str, digest: str, seed: int = 0) -> np.random.Generator:
    """Return the generator of a check: same check, data and seed, same numbers.

    Parameters
    ----------
    check : str
        Id of the check, ``family.claim``.
    digest : str
        Digest of the data it reads.
    seed : int of at least 0

    Examples
    --------
    >>> generator("demo.check", "ab12", 0).integers(100) == generator("demo.check", "ab12", 0).integers(100)
    np.True_
    """
    key = hashlib.sha256(f"{check}\0{digest}\0{seed}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(key[:16], "little")))


def seed_of(seed: Any) -> int:
    """Return a seed that can be used, as a plain int.

    Parameters
    ----------
    seed : int of at least 0

    Raises
    ------
    UsageError
        If `seed` is no whole number of at least 0.

    Examples
    --------
    >>> seed_of(np.int64(7))
    7
    """
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise UsageError("seed", seed, "a whole number of at least 0", "leave it out for the default 0")
    return int(seed)
