"""A party: what it does in a week, what it feels, and where it sits.

A week of a party, in the order of `NegotiationModel.step`, with the functions of each step:

1. An incident costs trust and hardens it (`harden`). A mediator who visits reassures it, and tells it what the others
   want (`Mediator.work`).
2. It may leave the talks (`walks_out`).
3. Where a round is due (`Meetings.hold`), it comes or stays away (`stays_away`), and its delegation speaks for it
   (`delegate`). In each exchange of the `Round` this asks for what its tactic says (`Delegation.aspire`), offers a
   package (`Delegation.propose`), and weighs what the others offer: what that is worth (`Delegation.worth`), what it
   feels worth (`Delegation.felt`, less if the party hardly `believes` that the others comply), and the least that it
   takes (`Delegation.least`, not below its reservation value, `reservation_in`). It signs what feels worth that much
   (`Delegation.accepts`).
4. It trusts the others more or less for what they offered (`learn_from`), and less whoever left or stayed away
   (`is_let_down_by`).
5. When the week is over, trust follows all this, living without a deal hurts, anger cools (`reflect`). What it has
   signed is voted on at home (`Agreements.hold`).

Shapes: R replications (last axis), or only the replications `here`, R' of them; M tables that meet (see `Sitting`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtri

from sim.agents.delegation import Delegation
from sim.agents.seat import FLOORLESS, ROUNDS_SEEN, Seat, reservation_now
from sim.agents.sitting import Sitting
from sim.agents.tables import Tables
from sim.agents.trust import earn, lose
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Mask, Parameter, at, mean, smallest
from sim.bargaining.tactics import Tactic
from sim.chance import rare
from sim.mesa_core import Agent
from sim.scenario.field_types import for_name
from sim.scenario.to_bargaining import preferences_of, reservation_of, stakes_of, weights_of

EVERYWHERE = slice(None)  # in all replications


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

    # ---- a week ------------------------------------------------------------------------------------------------------

    def harden(self, here: Index, severity: Array) -> None:
        """An incident of this severity (R',) costs trust and raises every reservation value."""
        added = at(here, self.model.spec.incidents.hardening) * severity
        for seat in self.seats.values():
            seat.hardening[here] += added
        for other in self.others:
            self.trust[other][here] = lose(self.trust[other][here], severity)

    def walks_out(self, tables: Tables, present: Mask, temper: Array) -> Index:
        """Which of these tables does it leave this week? It may where it is present: likelier with little trust.

            hazard a week = temper * (1 - lowest trust) / parties at the table

        Shared among the chairs, so that a table with more of them is not emptier for that alone.
        present (G * R,), temper (R,) -> rows
        """
        others = tables.groups[0].others_than(self.name)

        def hazard(rows: Index) -> Array:
            here = tables.here(rows)
            lowest = smallest(self.trust[other][here] for other in others)
            return temper[here] * (1 - lowest) / len(tables.parties)

        bound = np.where(present.reshape(-1, len(temper)), temper, 0.0).ravel()
        return rare(tables.luck("walkout", f".{self.name}"), bound, hazard)

    def stays_away(self, sitting: Sitting) -> Mask:
        """Does it miss the rounds that are due? Likelier without trust, rarer with a convening mediator and contacts.

        probability = absence * (1 - trust) * (1 - convening) * (1 - attendance * contacts)  -> (M,)
        """
        model, here = self.model, sitting.here
        distrust = 1 - self.trust_in(sitting.tables.groups[0].others_than(self.name), here)
        convening = sitting.tables.convening[sitting.rows]
        contacts = model.spec.contacts.at(here)
        kept = 1 - contacts.attendance * contacts.intensity
        luck = sitting.tables.luck("absence", f".{self.name}", sitting.rows)
        return luck < at(here, self.spec.absence) * distrust * (1 - convening) * kept

    def delegate(self, sitting: Sitting, delegation: Delegation) -> Delegation:
        """Who speaks for it at these tables, where somebody else than the scenario plays it; by default its own."""
        return delegation

    def learn_from(self, other: str, here: Index, won: Array, lost: Array) -> None:
        """Trust follows what another party's last offer shows: it wins and costs these shares (R',) of trust in it."""
        self.won[other][here] = earn(self.won[other][here], won)
        self.lost[other][here] = earn(self.lost[other][here], lost)

    def is_let_down_by(self, other: str, here: Index) -> None:
        """A round not held or a walkout costs trust in whoever caused it."""
        self.lost[other][here] = earn(self.lost[other][here], at(here, self.model.spec.trust_dynamics.loss))

    # ---- what it feels -----------------------------------------------------------------------------------------------

    def trust_in(self, others: Sequence[str], here: Index | slice = EVERYWHERE) -> Array:
        """Mean trust in these parties, in the replications `here`.  -> (R',)"""
        return mean([self.trust[other][here] for other in others])

    def reservation_in(self, group: str, here: Index) -> Array:
        """Utility of no agreement in a group, now, in the replications `here` (see `reservation_now`).  -> (R',)"""
        seat = self.seats[group]
        return reservation_now(at(here, seat.reservation), self.hurt[here], seat.hardening[here])

    def believes(self, group: Group, here: Index) -> Array:
        """Share of an agreement's worth that it counts on: less, the less it expects the others to comply.

            1 - doubt * (1 - compliance), compliance = trust + (1 - trust) * guarantee

        With doubt 0.3, trust 0.2 and no guarantee: 1 - 0.3 * 0.8 = 0.76.
        Sources: commitment problems, Fearon (1995); third-party guarantees, Walter (2002).  -> (R',)
        """
        trust = self.trust_in(group.others_than(self.name), here)
        compliance = trust + (1 - trust) * self.model.mediation.guarantee[self.name][here]
        return 1 - at(here, self.spec.doubt) * (1 - compliance)

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
            imagined[other] = preferences_of(spec, group.name, other, group.agenda, guess, width, alone=True)
        return Seat(
            weights=weights,
            preferences=preferences_of(spec, group.name, self.name, group.agenda, weights, width),
            imagined=imagined,
            reservation=reservation_of(spec, group.name, self.name),
            stake=stake,
            hardening=model.each(0.0),
            floor=model.each(FLOORLESS),
            asked=model.each(1.0),
            rounds=np.zeros(width, dtype=np.intp),
            offered=np.full((ROUNDS_SEEN, width), np.nan),
        )

    def _varied(self, weights: Mapping[str, Parameter], spread: Parameter, purpose: str) -> dict[str, Parameter]:
        """Weights times exp(spread * N(0, 1)), one number for each issue and replication."""
        varied = {}
        for issue, weight in weights.items():
            luck = self.model.chance.once(f"{purpose}.{self.name}.{issue}")[0]
            varied[issue] = weight * np.exp(spread * ndtri(np.clip(luck, 1e-12, 1 - 1e-12)))
        return varied
