"""A party of the scalar model, and its delegation at a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import TYPE_CHECKING

import mesa

from sim.scenario.parties import ByGroup
from sim.scenario.schema import WEEKS_A_YEAR
from tests.bench.drawing import draw, named, numbers
from tests.bench.packages import Package, TradeOff, Wants, wants

if TYPE_CHECKING:
    from tests.bench.group import WorkingGroup
    from tests.bench.scalar import Talks

TRUST_UNIT = 0.05


class Seat:
    """A party's place in one working group."""

    def __init__(
        self, mine: Wants, equal: Wants, imagined: Mapping[str, Wants], reservation: float, stake: float
    ) -> None:
        self.wants, self.equal, self.imagined = mine, equal, imagined
        self.reservation, self.stake = reservation, stake
        self.hardening = 0.0
        self.heard: dict[str, float] = {}


class Party(mesa.Agent):
    """One side of the talks."""

    def __init__(self, model: Talks, name: str) -> None:
        super().__init__(model)
        self.name, self.spec = name, model.spec.parties[name]
        self.settings = numbers(self.spec, model.random)
        self.beta = draw(vars(self.spec.tactic)["beta"], model.random)
        self.others = [other for other in model.spec.parties if other != name]
        self.trust = {other: named(self.spec.trust, other, 0.2, model.random) for other in self.others}
        self.knowledge = dict.fromkeys(self.others, self.settings.knowledge)
        self.hurt = 0.0
        self.seats: dict[str, Seat] = {}

    def take_seats(self) -> None:
        """Sit down in the working groups, with priorities of its own and a picture of the others'."""
        mine = [group for group in self.model.groups.values() if self.name in group.parties]
        stakes = {group.name: draw(group.spec.stakes.get(self.name, 1.0), self.random) for group in mine}
        reservation = self.settings.reservation
        for group in mine:
            weights = group.weights[self.name]
            imagined = {}
            for other in group.rivals[self.name]:
                slant = [w * exp(self.settings.prejudice * self.random.gauss()) for w in weights]
                imagined[other] = wants(group.issues, other, slant)
            least = (
                draw(reservation.by_group.get(group.name, reservation.other), self.random)
                if isinstance(reservation, ByGroup)
                else reservation
            )
            self.seats[group.name] = Seat(
                wants(group.issues, self.name, weights),
                wants(group.issues, self.name, [1.0] * len(weights)),
                imagined,
                least,
                stakes[group.name] / sum(stakes.values()),
            )

    def trust_in(self, others: Sequence[str]) -> float:
        """Mean trust in these parties."""
        return sum(self.trust[other] for other in others) / len(others)

    def reservation_in(self, group: str) -> float:
        """Utility of no agreement, now."""
        seat = self.seats[group]
        return min(max(seat.reservation - self.hurt + seat.hardening, 0.0), 1.0)

    # ---- a week ------------------------------------------------------------------------------------------------------

    def suffer(self, severity: float) -> None:
        """An incident costs trust and hardens."""
        for other in self.others:
            self.trust[other] *= 1 - severity
        for seat in self.seats.values():
            seat.hardening += self.model.incidents.hardening * severity

    def reflect(self) -> None:
        """Take stock of the week: what no deal costs, what time heals, what a freeze does."""
        model, effects, contacts = self.model, self.model.frozen_week, self.model.contacts
        unsettled, frozen = 1.0, 0.0
        for name, seat in self.seats.items():
            group = model.groups[name]
            unsettled -= seat.stake * group.in_force
            frozen += seat.stake * group.frozen
            seat.hardening *= 1 - min(model.incidents.fading + effects.cooling * group.frozen, 1)
        weekly = self.settings.cost_of_no_deal / WEEKS_A_YEAR
        grown = self.hurt + weekly * (1 + 4 * model.severity) * unsettled
        self.hurt = max(self.hurt, min(grown, self.settings.hurt_cap))
        fades = 1 - (1 - model.dynamics.fading) * (1 - effects.forgetting * frozen)
        for other in self.others:
            self.knowledge[other] -= fades * (self.knowledge[other] - self.settings.knowledge)
            trust = max(self.trust[other] - effects.estrangement * frozen, 0.0)
            self.trust[other] = trust + contacts.trust * contacts.intensity * max(contacts.ceiling - trust, 0.0)
        self.see_it_kept()

    def see_it_kept(self) -> None:
        """Agreements that are kept build trust."""
        for name, seat in self.seats.items():
            group = self.model.groups[name]
            if group.in_force:
                for other in group.rivals[self.name]:
                    self.trust[other] += self.model.terms.implementation * seat.stake * (1 - self.trust[other])

    # ---- a round -----------------------------------------------------------------------------------------------------

    def stays_away(self, group: WorkingGroup, convening: float) -> bool:
        """Does it miss this week's round?"""
        kept = 1 - self.model.contacts.attendance * self.model.contacts.intensity
        missing = 1 - self.trust_in(group.rivals[self.name])
        return bool(self.random.random() < self.settings.absence * missing * (1 - convening) * kept)

    def delegate(self, group: WorkingGroup) -> Delegation:
        """Send people to a round."""
        seat = self.seats[group.name]
        others = group.rivals[self.name]
        believed = [
            self.model.parties[other].seats[group.name].wants.blend(seat.imagined[other], self.knowledge[other])
            for other in others
        ]
        return Delegation(self, group, seat, believed)

    def learn_from(self, group: str, worths: Mapping[str, float]) -> None:
        """Trust follows what the others' last offers show: better or worse for me than the ones before."""
        heard, dynamics = self.seats[group].heard, self.model.dynamics
        for other, worth in worths.items():
            change = min(max((worth - heard.get(other, worth)) / TRUST_UNIT, -1.0), 1.0)
            if change > 0:
                self.trust[other] += dynamics.gain * change * (1 - self.trust[other])
            else:
                self.trust[other] *= 1 + dynamics.loss * change
            heard[other] = worth


