"""Ratification: what is signed is voted on at home, chapter by chapter or as a whole.

Shapes: R replications (last axis), of which R' vote.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agents.acceptance import TOLERANCE
from sim.agents.leaders import NAME as LEADERS
from sim.agents.leaders import WEIGHTLESS
from sim.agents.party import Party
from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, Mask, all_of, any_of, at, places, smallest, total
from sim.process.packages import gain_in

Chapter = tuple[WorkingGroup, Mask]
"""A working group, and where its text is voted on."""


class ByChapter:
    """Each side's home votes on each text, and on what leaders signed as one package; a refused one goes back.

        P(yes) = 1 - opposition * exp(-ratification * gain over reservation).

    Where opposition hardens, a home that has refused a text takes none that is not worth `opposition_hardens` more to
    it, and its delegation, which knows that, tables and signs none. Source: two-level games, Putnam (1988).
    """

    def __init__(self, world: World, groups: Sequence[WorkingGroup]) -> None:
        self.world, self.groups = world, groups

    def votes(self, ready: Sequence[Chapter]) -> dict[str, Mask]:
        """Of texts that are ready, those that pass.  -> (R,) by group"""
        passed = {group.name: where for group, where in ready}
        for package in self._packages(ready):
            refused = self._refused(package, f"{LEADERS}.")
            for group, where in package:
                passed[group.name] = passed[group.name] & ~(where & refused)
        for group, where in ready:
            alone = where & np.isnan(group.package) & group.signed
            if alone.any():
                passed[group.name] = passed[group.name] & ~self._refused([(group, alone)], f"{group.name}.")
        return passed

    def _packages(self, ready: Sequence[Chapter]) -> list[list[Chapter]]:
        """What leaders signed together, and where it is voted on: each package at once, chapters by their stakes."""
        if self.world.spec.leaders is None:
            return []
        weeks = np.unique([week for group, where in ready for week in group.package[where] if not np.isnan(week)])
        return [[(group, where & (group.package == week)) for group, where in ready] for week in weeks]

    def _refused(self, chapters: Sequence[Chapter], purpose: str) -> Mask:
        """Hold one vote on these chapters; what somebody's home refuses goes back to the table.  -> where (R,)"""
        here = places(any_of(where for _, where in chapters))
        refused = np.zeros(len(here), dtype=bool)
        for party in {member.name: member for group, _ in chapters for member in group.members}.values():
            mine = [(group, where[here]) for group, where in chapters if party.name in group.parties]
            gains = self._gains(party, mine, here)
            no = self._says_no(party, mine, gains, here, purpose)
            if no.any():
                for group, where in mine:
                    self.world.tell("refusal", here=here[no & where], group=group.name, actor=party.name)
                self._harden(party, mine, gains, here, no)
                refused |= no
        for group, where in chapters:
            group.reopen(here[refused & where[here]])
        everywhere = self.world.nowhere()
        everywhere[here] = refused
        return everywhere

    def _gains(self, party: Party, mine: Sequence[Chapter], here: Index) -> list[Array]:
        """What each text brings beyond no agreement, 0 where it is not voted on.  -> (R',) each"""
        return [np.where(where, gain_in(self.world, party, group.name, here), 0.0) for group, where in mine]

    def _says_no(
        self, party: Party, mine: Sequence[Chapter], gains: Sequence[Array], here: Index, purpose: str
    ) -> Mask:
        """Does the home of a party refuse these chapters, given where (R',) each is voted on?  -> (R',)"""
        weights = [(at(here, party.seats[group.name].stake) + WEIGHTLESS) * where for group, where in mine]
        whole = np.maximum(total(weights), WEIGHTLESS)
        gain = total(weight / whole * each for weight, each in zip(weights, gains, strict=True))
        ratification = at(here, self.world.spec.agreements.ratification)
        luck = self.world.chance.week(f"ratify.{purpose}{party.name}", self.world.week, here)
        no: Mask = np.asarray(luck < at(here, party.spec.opposition) * np.exp(-ratification * gain))
        worse = any_of(
            where
            & np.isnan(group.package[here])  # leaders sign no package that a home is known to refuse
            & (group.worth[party.name][here] < party.seats[group.name].floor[here] - TOLERANCE)
            for group, where in mine
        )
        voting = any_of(where for _, where in mine)
        return (no | worse) & voting

    def _harden(self, party: Party, mine: Sequence[Chapter], gains: Sequence[Array], here: Index, no: Mask) -> None:
        """Whoever refuses wants more where it gains least, and no less elsewhere."""
        better = at(here, self.world.spec.agreements.opposition_hardens) + np.zeros(len(here))
        gains = [np.where(where, gain, np.inf) for gain, (_, where) in zip(gains, mine, strict=True)]
        least = smallest(gains)
        for gain, (group, where) in zip(gains, mine, strict=True):
            rows = places(no & where & (better > 0))
            own = group.worth[party.name][here] - party.reservation_in(group.name, here)
            traded = np.where(where, gain - own, 0)
            wanted = group.worth[party.name][here] + traded + np.where(gain <= least + TOLERANCE, better, 0)
            floor = party.seats[group.name].floor
            floor[here[rows]] = np.maximum(floor[here[rows]], wanted[rows])


class AsAWhole(ByChapter):
    """One vote on all that has been signed, once all is: each chapter counts by its stake."""

    def votes(self, ready: Sequence[Chapter]) -> dict[str, Mask]:
        everything = all_of(group.in_force | where for group, where in ready)
        chapters = [(group, where & everything) for group, where in ready]
        refused = self._refused(chapters, "")
        return {group.name: where & ~refused for group, where in chapters}


RATIFICATIONS = {"by_chapter": ByChapter, "as_a_whole": AsAWhole}
