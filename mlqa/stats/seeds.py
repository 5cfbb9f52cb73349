"""Random numbers that depend on nothing but the check, its data and the seed."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["generator"]


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
