"""What all parties feel for one another and know of one another, as rows of the same arrays.

Shapes: P parties, J others of each, R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agents.world import Side, World
from sim.arrays import Array, Mask
from sim.scenario.schema import WEEKS_A_YEAR

OF_OTHERS = ("trust", "knowledge", "won", "lost")


class OfOthers(dict[str, Array]):
    """An array (R,) for each other party, a row of a larger one: what is assigned is written into it."""

    def __setitem__(self, other: str, value: Array) -> None:
        if other in self:
            self[other][:] = value
        else:
            super().__setitem__(other, value)


class Feelings:
    """The parties' feelings side by side; each party has its own rows of them, by name.

    trust, knowledge, won, lost (P, J, R): of each party for each of its others, and hurt (P, R), see `Party`; knew (P,
    1, R): what it knew at the start; cost (P, R): of a week without a deal; cap (P, R): the most that this may come to;
    stakes (P, R), by group: its share in the whole process; kept (P, J, R), by group: the share of trust in each that a
    week wins in which an agreement there is kept, 0 where not both sit there.
    """

    trust: Array
    knowledge: Array
    won: Array
    lost: Array

    def __init__(self, world: World, parties: Sequence[Side]) -> None:
        self.world, self.parties = world, parties
        self.knew = np.array([[world.each(party.spec.knowledge)] for party in parties])
        self.cost = np.array([world.each(party.spec.cost_of_no_deal / WEEKS_A_YEAR) for party in parties])
        self.cap = np.array([world.each(party.spec.hurt_cap) for party in parties])
        self.stakes = {name: np.array([self._stake(party, name) for party in parties]) for name in world.groups}
        self.kept = {
            name: world.spec.agreements.implementation
            * stakes[:, None]
            * np.array([_meets(party, name, world) for party in parties])
            for name, stakes in self.stakes.items()
        }
        self.gather()

    def _stake(self, party: Side, group: str) -> Array:
        """Share of a group in the whole process, 0 where the party has no seat.  -> (R,)"""
        return self.world.each(party.seats[group].stake if group in party.seats else 0.0)

    def gather(self) -> None:
        """Lay side by side what each party has; from now on each has its own rows of it."""
        for name in OF_OTHERS:
            together = np.array([[getattr(party, name)[other] for other in party.others] for party in self.parties])
            setattr(self, name, together)
            for party, rows in zip(self.parties, together, strict=True):
                setattr(party, name, OfOthers(zip(party.others, rows, strict=True)))
        self.hurt = np.array([party.hurt for party in self.parties])
        for party, mine in zip(self.parties, self.hurt, strict=True):
            party.hurt = mine


def _meets(party: Side, group: str, world: World) -> Mask:
    """Which of its others does it meet in a group?  -> (J, 1)"""
    seated = world.groups[group].parties
    return np.array([[party.name in seated and other in seated] for other in party.others])
