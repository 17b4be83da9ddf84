"""Freezes: scheduled by date or by rule, and walkouts, which nobody scheduled; and talks that end in one.

A frozen group holds no rounds; its clock turns back; its parties grow apart, and cool down (`reflect`). Whether
that helps or hurts comes out of the model. Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, Mask, any_of, at, places
from sim.chance import strikes
from sim.scenario.schema import WEEKS_A_YEAR, Freeze


class GroupFreezes:
    """The freezes of one group.

    until (R,): first week in which a freeze by rule or by word is over; walked_out (R,): is a party gone; lasted (R,):
    weeks of the present freeze so far; lifted (R,): freezes by date that began up to this week no longer count;
    walkouts (R,): how many so far, of all groups.
    """

    def __init__(self, world: World, group: WorkingGroup) -> None:
        self.world, self.group = world, group
        mine = [freeze for freeze in world.spec.freezes if group.name in freeze.groups]
        self.dated = [freeze for freeze in mine if freeze.after is None]
        self.by_rule = [freeze for freeze in mine if freeze.after is not None]
        self.until = world.each(0.0)
        self.walked_out = world.nowhere()
        self.walkouts = world.counter("walkouts")
        self.lasted = world.each(0.0)
        self.lifted = world.each(-1.0)

    def turn(self) -> None:
        """Begin and end this week's freezes of the group."""
        before = self.group.frozen
        negotiating = self.group.negotiating
        scheduled = self._scheduled(before) & negotiating
        self._return()
        self._walk_out(negotiating & ~scheduled)
        self.group.frozen = (scheduled | self.walked_out) & negotiating | self._over
        if not (before.any() or self.group.frozen.any()):
            return
        resumed = before & ~self.group.frozen & negotiating
        self.world.tell("resume", resumed, group=self.group.name, value=self.lasted)
        self.lasted = (self.lasted + 1) * self.group.frozen
        self._break_off()
        self.group.turn_back_the_clock()

    # ---- scheduled ---------------------------------------------------------------------------------------------------

    def _scheduled(self, before: Mask) -> Mask:
        """Is the group frozen by date or by rule?  -> (R,)"""
        frozen = self.world.nowhere()
        for freeze in self.dated:
            covers = self._covers(freeze)
            self._tell(freeze, covers & ~before & ~frozen)
            frozen |= covers
        severity = self.world.severity
        for freeze in self.by_rule if severity.any() and not self.world.known else ():
            begins = (severity > 0) & (severity >= freeze.severity)
            end = self.world.week + self.world.each(freeze.weeks)
            self._tell(freeze, begins & ~before & ~frozen & (end > self.world.week))
            self.until = np.where(begins, np.maximum(self.until, end), self.until)
        return frozen | (self.world.week < self.until)

    def _covers(self, freeze: Freeze) -> Mask:
        """Does a freeze by date hold this week?  -> (R,)"""
        start = self.world.spec.week_of(freeze.start) if freeze.start is not None else 0
        if self.world.week < start:
            return self.world.nowhere()
        end = start + self.world.each(freeze.weeks)
        return (self.world.week < end) & (start > self.lifted)

    def _tell(self, freeze: Freeze, where: Mask) -> None:
        where = where & self.group.negotiating
        weeks = self.world.each(freeze.weeks)
        self.world.tell("freeze", where, group=self.group.name, actor=freeze.by or "", value=weeks, text=freeze.reason)

    # ---- by word -----------------------------------------------------------------------------------------------------

    def pause(self, weeks: Array, by: str) -> None:
        """Somebody asks for a cooling-off of so many weeks (R,) from this week on, 0 where for none."""
        where = (weeks > 0) & self.group.negotiating
        self.world.tell("freeze", where, group=self.group.name, actor=by, value=weeks)
        self.until = np.where(where, np.maximum(self.until, self.world.week + weeks), self.until)

    @property
    def liftable(self) -> Mask:
        """Where a freeze by date, rule or word holds this week.  -> (R,)"""
        dated = [self._covers(freeze) for freeze in self.dated]
        return any_of([self.world.week < self.until, *dated])

    def lift(self, where: Mask) -> None:
        """End a freeze by date, rule or word; whoever walked out comes back in their own time."""
        self.until = np.where(where, 0.0, self.until)
        self.lifted = np.where(where, self.world.week, self.lifted)

    # ---- walkouts ----------------------------------------------------------------------------------------------------

    def _walk_out(self, present: Mask) -> None:
        """A party leaves the table: likelier with little trust (`Party.walks_out`) and after an incident.

            temper = walkout / 52 + after_incident * severity

        Source: Kydd and Walter (2002), incidents break talks where trust is low.
        """
        extra = self.world.spec.walkouts.after_incident * self.world.severity
        present = present & ~self.walked_out
        leave = False
        for party in self.group.members:
            here = party.walks_out(self.group, present, party.spec.walkout / WEEKS_A_YEAR + extra)
            if len(here):
                self._leave(party.name, here)
                leave = True
        if leave:
            self.walkouts += present & self.walked_out

    def _leave(self, party: str, here: Index) -> None:
        self.walked_out[here] = True
        self.group.blame(party, here)
        self.world.tell("walkout", here=here, group=self.group.name, actor=party)

    @property
    def _over(self) -> Mask:
        """Where the talks have been broken off; they stay frozen until the calendar ends.  -> (R,)"""
        return self.group.broken_off & self.world.talking

    def _break_off(self) -> None:
        """Frozen talks may be broken off: the group never meets again, and stays frozen until the talks are over.

            hazard a week = breaking_off * (1 - convening)

        At 0.005 a freeze of ten weeks ends so in one case of twenty.
        """
        group, rules = self.group, self.world.spec.walkouts
        here = places(group.frozen & group.negotiating)
        if not (len(here) and np.any(rules.breaking_off)):
            return
        luck = self.world.chance.week(f"broken_off.{group.name}", self.world.week, here)
        hazard = at(here, rules.breaking_off) * (1 - self.world.mediation.convening[group.name][here])
        over = here[strikes(luck, hazard)]
        self.world.tell("broken_off", here=over, group=group.name)
        group.broken_off[over] = True

    def _return(self) -> None:
        """Whoever left comes back: after a geometric time, sooner with a convening mediator."""
        here = places(self.walked_out)
        if not len(here):
            return
        rules = self.world.spec.walkouts.at(here)
        convening = self.world.mediation.convening[self.group.name][here]
        stays = (1 - 1 / rules.weeks) * (1 - rules.convene * convening)
        luck = self.world.chance.week(f"return.{self.group.name}", self.world.week, here)
        self.walked_out[here] = (luck < stays) & self.group.negotiating[here]


class Freezes:
    """The freezes of all groups."""

    def __init__(self, world: World, groups: Sequence[WorkingGroup]) -> None:
        self.world = world
        self.by_group = [GroupFreezes(world, group) for group in groups]

    def of(self, group: str) -> GroupFreezes:
        """The freezes of one group."""
        return next(freezes for freezes in self.by_group if freezes.group.name == group)

    def turn(self) -> None:
        """Begin and end this week's freezes, while there are talks to freeze."""
        for freezes in self.by_group:
            if self.world.talking or freezes.group.taken_up_again.any():
                freezes.turn()
            else:
                freezes.group.frozen = self.world.nowhere()
