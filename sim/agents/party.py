"""A party: what it feels, how it takes stock of a week, and how it decides about a round.

A round in short: it comes or stays away (`stays_away`); it sends a delegation with what it wants, what it believes and
what no agreement is worth to it now (`delegate`); that asks, offers and signs (`Delegation`); and the party takes home
what it has heard (`remember`). Shapes: R replications (last axis); at a round only the replications that meet, R' of
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from scipy.special import ndtri

from sim.agents.delegation import Delegation, Rival
from sim.agents.reflection import reflect
from sim.agents.seat import ROUNDS_SEEN, Seat
from sim.agents.trust import earn, lose
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Mask, Parameter, at, mean, smallest, within
from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Preferences
from sim.bargaining.tactics import Tactic
from sim.chance import rare
from sim.mesa_core import Agent
from sim.scenario.field_types import for_name
from sim.scenario.to_bargaining import preferences_of, reservation_of, stakes_of, weights_of

EVERYWHERE = slice(None)  # in all replications
TRUST_UNIT = 0.05  # utility by which an offer must improve to count as one full unit of cooperation


class Party(Agent):
    """One side of the talks, in all replications at once.

    trust, knowledge: how far it trusts each other party and knows what that one wants, (R,) each, 0..1; won, lost: the
    shares of trust in each that this week's talks win and cost, felt when the week is over; hurt (R,): utility that
    living without a deal has cost it so far; seats: its place in each working group.
    """

    model: World

    def __init__(self, model: World, name: str) -> None:
        super().__init__(model)
        self.name = name
        spec = self.spec = model.spec.parties[name]
        self.tactic: Tactic = model.tactic_of(name)
        self.others = tuple(other for other in model.spec.parties if other != name)
        self.trust = {other: model.each(for_name(spec.trust, other, 0.2)) for other in self.others}
        self.knowledge = {other: model.each(spec.knowledge) for other in self.others}
        self.won = {other: model.each(0.0) for other in self.others}
        self.lost = {other: model.each(0.0) for other in self.others}
        self.hurt = model.each(0.0)
        self.seats: dict[str, Seat] = {}

    # ---- what it feels -----------------------------------------------------------------------------------------------

    def trust_in(self, others: Sequence[str], here: Index | slice = EVERYWHERE) -> Array:
        """Mean trust in these parties, in the replications `here`.  -> (R',)"""
        return mean([self.trust[other][here] for other in others])

    def reservation_in(self, group: str, here: Index) -> Array:
        """Utility of no agreement in a group, now, in the replications `here`.

            clip(reservation - hurt + hardening, 0, 1)

        A party that began at 0.44, has suffered 0.05 and was hardened by 0.03 walks away below 0.42.
        Source: BATNA (Fisher and Ury 1981); the mutually hurting stalemate (Zartman 1989, 2000).  -> (R',)
        """
        seat = self.seats[group]
        moved = at(here, seat.reservation) - self.hurt[here] + seat.hardening[here]
        return within(0, moved, 1)

    def believes(self, group: Group, here: Index) -> Array:
        """Share of an agreement's worth that it counts on: less, the less it expects the others to comply.

            1 - doubt * (1 - compliance), compliance = trust + (1 - trust) * guarantee

        With doubt 0.3, trust 0.2 and no guarantee: 1 - 0.3 * 0.8 = 0.76.
        Sources: commitment problems, Fearon (1995); third-party guarantees, Walter (2002).  -> (R',)
        """
        trust = self.trust_in(group.others_than(self.name), here)
        compliance = trust + (1 - trust) * self.model.mediation.guarantee[self.name][here]
        return 1 - at(here, self.spec.doubt) * (1 - compliance)

    # ---- a week ------------------------------------------------------------------------------------------------------

    def reflect(self) -> None:
        """Take stock of the week: what the talks did to trust, what no deal costs, what time heals, what is kept."""
        reflect(self, self.model)

    def is_let_down_by(self, other: str, here: Index) -> None:
        """A round not held or a walkout costs trust in whoever caused it."""
        self.lost[other][here] = earn(self.lost[other][here], at(here, self.model.spec.trust_dynamics.loss))

    def harden(self, here: Index, severity: Array) -> None:
        """An incident of this severity (R',) costs trust and raises every reservation value."""
        added = at(here, self.model.spec.incidents.hardening) * severity
        for seat in self.seats.values():
            seat.hardening[here] += added
        for other in self.others:
            self.trust[other][here] = lose(self.trust[other][here], severity)

    def walks_out(self, group: Group, present: Mask, temper: Array) -> Index:
        """Where does it leave the table this week? It may where it is present: likelier with little trust.

            hazard a week = temper * (1 - lowest trust) / parties at the table

        Shared among the chairs, so that a table with more of them is not emptier for that alone.  -> replications
        """

        def hazard(here: Index) -> Array:
            lowest = smallest(self.trust[other][here] for other in group.others_than(self.name))
            return temper[here] * (1 - lowest) / len(group.parties)

        luck = self.model.chance.week(f"walkout.{group.name}.{self.name}", self.model.week)
        return rare(luck, np.where(present, temper, 0.0), hazard)

    # ---- a round -----------------------------------------------------------------------------------------------------

    def stays_away(self, group: Group, here: Index) -> Mask:
        """Does it miss this week's round? Likelier without trust, rarer with a convening mediator and contacts.

        probability = absence * (1 - trust) * (1 - convening) * (1 - attendance * contacts)  -> (R',)
        """
        doubt = 1 - self.trust_in(group.others_than(self.name), here)
        convening = self.model.mediation.convening[group.name][here]
        contacts = self.model.spec.contacts.at(here)
        kept = 1 - contacts.attendance * contacts.intensity
        luck = self.model.chance.week(f"absence.{group.name}.{self.name}", self.model.week, here)
        return luck < at(here, self.spec.absence) * doubt * (1 - convening) * kept

    def delegate(self, group: Group, here: Index, wants: Mapping[str, Preferences]) -> Delegation:
        """Send people to a round that takes place in the replications `here`; wants: what each party truly does."""
        seat, mine = self.seats[group.name], wants[self.name]
        rivals = {other: self._rival(other, wants[other], group, here) for other in group.others_than(self.name)}
        imagined = [rival.preferences for rival in rivals.values()]
        asked = seat.asked[here]
        return Delegation(
            name=self.name,
            tactic=at(here, self.tactic),
            preferences=mine,
            rivals=rivals,
            trade_off=TradeOff.between(mine, imagined, at(here, group.option_lots)),
            reservation=self.reservation_in(group.name, here),
            face_saving=at(here, self.spec.face_saving),
            face_saving_margin=at(here, self.spec.face_saving_margin),
            expected_rounds=at(here, self.spec.expected_rounds),
            believes=self.believes(group, here),
            pressed=self.model.mediation.pressure[here],
            asked=asked,
            asked_before=asked,
            offered=partial(seat.last_offers, here),
        )

    def _rival(self, other: str, true: Preferences, group: Group, here: Index) -> Rival:
        """Another party as this one pictures it: part knowledge, part the fixed-pie error and misjudgement.

        Its reservation value it takes to be like its own, as far as it does not know it.
        Sources: Thompson and Hastie (1990); Bazerman and Neale (1992).
        """
        known = at(here, self.knowledge[other])
        imagined = self.seats[group.name].imagined[other].at(here)
        host = self.model.parties_by_name[other]

        def reservation() -> Array:
            return known * host.reservation_in(group.name, here) + (1 - known) * self.reservation_in(group.name, here)

        return Rival(true.blend(imagined, known), reservation)

    def remember(self, group: str, here: Index, asked: Array, worths: Mapping[str, Array]) -> None:
        """Remember the round. Trust follows what the others' last offers show: better or worse for me than before.

        An offer that is better by 0.02 wins gain * 0.02 / 0.05 of the missing trust; one that is worse costs trust.
        Source: Slovic (1993), trust is slow to earn and fast to lose.  asked (R',); worths: other: (R',)
        """
        seat, dynamics = self.seats[group], self.model.spec.trust_dynamics.at(here)
        for other, worth in worths.items():
            change = within(-1, (worth - seat.heard[other][here]) / TRUST_UNIT, 1)  # NaN at the first offer, no change
            self.won[other][here] = earn(self.won[other][here], dynamics.gain * np.fmax(change, 0))
            self.lost[other][here] = earn(self.lost[other][here], dynamics.loss * np.fmax(-change, 0))
            seat.heard[other][here] = worth
        seat.asked[here] = asked
        seat.remember(here, mean(list(worths.values())))

    # ---- before the first week ---------------------------------------------------------------------------------------

    def take_seats(self) -> None:
        """Sit down in every group that has something to say to it, once all parties and groups exist."""
        for name, stake in stakes_of(self.model.spec, self.name).items():
            self.seats[name] = self._seat(self.model.groups[name], stake)

    def _seat(self, group: Group, stake: Parameter) -> Seat:
        """A place at a table, with priorities of one's own and a picture of everybody else's."""
        model, others = self.model, group.others_than(self.name)
        spec, width = model.spec, model.replications
        weights = self._varied(weights_of(spec, group.name, self.name), self.spec.weight_spread, f"weight.{group.name}")
        imagined = {}
        for other in others:
            guess = self._varied(weights, self.spec.prejudice, f"misjudgement.{group.name}.{other}")
            imagined[other] = preferences_of(spec, group.name, other, group.agenda, guess, width)
        return Seat(
            weights=weights,
            preferences=preferences_of(spec, group.name, self.name, group.agenda, weights, width),
            imagined=imagined,
            reservation=reservation_of(spec, group.name, self.name),
            stake=stake,
            hardening=model.each(0.0),
            asked=model.each(1.0),
            rounds=np.zeros(width, dtype=np.intp),
            offered=np.full((ROUNDS_SEEN, width), np.nan),
            heard={other: model.each(np.nan) for other in others},
        )

    def _varied(self, weights: Mapping[str, Parameter], spread: Parameter, purpose: str) -> dict[str, Parameter]:
        """Weights times exp(spread * N(0, 1)), one number for each issue and replication."""
        varied = {}
        for issue, weight in weights.items():
            luck = self.model.chance.once(f"{purpose}.{self.name}.{issue}")[0]
            varied[issue] = weight * np.exp(spread * ndtri(np.clip(luck, 1e-12, 1 - 1e-12)))
        return varied
