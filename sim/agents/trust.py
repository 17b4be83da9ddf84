"""How trust is earned and lost.

Slow to earn, fast to lose: Slovic (1993). Every function takes and gives trust (R,) in [0, 1].
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arrays import Array

Share = npt.NDArray[np.floating[Any]] | float


def earn(trust: Array, share: Share) -> Array:
    """Close a share of the gap to full trust. Shares add up in the same way: earn(share, another)."""
    return trust + share * (1 - trust)


def lose(trust: Array, share: Share) -> Array:
    """Lose a share of the trust there is."""
    return trust * (1 - share)
