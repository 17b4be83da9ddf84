"""Where agreements in force break down. Shapes: R replications (last axis); M rows of some tables (see `Tables`).

The chapters in force are one settlement with one hazard. Two like chapters are no more fragile together than one: each
of them breaks down half as often.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from sim.agents.tables import Tables
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Parameter, mean, smallest, total
from sim.chance import rare
from sim.process.packages import gain_in
from sim.scenario.process_settings import Agreements as Rules
from sim.scenario.schema import WEEKS_A_YEAR

SHAKEN = 26  # weeks after a breakdown in which the hazard of what is still in force is raised


class Breakdown:
    """The hazard of what is in force.

    highest (G * R,) by tables: what the hazard cannot exceed while nothing takes effect or breaks down, 0 where nothing
    is in force; stakes (G * R,) by tables: the share of each chapter in the whole, in the mean of the parties; in_force
    (R,): of those in force together; shaken_until (R,): the week from which the last breakdown is felt no more.
    """

    def __init__(self, world: World, tables: Sequence[Tables]) -> None:
        self.world = world
        self.highest = {some: some.each(0.0) for some in tables}
        self.stakes = {
            some: np.concatenate([world.each(self._stake(group)) for group in some.parts]) for some in tables
        }
        self.in_force = world.each(0.0)
        self.shaken_until = world.each(0.0)
        self._changed: list[Index] = []

    def _stake(self, group: str) -> Parameter:
        parties = self.world.parties_by_name.values()
        stakes: Parameter = total(party.seats[group].stake for party in parties if group in party.seats)
        return stakes / len(parties)

    def strikes(self) -> list[tuple[Group, Index]]:
        """The groups whose agreements break down this week, and in which replications."""
        broken = []
        for tables, highest in self.highest.items():
            if tables.in_force.any():
                broken += tables.split(rare(tables.luck("collapse"), highest, partial(self.hazard, tables)))
        return broken

    def shake(self, here: Index) -> None:
        """Something has broken down: for half a year the rest is in greater danger."""
        self.shaken_until[here] = self.world.week + 1 + SHAKEN
        self.change(here)

    def change(self, here: Index) -> None:
        """What is in force changes this week in these replications."""
        self._changed.append(here)

    def review(self) -> None:
        """Once a week: see what is in force now, where that has changed."""
        if not self._changed:
            return
        here = np.unique(np.concatenate(self._changed))
        self._changed.clear()
        rows = {tables: tables.rows(here) for tables in self.highest}
        self.in_force[here] = total(
            stakes
            for tables, some in rows.items()
            for stakes in (self.stakes[tables][some] * tables.in_force[some]).reshape(-1, len(here))
        )
        for tables, some in rows.items():
            self.highest[tables][some] = np.where(tables.in_force[some], self._highest(tables, some), 0.0)

    def hazard(self, tables: Tables, rows: Index) -> Array:
        """Hazard a week that the agreement of a group breaks down, at these tables.

            hazard * exp(pressure * share from pressure - (trust * T + guarantee * G + slack * smallest gain))
            * share ** together * exp(breadth * (1 - in force)) * (1 + years) ** -aging * aftershock

        Gains are those over the reservation values of today, without pressure, of a whole package where leaders signed
        one (see `gain_in`). share: of this chapter in the stakes in
        force; in force: share of all stakes; years: since it took effect; aftershock: in the half year after a
        breakdown. With `together` at 1 the chapters' hazards add up to one hazard, that of their mean; whichever is
        more fragile breaks down more often. A whole settlement at zero trust and gain breaks down at `hazard` in its
        first week, with breadth 1 half a settlement at 1.65 times that; after five years, with aging 0.5, at 0.41.

        Sources: Fortna (2004); Walter (2002); Beardsley (2008); broad settlements last longer, Hartzell and Hoddie
        (2003); what is carried out lasts, Joshi and Quinn (2015).  -> (M,)
        """
        here, members = tables.here(rows), tables.members
        rules, others_than = self.world.spec.agreements.at(here), tables.groups[0].others_than
        gains = tables.worth[:, rows] - tables.reservation_now(rows)
        if self.world.spec.leaders is not None:
            gains = self._with_packages(tables, rows)
        trust = mean([party.trust_in(others_than(party.name), here) for party in members])
        promised = mean([self.world.mediation.guarantee[party.name][here] for party in members])
        calmed = rules.trust * trust + rules.guarantee * promised + rules.slack * smallest(gains)
        weeks = self.world.week - tables.since[rows]
        settled_in = (1 + weeks / WEEKS_A_YEAR) ** -rules.aging
        shaken = np.where(self.world.week < self.shaken_until[here], rules.aftershock, 1.0)
        risk: Array = rules.hazard * tables.fragility[rows] * np.exp(-calmed)
        return risk * self._part(tables, rules, rows) * settled_in * shaken

    def _with_packages(self, tables: Tables, rows: Index) -> Array:
        """Gains of each party; of a chapter that belongs to a package, those of the package.  -> (P, M)"""
        gains = [
            [gain_in(self.world, member, group.name, here) for group, here in tables.split(rows)]
            for member in tables.members
        ]
        return np.array([np.concatenate(each) for each in gains])

    def _part(self, tables: Tables, rules: Rules, rows: Index) -> Array:
        """Its part of the hazard of the settlement: share ** together * exp(breadth * (1 - in force)).  -> (M,)"""
        in_force = self.in_force[tables.here(rows)]
        share = self.stakes[tables][rows] / np.where(in_force > 0, in_force, 1.0)
        part: Array = share**rules.together * np.exp(rules.breadth * (1 - in_force))
        return part

    def _highest(self, tables: Tables, rows: Index) -> Array:
        """The hazard without trust or guarantee, and with no agreement worth the most to all.  -> (M,)"""
        here = tables.here(rows)
        rules = self.world.spec.agreements.at(here)
        loss = 1 - smallest(tables.worth[:, rows])
        if self.world.spec.leaders is not None:
            loss = np.ones(len(rows))  # what counts is the worth of a package, which may be less
        shaken = np.where(self.shaken_until[here] > 0, np.maximum(rules.aftershock, 1), 1.0)
        harmed: Array = rules.hazard * tables.fragility[rows] * np.exp(rules.slack * loss)
        return harmed * self._part(tables, rules, rows) * shaken
