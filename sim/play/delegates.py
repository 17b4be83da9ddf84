"""A party for which a person decides. What it wants, feels and believes comes from the scenario, as ever.

Without a mandate, or beyond what it says, the delegation acts by the party's own tactic: who never gives one gets the
history of the script. Shapes: R rows; M tables that meet; A texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from sim.agents.acceptance import TOLERANCE
from sim.agents.delegation import Delegation
from sim.agents.party import Party
from sim.agents.sitting import Sitting
from sim.agents.tables import Tables
from sim.agents.world import Group
from sim.arrays import Array, Index, Mask, places
from sim.bargaining.preferences import Package
from sim.model import NegotiationModel
from sim.play.game import Data
from sim.play.mandates import Mandate, Said
from sim.play.view import HERE, in_full, package_of, text_of


@dataclass
class Brief:
    """How a delegation acts in a group, in each row (R,).

    least: the least worth that it asks for and signs, 0 where nothing is said; comes: does it come to rounds?; keeps:
    does it keep to `text`, or decide by its party's tactic?
    """

    least: Array
    comes: Mask
    keeps: Mask
    text: Package | None = None

    @property
    def led(self) -> Mask:
        """Where does the person lead, and not the party's own tactic?"""
        return self.keeps | ~self.comes


class MandatedParty(Party):
    """A party that keeps to mandates, in the rows where it is told to.

    mandates: the last of each group; briefs: what they come to in each row; leaving (R,): where the delegation is about
    to leave a group.
    """

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model, name)
        self.mandates = {group: Mandate() for group in model.groups}
        nothing = Brief(model.each(0.0), ~model.nowhere(), model.nowhere())
        self.briefs = dict.fromkeys(model.groups, nothing)
        self.leaving = {group: model.nowhere() for group in model.groups}

    def follow(self, said: Said, told: Mask) -> None:
        """Keep to these mandates from now on, in the rows `told`: the same at every call."""
        for name, mandate in said.mandates.items():
            self.mandates[name] = mandate
            self.briefs[name] = self._brief(self.model.groups[name], mandate, told)
        for name in said.leaving:
            self.leaving[name] = told.copy()

    def _brief(self, group: Group, mandate: Mandate, told: Mask) -> Brief:
        least, comes = np.where(told, mandate.least, 0.0), ~told | mandate.comes
        if mandate.offer is None:
            return Brief(least, comes, self.model.nowhere())
        return Brief(least, comes, told, package_of(group, mandate.offer, self.model.everywhere))

    # ---- coming and going --------------------------------------------------------------------------------------------

    def stays_away(self, sitting: Sitting) -> Mask:
        """As the person said; where the delegation acts by its tactic, by chance."""
        by_chance = super().stays_away(sitting)
        if not self.model.talking:
            return by_chance
        brief, here = self.briefs[_group_of(sitting).name], sitting.here
        return np.where(brief.led[here], ~brief.comes[here], by_chance)

    def walks_out(self, tables: Tables, present: Mask, temper: Array) -> Index:
        """When the person said so; where the delegation acts by its tactic also by chance."""
        [group] = tables.groups
        leaves = self.model.nowhere()
        leaves[super().walks_out(tables, present, temper)] = True
        if self.model.talking:
            leaves &= ~self.briefs[group.name].led
            leaves |= self.leaving[group.name] & present
            self.leaving[group.name] &= ~present
        return places(leaves)

    # ---- at the table ------------------------------------------------------------------------------------------------

    def delegate(self, sitting: Sitting, by_tactic: Delegation) -> Delegation:
        """The person's delegation, or the party's own, which gives way no further than the mandate says."""
        brief, here = self.briefs[_group_of(sitting).name], sitting.here
        if not self.model.talking:
            return by_tactic

        least, keeps = brief.least[here], brief.keeps[here]
        asks = (least > 0) & ~keeps
        if asks.any():
            by_tactic.floor = np.where(asks, np.maximum(by_tactic.floor, least), by_tactic.floor)

        if brief.text is None or not keeps.any():
            return by_tactic
        parts = {part.name: getattr(by_tactic, part.name) for part in fields(Delegation)}
        return MandatedDelegation(**parts, least_worth=least, text=brief.text.at(here), told=keeps)

    def suggested(self, group: Group) -> Package:
        """What the party's own tactic would table now."""
        sitting = self.model.sitting_of(group.name, HERE)
        own = self._own(sitting)
        own.aspire(group.clock[HERE], self.model.time_left, lambda: sitting.offers)
        return group.tidy(own.propose().side(0), HERE)

    def offer_worth(self, group: Group, asked: Array) -> Package:
        """What its delegation would table now that asks for this (R,)."""
        here = self.model.everywhere
        own = self._own(self.model.sitting_of(group.name, here))
        own.asked = np.maximum(own.reservation, asked)
        return group.tidy(own.propose().side(0), here)

    def _own(self, sitting: Sitting) -> Delegation:
        place = _group_of(sitting).parties.index(self.name)
        return Delegation.of(sitting, range(place, place + 1))

    def reading(self, group: Group, text: Package) -> Data:
        """A text, what it is worth to the party, and what it feels worth: with doubt, and with pressure to agree."""
        worth = self.seats[group.name].preferences.at(HERE).utility(text)
        felt = worth * self.believes(group, HERE) + self.model.mediation.pressure[HERE]
        return {"text": in_full(group, text_of(group, text)), "worth": float(worth[0]), "felt": float(felt[0])}


def _group_of(sitting: Sitting) -> Group:
    """Groups with a person at the table meet one by one."""
    return sitting.tables.groups[0]


@dataclass
class Heard:
    """What the texts on the table are worth to the party, (A, 1, M'), and at which of the tables they lie, M'."""

    worth: Array = field(default_factory=lambda: np.zeros((0, 1, 0)))
    rows: Index = field(default_factory=lambda: np.zeros(0, dtype=np.intp))


@dataclass
class MandatedDelegation(Delegation):
    """A delegation that keeps to a text. A person may sign what the party's tactic never would.

    least_worth (M,): what it signs at the least; told (M,): the tables where the mandate holds.
    """

    least_worth: Array
    text: Package
    told: Mask
    heard: Heard = field(default_factory=Heard)

    def aspire(self, clock: Array, time_left: float, offers: Callable[[], Package]) -> None:
        """Ask for what the text is worth."""
        super().aspire(clock, time_left, offers)
        asked = self.worth(Package(self.text.levels[:, None], self.text.combination[None]))
        self.asked = np.where(self.told, asked, self.asked)

    def propose(self) -> Package:
        """The text."""
        offers, rows = super().propose(), places(self.told)
        offers.side(0).put(rows, self.text.at(rows))
        return offers

    def hear(self, authors: Sequence[str], texts: Package, waiting: Mask) -> None:
        """Work out what the texts are worth: they lie at all tables, or at those that wait."""
        everywhere = texts.combination.shape[-1] == len(waiting)
        rows = np.arange(len(waiting)) if everywhere else places(waiting)
        each = Package(texts.levels[:, :, None], texts.combination[:, None])
        self.heard.rows, self.heard.worth = rows, self.at(rows).worth(each)

    def accepts(self, authors: Sequence[str], felt: Array, least: Array) -> Mask:
        """What is worth as much as the mandate says."""
        enough = self.heard.worth >= self.least_worth[self.heard.rows] - TOLERANCE
        return np.where(self.told[self.heard.rows], enough, super().accepts(authors, felt, least))

    def signs_own(self, worth: Array) -> Mask:
        """A person signs what it tabled."""
        return super().signs_own(worth) | self.told
