"""Dated facts of the scenario that the talks must live with, looked up by week."""

from __future__ import annotations

from collections import defaultdict

from sim import kinds
from sim.agents.world import World
from sim.arrays import Mask
from sim.scenario.schema import Event


class Calendar:
    """What the scenario says of this week. The same in every replication."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._events: dict[int, list[Event]] = defaultdict(list)
        for event in world.spec.events:
            self._events[world.spec.week_of(event.date)].append(event)

    def this_week(self, kind: str) -> list[Event]:
        """The events of a kind that fall into this week."""
        return [event for event in self._events.get(self.world.week, ()) if event.kind == kind]

    def tell(self) -> None:
        """Say what was only said: statements change nothing but the story."""
        for event in self.this_week("statement"):
            self._say(event)

    def tell_the_rest(self) -> None:
        """Say what is known to have happened where this history has no use for it, so that nothing is left out.

        A visit where all is settled; a round, held or not, of a group that is frozen, has signed, or has not begun.
        """
        for event in self.this_week("shuttle"):
            self._say(event, self.world.settled)
        for event in (*self.this_week("round"), *self.this_week("disruption")):
            group = self.world.groups[event.group or ""]
            self._say(event, ~group.negotiating | group.frozen)

    def _say(self, event: Event, where: Mask | None = None) -> None:
        text = event.what or kinds.planned_as(event.kind).unsaid
        self.world.tell("statement", where, group=event.group or "", actor=event.mediator or "", text=text)
