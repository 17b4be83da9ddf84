"""Violent or hostile events outside the talks.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array, at, total
from sim.chance import strikes
from sim.scenario.realise import drawn
from sim.scenario.schema import WEEKS_A_YEAR

if TYPE_CHECKING:
    from sim.model import NegotiationModel

WORST = 0.9  # severities are cut here, so that some trust always survives
SPOILING = 4.0  # full spoilers multiply the rate by up to 1 + SPOILING when a deal is near
WITHIN_REACH = 0.2  # gap in utility between what is asked for and what is offered at which a deal begins to look near


class Incidents:
    """Incidents of all replications.

    severity (R,): of this week's incident, 0 where there is none; count (R,): incidents so far.
    Sources: spoilers, Stedman (1997); violence works where trust is low, Kydd and Walter (2002).
    """

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model
        self.severity, self.count = model.each(0.0), model.each(0.0)

    def strike(self) -> None:
        """This week's incidents, by chance and by date: they cost trust and harden both sides."""
        chance, week = self.model.chance, self.model.week
        here = np.flatnonzero(strikes(chance.week("incident", week), self._rate()))
        mean = at(here, drawn(self.model.spec.incidents.severity))
        self.severity = self.model.each(0.0)
        self.severity[here] = np.minimum(-mean * np.log1p(-chance.week("incident.severity", week, here)), WORST)
        self.model.history.tell("incident", here=here, value=self.severity[here])
        for event in self.model.calendar.this_week("incident"):
            severity = self.model.each(drawn(event.severity))
            self.model.history.tell("incident", here=self.model.everywhere, value=severity, text=event.what)
            self.severity, here = np.maximum(self.severity, severity), self.model.everywhere
        self.count[here] += 1
        for party in self.model.parties:
            party.harden(here, self.severity[here])

    def _rate(self) -> Array:
        """Incidents a week: per_year / 52 * (1.3 - mean trust), more with spoilers when a deal is near.  -> (R,)"""
        spec = self.model.spec.incidents
        trust = total(party.trust_in(party.others) for party in self.model.parties) / len(self.model.parties)
        rate = drawn(spec.per_year) / WEEKS_A_YEAR * (1.3 - trust)
        if np.any(drawn(spec.spoilers) > np.zeros(1)):
            rate = rate * (1 + SPOILING * drawn(spec.spoilers) * self._nearness())
        return np.asarray(np.where(self.model.agreements.settled, rate * drawn(spec.after_settlement), rate))

    def _nearness(self) -> Array:
        """How near the nearest deal looks: 0 where demands are far from offers, 1 where they meet.  -> (R,)"""
        near = self.model.each(0.0)
        for group in self.model.groups.values():
            gaps = [seat.asked - seat.offered[0] for seat in (p.seats[group.name] for p in group.members)]
            closeness = 1 - np.clip(np.maximum.reduce(gaps) / WITHIN_REACH, 0, 1)
            near = np.maximum(near, np.nan_to_num(closeness) * group.negotiating)
        return near
