"""From signature to a peace that holds, or not: linkage, ratification, collapse.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from sim.agents.acceptance import TOLERANCE
from sim.agents.party import Party
from sim.agents.tables import Tables
from sim.agents.trust import lose
from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, Mask, all_of, at, places
from sim.process.breakdown import Breakdown
from sim.process.flow import Flow
from sim.process.packages import over_package
from sim.process.ratification import RATIFICATIONS


class Agreements:
    """What has been agreed, and what becomes of it.

    settled (R,): is every chapter in force; settled_week (R,): the first week in which that was so; since (R,): the
    first week that began with the present settlement, NaN without one; longest_before (R,): weeks that the longest of
    earlier ones stood; flow: what it brings; breakdown: how it may end.
    """

    def __init__(self, world: World, groups: Sequence[WorkingGroup], tables: Sequence[Tables]) -> None:
        self.world, self.groups, self.tables = world, groups, tables
        self.by_name = {group.name: group for group in groups}
        self.settled = world.nowhere()
        self.settled_week = world.each(np.nan)
        self.since = world.each(np.nan)
        self.longest_before = world.each(0.0)
        self.flow = Flow(world, groups)
        self.breakdown = Breakdown(world, tables)
        self.ratification = RATIFICATIONS[world.spec.agreements.ratified](world, groups)
        self.linkage = LINKAGES[world.spec.linkage](world, groups)

    def hold(self) -> None:
        """This week of every agreement: some break down, signed ones take effect, the next chapter opens."""
        self._break_down()
        self.linkage.review()
        self._ratify()
        if self.world.talking:
            self.linkage.open()
        self.breakdown.review()
        self._settle()

    def _settle(self) -> None:
        """See where a settlement begins or ends this week."""
        settled = all_of(group.in_force for group in self.groups)
        if not (settled != self.settled).any():
            return
        begins, ends = settled & ~self.settled, self.settled & ~settled
        first = begins & np.isnan(self.settled_week)
        self.world.tell("settled", first)
        self.settled_week[first] = self.world.week
        next_week = self.world.week + 1
        self.longest_before[ends] = self.longest(next_week)[ends]
        self.since[begins] = next_week
        self.since[ends] = np.nan
        self.settled = settled.copy()  # with one group it is that group's own array

    def longest(self, week: int) -> Array:
        """Weeks that the longest settlement had stood when this week began.  -> (R,)"""
        return np.fmax(self.longest_before, week - self.since)

    # ---- ratification ------------------------------------------------------------------------------------------------

    def _ratify(self) -> None:
        """Texts that are ready are voted on at home; what is then enacted takes effect."""
        if not any((some.signed & ~some.in_force).any() for some in self.tables):
            return
        ready = self.linkage.ready()
        if not any(where.any() for _, where in ready):
            return
        enacted = self.linkage.enact(self.ratification.votes(ready))
        for group in self.groups:
            here = places(enacted[group.name])
            if len(here):
                self._take_effect(group, here)

    def _take_effect(self, group: WorkingGroup, here: Index) -> None:
        self.world.tell("in_force", here=here, group=group.name)
        group.take_effect(here)
        self.flow.begin(group, here)
        self.breakdown.change(here)

    # ---- collapse ----------------------------------------------------------------------------------------------------

    def _break_down(self) -> None:
        for group, here in self.breakdown.strikes():
            self._collapse(self.by_name[group.name], here)

    def _collapse(self, group: WorkingGroup, here: Index) -> None:
        """A breakdown costs trust, shakes what is still in force and reopens the chapter, from the start."""
        self.world.tell("collapse", here=here, group=group.name)
        self.flow.end(group, here)
        group.reopen(here)
        group.ever_collapsed[here] = True
        group.clock[here] = 0.0
        self.breakdown.shake(here)
        lost = at(here, self.world.spec.agreements.collapse_cost)
        for party in group.members:
            for other in group.others_than(party.name):
                party.trust[other][here] = lose(party.trust[other][here], lost)
        if not self.world.talking:
            self._take_up_again(group, here)

    def _take_up_again(self, group: WorkingGroup, here: Index) -> None:
        """After the talks a chapter that broke down may be negotiated again, with the probability `renegotiation`."""
        luck = self.world.chance.week(f"renegotiation.{group.name}", self.world.week, here)
        group.taken_up_again[here] = luck < at(here, self.world.spec.agreements.renegotiation)


# ---- linkage ---------------------------------------------------------------------------------------------------------


class Independent:
    """Each chapter is open from the start and takes effect when it is signed."""

    def __init__(self, world: World, groups: Sequence[WorkingGroup]) -> None:
        self.world, self.groups = world, groups
        for group in self._open_at_first():
            group.opened[:] = True

    def _open_at_first(self) -> Sequence[WorkingGroup]:
        return self.groups

    def open(self) -> None:
        """Open the chapters whose turn has come."""

    def review(self) -> None:
        """Look at signed texts that wait."""

    def ready(self) -> list[tuple[WorkingGroup, Mask]]:
        """The groups, and where their signed texts may take effect now."""
        return [(group, group.ripe & ~group.in_force) for group in self.groups]

    def enact(self, votes: dict[str, Mask]) -> dict[str, Mask]:
        """Where the texts that passed at home take effect."""
        return votes


class InSequence(Independent):
    """A chapter opens when the one before it, in the order of the file, has taken effect.

    Where all is voted on as a whole nothing takes effect before, so there it is enough that it is signed.
    """

    def _open_at_first(self) -> Sequence[WorkingGroup]:
        return self.groups[:1]

    def open(self) -> None:
        for before, group in zip(self.groups[:-1], self.groups[1:], strict=True):
            done = before.signed if self.world.spec.agreements.ratified == "as_a_whole" else before.in_force
            opens = done & ~group.opened
            self.world.tell("open", opens, group=group.name)
            group.opened |= opens


class SingleUndertaking(Independent):
    """Nothing is agreed until everything is agreed: signed chapters are provisional and may be reopened meanwhile."""

    def __init__(self, world: World, groups: Sequence[WorkingGroup]) -> None:
        super().__init__(world, groups)
        self.provisional = {group.name: world.nowhere() for group in groups}
        self.by_name = {group.name: group for group in groups}

    def review(self) -> None:
        for group in self.groups:
            waits = group.signed & ~group.in_force
            self.world.tell("provisional", waits & ~self.provisional[group.name], group=group.name)
            if waits.any():
                self._reopen(group, waits)
            self.provisional[group.name] = group.signed & ~group.in_force

    def _reopen(self, group: WorkingGroup, waits: Mask) -> None:
        """A provisional chapter that has come to be worth less than no agreement to somebody goes back to the table."""
        regretted = self.world.nowhere()
        for party in group.members:
            felt, least = self._of_package(party, group, self._felt), self._of_package(party, group, self._least)
            regrets = waits & (felt < least - TOLERANCE)
            self.world.tell("reopened", regrets, group=group.name, actor=party.name, worth=felt, asked=least)
            regretted |= regrets
        group.reopen(regretted)

    def _of_package(self, party: Party, group: WorkingGroup, of: Callable[[Party, str], Array]) -> Array:
        return over_package(self.world, party, group.name, self.world.everywhere, partial(of, party))

    def _felt(self, party: Party, chapter: str) -> Array:
        group = self.by_name[chapter]
        counted_on = party.believes(group, self.world.everywhere)
        return np.asarray(group.worth[party.name] * counted_on + self.world.mediation.pressure)

    def _least(self, party: Party, chapter: str) -> Array:
        return party.reservation_in(chapter, self.world.everywhere)

    def ready(self) -> list[tuple[WorkingGroup, Mask]]:
        everything = all_of(group.ripe for group in self.groups)
        return [(group, everything & ~group.in_force) for group in self.groups]

    def enact(self, votes: dict[str, Mask]) -> dict[str, Mask]:
        """All or nothing: a chapter that passed waits on where another one was refused."""
        everything = all_of(votes[group.name] | group.in_force for group in self.groups)
        return {name: passed & everything for name, passed in votes.items()}


LINKAGES = {
    "independent": Independent,
    "sequence": InSequence,
    "single_undertaking": SingleUndertaking,
}
