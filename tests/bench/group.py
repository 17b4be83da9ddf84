"""A working group of the scalar model: freezes, rounds, and what follows a signature."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import TYPE_CHECKING, Any

import mesa

from sim.scenario.schema import WEEKS_A_YEAR
from tests.bench.drawing import draw
from tests.bench.packages import Issue, Package
from tests.bench.party import Delegation, Party

if TYPE_CHECKING:
    from tests.bench.scalar import Talks

TOLERANCE = 1e-9


class WorkingGroup(mesa.Agent):
    """One chapter of the talks."""

    def __init__(self, model: Talks, name: str) -> None:
        super().__init__(model)
        self.name, self.spec = name, model.spec.working_groups[name]
        self.parties = model.spec.group_parties(name)
        self.rivals = {party: [other for other in self.parties if other != party] for party in self.parties}
        self.members = [model.parties[name] for name in self.parties]
        self.meets_every = draw(self.spec.meets_every, model.random)
        held = {c.issue: c for c in model.spec.framework if c.group == name}
        self.issues = [self._issue(issue, held.get(key)) for key, issue in self.spec.issues.items()]
        self.weights = {party: self._weights(party) for party in self.parties}
        freezes = [freeze for freeze in model.spec.freezes if name in freeze.groups]
        self.dated = [
            (model.spec.week_of(f.start), draw(f.weeks, model.random)) for f in freezes if f.start is not None
        ]
        self.by_rule = [(draw(f.severity, model.random), draw(f.weeks, model.random)) for f in freezes if f.after]
        self.until = self.clock = self.waited = 0.0
        self.rounds = self.frozen_weeks = 0
        self.frozen = self.walked_out = self.in_force = self.collapsed = self.broken_off = self.again = False
        self.broke_now = False
        self.since = 0
        self.gained = dict.fromkeys(self.parties, 0.0)
        self.text: Package | None = None
        self.agreed: Package | None = None
        self.worth: dict[str, float] = {}
        self.from_pressure = 0.0
        self.week_agreed: int | None = None

    def _issue(self, issue: Any, commitment: Any) -> Issue:
        held, random = None, self.random
        if commitment is not None:
            point = commitment.settlement
            at = list(issue.options).index(point) if isinstance(point, str) else draw(point, random)
            held = at, draw(commitment.hold, random)
        if issue.positions:
            return Issue.scale({party: draw(p, random) for party, p in issue.positions.items()}, held)
        values = {party: [draw(v[party], random) for v in issue.options.values()] for party in self.parties}
        return Issue({}, (), values, held)

    def _weights(self, party: str) -> list[float]:
        spread = self.model.parties[party].settings.weight_spread
        given = [draw(issue.weights.get(party, 1.0), self.random) for issue in self.spec.issues.values()]
        return [weight * exp(spread * self.random.gauss()) for weight in given]

    # ---- freezes -----------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Begin or end a freeze; a frozen week turns the clock back."""
        model = self.model
        for severity, weeks in self.by_rule:
            if 0 < model.severity >= severity and not model.known:
                self.until = max(self.until, model.week + weeks)
        if self.text is not None or not (model.talking or self.again) or self.broken_off:
            self.frozen, self.walked_out = self.broken_off and model.talking, False
            self.frozen_weeks += self.frozen
            return
        scheduled = model.week < self.until or any(start <= model.week < start + weeks for start, weeks in self.dated)
        if self.walked_out:
            stays = (1 - 1 / model.walkouts.weeks) * (1 - model.walkouts.convene * model.convening)
            self.walked_out = self.random.random() < stays
        if not self.walked_out and not scheduled and not model.known:
            self.walked_out = any(self._walks_out(party) for party in self.members)
        self.frozen = scheduled or self.walked_out
        if self.frozen:
            self.frozen_weeks += 1
            self.clock = max(self.clock - model.frozen_week.rehardening, 0.0)
            hazard = model.walkouts.breaking_off * (1 - model.convening)
            self.broken_off = not model.known and self.random.random() < 1 - exp(-hazard)

    def _walks_out(self, party: Party) -> bool:
        """Does it leave the table this week? Likelier with little trust and after an incident."""
        model = self.model
        doubt = 1 - min(party.trust[other] for other in self.rivals[party.name])
        hazard = party.settings.walkout / WEEKS_A_YEAR + model.walkouts.after_incident * model.severity
        if self.random.random() >= 1 - exp(-hazard * doubt / len(self.parties)):
            return False
        model.counts["walkouts"] += 1
        self._let_down(party.name)
        return True

    def _let_down(self, name: str) -> None:
        """A walkout or an empty chair costs the others' trust in whoever left."""
        for other in self.rivals[name]:
            self.model.parties[other].trust[name] *= 1 - self.model.dynamics.loss

    # ---- rounds ------------------------------------------------------------------------------------------------------

    def meet(self) -> None:
        """Hold this week's round where one is due and everybody comes."""
        if self.text is not None or self.frozen or not (self.model.talking or self.again) or self.broken_off:
            return
        convening = self.model.convening
        passing = (1 + convening) / self.meets_every
        self.waited = min(self.waited + passing, 1 - passing) if self.model.known else self.waited + passing
        missed = [event for event in self.model.today("disruption") if event.group == self.name]
        called = any(event.group == self.name for event in self.model.today("round"))
        if self.waited < 1 - TOLERANCE and not missed and not called:
            return
        self.waited = 0.0 if called else max(self.waited - 1, 0.0)
        if self._disrupted(missed, convening):
            self.model.counts["disruptions"] += 1
            return
        self.rounds += 1
        self._talk()
        self.clock += 1

    def _disrupted(self, missed: list[Any], convening: float) -> bool:
        """A party that stays away costs a round, and the others' trust."""
        if missed:
            for name in self.parties:
                if missed[0].by in (None, name):
                    self._let_down(name)
            return True
        for party in self.members if not self.model.known else ():
            if party.stays_away(self, convening):
                self._let_down(party.name)
                return True
        return False

    def _talk(self) -> None:
        """Exchange proposals, look at drafts, go home."""
        table = {party.name: party.delegate(self) for party in self.members}
        for _ in range(self.spec.exchanges):
            if not any([delegation.aspire(self.clock) for delegation in table.values()]):  # noqa: C419 (all of them aspire)
                break  # nobody asks for anything new
            for delegation in table.values():
                delegation.propose()
            if self.text is None:
                self._answer(table)
        for mediator in self.model.mediators.values():
            if self.text is None and not self.model.known and mediator.drafts_now():
                self.model.counts["drafts"] += 1
                text = mediator.text(self)
                if all(d.felt(text) >= d.least_for_a_draft() - TOLERANCE for d in table.values()):
                    self._sign(text, table)
        for name, delegation in table.items():
            worths = {other: delegation.wants.utility(table[other].offer) for other in self.rivals[name]}
            delegation.party.learn_from(self.name, worths)

    def _answer(self, table: Mapping[str, Delegation]) -> None:
        """Sign a proposal that all others accept; of several, the one with the largest product of gains."""
        best = -1.0
        for proposer in table.values():
            if all(d.felt(proposer.offer) >= d.least - TOLERANCE for d in table.values() if d is not proposer):
                product = 1.0
                for delegation in table.values():
                    product *= max(delegation.wants.utility(proposer.offer) - delegation.reservation, 0.0)
                if product > best:
                    best = product
                    self._sign(proposer.offer, table)

    def _sign(self, text: Package, table: Mapping[str, Delegation]) -> None:
        if self.model.known:
            return
        self.text = text
        self.worth = {name: delegation.wants.utility(text) for name, delegation in table.items()}
        felt = min(delegation.felt(text) for delegation in table.values())
        self.from_pressure = self.model.pressure / max(felt, TOLERANCE)

    # ---- after signature ---------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """An agreement in force may collapse; a signed one is ratified, or goes back to the table."""
        self.broke_now = False
        if self.text is not None:
            self._keep_or_break()
        if self.in_force:
            for party in self.members:
                self.gained[party.name] += self.worth[party.name] - party.seats[self.name].reservation

    def _keep_or_break(self) -> None:
        gains = {party.name: self.worth[party.name] - party.reservation_in(self.name) for party in self.members}
        if self.in_force:
            if self.random.random() < 1 - exp(-self._hazard(min(gains.values()))):
                self._collapse()
        elif self.model.talking or self.again:
            self._ratify(gains)

    def _ratify(self, gains: Mapping[str, float]) -> None:
        """Each side's home votes on the text."""
        for party in self.members:
            refusal = party.settings.opposition * exp(-self.model.terms.ratification * gains[party.name])
            if self.random.random() < refusal:
                self.text = None
                return
        self.in_force, self.agreed, self.since = True, self.text, self.model.week
        if self.week_agreed is None:
            self.week_agreed = self.model.week

    def _hazard(self, slack: float) -> float:
        """Collapse hazard a week."""
        terms, count = self.model.terms, len(self.parties)
        trust = sum(party.trust_in(self.rivals[party.name]) for party in self.members) / count
        guarantee = sum(self.model.guarantee[name] for name in self.parties) / count
        calmed = terms.trust * trust + terms.slack * slack + terms.guarantee * guarantee
        return float(terms.hazard * exp(terms.pressure * self.from_pressure - calmed)) * self._part()

    def _part(self) -> float:
        """Its part in the hazard of the settlement: by its stake and age, by what is in force, by what broke before."""
        model, terms = self.model, self.model.terms
        standing = model.stakes_of([g for g in model.groups.values() if g.in_force or g.broke_now])
        part = (model.stakes_of([self]) / standing) ** terms.together * exp(terms.breadth * (1 - standing))
        shaken = terms.aftershock if model.week < model.shaken_until else 1.0
        return float(part * shaken / (1 + (model.week - self.since) / WEEKS_A_YEAR) ** terms.aging)

    def _collapse(self) -> None:
        """That costs trust and reopens the chapter, from the start."""
        self.text, self.in_force, self.collapsed, self.clock, self.broke_now = None, False, True, 0.0, True
        for party in self.members:
            for other in self.rivals[party.name]:
                party.trust[other] *= 1 - self.model.terms.collapse_cost

    def take_up_what_broke(self) -> None:
        """A breakdown is felt by what is in force for half a year; after the talks it may be negotiated again."""
        if self.broke_now:
            self.model.shaken_until = self.model.week + 27
            self.again = not self.model.talking and self.random.random() < self.model.terms.renegotiation
