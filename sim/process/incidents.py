"""Violent or hostile events outside the talks.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array, Index, Parameter, at, mean, places
from sim.chance import strikes
from sim.scenario.schema import WEEKS_A_YEAR

if TYPE_CHECKING:
    from sim.model import NegotiationModel

WORST = 0.9  # severities are cut here, so that some trust always survives
MOST = 1.3  # the rate without any trust, times what is usual in a year
SPOILING = 4.0  # full spoilers multiply the rate by up to 1 + SPOILING when a deal is near
GRADES = (("grave", 0.5), ("serious", 0.2), ("minor", 0.0))  # what an incident is called, from which severity on
WITHIN_REACH = 0.2  # gap in utility between what is asked for and what is offered at which a deal begins to look near


def grade(severity: float) -> str:
    """What an incident is called, the same wherever it is told: `minor`, `serious` or `grave`."""
    return next(name for name, least in GRADES if severity >= least)


class Incidents:
    """Incidents of all replications.

    severity (R,): of this week's incident, 0 where there is none; count (R,): incidents so far; highest_rate (R,) or a
    number: incidents a week without trust.
    Sources: spoilers, Stedman (1997); violence works where trust is low, Kydd and Walter (2002).
    """

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model
        self.severity, self.count = model.each(0.0), model.each(0.0)
        self.highest_rate = self._highest_rate()

    def strike(self) -> None:
        """This week's incidents, by chance and by date: they cost trust and harden both sides."""
        chance, week = self.model.chance, self.model.week
        luck = chance.week("incident", week)
        here = places(luck < self.highest_rate)  # elsewhere nothing happens, whatever the trust
        here = here[strikes(luck[here], self._rate(here))]
        usual = at(here, self.model.spec.incidents.severity)
        self.severity = self.model.each(0.0)
        self.severity[here] = np.minimum(-usual * np.log1p(-chance.week("incident.severity", week, here)), WORST)
        self.model.history.tell("incident", here=here, value=self.severity[here])
        for event in self.model.calendar.this_week("incident"):
            severity = self.model.each(event.severity)
            self.model.history.tell("incident", here=self.model.everywhere, value=severity, text=event.what)
            self.severity, here = np.maximum(self.severity, severity), self.model.everywhere
        self.count[here] += 1
        for party in self.model.parties_by_name.values():
            party.harden(here, self.severity[here])

    def _rate(self, here: Index) -> Array:
        """Incidents a week: per_year / 52 * (1.3 - mean trust), more with spoilers when a deal is near.  -> (R',)"""
        spec = self.model.spec.incidents
        trust = mean([party.trust_in(party.others, here) for party in self.model.parties_by_name.values()])
        rate = at(here, spec.per_year) / WEEKS_A_YEAR * (MOST - trust)
        if np.any(spec.spoilers > np.zeros(1)):
            rate = rate * (1 + SPOILING * at(here, spec.spoilers) * self._nearness(here))
        settled, after = self.model.agreements.settled[here], at(here, spec.after_settlement)
        return np.asarray(np.where(settled, rate * after, rate))

    def _highest_rate(self) -> Parameter:
        """The rate without trust and with a deal in reach: most luck is better than that.  -> (R,) or a number"""
        spec = self.model.spec.incidents
        return spec.per_year / WEEKS_A_YEAR * MOST * (1 + SPOILING * spec.spoilers)

    def _nearness(self, here: Index) -> Array:
        """How near the nearest deal looks: 0 where demands are far from offers, 1 where they meet.  -> (R',)"""
        near = np.zeros(len(here))
        for group in self.model.groups.values():
            seats = [party.seats[group.name] for party in group.members]
            gaps = [seat.asked[here] - seat.last_offers(here)[0] for seat in seats]
            closeness = 1 - np.clip(np.maximum.reduce(gaps) / WITHIN_REACH, 0, 1)
            near = np.maximum(near, np.nan_to_num(closeness) * group.negotiating[here])
        return near
