"""A party, and its delegation at a round: what it feels, asks for, offers, accepts, and how it takes stock of a week.

Shapes: R replications (last axis); at a round only the replications that meet, R' of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.seat import Rival, Seat, take_seat
from sim.arrays import Array, Index, Mask, Parameter, at, mean, part_names, places, smallest, within
from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Package, Preferences
from sim.bargaining.tactics import Standing, Tactic, View, moves_once
from sim.chance import strikes
from sim.mesa_core import Agent
from sim.process import reflection
from sim.process.trust import earn, lose
from sim.scenario.field_types import for_name
from sim.scenario.to_bargaining import stakes_of

if TYPE_CHECKING:
    from sim.agents.working_group import WorkingGroup
    from sim.model import NegotiationModel

TOLERANCE = 1e-9  # utilities that differ by less are the same
EVERYWHERE = slice(None)  # in all replications
TRUST_UNIT = 0.05  # utility by which an offer must improve to count as one full unit of cooperation


class Party(Agent):
    """One side of the talks, in all replications at once.

    trust, knowledge: how far it trusts each other party and knows what that one wants, (R,) each, 0..1; won, lost: the
    shares of trust in each that this week's talks win and cost, felt when the week is over; hurt (R,): utility that
    living without a deal has cost it so far; seats: its place in each working group.
    """

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model)
        self.name = name
        spec = self.spec = model.spec.parties[name]
        self.tactic: Tactic = model.tactic_of(name)
        self.others = tuple(other for other in model.spec.parties if other != name)
        self.trust = {other: model.each(for_name(spec.trust, other, 0.2)) for other in self.others}
        self.won = {other: model.each(0.0) for other in self.others}
        self.lost = {other: model.each(0.0) for other in self.others}
        self.knowledge = {other: model.each(spec.knowledge) for other in self.others}
        self.hurt = model.each(0.0)
        self.seats: dict[str, Seat] = {}

    def take_seats(self) -> None:
        """Sit down in every group that has something to say to it, once all parties and groups exist."""
        for group, stake in stakes_of(self.model.spec, self.name).items():
            self.seats[group] = take_seat(self, self.model.groups[group], stake)

    # ---- what it feels -----------------------------------------------------------------------------------------------

    def trust_in(self, others: Sequence[str], here: Index | slice = EVERYWHERE) -> Array:
        """Mean trust in these parties, in the replications `here`.  -> (R',)"""
        return mean([self.trust[other][here] for other in others])

    def reservation_in(self, group: str, here: Index) -> Array:
        """Utility of no agreement in a group, now, in the replications `here`.

            clip(reservation - hurt + hardening, 0, 1)

        Source: BATNA (Fisher and Ury 1981); the mutually hurting stalemate (Zartman 1989, 2000).  -> (R',)
        """
        seat = self.seats[group]
        moved = at(here, seat.reservation) - self.hurt[here] + seat.hardening[here]
        return within(0, moved, 1)

    # ---- a week ------------------------------------------------------------------------------------------------------

    def reflect(self) -> None:
        """Take stock of the week: what the talks did to trust, what no deal costs, what time heals, what is kept."""
        reflection.come_home(self)
        reflection.feel_the_cost(self)
        reflection.cool_down(self)
        if self.model.talking:
            reflection.grow_apart(self)
        reflection.meet_people(self)
        reflection.see_agreements_kept(self)

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

    # ---- a round -----------------------------------------------------------------------------------------------------

    def stays_away(self, group: WorkingGroup, here: Index) -> Mask:
        """Does it miss this week's round? Likelier without trust, rarer with a convening mediator and contacts.

        probability = absence * (1 - trust) * (1 - convening) * (1 - attendance * contacts)  -> (R',)
        """
        contacts, convening = self.model.spec.contacts, self.model.mediation.convening[group.name][here]
        kept = 1 - at(here, contacts.attendance * contacts.intensity)
        doubt = 1 - self.trust_in(group.others_than(self.name), here)
        luck = self.model.chance.week(f"absence.{group.name}.{self.name}", self.model.week, here)
        return luck < at(here, self.spec.absence) * doubt * (1 - convening) * kept

    def walks_out(self, group: WorkingGroup, present: Mask, temper: Array) -> Index:
        """Where does it leave the table this week? It may where it is present: likelier with little trust.

            hazard a week = temper * (1 - lowest trust) / parties at the table

        Shared among the chairs, so that a table with more of them is not emptier for that alone.  -> replications
        """
        luck = self.model.chance.week(f"walkout.{group.name}.{self.name}", self.model.week)
        here = places(present & (luck < temper))  # elsewhere nobody leaves, however little trust there is
        lowest = smallest(self.trust[other][here] for other in group.others_than(self.name))
        hazard = temper[here] * (1 - lowest) / len(group.members)
        return here[strikes(luck[here], hazard)]

    def delegate(self, group: WorkingGroup, here: Index, wants: Mapping[str, Preferences]) -> Delegation:
        """Send people to a round that takes place in the replications `here`; wants: what each party truly does."""
        seat, spec, others = self.seats[group.name], self.spec, group.others_than(self.name)
        mine, asked = wants[self.name], seat.asked[here]
        rivals = {other: seat.rival(self, other, wants[other], group.name, here) for other in others}
        imagined, lots = [rival.preferences for rival in rivals.values()], at(here, group.option_lots)
        return Delegation(
            name=self.name,
            tactic=at(here, self.tactic),
            preferences=mine,
            rivals=rivals,
            trade_off=TradeOff.between(mine, imagined, lots),
            reservation=self.reservation_in(group.name, here),
            face_saving=at(here, spec.face_saving),
            face_saving_margin=at(here, spec.face_saving_margin),
            expected_rounds=at(here, spec.expected_rounds),
            believes=self.believes(group, here),
            pressed=self.model.mediation.pressure[here],
            asked=asked,
            asked_before=asked,
            offered=partial(seat.last_offers, here),
        )

    def believes(self, group: WorkingGroup, here: Index) -> Array:
        """Share of an agreement's worth that it counts on: less, the less it expects the others to comply.

            1 - doubt * (1 - compliance), compliance = trust + (1 - trust) * guarantee

        Sources: commitment problems, Fearon (1995); third-party guarantees, Walter (2002).  -> (R',)
        """
        trust = self.trust_in(group.others_than(self.name), here)
        compliance = trust + (1 - trust) * self.model.mediation.guarantee[self.name][here]
        return 1 - at(here, self.spec.doubt) * (1 - compliance)

    def remember(self, group: str, here: Index, delegation: Delegation, worths: dict[str, Array]) -> None:
        """Remember the round. Trust follows what the others' last offers show: better or worse for me than before.

        Source: Slovic (1993), trust is slow to earn and fast to lose.  worths: other: (R',)
        """
        seat, dynamics = self.seats[group], self.model.spec.trust_dynamics
        gain, loss = at(here, dynamics.gain), at(here, dynamics.loss)
        for other, worth in worths.items():
            change = within(-1, (worth - seat.heard[other][here]) / TRUST_UNIT, 1)  # NaN at the first offer, no change
            self.won[other][here] = earn(self.won[other][here], gain * np.fmax(change, 0))
            self.lost[other][here] = earn(self.lost[other][here], loss * np.fmax(-change, 0))
            seat.heard[other][here] = worth
        seat.asked[here] = delegation.asked
        seat.remember(here, mean(list(worths.values())))


@dataclass(frozen=True)
class Reader:
    """A party that reads a text: what it is worth to it, and the least that it takes. All arrays (R',).

    believes: share of an agreement's worth that it counts on; pressed: utility that the mediators' pressure adds to any
    agreement; asked: what it asks for; face_saving, face_saving_margin: what it waives for a mediator's draft.
    """

    preferences: Preferences
    reservation: Array
    believes: Array
    pressed: Array
    asked: Array
    face_saving: Parameter
    face_saving_margin: Parameter

    def at(self, rows: Index) -> Reader:
        """The same party in some of these replications."""
        return Reader(*(at(rows, getattr(self, name)) for name in part_names(Reader)))

    def worth(self, text: Package) -> Array:
        """Utility of a text to it."""
        return self.preferences.utility(text)

    def gain(self, worth: Array) -> Array:
        """What a text of this worth brings it beyond no agreement, not below 0."""
        return np.maximum(worth - self.reservation, 0)

    def felt(self, worth: Array) -> Array:
        """A text's worth, discounted by the doubt that the others will comply, plus the pressure to agree.

        Sources: Fearon (1995), commitment problems; Walter (2002), third-party guarantees.
        """
        return worth * self.believes + self.pressed

    def bears(self, worth: Array) -> Mask:
        """Would it sign a text of its own? Where no package satisfies it, even its best one is worth too little."""
        return self.felt(worth) >= self.reservation - TOLERANCE

    def least(self, worth_of_next_offer: Array) -> Array:
        """The least that it takes: what it asks for or what its own next offer leaves it, never under no agreement.

        Source: Baarslag, Hindriks and Jonker (2013), acceptance condition AC_next.
        """
        return np.maximum(self.reservation, np.minimum(self.asked, worth_of_next_offer))

    def least_for_a_draft(self) -> Array:
        """The least that it takes from a mediator's text.

        One can concede to a mediator what one would not concede to the other side. Source: Pruitt (1981).
        """
        waived = self.face_saving_margin + self.face_saving * (self.asked - self.reservation)
        return np.maximum(self.reservation, self.asked - waived)


@dataclass(frozen=True)
class Delegation(Reader):
    """A party at one round, in the replications that meet: what it asks for and what it proposes. All arrays (R',).

    rivals: the others as it imagines them; asked_before: what it asked for when the last round ended; offered: what the
    others' last offers were worth to it (H, R'), worked out only when asked for.
    """

    name: str
    tactic: Tactic
    rivals: dict[str, Rival]
    trade_off: TradeOff
    expected_rounds: Parameter
    asked_before: Array
    offered: Callable[[], Array]

    @property
    def moves_again(self) -> bool:
        """May it ask for something else in the same round, once it has heard the others?"""
        return not moves_once(self.tactic)

    def aspire(self, clock: Array, time_left: Array, standing: Callable[[], Standing]) -> Delegation:
        """Set what it asks for now, by its tactic; never below its reservation value, never above everything."""
        elapsed = np.minimum(clock / self.expected_rounds, 1)
        view = View(self.reservation, elapsed, time_left, self.asked, self.asked_before, self.offered, standing)
        asked = within(self.reservation, self.tactic.aspiration(view), 1)
        return replace(self, asked=asked)

    def propose(self) -> Package:
        """Of the packages worth what it asks for, the one that it believes the others like best.

        Nobody tables what it would decline itself: what it offers must also feel worth no less than no agreement.
        """
        bearable = (self.reservation - self.pressed) / np.maximum(self.believes, TOLERANCE)
        return self.trade_off.best_for_others(np.maximum(self.asked, np.minimum(bearable, 1)))

    def hear(self, texts: Mapping[str, Package], waiting: Mask) -> None:
        """Texts lie on the table, by who tabled them: the time to think before `accepts`, which only a person needs."""

    def accepts(self, author: str, felt: Array, least: Array) -> Mask:
        """Does it sign this author's text, which feels worth so much, when it asks for no less than so much?"""
        return felt >= least - TOLERANCE

    def standing(self, offers: Mapping[str, Package]) -> Standing:
        """The offers on the table as gains, its own and, as it believes them, its rivals'."""

        def gain(preferences: Preferences, reservation: Array, offer: Package) -> Array:
            return np.where(offer.combination < 0, np.nan, preferences.utility(offer) - reservation)

        own = offers[self.name]
        rivals = [(offers[other], rival.preferences, rival.reservation()) for other, rival in self.rivals.items()]

        def rival_if(asks: Array) -> Array:
            mine = self.trade_off.best_for_others(asks)
            return np.stack([gain(wants, least, mine) for _, wants, least in rivals])

        return Standing(
            mine=np.stack([gain(self.preferences, self.reservation, own) for _ in rivals]),
            theirs=np.stack([gain(self.preferences, self.reservation, offer) for offer, _, _ in rivals]),
            rival_own=np.stack([gain(wants, least, offer) for offer, wants, least in rivals]),
            rival_mine=np.stack([gain(wants, least, own) for _, wants, least in rivals]),
            rival_if=rival_if,
        )
