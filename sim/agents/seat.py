"""A party's place in one working group: what it wants there, and how it pictures the others.

Shapes: R replications (last axis); at a round only the replications that meet, R' of them; H rounds, newest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index, Parameter, within
from sim.bargaining.preferences import Preferences

ROUNDS_SEEN = 4  # rounds that a mirror can look back over
FLOORLESS = -1e9  # no text is worth less


@dataclass(frozen=True)
class Seat:
    """A party's place in one working group. Its arrays change in place: they are parts of larger ones (see `Tables`).

    weights: how important each issue is to it, on any scale; preferences: what it wants; imagined: what it imagines
    that each other party wants; reservation (R,): utility of no agreement at the start; stake: share of this chapter in
    the whole process; hardening (R,): what incidents added; floor (R,): worth of what its home takes at the least, once
    it has refused a text (see `ByChapter`), FLOORLESS before; asked (R,): its last aspiration; rounds (R,): how many it
    has been through; offered (H, R): worth to it of what the others offered in round n, in row n % H.
    """

    weights: Mapping[str, Parameter]
    preferences: Preferences
    imagined: dict[str, Preferences]
    reservation: Parameter
    stake: Parameter
    hardening: Array
    floor: Array
    asked: Array
    rounds: Index
    offered: Array

    def last_offers(self, here: Index) -> Array:
        """What the others offered was worth to it in its last H rounds, newest first; NaN where there was none.

        After offers worth 0.3, 0.35 and 0.5: [0.5, 0.35, 0.3, NaN].
        """
        return newest_first(self.offered, self.rounds, here)


def newest_first(offered: Array, rounds: Index, here: Index) -> Array:
    """The last H rounds, of which round n is in row n % H.  (H, R) and (R,) -> (H, R')"""
    newest = rounds[here] - np.arange(1, ROUNDS_SEEN + 1)[:, None]
    return np.asarray(offered[newest % ROUNDS_SEEN, here])


def reservation_now(reservation: Parameter, hurt: Array, hardening: Array) -> Array:
    """Utility of no agreement, now.

        clip(reservation - hurt + hardening, 0, 1)

    A party that began at 0.44, has suffered 0.05 and was hardened by 0.03 walks away below 0.42.
    Source: BATNA (Fisher and Ury 1981); the mutually hurting stalemate (Zartman 1989, 2000).
    """
    return within(0, reservation - hurt + hardening, 1)
