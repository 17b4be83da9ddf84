"""From signature to a peace that holds, or not: linkage, ratification, collapse.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.party import TOLERANCE
from sim.agents.working_group import WorkingGroup
from sim.arrays import Array, Index, Mask, all_of, any_of, at, mean, places, smallest
from sim.chance import strikes
from sim.process.trust import lose

if TYPE_CHECKING:
    from sim.agents.party import Party
    from sim.model import NegotiationModel


class Agreements:
    """What has been agreed, and what becomes of it.

    settled (R,): is every chapter in force; settled_week (R,): the first week in which that was so; held (R,): weeks
    that the present settlement has stood; longest (R,): the longest that one stood; highest_hazard (R,) by group:
    what the hazard of its agreement cannot exceed.
    """

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model
        self.settled, self.settled_week = model.nowhere(), model.each(np.nan)
        self.held, self.longest = model.each(0.0), model.each(0.0)
        self.highest_hazard = {group: model.each(0.0) for group in model.groups}
        self.linkage = LINKAGES[model.spec.linkage](model)
        self.linkage.open()

    @property
    def any_in_force(self) -> Mask:
        """Is there anything to monitor?  -> (R,)"""
        return any_of(group.in_force for group in self.model.groups.values())

    def hold(self) -> None:
        """This week of every agreement: some break down, signed ones take effect, the next chapter opens."""
        broken = [(group, self._breaks(group)) for group in self.model.groups.values()]
        for group, here in broken:
            self._collapse(group, here)
        self.linkage.review()
        if self.model.talking:
            votes = {group.name: self._vote(group, ready) for group, ready in self.linkage.ready()}
            for name, passed in self.linkage.enact(votes).items():
                self._take_effect(self.model.groups[name], places(passed))
        self.linkage.open()
        self._settle()

    def _settle(self) -> None:
        self.settled = all_of(group.in_force for group in self.model.groups.values())
        first = self.settled & np.isnan(self.settled_week)
        self.model.history.tell("settled", first)
        self.settled_week = np.where(first, self.model.week, self.settled_week)
        self.longest = np.maximum(self.longest, self.held)
        self.held = (self.held + 1) * self.settled

    # ---- ratification ------------------------------------------------------------------------------------------------

    def _vote(self, group: WorkingGroup, ready: Mask) -> Mask:
        """Each side's home votes on the text; a refused one goes back to the group.  -> where it passes (R,)

        P(yes) = 1 - opposition * exp(-ratification * gain over reservation).  Source: two-level games, Putnam (1988).
        """
        here, passed = places(ready), self.model.nowhere()
        refused = np.zeros(len(here), dtype=bool)
        for party in group.members if len(here) else ():
            gain = group.worth[party.name][here] - party.reservation_in(group.name, here)
            steepness = at(here, self.model.spec.agreements.ratification)
            luck = self.model.chance.week(f"ratify.{group.name}.{party.name}", self.model.week, here)
            no = luck < at(here, party.spec.opposition) * np.exp(-steepness * gain)
            self.model.history.tell("refusal", here=here[no], group=group.name, actor=party.name)
            refused |= no
        group.reopen(here[refused])
        passed[here[~refused]] = True
        return passed

    def _take_effect(self, group: WorkingGroup, here: Index) -> None:
        self.model.history.tell("in_force", here=here, group=group.name)
        group.take_effect(here)
        self.highest_hazard[group.name][here] = self._highest_hazard(group, here)

    # ---- collapse ----------------------------------------------------------------------------------------------------

    def _breaks(self, group: WorkingGroup) -> Index:
        """Where an agreement in force breaks down this week.  -> replications"""
        if not group.in_force.any():
            return np.zeros(0, dtype=np.intp)
        luck = self.model.chance.week(f"collapse.{group.name}", self.model.week)
        here = places(group.in_force & (luck < self.highest_hazard[group.name]))  # elsewhere nothing can break
        return here[strikes(luck[here], self._hazard(group, here))]

    def _collapse(self, group: WorkingGroup, here: Index) -> None:
        """A breakdown costs trust and reopens the chapter, from the start."""
        self.model.history.tell("collapse", here=here, group=group.name)
        group.reopen(here)
        group.ever_collapsed[here] = True
        group.clock[here] = 0.0
        lost = at(here, self.model.spec.agreements.collapse_cost)
        for party in group.members:
            for other in group.others_than(party.name):
                party.trust[other][here] = lose(party.trust[other][here], lost)

    def _highest_hazard(self, group: WorkingGroup, here: Index) -> Array:
        """The hazard without trust or guarantee, and with no agreement worth the most to all.  -> (R',)"""
        spec = self.model.spec.agreements
        loss = 1 - smallest(group.worth[party.name][here] for party in group.members)
        harmed: Array = np.exp(at(here, spec.slack) * loss)
        return at(here, spec.hazard) * group.fragility[here] * harmed

    def _hazard(self, group: WorkingGroup, here: Index) -> Array:
        """Collapse hazard a week.

            hazard * exp(pressure * share from pressure - trust * T - slack * smallest gain - guarantee * G)

        Gains are those over the reservation values of today, without pressure.

        Sources: Fortna (2004); Walter (2002); Hartzell and Hoddie (2003); Beardsley (2008).  -> (R',)
        """
        spec, members = self.model.spec.agreements, group.members
        gains = [group.worth[party.name][here] - party.reservation_in(group.name, here) for party in members]
        trust = mean([party.trust_in(group.others_than(party.name), here) for party in members])
        promised = mean([self.model.mediation.guarantee[party.name][here] for party in members])
        calmed = (
            at(here, spec.trust) * trust + at(here, spec.guarantee) * promised + at(here, spec.slack) * smallest(gains)
        )
        risk: Array = at(here, spec.hazard) * group.fragility[here] * np.exp(-calmed)
        return risk


# ---- linkage ---------------------------------------------------------------------------------------------------------


class Independent:
    """Each chapter opens at once and takes effect when it is signed."""

    def __init__(self, model: NegotiationModel) -> None:
        self.model, self.groups = model, list(model.groups.values())

    def open(self) -> None:
        """Open the chapters whose turn it is."""
        for group in self.groups:
            group.opened = self.model.somewhere()

    def review(self) -> None:
        """Look at signed texts that wait."""

    def ready(self) -> list[tuple[WorkingGroup, Mask]]:
        """The groups, and where their signed texts may take effect now."""
        return [(group, group.signed & ~group.in_force) for group in self.groups]

    def enact(self, votes: dict[str, Mask]) -> dict[str, Mask]:
        """Where the texts that passed at home take effect."""
        return votes


class Sequence(Independent):
    """A chapter opens when the one before it, in the order of the file, has taken effect."""

    def open(self) -> None:
        self.groups[0].opened = self.model.somewhere()
        for before, group in zip(self.groups[:-1], self.groups[1:], strict=True):
            opens = before.in_force & ~group.opened
            self.model.history.tell("open", opens, group=group.name)
            group.opened = group.opened | opens


class SingleUndertaking(Independent):
    """Nothing is agreed until everything is agreed: signed chapters are provisional and may be reopened meanwhile."""

    def __init__(self, model: NegotiationModel) -> None:
        super().__init__(model)
        self.provisional = {group.name: model.nowhere() for group in self.groups}

    def review(self) -> None:
        for group in self.groups:
            waits = group.signed & ~group.in_force
            self.model.history.tell("provisional", waits & ~self.provisional[group.name], group=group.name)
            if waits.any():
                self._reopen(group, waits)
            self.provisional[group.name] = group.signed & ~group.in_force

    def _reopen(self, group: WorkingGroup, waits: Mask) -> None:
        """A provisional chapter that has come to be worth less than no agreement to somebody goes back to the table."""
        regretted = self.model.nowhere()
        for party in group.members:
            felt, least = self._felt(party, group), party.reservation_in(group.name, self.model.everywhere)
            regrets = waits & (felt < least - TOLERANCE)
            self.model.history.tell("reopened", regrets, group=group.name, actor=party.name, worth=felt, asked=least)
            regretted |= regrets
        group.reopen(regretted)

    def _felt(self, party: Party, group: WorkingGroup) -> Array:
        counted_on = party.believes(group, self.model.everywhere)
        return group.worth[party.name] * counted_on + self.model.mediation.pressure

    def ready(self) -> list[tuple[WorkingGroup, Mask]]:
        everything = all_of(group.signed for group in self.groups)
        return [(group, everything & ~group.in_force) for group in self.groups]

    def enact(self, votes: dict[str, Mask]) -> dict[str, Mask]:
        """All or nothing: a chapter that passed waits on where another one was refused."""
        everything = all_of(votes[group.name] | group.in_force for group in self.groups)
        return {name: passed & everything for name, passed in votes.items()}


LINKAGES: dict[str, Callable[[NegotiationModel], Independent]] = {
    "independent": Independent,
    "sequence": Sequence,
    "single_undertaking": SingleUndertaking,
}