class Delegation:
    """A party at one round."""

    def __init__(self, party: Party, group: WorkingGroup, seat: Seat, believed: Sequence[Wants]) -> None:
        self.party, self.wants = party, seat.wants
        self.trade_off = TradeOff(seat.wants, believed)
        self.reservation = party.reservation_in(group.name)
        trust = party.trust_in(group.rivals[party.name])
        compliance = trust + (1 - trust) * party.model.guarantee[party.name]
        self.believes: float = 1 - party.settings.doubt * (1 - compliance)
        self.pressed: float = party.model.pressure
        self.asked = self.least = -1.0
        self.offer: Package = ([], 0)

    def aspire(self, clock: float) -> bool:
        """Ask for less as the clock runs down.  -> Is that anything new?"""
        before, elapsed = self.asked, min(clock / self.party.settings.expected_rounds, 1.0)
        asked = self.reservation + (1 - self.reservation) * (1 - elapsed ** (1 / self.party.beta))
        self.asked = min(max(asked, self.reservation), 1.0)
        return self.asked != before

    def propose(self) -> None:
        """Of the packages worth what it asks for and bearable to it, the one that it believes the others like best."""
        bearable = (self.reservation - self.pressed) / self.believes
        self.offer = self.trade_off.best_for_others(max(self.asked, min(bearable, 1.0)))
        self.least = max(self.reservation, min(self.asked, self.wants.utility(self.offer)))

    def felt(self, package: Package) -> float:
        """Worth of a package, discounted by doubt, plus the pressure to agree."""
        return self.wants.utility(package) * self.believes + self.pressed

    def least_for_a_draft(self) -> float:
        """One can concede to a mediator what one would not to the other side."""
        settings = self.party.settings
        waived: float = settings.face_saving_margin + settings.face_saving * (self.asked - self.reservation)
        return max(self.reservation, self.asked - waived)
