"""What agreements bring while they are in force: utility as a flow, week by week.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agents.party import Party
from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, at
from sim.bargaining.preferences import bounded


class Flow:
    """In a week in which a chapter is in force, a party has the worth of its text there; else that of no agreement.

    gained (R,) by group and party: utility above no agreement, added up over the weeks of agreements that have ended.

    No agreement is worth what it was at the start: what parties suffer or hope for meanwhile moves their decisions, not
    this account.
    """

    def __init__(self, world: World, groups: Sequence[WorkingGroup]) -> None:
        self.world = world
        self.gained = {(group.name, party): world.each(0.0) for group in groups for party in group.parties}

    def begin(self, group: WorkingGroup, here: Index) -> None:
        """An agreement takes effect this week."""
        group.since[here] = self.world.week

    def end(self, group: WorkingGroup, here: Index) -> None:
        """An agreement is in force no more."""
        for party in group.members:
            self.gained[group.name, party.name][here] += self._running(group, party, here)
        group.since[here] = np.nan

    def utility(self, group: WorkingGroup, party: Party) -> Array:
        """Mean utility of a chapter over all weeks so far.  -> (R,)

        With 0.4 without agreement and 0.7 in the last 30 of 100 weeks: 0.4 + 0.3 * 30 / 100 = 0.49.
        """
        gained = self.gained[group.name, party.name].copy()
        here = np.flatnonzero(~np.isnan(group.since))
        gained[here] += self._running(group, party, here)
        return bounded(party.seats[group.name].reservation + gained / max(self.world.week, 1))

    def _running(self, group: WorkingGroup, party: Party, here: Index) -> Array:
        """What the agreement in force has brought above no agreement until now.  -> (R',)"""
        weeks = self.world.week - group.since[here]
        return weeks * (group.worth[party.name][here] - at(here, party.seats[group.name].reservation))
