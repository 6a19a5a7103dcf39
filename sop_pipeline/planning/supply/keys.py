"""A stable number in [0, 1) for every business key and period. Nothing else."""

import hashlib
from collections.abc import Sequence

import numpy as np

from sop_pipeline.planning.supply.inputs import Floats


def key_hash(keys: Sequence[str], periods: int) -> Floats:
    """Hash of each key and period, keys × periods: the same whatever other keys there are, and on every machine."""
    seeds = np.array([int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little") for key in keys], dtype=np.uint64)
    mixed = seeds[:, None] + np.arange(1, periods + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
