"""Dated facts of the scenario that the talks must live with, looked up by week."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sim import kinds
from sim.arrays import Mask
from sim.scenario.schema import Event

if TYPE_CHECKING:
    from sim.model import NegotiationModel


class Calendar:
    """What the scenario says of this week. The same in every replication."""

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model
        self._events: dict[int, list[Event]] = defaultdict(list)
        for event in model.spec.events:
            self._events[model.spec.week_of(event.date)].append(event)

    def this_week(self, kind: str) -> list[Event]:
        """The events of a kind that fall into this week."""
        return [event for event in self._events.get(self.model.week, ()) if event.kind == kind]

    def visit(self, mediator: str, party: str) -> bool:
        """Is this mediator known to be in this party's capital?"""
        return any(event.mediator == mediator and party in event.to for event in self.this_week("shuttle"))

    def round(self, group: str) -> bool:
        """Is this group known to meet?"""
        return any(event.group == group for event in self.this_week("round"))

    def disruptions(self, group: str) -> list[Event]:
        """What is known of a round of this group that is not held."""
        return [event for event in self.this_week("disruption") if event.group == group]

    def words_of(self, kind: str, group: str) -> str:
        """What the scenario says of this week's event of a kind in a group; nothing, if there is none."""
        return next((event.what for event in self.this_week(kind) if event.group == group), "")

    def tell(self) -> None:
        """Say what was only said: statements change nothing but the story."""
        for event in self.this_week("statement"):
            self._say(event, self.model.somewhere())

    def tell_the_rest(self) -> None:
        """Say what is known to have happened where this history has no use for it, so that nothing is left out.

        A visit where all is settled; a round, held or not, of a group that is frozen, has signed, or has not begun.
        """
        for event in self.this_week("shuttle"):
            self._say(event, self.model.agreements.settled)
        for event in (*self.this_week("round"), *self.this_week("disruption")):
            group = self.model.groups[event.group or ""]
            self._say(event, ~group.negotiating | group.frozen)

    def _say(self, event: Event, where: Mask) -> None:
        text = event.what or kinds.planned_as(event.kind).unsaid
        self.model.history.tell("statement", where, group=event.group or "", actor=event.mediator or "", text=text)
