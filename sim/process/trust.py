"""How trust is earned and lost.

Slow to earn, fast to lose: Slovic (1993), about 3 to 1. Every function takes and gives trust (R,) in [0, 1].
"""

from __future__ import annotations

from sim.arrays import Array


def earn(trust: Array, share: Array | float) -> Array:
    """Close a share of the gap to full trust."""
    return trust + share * (1 - trust)


def lose(trust: Array, share: Array | float) -> Array:
    """Lose a share of the trust there is."""
    return trust * (1 - share)
