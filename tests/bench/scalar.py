"""A plain scalar Mesa model of the same talks: one `mesa.Model` for each replication, floats, dicts and lists.

What a competent user of Mesa would write, kept for `make bench` alone; nothing of the simulator uses it. The rules are
those of `sim.model` (sources stand there), the random numbers are not. It covers what `mechanisms-off` needs:
time-dependent tactics, chapters that take effect one by one, two parties where a mediator drafts.

It gives the same row of outcomes of each replication over the same weeks (incidents and trust are those at the
horizon), but no events and no weekly table, which favours it. Spoilers are left out: the baseline has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, prod
from typing import Any

import mesa

from sim.scenario.schema import WEEKS_A_YEAR, Scenario
from tests.bench.drawing import draw, numbers
from tests.bench.group import WorkingGroup
from tests.bench.mediator import Mediator, joined
from tests.bench.packages import TradeOff, nash_package
from tests.bench.party import Party, Seat


class Talks(mesa.Model):
    """One history of a scenario."""

    def __init__(self, spec: Scenario, seed: int) -> None:
        super().__init__(rng=seed)
        self.spec, self.week = spec, 0
        self.severity = self.convening = self.pressure = 0.0
        self.guarantee = dict.fromkeys(spec.parties, 0.0)
        self.counts = dict.fromkeys(("incidents", "walkouts", "disruptions", "trips", "drafts"), 0)
        self.settled, self.held, self.longest = False, 0, 0
        self.settled_week: int | None = None
        self.incidents = numbers(spec.incidents, self.random)
        self.walkouts = numbers(spec.walkouts, self.random)
        self.frozen_week = numbers(spec.frozen_week, self.random)
        self.dynamics = numbers(spec.trust_dynamics, self.random)
        self.contacts = numbers(spec.contacts, self.random)
        self.terms = numbers(spec.agreements, self.random)
        self.shaken_until = 0
        self.parties = {name: Party(self, name) for name in spec.parties}
        self.mediators = {name: Mediator(self, name) for name in spec.mediators}
        self.groups = {name: WorkingGroup(self, name) for name in spec.working_groups}
        for party in self.parties.values():
            party.take_seats()
        self.events: dict[int, list[Any]] = {}
        for event in spec.events:
            self.events.setdefault(spec.week_of(event.date), []).append(event)

    @property
    def talking(self) -> bool:
        """Do the talks still run?"""
        return self.week < self.spec.clock.weeks

    @property
    def known(self) -> bool:
        """Does the scenario tell all that happens this week?"""
        return self.week < self.spec.known_weeks

    def today(self, kind: str) -> list[Any]:
        """Dated events of one kind in this week."""
        return [event for event in self.events.get(self.week, ()) if event.kind == kind]

    def step(self) -> None:
        """One week of the process."""
        groups = self.agents_by_type[WorkingGroup]
        self.strike()
        self.mediate()
        groups.do("turn")
        groups.do("meet")
        self.agents_by_type[Party].do("reflect")
        groups.do("hold")
        groups.do("take_up_what_broke")
        self.settle()
        self.week += 1
        self.running = self.week < self.spec.clock.weeks + self.spec.clock.hold_weeks

    def settle(self) -> None:
        """Is every chapter in force, since when, and how long has that lasted?"""
        self.settled = all(group.in_force for group in self.groups.values())
        if self.settled and self.settled_week is None:
            self.settled_week = self.week
        self.longest = max(self.longest, self.held)
        self.held = self.held + 1 if self.settled else 0

    # ---- incidents ---------------------------------------------------------------------------------------------------

    def strike(self) -> None:
        """Perhaps an incident, likelier when trust is low."""
        trust = sum(party.trust_in(party.others) for party in self.parties.values()) / len(self.parties)
        rate = self.incidents.per_year / WEEKS_A_YEAR * (1.3 - trust)
        rate *= 1 + (self.incidents.while_frozen - 1) * self.stakes_of([g for g in self.groups.values() if g.frozen])
        if self.settled:
            rate *= self.incidents.after_settlement
        self.severity = 0.0
        if not self.known and self.random.random() < 1 - exp(-rate):
            self.severity = min(self.random.expovariate(1 / self.incidents.severity), 0.9)
        for event in self.today("incident"):
            self.severity = max(self.severity, draw(event.severity, self.random))
        if self.severity:
            self.counts["incidents"] += 1
            for party in self.parties.values():
                party.suffer(self.severity)

    def stakes_of(self, groups: Sequence[WorkingGroup]) -> float:
        """Share of these chapters in the whole, in the mean of the parties."""
        stakes = [party.seats[g.name].stake for party in self.parties.values() for g in groups if g.name in party.seats]
        return sum(stakes) / len(self.parties)

    # ---- mediators ---------------------------------------------------------------------------------------------------

    def mediate(self) -> None:
        """Mediators work; what their efforts come to together holds for the week."""
        mediators = self.mediators.values()
        if mediators:
            self.agents_by_type[Mediator].do("work")
        self.convening = joined([m.activity("convene") for m in mediators])
        self.pressure = joined([m.activity("press") * m.settings.leverage for m in mediators])
        for party in self.guarantee:
            self.guarantee[party] = joined([m.activity("guarantee") * m.credibility[party] for m in mediators])


# ---- replications ----------------------------------------------------------------------------------------------------


def run(spec: Scenario, replications: int, seed: int) -> list[dict[str, Any]]:
    """Run one model after the other.  -> a row of outcomes for each"""
    return [history(spec, seed + number) for number in range(replications)]


def history(spec: Scenario, seed: int) -> dict[str, Any]:
    """One replication from the first week to the last."""
    model = Talks(spec, seed)
    try:
        model.run_model()
        return outcome(model)
    finally:
        release(model)


def release(model: Talks) -> None:
    """Forget a finished model: Mesa 3.3.1 counts agents in a class-level dict whose keys keep every model alive."""
    model.remove_all_agents()
    mesa.Agent._ids.pop(model, None)


def outcome(model: Talks) -> dict[str, Any]:
    """What the outcomes table of the simulator tells of a replication."""
    row: dict[str, Any] = {"settled": model.settled_week is not None, "settled_week": model.settled_week}
    row["lasting"] = model.settled_week is not None and model.longest >= model.spec.clock.hold_weeks
    row |= model.counts
    for group in model.groups.values():
        row |= of_group(group)
    worths, gains = {}, []
    for name, party in model.parties.items():
        nothing = sum(seat.stake * seat.reservation for seat in party.seats.values())
        gains.append(sum(seat.stake * flow(model.groups[key], name) for key, seat in party.seats.items()))
        worths[name] = nothing + gains[-1]
        row |= {f"utility.{name}": worths[name], f"trust.{name}": party.trust_in(party.others)}
    row["joint_utility"] = sum(worths.values())
    row["fairness"] = max(min(gains), 0.0) / max(gains) if max(gains) > 0 else None
    return row | {f"mediator_weeks.{name}": mediator.weeks for name, mediator in model.mediators.items()}


def flow(group: WorkingGroup, party: str) -> float:
    """What a chapter has brought a party above no agreement, in the mean of all weeks."""
    return group.gained[party] / group.model.week


def of_group(group: WorkingGroup) -> dict[str, Any]:
    """What became of one chapter."""
    name, seats = group.name, [party.seats[group.name] for party in group.members]
    row: dict[str, Any] = {f"agreed.{name}": group.week_agreed is not None, f"week.{name}": group.week_agreed}
    row |= {f"rounds.{name}": group.rounds, f"frozen_weeks.{name}": group.frozen_weeks}
    row |= {f"collapsed.{name}": group.collapsed, f"broken_off.{name}": group.broken_off}
    row |= {f"utility.{name}.{p}": s.reservation + flow(group, p) for p, s in zip(group.parties, seats, strict=True)}
    if group.agreed:
        worths = [seat.wants.utility(group.agreed) for seat in seats]
        row |= {f"text_utility.{name}.{party}": worth for party, worth in zip(group.parties, worths, strict=True)}
        if len(seats) == 2:
            row |= {f"nash_gap.{name}": nash_gap(seats, worths), f"pareto_gap.{name}": pareto_gap(seats, worths)}
    return row


def nash_gap(seats: Sequence[Seat], worths: Sequence[float]) -> float:
    """How far the product of two gains lies below the largest one."""
    best = nash_package([seat.wants for seat in seats], [seat.reservation for seat in seats], [1.0, 1.0])
    most = prod(max(seat.wants.utility(best) - seat.reservation, 0.0) for seat in seats)
    have = prod(max(worth - seat.reservation, 0.0) for seat, worth in zip(seats, worths, strict=True))
    return 1 - have / most if most > 0 else 0.0


def pareto_gap(seats: Sequence[Seat], worths: Sequence[float]) -> float:
    """What the second party could have besides, without a loss to the first."""
    first, second = (seat.wants for seat in seats)
    return second.utility(TradeOff(first, [second]).best_for_others(worths[0])) - worths[1]
