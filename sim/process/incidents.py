"""Violent or hostile events outside the talks.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agents.party import Party
from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, Parameter, at, mean, total
from sim.chance import rare
from sim.scenario.schema import WEEKS_A_YEAR

WORST = 0.9  # severities are cut here, so that some trust always survives
MOST = 1.3  # the rate without any trust, times what is usual in a year
SPOILING = 4.0  # full spoilers multiply the rate by up to 1 + SPOILING when a deal is near
WITHIN_REACH = 0.2  # gap in utility between what is asked for and what is offered at which a deal begins to look near


class Incidents:
    """Incidents of all replications.

    severity (R,): of this week's incident, 0 where there is none; count (R,): incidents so far; highest_rate (R,) or a
    number: incidents a week without trust; spoiled, by_freeze: does nearness, or a freeze, count anywhere?
    Sources: spoilers, Stedman (1997); violence works where trust is low, Kydd and Walter (2002); there is less of it
    while the main question is negotiated, Ruhe (2021), Beardsley, Cunningham and White (2019).
    """

    def __init__(self, world: World, groups: Sequence[WorkingGroup], parties: Sequence[Party]) -> None:
        self.world, self.groups, self.parties = world, groups, parties
        self.severity = world.each(0.0)
        self.count = world.counter("incidents")
        rules = world.spec.incidents
        self.highest_rate = self._highest_rate()
        self.spoiled, self.by_freeze = np.any(rules.spoilers), np.any(rules.while_frozen != 1)

    def strike(self) -> None:
        """This week's incidents, by chance and by date: the gravest costs trust and hardens all sides."""
        self.severity = self.world.each(0.0)
        here = self._by_chance()
        self.count[here] += 1
        for event in self.world.this_week("incident"):
            here = self.world.everywhere
            severity = self.world.each(event.severity)
            self.world.tell("incident", value=severity, text=event.what)
            self.severity = np.maximum(self.severity, severity)
            self.count += 1
        if not len(here):
            return
        for party in self.parties:
            party.harden(here, self.severity[here])

    def _by_chance(self) -> Index:
        """Where an incident happens; how severe it is follows an exponential distribution.  -> replications"""
        chance, week = self.world.chance, self.world.week
        here = rare(chance.week("incident", week), self.highest_rate, self._rate)
        if not len(here):
            return here
        usual = at(here, self.world.spec.incidents.severity)
        severity = -usual * np.log1p(-chance.week("incident.severity", week, here))
        self.severity[here] = np.minimum(severity, WORST)
        self.world.tell("incident", here=here, value=self.severity[here])
        return here

    def _rate(self, here: Index) -> Array:
        """Incidents a week: more with spoilers when a deal is near, and where talks are frozen.  -> (R',)

            per_year / 52 * (1.3 - mean trust) * (1 + (while_frozen - 1) * share of the stakes that is frozen)

        With one of three equal groups frozen and while_frozen 1.5, a sixth more than while all of them meet.
        """
        rules = self.world.spec.incidents.at(here)
        trust = mean([party.trust_in(party.others, here) for party in self.parties])
        rate = rules.per_year / WEEKS_A_YEAR * (MOST - trust)
        if self.spoiled:
            rate = rate * (1 + SPOILING * rules.spoilers * self._nearness(here))
        if self.by_freeze:
            rate = rate * (1 + (rules.while_frozen - 1) * self._frozen(here))
        return np.where(self.world.settled[here], rate * rules.after_settlement, rate)

    def _highest_rate(self) -> Parameter:
        """The rate without trust, with a deal in reach and all frozen: most luck is better.  -> (R,) or a number"""
        rules = self.world.spec.incidents
        rate = rules.per_year / WEEKS_A_YEAR * MOST * (1 + SPOILING * rules.spoilers)
        return rate * np.maximum(rules.while_frozen, 1)

    def _frozen(self, here: Index) -> Array:
        """Share of the stakes that was frozen when the week began, in the mean of the parties.  -> (R',)"""
        shares = []
        for party in self.parties:
            stakes = [
                at(here, seat.stake) * self.world.groups[group].frozen[here] for group, seat in party.seats.items()
            ]
            shares.append(np.asarray(total(stakes)))
        return mean(shares)

    def _nearness(self, here: Index) -> Array:
        """How near the nearest deal looks: 0 where demands are far from offers, 1 where they meet.  -> (R',)"""
        near = np.zeros(len(here))
        for group in self.groups:
            seats = [party.seats[group.name] for party in group.members]
            gaps = [seat.asked[here] - seat.last_offers(here)[0] for seat in seats]
            closeness = 1 - np.clip(np.maximum.reduce(gaps) / WITHIN_REACH, 0, 1)
            near = np.maximum(near, np.nan_to_num(closeness) * group.negotiating[here])
        return near
