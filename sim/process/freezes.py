"""Freezes: scheduled by date or by rule, and walkouts, which nobody scheduled; and talks that end in one.

A frozen group holds no rounds; its clock turns back; its parties grow apart, and cool down (`reflect`). Whether
that helps or hurts comes out of the model. Shapes: R replications (last axis); G * R tables, group after group (see
`Tables`), of which a group has its part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.agents.meetings import Meetings
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Mask, any_of, at, places
from sim.chance import strikes
from sim.scenario.schema import WEEKS_A_YEAR, Freeze


class Planned(NamedTuple):
    """A freeze of one group.  part: its tables; start: the first week; weeks (R,): how many."""

    freeze: Freeze
    group: Group
    part: slice
    start: int
    weeks: Array


class TableFreezes:
    """The freezes of some tables.

    until (G * R,): first week in which a freeze by rule or by word is over; walked_out (G * R,): is a party gone;
    lasted (G * R,): weeks of the present freeze so far; lifted (G * R,): freezes by date that began up to this week no
    longer count; walkouts (R,): how many so far, of all groups; may_end: are talks broken off anywhere?
    """

    def __init__(self, world: World, meetings: Meetings) -> None:
        self.world, self.tables, self.members = world, meetings.tables, meetings.members
        tables = self.tables
        planned = [self._planned(freeze, name) for name in tables.parts for freeze in world.spec.freezes]
        mine = [each for each in planned if each.group.name in each.freeze.groups]
        self.dated = [each for each in mine if each.freeze.after is None]
        self.by_rule = [each for each in mine if each.freeze.after is not None]
        self.may_end = np.any(world.spec.walkouts.breaking_off)
        self.until = tables.each(0.0)
        self.walked_out = tables.nowhere()
        self.walkouts = world.counter("walkouts")
        self.lasted = tables.each(0.0)
        self.lifted = tables.each(-1.0)

    def _planned(self, freeze: Freeze, name: str) -> Planned:
        start = self.world.spec.week_of(freeze.start) if freeze.start is not None else 0
        group, part = self.world.groups[name], self.tables.parts[name]
        return Planned(freeze, group, part, start, self.world.each(freeze.weeks))

    def turn(self) -> None:
        """Begin and end this week's freezes at these tables."""
        with self.world.group_by_group():
            self._turn()

    def _turn(self) -> None:
        tables, before, negotiating = self.tables, self.tables.frozen.copy(), self.tables.negotiating
        scheduled = self._scheduled(negotiating & ~before) & negotiating
        self._return(negotiating)
        self._walk_out(negotiating & ~scheduled)
        tables.frozen[:] = (scheduled | self.walked_out) & negotiating
        if self.world.talking:  # broken off, they stay frozen until the calendar ends
            tables.frozen |= tables.broken_off
        if before.any() or tables.frozen.any():
            tables.tell("resume", before & ~tables.frozen & negotiating, value=self.lasted)
            self.lasted = (self.lasted + 1) * tables.frozen
            self._break_off(places(tables.frozen & negotiating))
            self._turn_back_the_clock(places(tables.frozen))

    def _turn_back_the_clock(self, frozen: Index) -> None:
        """Talks that resume after a freeze start from harder positions."""
        tables = self.tables
        rounds = at(tables.here(frozen), self.world.spec.frozen_week.rehardening)
        tables.clock[frozen] = np.maximum(tables.clock[frozen] - rounds, 0)
        tables.frozen_weeks[frozen] += 1

    # ---- scheduled ---------------------------------------------------------------------------------------------------

    def _scheduled(self, begins: Mask) -> Mask:
        """Where is a group frozen by date or by rule? It is told where a freeze may begin.  -> (G * R,)"""
        frozen = self.tables.nowhere()
        for planned in self.dated:
            covers = self._covers(planned)
            self._tell_freeze(planned, covers & begins[planned.part] & ~frozen[planned.part])
            frozen[planned.part] |= covers
        severity = self.world.severity
        for planned in self.by_rule if severity.any() and not self.world.known else ():
            part, end = planned.part, self.world.week + planned.weeks
            struck = (severity > 0) & (severity >= planned.freeze.severity)
            new = struck & begins[part] & ~frozen[part]
            self._tell_freeze(planned, new & (end > self.world.week))
            self.until[part] = np.where(struck, np.maximum(self.until[part], end), self.until[part])
        return frozen | (self.world.week < self.until)

    def _covers(self, planned: Planned) -> Mask:
        """Does a freeze by date hold this week?  -> (R,)"""
        if self.world.week < planned.start:
            return self.world.nowhere()
        return (self.world.week < planned.start + planned.weeks) & (planned.start > self.lifted[planned.part])

    def _tell_freeze(self, planned: Planned, where: Mask) -> None:
        freeze, name = planned.freeze, planned.group.name
        said: dict[str, Any] = {"group": name, "actor": freeze.by or "", "value": planned.weeks, "text": freeze.reason}
        self.world.tell("freeze", where, **said)

    # ---- by word -----------------------------------------------------------------------------------------------------

    def pause(self, group: str, weeks: Array, by: str) -> None:
        """Somebody asks for a cooling-off of so many weeks (R,) from this week on, 0 where for none."""
        where = (weeks > 0) & self.world.groups[group].negotiating
        self.world.tell("freeze", where, group=group, actor=by, value=weeks)
        until = self.until[self.tables.parts[group]]
        until[where] = np.maximum(until, self.world.week + weeks)[where]

    def liftable(self, group: str) -> Mask:
        """Where a freeze by date, rule or word holds this week.  -> (R,)"""
        dated = [self._covers(planned) for planned in self.dated if planned.group.name == group]
        return any_of([self.world.week < self.until[self.tables.parts[group]], *dated])

    def lift(self, group: str, where: Mask) -> None:
        """End a freeze by date, rule or word; whoever walked out comes back in their own time."""
        part = self.tables.parts[group]
        self.until[part][where] = 0.0
        self.lifted[part][where] = self.world.week

    # ---- walkouts ----------------------------------------------------------------------------------------------------

    def _walk_out(self, present: Mask) -> None:
        """A party leaves the table: likelier with little trust (`Party.walks_out`) and after an incident.

            temper = walkout / 52 + after_incident * severity

        Source: Kydd and Walter (2002), incidents break talks where trust is low.
        """
        extra = self.world.spec.walkouts.after_incident * self.world.severity
        present = present & ~self.walked_out
        if not present.any():
            return
        for party in self.members:
            rows = party.walks_out(self.tables, present, party.spec.walkout / WEEKS_A_YEAR + extra)
            if len(rows):
                self._leave(party.name, rows)
        left = places(present & self.walked_out)
        if len(left):
            np.add.at(self.walkouts, self.tables.here(left), 1)

    def _leave(self, party: str, rows: Index) -> None:
        self.walked_out[rows] = True
        for group, here in self.tables.split(rows):
            group.blame(party, here)
        self.tables.tell("walkout", rows=rows, actor=party)

    def _break_off(self, rows: Index) -> None:
        """Frozen talks may be broken off: the group never meets again, and stays frozen until the talks are over.

            hazard a week = breaking_off * (1 - convening)

        At 0.005 a freeze of ten weeks ends so in one case of twenty.
        """
        tables, rules = self.tables, self.world.spec.walkouts
        if not (len(rows) and self.may_end):
            return
        hazard = at(tables.here(rows), rules.breaking_off) * (1 - tables.convening[rows])
        over = rows[strikes(tables.luck("broken_off", rows=rows), hazard)]
        tables.tell("broken_off", rows=over)
        tables.broken_off[over] = True

    def _return(self, negotiating: Mask) -> None:
        """Whoever left comes back: after a geometric time, sooner with a convening mediator."""
        tables, rows = self.tables, places(self.walked_out)
        if not len(rows):
            return
        rules = self.world.spec.walkouts.at(tables.here(rows))
        stays = (1 - 1 / rules.weeks) * (1 - rules.convene * tables.convening[rows])
        self.walked_out[rows] = (tables.luck("return", rows=rows) < stays) & negotiating[rows]


class Freezes:
    """The freezes of all groups."""

    def __init__(self, world: World, meetings: Sequence[Meetings]) -> None:
        self.world = world
        self.by_tables = [TableFreezes(world, each) for each in meetings]

    def of(self, group: str) -> TableFreezes:
        """The freezes among which those of a group are."""
        return next(freezes for freezes in self.by_tables if group in freezes.tables.parts)

    def turn(self) -> None:
        """Begin and end this week's freezes, while there are talks to freeze."""
        for freezes in self.by_tables:
            if self.world.talking or freezes.tables.taken_up_again.any():
                freezes.turn()
            else:
                freezes.tables.frozen[:] = False
