"""A mediator of the scalar model."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

import mesa

from sim.scenario.parties import ACTIVITIES
from tests.bench.drawing import draw, named, numbers
from tests.bench.packages import Package, nash_package
from tests.bench.party import Party

if TYPE_CHECKING:
    from tests.bench.group import WorkingGroup
    from tests.bench.scalar import Talks

GUESSED_RESERVATION = 0.5


class Mediator(mesa.Agent):
    """A third party."""

    def __init__(self, model: Talks, name: str) -> None:
        super().__init__(model)
        self.name, self.spec = name, model.spec.mediators[name]
        self.settings = numbers(self.spec, model.random)
        weights = {activity: draw(getattr(self.spec.activities, activity), model.random) for activity in ACTIVITIES}
        self.share = {activity: weight / sum(weights.values()) for activity, weight in weights.items()}
        self.credibility = {p: named(self.spec.credibility, p, 0.7, model.random) for p in model.spec.parties}
        self.bias = {p: named(self.spec.bias, p, 0.0, model.random) for p in model.spec.parties}
        self.steps = [(0, self.settings.effort)]
        if isinstance(self.spec.effort, list):
            steps = [(model.spec.week_of(step.since), draw(step.effort, model.random)) for step in self.spec.effort]
            self.steps = [(-1, 0.0), *steps]
        self.knowledge = dict.fromkeys(model.spec.parties, 0.0)
        self.effort = self.weeks = 0.0

    def activity(self, kind: str) -> float:
        """Effort now spent on one activity."""
        return float(self.effort * self.share[kind])

    def work(self) -> None:
        """Spend this week's effort; travel."""
        model = self.model
        talking = model.talking and not model.settled
        self.effort = [effort for since, effort in self.steps if since <= model.week][-1]
        if not talking:
            self.effort *= self.settings.after_signature * any(group.in_force for group in model.groups.values())
        self.weeks += self.effort
        for party in self.knowledge:
            self.knowledge[party] *= 1 - model.dynamics.fading
        if talking:
            rate = self.settings.trips_per_week * self.activity("shuttle") / len(self.knowledge)
            dated = [host for event in model.today("shuttle") if event.mediator == self.name for host in event.to]
            for party in self.knowledge:
                if (self.random.random() < 1 - exp(-rate) and not model.known) or party in dated:
                    self.visit(model.parties[party])

    def visit(self, host: Party) -> None:
        """Learn what the host wants, tell the others, reassure the host."""
        self.model.counts["trips"] += 1
        settings = self.settings
        self.knowledge[host.name] += settings.learning * (1 - self.knowledge[host.name])
        for other in host.others:
            known = self.model.parties[other].knowledge
            told = settings.telling * settings.independence * self.credibility[other]
            known[host.name] += told * (1 - known[host.name])
            host.trust[other] += settings.reassurance * (1 - host.trust[other])

    def drafts_now(self) -> bool:
        """Does it table a single text at this round?"""
        rate = self.settings.draft_rate * self.activity("draft")
        return bool(self.random.random() < 1 - exp(-rate))

    def text(self, group: WorkingGroup) -> Package:
        """Its single text: the largest product of gains, as it estimates them."""
        estimates, reservations, powers = [], [], []
        for name in group.parties:
            party, known = self.model.parties[name], self.knowledge[name]
            seat = party.seats[group.name]
            estimates.append(seat.wants.blend(seat.equal, known))
            reservations.append(known * party.reservation_in(group.name) + (1 - known) * GUESSED_RESERVATION)
            powers.append(max(1 + self.bias[name], 0.01))
        return nash_package(estimates, reservations, powers)


def joined(shares: Sequence[float]) -> float:
    """Efforts add with diminishing returns."""
    idle = 1.0
    for share in shares:
        idle *= 1 - share
    return 1 - idle
