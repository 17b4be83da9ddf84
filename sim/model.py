"""The negotiation: one Mesa model that holds all replications at once, week by week.

There is one implementation. A story, a class and a sweep run this model, with one replication or ten thousand.
Shapes: R replications, always the last axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import index
from typing import Any

import numpy as np

from sim.agents.feelings import Feelings
from sim.agents.leaders import at_the_top
from sim.agents.mediator import Mediator, mediation
from sim.agents.meetings import hold_rounds, side_by_side
from sim.agents.party import Party
from sim.agents.reflection import reflect
from sim.agents.sitting import Sitting
from sim.agents.working_group import WorkingGroup
from sim.arrays import Array, Index, Mask, Parameter
from sim.bargaining.tactics import Own, Tactic
from sim.chance import Chance
from sim.history import PATHS, TOLD, History
from sim.mesa_core import AgentSet, Model, collected, iteration
from sim.process.agreements import Agreements
from sim.process.calendar import Calendar
from sim.process.freezes import Freezes
from sim.process.incidents import Incidents
from sim.scenario.given import Given, scenario_of
from sim.scenario.schema import Scenario
from sim.scenario.to_bargaining import realise, tactic_of

Cast = Mapping[str, Callable[["NegotiationModel", str], Any]]
"""Who plays a party or a mediator, by name: what makes the agent from the model and the name."""


class NegotiationModel(Model):
    """The talks of a scenario in replications `first .. first + replications - 1`.

    scenario: itself, a path, or a name that ships; replications, seed (`rng` is Mesa's other word for it): by default 1
    and the scenario's; tactics: a tactic of one's own for a party, by name; told: replications below this number have
    their events kept, below `paths` their trust week by week; cast: who plays a party or mediator that does not act by
    the scenario alone, by name; chance: the luck of these replications, if not their own.

    Works with Mesa's own tools: `step()` is a week, `running` turns false at the horizon. State lies in arrays, one
    number for each replication, which change in place; a `DataCollector` keeps them as they were when it looked.
    `datacollector` is there for `batch_run`; without a seed, its iteration i is `first = i * replications`.

    Errors: KeyError for a tactic of a party that the scenario does not have; ValueError for `rng` beside `seed`.
    """

    def __init__(
        self,
        scenario: Given,
        replications: int = 1,
        seed: int | None = None,
        first: int | None = None,
        tactics: Mapping[str, Tactic] | None = None,
        told: int = TOLD,
        cast: Cast | None = None,
        chance: Chance | None = None,
        rng: int | None = None,
        paths: int = PATHS,
    ) -> None:
        if seed is not None and rng is not None:
            raise ValueError("seed and rng are two words for the same: leave out one")
        asked = rng if seed is None else seed
        if first is None:
            first = iteration() * replications if asked is None else 0
        scenario = scenario_of(scenario)
        seed = scenario.seed if asked is None else index(asked)
        super().__init__(rng=seed)
        self.replications, self.first, self.week = replications, first, 0
        self.everywhere = np.arange(replications)
        self.chance = chance or Chance(seed, first, replications)
        self.spec, self.draws = realise(scenario, self.chance)
        self.chance.silent_weeks = self.spec.known_weeks
        self.own_tactics, self.cast = _known(tactics or {}, scenario), dict(cast or {})
        self._collector: Any = None
        self._collected: int | None = None  # until which week; None: it is not ours
        self.counters: dict[str, Array] = {}  # by column of the outcomes
        self.history = History(self, first, told, paths)
        self.calendar = Calendar(self)
        self.tell, self.group_by_group = self.history.tell, self.history.group_by_group
        self.this_week = self.calendar.this_week
        self._gather()
        self._sit_down()

    def _gather(self) -> None:
        """Groups, parties and mediators come together."""
        self.groups = {name: WorkingGroup(self, name) for name in self.spec.working_groups}
        self.parties_by_name: dict[str, Party] = {
            name: self.cast.get(name, Party)(self, name) for name in self.spec.parties
        }
        self.mediators_by_name: dict[str, Mediator] = {
            name: self.cast.get(name, Mediator)(self, name) for name in self.spec.mediators
        }
        self.working_groups = AgentSet(list(self.groups.values()), random=self.random)
        self.parties = AgentSet(list(self.parties_by_name.values()), random=self.random)
        self.mediators = AgentSet(list(self.mediators_by_name.values()), random=self.random)

    def _sit_down(self) -> None:
        """They take their places at tables, and what happens around these begins."""
        groups, parties = list(self.groups.values()), list(self.parties_by_name.values())
        mediators = list(self.mediators_by_name.values())
        for group in groups:
            group.assemble([self.parties_by_name[name] for name in group.parties])
        for party in parties:
            party.take_seats()
        self.feelings = Feelings(self, parties)
        self.leaders = at_the_top(self, self.groups, mediators)
        self.meetings = side_by_side(self, groups, mediators, set(self.cast).intersection(self.parties_by_name))
        self.tables = [each.tables for each in self.meetings]
        self.freezes = Freezes(self, self.meetings)
        self.incidents = Incidents(self, groups, parties)
        self.agreements = Agreements(self, groups, self.tables)
        self.mediation = mediation([], self)

    # ---- a week ------------------------------------------------------------------------------------------------------

    def turn_the_page(self) -> None:
        looked_at = self._looked_at
        super().turn_the_page()
        if looked_at:
            self.feelings.gather()
            for tables in self.tables:
                tables.gather()

    def step(self) -> None:
        """One week of the process."""
        self.turn_the_page()
        self.calendar.tell()
        self.incidents.strike()
        self.mediators.do("work")
        self.add_up_efforts()
        self.freezes.turn()
        self.calendar.tell_the_rest()
        hold_rounds(self.meetings)
        hold_rounds(self.leaders)
        reflect(self.feelings, self.tables, self)
        self.agreements.hold()
        self.history.write(self.mediators)
        self.week += 1
        self.running = self.week < self.horizon

    def add_up_efforts(self) -> None:
        """What all mediators do together, anew where the effort of one of them moved."""
        if any(mediator.moved for mediator in self.mediators_by_name.values()):
            self.mediation = mediation(self.mediators_by_name.values(), self)

    def sitting_of(self, group: str, here: Index) -> Sitting:
        """The table of one group in the replications `here`."""
        tables = next(each for each in self.tables if group in each.parts)
        return Sitting(tables, tables.parts[group].start + here)

    @property
    def talking(self) -> bool:
        """Are these still the weeks of talks? After them agreements hold, or not."""
        return self.week < self.spec.clock.weeks

    @property
    def known(self) -> bool:
        """Is this a week of which the scenario tells all that happened? (`clock.known_until`)"""
        return self.week < self.spec.known_weeks

    @property
    def time_left(self) -> float:
        """Share of the calendar left, 1..0."""
        return max(1 - self.week / self.spec.clock.weeks, 0.0)

    @property
    def horizon(self) -> int:
        """Weeks simulated in all."""
        return self.spec.weeks

    @property
    def datacollector(self) -> Any:
        """Mesa's `DataCollector`: one's own, once it is set; else what all replications did on average, by week."""
        if self._collector is None or self._collected not in (self.week, None):
            self._collector, self._collected = collected(self.history.tally.means(self.week)), self.week
        return self._collector

    @datacollector.setter
    def datacollector(self, collector: Any) -> None:
        self._collector, self._collected = collector, None

    # ---- what agents ask of it (`World`) -----------------------------------------------------------------------------

    def each(self, value: Parameter) -> Array:
        """One number for each replication, to be changed at will.  -> (R,)"""
        return np.full(self.replications, value, dtype=float)

    def counter(self, column: str) -> Array:
        """What counts something, from 0: a column of the outcomes. Whoever asks for it has the same one.  -> (R,)"""
        return self.counters.setdefault(column, self.each(0.0))

    def nowhere(self) -> Mask:
        """True in no replication.  -> (R,)"""
        return np.zeros(self.replications, dtype=bool)

    def tactic_of(self, party: str) -> Tactic:
        """The party's concession tactic: one of one's own, or the scenario's."""
        own = self.own_tactics.get(party)
        return Own(party, own) if own else tactic_of(self.spec.parties[party].tactic)

    @property
    def settled(self) -> Mask:
        """Where every chapter is in force.  -> (R,)"""
        return self.agreements.settled

    @property
    def listens(self) -> bool:
        """Is anything kept of what is told?"""
        return self.history.told > 0

    @property
    def severity(self) -> Array:
        """How severe this week's incident is, 0 where there is none.  -> (R,)"""
        return self.incidents.severity

    def release(self) -> None:
        """Let go of everything at once; nobody needs to, but garbage of this size had better not wait.

        Groups, parties and the tables at which they sit know each other, so each lets go of the others.
        """
        for each in (*self.meetings, *self.tables, *self.agents):
            vars(each).clear()
        self.__dict__.clear()


def _known(tactics: Mapping[str, Tactic], scenario: Scenario) -> dict[str, Tactic]:
    """Tactics of one's own, by party.  Errors: KeyError for one of a party that the scenario does not have."""
    for name in tactics:
        if name not in scenario.parties:
            raise KeyError(f"{name} is no party of {scenario.name}: {', '.join(scenario.parties)}")
    return dict(tactics)
