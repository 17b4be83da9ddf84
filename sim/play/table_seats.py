"""Seats at a table of people: parties and mediators that follow standing orders from one moment to the next.

A seat that is left to the model decides as the scenario has it, so that a table of such seats gets the history of the
script, bit for bit. Shapes: R rows of one history, in which the same is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sim.agents.delegation import Delegation
from sim.agents.mediator import Mediator
from sim.agents.sitting import Sitting
from sim.agents.tables import Tables, at_home, put_home
from sim.agents.world import Group
from sim.arrays import Array, Index, Mask, Parameter
from sim.bargaining.preferences import Package
from sim.model import NegotiationModel
from sim.play.answers import Hand
from sim.play.party import AWAY, Leave, PlayedParty
from sim.play.table_orders import Errand, Instruction
from sim.play.view import HERE, package_of
from sim.scenario.parties import ACTIVITIES

UNTIL_TOLD = 10**6  # rounds
BY_MODEL = Instruction("delegate")


class SeatedParty(PlayedParty):
    """A party whose delegations follow instructions; at first all are left to the model."""

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model, name, Hand((), model.spec), moody=True, leave=AWAY)
        self.standing = dict.fromkeys(model.groups, BY_MODEL)

    def follow(self, instructions: Mapping[str, Instruction]) -> None:
        """Instructions from now on; chapters that are not named go on as before."""
        for name, told in instructions.items():
            self.standing[name] = told
            self._tell_delegation(self.model.groups[name], told)

    def _tell_delegation(self, group: Group, told: Instruction) -> None:
        take = told.take
        self.leaving.discard(group.name)
        if told.offer is not None:
            self.offers[group.name] = package_of(group, told.offer, self.model.everywhere)
        if told.do == "sign":
            take = self.reading(group, self.offers[group.name])["worth"]
        if told.do == "walk_out":
            self.leaving.add(group.name)
        signs = told.do in ("offer", "sign")
        kind = "mandate" if signs else told.do
        self.leave[group.name] = Leave(kind, UNTIL_TOLD, take)

    def walks_out(self, tables: Tables, present: Mask, temper: Array) -> Index:
        """When the person said so; where the model plays, by chance."""
        [group] = tables.groups
        self.moody = self.standing[group.name].do == "delegate"
        return super().walks_out(tables, present, temper)

    def delegate(self, sitting: Sitting, by_tactic: Delegation) -> Delegation:
        """Whoever bargains gives way by its own tactic, down to what it must not go below."""
        told = self.standing[sitting.tables.groups[0].name]
        if self.model.talking and told.do == "bargain":
            return replace(by_tactic, floor=np.maximum(by_tactic.floor, told.take))
        return super().delegate(sitting, by_tactic)


class SeatedMediator(Mediator):
    """A mediator that runs an errand, or where it has none the scenario's plan.

    spent: effort in weeks by activity, of the talks; tabled: the last text that it put on the table, by chapter.
    """

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model, name)
        self.errand: Errand | None = None
        self.spent = dict.fromkeys(ACTIVITIES, 0.0)
        self.tabled: dict[str, Package] = {}

    def follow(self, errand: Errand | None) -> None:
        """An errand from now on; None: the plan of the scenario."""
        self.errand = errand
        if errand is None:
            return
        for group in errand.lift:
            self.model.freezes.of(group).lift(group, ~self.model.nowhere())
        for group, weeks in errand.pause.items():
            self.model.freezes.of(group).pause(group, self.model.each(weeks), self.name)

    @property
    def purse(self) -> float:
        """Weeks of effort that the scenario has given so far, this week included, and that are not spent."""
        earned = sum(self._given(week) for week in range(self.model.week + 1))
        return max(earned - float(self.weeks_of_talks[0]), 0.0)

    def _given(self, week: int) -> float:
        return float(np.ravel(super().planned(week))[0])

    def work(self) -> None:
        """Spend this week's effort, and keep count."""
        counts = self.model.talking and not self.model.settled[0]
        super().work()
        for activity in ACTIVITIES:
            self.spent[activity] += counts * float(self.activity(activity)[0])

    def planned(self, week: int) -> Parameter:
        """What was ordered, as far as the purse reaches; after the talks, and without an errand, the scenario's."""
        if self.errand is None or not self.model.talking:
            return super().planned(week)
        return min(self.errand.effort if self.errand.shares else 0.0, self.purse)

    def activity(self, kind: str, place: str = "") -> Array:
        """Effort spent on one activity, everywhere alike."""
        if self.errand is None:
            return super().activity(kind, place)
        return np.asarray(self.effort * self.errand.shares.get(kind, 0.0))

    def text(self, sitting: Sitting) -> Package:
        """Its own text where the person wrote one, else what its estimates suggest."""
        text = super().text(sitting)
        for group, part in sitting.parts:
            if self.errand and group.name in self.errand.texts:
                put_home(text, part, package_of(group, self.errand.texts[group.name], sitting.here[part]))
            self.tabled[group.name] = at_home(text, group, part)
        return text

    def shows(self, group: Group) -> Package | None:
        """The text of its own that it lays before everybody; else the last one that it put on the table."""
        if self.errand and group.name in self.errand.texts:
            return package_of(group, self.errand.texts[group.name], HERE)
        return self.tabled.get(group.name)

    def suggested(self, group: Group) -> Package:
        """The text that its estimates suggest now, in a chapter."""
        text = Mediator.text(self, self.model.sitting_of(group.name, HERE))
        return at_home(text, group)
