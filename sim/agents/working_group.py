"""A working group: one chapter of the talks, when it meets, and what it has signed.

Shapes: R replications (last axis), S stretches of the group's scales.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.agents.mediator import convening
from sim.agents.round import TOLERANCE, Round
from sim.arrays import Array, Index, Mask, at, hold
from sim.bargaining.preferences import Package
from sim.scenario.agenda import agenda_of, preferences_of
from sim.scenario.realise import drawn

if TYPE_CHECKING:
    from sim.agents.party import Party
    from sim.model import NegotiationModel


class WorkingGroup(mesa.Agent):
    """One chapter, in all replications at once.

    clock (R,): rounds held, less what freezes turned back; waited (R,): share of the interval to the next round that
    has passed; opened, frozen, signed, in_force (R,): its states; offers: each party's last proposal.
    text: what was signed last; author (R,): who had tabled it; worth: its utility (R,) for each party;
    from_pressure (R,): share of its felt value that came from pressure. agreed_text, week_agreed (R,): what came into
    force last, and when something first did.
    """

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model)
        self.name = name
        spec, width = model.spec, model.replications
        self.spec = spec.working_groups[name]
        self.parties = spec.group_parties(name)
        self.agenda = agenda_of(spec, name, width)
        level = dict.fromkeys(self.spec.issues, 1.0)
        self.equal = {p: preferences_of(spec, name, p, self.agenda, level, width) for p in self.parties}
        self.clock, self.waited, self.rounds = model.each(0.0), model.each(0.0), model.each(0.0)
        self.opened, self.frozen = model.nowhere(), model.nowhere()
        self.signed, self.in_force = model.nowhere(), model.nowhere()
        self.offers = {party: self.nothing_on_the_table(width) for party in self.parties}
        self.text, self.author = self.nothing_on_the_table(width), np.zeros(width, dtype=np.intp)
        self.worth = {party: model.each(np.nan) for party in self.parties}
        self.from_pressure = model.each(0.0)
        self.agreed_text = self.nothing_on_the_table(width)
        self.disruptions, self.ever_collapsed = model.each(0.0), model.nowhere()
        self.frozen_weeks, self.week_agreed = model.each(0.0), model.each(np.nan)

    @property
    def members(self) -> list[Party]:
        """The parties at the table."""
        return [self.model.parties_by_name[name] for name in self.parties]

    def others_than(self, party: str) -> tuple[str, ...]:
        """The other parties at the table."""
        return tuple(other for other in self.parties if other != party)

    @property
    def negotiating(self) -> Mask:
        """Open and with nothing signed.  -> (R,)"""
        return self.opened & ~self.signed

    def nothing_on_the_table(self, width: int) -> Package:
        """A blank text: levels (S, width) that are NaN."""
        return Package(np.full((len(self.agenda.starts), width), np.nan), np.full(width, -1, dtype=np.intp))

    def tidy(self, package: Package, here: Index) -> Package:
        """The same settlements, each scale covered from its low end.

        With three parties and more a package may cover a later stretch of a scale before an earlier one.
        """
        if len(self.parties) == 2:
            return package
        agenda = self.agenda.at(here)
        return agenda.package(agenda.settlements(package))

    # ---- a week ------------------------------------------------------------------------------------------------------

    def meet(self) -> None:
        """Hold this week's round where one is due and everybody comes."""
        meeting = self.negotiating & ~self.frozen & self.model.talking
        if not np.any(meeting):
            return
        joined = convening(self.model)
        self.waited = self.waited + meeting * (1 + joined) / drawn(self.spec.meets_every)
        missed = meeting & self._stopped_by_an_event()
        called = meeting & self.model.calendar.round(self.name)
        due = (meeting & (self.waited >= 1 - TOLERANCE)) | missed | called
        held = due & ~self._disrupted(due, missed, joined)
        self.waited = hold(~due, self.waited, np.where(called, 0.0, np.maximum(self.waited - 1, 0)))
        here = np.flatnonzero(held)
        if len(here):
            self.rounds[here] += 1
            Round(self, here).hold()
            self.clock[here] += 1

    def _stopped_by_an_event(self) -> bool:
        """Is there a dated round this week that is known not to have been held?"""
        return self.model.calendar.disruption(self.name) is not None

    def _disrupted(self, due: Mask, missed: Mask, joined: Array) -> Mask:
        """A party that stays away costs a round, and the others' trust.  -> (R,)"""
        event = self.model.calendar.disruption(self.name)
        known = event.by if event else None
        what = event.what if event else ""
        self.model.history.tell("disruption", missed, group=self.name, actor=known or "", text=what)
        disrupted = missed.copy()
        for name in self.parties:
            party = self.model.parties_by_name[name]
            away = due & ~disrupted & party.stays_away(self, joined)
            self.model.history.tell("disruption", away, group=self.name, actor=name)
            blamed = away | (missed if known in (None, name) else False)
            for other in self.others_than(name):
                self.model.parties_by_name[other].is_let_down_by(name, blamed)
            disrupted |= away
        self.disruptions = self.disruptions + disrupted
        return disrupted

    def turn_back_the_clock(self) -> None:
        """Talks that resume after a freeze start from harder positions."""
        rounds = drawn(self.model.spec.frozen_week.rehardening)
        self.clock = np.maximum(self.clock - rounds * self.frozen, 0)
        self.frozen_weeks = self.frozen_weeks + self.frozen

    # ---- texts -------------------------------------------------------------------------------------------------------

    def sign(self, here: Index, text: Package, from_pressure: Array) -> None:
        """Keep a text that everybody signed in these replications; it takes effect as the linkage says."""
        self.text.put(here, text)
        self.signed[here] = True
        self.from_pressure[here] = from_pressure
        for name in self.parties:
            preferences = self.model.parties_by_name[name].seats[self.name].preferences
            self.worth[name][here] = at(here, preferences).utility(text)
        for number, author in enumerate(self.model.authors):
            by, number_of_round = self.author[here] == number, self.rounds[here]
            self.model.history.tell(
                "signature", by, here=here, group=self.name, to=author, package=text, value=number_of_round
            )

    def take_effect(self, where: Mask) -> None:
        """The signed text comes into force."""
        self.in_force = self.in_force | where
        self.agreed_text = self.agreed_text.where(where, self.text)
        self.week_agreed = np.where(where & np.isnan(self.week_agreed), self.model.week, self.week_agreed)

    def reopen(self, where: Mask) -> None:
        """Take the signatures back: the text returns to the table."""
        self.signed = self.signed & ~where
        self.in_force = self.in_force & ~where
