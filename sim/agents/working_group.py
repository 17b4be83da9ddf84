"""A working group: one chapter of the talks, when it meets, and what it has signed.

Shapes: R replications (last axis), S stretches of the group's scales.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.agents.party import Party
from sim.agents.rivals import no_texts
from sim.agents.tables import negotiating
from sim.agents.world import World
from sim.arrays import Array, Index, Mask, any_of, at
from sim.bargaining.combinations import ALL, together
from sim.bargaining.preferences import Package, Preferences
from sim.mesa_core import Agent
from sim.scenario.schema import Event
from sim.scenario.to_bargaining import agenda_of, focal_costs, preferences_of


class WorkingGroup(Agent):
    """One chapter, in all replications at once.

    Its arrays change in place: many are parts of larger ones (see `Tables`).

    clock (R,): rounds held, less what freezes turned back; waited (R,): share of the interval to the next round that
    has passed; opened, frozen, signed, in_force, broken_off, taken_up_again (R,): its states; since (R,): the week in
    which its agreement took effect, NaN where none is in force; offers: each party's last proposal; standing (N, P, R):
    worth of each mediator's standing text to each party, None without rivals.
    text: what was signed last; author (R,): who had tabled it; worth: its utility (R,) for each party; fragility (R,):
    factor on its hazard of collapse, exp(pressure * share of the felt value that came from pressure). week_signed (R,):
    when; package (R,): the week in which leaders signed it in one package with other chapters, NaN where they did not,
    or where one of these has been reopened; agreed_text, week_agreed (R,): what came into force last, and when
    something first did. lots (R,): by author, drawn once: of texts that are equally good, the one whose author drew the
    higher lot is signed; option_lots (O, R): the same for combinations of options, 0 where there is nothing to choose.
    """

    model: World

    def __init__(self, model: World, name: str) -> None:
        super().__init__(model)
        self.name = name
        spec, width = model.spec, model.replications
        self.spec = spec.working_groups[name]
        self.parties = spec.group_parties(name)
        self.members: Sequence[Party] = ()
        self._others = {name: tuple(other for other in self.parties if other != name) for name in self.parties}
        self.agenda = agenda_of(spec, name, width)
        level = dict.fromkeys(self.spec.issues, 1.0)
        self.equal = {p: preferences_of(spec, name, p, self.agenda, level, width, alone=True) for p in self.parties}
        self.focal = focal_costs(spec, name, self.agenda, self.equal[self.parties[0]], width)
        self.clock = model.each(0.0)
        self.waited = model.each(0.0)
        self.rounds = model.each(0.0)
        self.opened = model.nowhere()
        self.frozen = model.nowhere()
        self.signed = model.nowhere()
        self.in_force = model.nowhere()
        self.since = model.each(np.nan)
        self.broken_off = model.nowhere()
        self.taken_up_again = model.nowhere()
        self.offers = {party: self.agenda.blank(width) for party in self.parties}
        self.standing = no_texts(spec, len(self.parties), width)
        self.text = self.agenda.blank(width)
        self.author = np.zeros(width, dtype=np.intp)
        self.worth = {party: model.each(np.nan) for party in self.parties}
        self.fragility = model.each(1.0)
        self.week_signed = model.each(np.nan)
        self.package = model.each(np.nan)
        self.agreed_text = self.agenda.blank(width)
        self.week_agreed = model.each(np.nan)
        self.ever_collapsed = model.nowhere()
        self.disruptions = model.each(0.0)
        self.frozen_weeks = model.each(0.0)
        authors = (*spec.parties, *spec.mediators)
        self.lots = {author: model.chance.once(f"lot.{name}.{author}")[0] for author in authors}
        self.option_lots = self._option_lots()

    def _option_lots(self) -> Array | float:
        if not self.agenda.options or self.agenda.combinations > ALL:
            return 0.0
        each = self.model.chance.once
        return together([
            np.stack([each(f"lot.{self.name}.{issue}.{option}")[0] for option in names])
            for issue, names in self.agenda.options.items()
        ])  # fmt: skip

    def assemble(self, members: Sequence[Party]) -> None:
        """Say who sits at the table, once all of them exist."""
        self.members = members

    def others_than(self, party: str) -> tuple[str, ...]:
        """The other parties at the table."""
        return self._others[party]

    def wants(self, here: Index) -> dict[str, Preferences]:
        """What each party wants, in the replications `here`."""
        return {party.name: party.seats[self.name].preferences.at(here) for party in self.members}

    @property
    def negotiating(self) -> Mask:
        """Open, with nothing signed, and not broken off; after the talks, taken up again.  -> (R,)"""
        return negotiating(self, self.model)

    @property
    def ripe(self) -> Mask:
        """Signed, and long enough ago to be voted on at home.  -> (R,)"""
        waited = self.model.week - self.week_signed
        return self.signed & (waited >= self.model.spec.agreements.ratification_weeks)

    def tidy(self, package: Package, here: Index) -> Package:
        """The same settlements, each scale covered from its low end.

        With three parties and more a package may cover a later stretch of a scale before an earlier one.
        """
        if len(self.parties) == 2:
            return package
        agenda = self.agenda.at(here)
        return agenda.package(agenda.settlements(package))

    # ---- a week ------------------------------------------------------------------------------------------------------

    def called(self) -> bool:
        """Is this week's round known to have been held?"""
        return any(event.group == self.name for event in self.model.this_week("round"))

    def not_held(self) -> list[Event]:
        """This week's round, where it is known not to have been held."""
        return [event for event in self.model.this_week("disruption") if event.group == self.name]

    def miss_known(self, due: Index) -> None:
        """A dated round is not held; where nobody is named, everybody loses trust."""
        self.disruptions[due] += 1
        for event in self.not_held():
            self.model.tell("disruption", here=due, group=self.name, actor=event.by or "", text=event.what)
            for name in self.parties if event.by is None else [event.by]:
                self.blame(name, due)

    def miss(self, due: Index, away: Mapping[str, Mask]) -> None:
        """Rounds are missed where a party stays away; they cost the others' trust in it.  away (R',) by party"""
        for name, mask in away.items():
            here = due[mask]
            if len(here):
                self.model.tell("disruption", here=here, group=self.name, actor=name)
                self.blame(name, here)
        self.disruptions[due[any_of(away.values())]] += 1

    def open_round(self, here: Index) -> None:
        """A round begins."""
        dated = [event.what for event in self.model.this_week("round") if event.group == self.name]
        self.rounds[here] += 1
        self.model.tell("round", here=here, group=self.name, value=self.rounds[here], text=dated[0] if dated else "")

    def blame(self, name: str, here: Index) -> None:
        """The others trust it less."""
        for other in self.others_than(name) if len(here) else ():
            self.model.parties_by_name[other].is_let_down_by(name, here)

    # ---- texts -------------------------------------------------------------------------------------------------------

    def sign(self, here: Index, text: Package, worth: Mapping[str, Array], from_pressure: Array) -> None:
        """Keep a text that everybody signed in these replications; it takes effect as the linkage says.

        worth (R',): its utility for each party; from_pressure (R',): the share of its felt value that came from the
        mediators' pressure.
        """
        self.text.put(here, text)
        self.signed[here] = True
        self.week_signed[here] = self.model.week
        steepness = at(here, self.model.spec.agreements.pressure)
        self.fragility[here] = np.exp(steepness * from_pressure)
        for party, utility in worth.items():
            self.worth[party][here] = utility
        for number, author in enumerate(self.lots):
            signed = {"group": self.name, "to": author, "package": text, "value": self.rounds[here]}
            self.model.tell("signature", self.author[here] == number, here, **signed)

    def take_effect(self, here: Index) -> None:
        """The signed text comes into force."""
        self.in_force[here] = True
        self.agreed_text.put(here, self.text.at(here))
        self.week_agreed[here] = np.fmin(self.week_agreed[here], self.model.week)

    def reopen(self, where: Mask | Index) -> None:
        """Take the signatures back: the text returns to the table."""
        self.signed[where] = False
        self.in_force[where] = False
        self._undo_package(where)

    def _undo_package(self, where: Mask | Index) -> None:
        """The other chapters of its package lose what they were signed for."""
        signed_in = self.package[where]
        if np.isnan(signed_in).all():
            return
        for group in self.model.groups.values():
            group.package[where] = np.where(group.package[where] == signed_in, np.nan, group.package[where])
