"""Issues that interact: options that are worth more together, or less, than one by one.

Shapes: O combinations of options; R rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array

SPAN = 1e-9  # a party to whom all packages are alike to this is content with each


@dataclass(frozen=True)
class Interaction:
    """Options of several issues that are worth more together, or less, than one by one.

    options: the number of the option, by issue; adds (R,): utility before it is scaled (see `scaled`).
    """

    options: Mapping[str, int]
    adds: Array


def scaled(worth: Array) -> Array:
    """What every combination is worth (O, R), from 0 for the worst one to 1 for the best one.

    utility = (worth - lowest worth) / (highest worth - lowest worth)
    """
    lowest = worth.min(axis=0)
    span = worth.max(axis=0) - lowest
    return np.where(span > SPAN, (worth - lowest) / np.maximum(span, SPAN), 1.0)
