"""A delegation at one round: what it asks for, offers and accepts.

A party asks for a share of all that it could have, by its tactic; offers the package worth that much which it believes
the others like best; and signs what is worth as much as its own next offer. For example: no agreement is worth 0.4 to
it, and it asks for 0.7. It offers a package worth 0.7 to it, and accepts the other's if that feels worth 0.7 or more;
from a mediator it takes 0.7 - 0.06 - 0.5 * (0.7 - 0.4) = 0.49.

All parties decide by the same rules. So one delegation speaks for all of them: each line is every party's, at every
table. Shapes: P parties that it speaks for, J others of each; M tables that meet (last axis, see `Sitting`); A texts;
H rounds, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.agents.sitting import Sitting
from sim.arrays import Array, Index, Mask, at, part_names, within
from sim.bargaining.for_each import best_for_each
from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Package, Preferences
from sim.bargaining.tactics import Standing, Tactic, View, moves_once

TOLERANCE = 1e-9  # utilities that differ by less are the same


@dataclass
class Reader:
    """Parties that read a text: what it is worth to each, and the least that each takes. All arrays (P, M).

    floor: worth of what its home takes at the least; believes: share of an agreement's worth that it counts on;
    believes_own: the same, where it measures by what it asks for and proposes itself; pressed (M,): utility that the
    mediators' pressure adds to any agreement; asked: what it asks for; face_saving, face_saving_margin: what it waives
    for a mediator's draft.
    """

    preferences: Preferences
    reservation: Array
    floor: Array
    believes: Array
    believes_own: Array
    pressed: Array
    asked: Array
    face_saving: Array
    face_saving_margin: Array

    def at(self, rows: Index) -> Reader:
        """The same parties at some of these tables."""
        return Reader(*(at(rows, getattr(self, name)) for name in part_names(Reader)))

    def worth(self, text: Package) -> Array:
        """Utility of a text, or of several (see `Preferences.utility`).  -> (P, M) or (A, P, M)"""
        return self.preferences.utility(text)

    def gain(self, worth: Array) -> Array:
        """What a text of this worth brings beyond no agreement, not below 0."""
        return np.maximum(worth - self.reservation, 0)

    def felt(self, worth: Array) -> Array:
        """A text's worth, discounted by the doubt that the others will comply, plus the pressure to agree.

        Sources: Fearon (1995), commitment problems; Walter (2002), third-party guarantees.
        """
        return worth * self.believes + self.pressed

    def unbearable(self) -> Array:
        """What feels worth less than this it never signs: no agreement is better, or its home would refuse."""
        return np.maximum(self.reservation, self.felt(self.floor))

    def bears(self, worth: Array) -> Mask:
        """Would it sign a text of its own? Where no package satisfies it, even its best one is worth too little."""
        return self.felt(worth) >= self.unbearable() - TOLERANCE

    def least(self, worth_of_next_offer: Array) -> Array:
        """The least that it takes: what it asks for or what its own next offer leaves it, never under no agreement.

        Its own offer, too, would be signed with somebody whom it may not trust, and is discounted for that as `own`
        says: so that nobody declines what feels at least as good as what it proposes itself. Pressure is only for what
        can be signed now.
        Source: Baarslag, Hindriks and Jonker (2013), acceptance condition AC_next.
        """
        return np.maximum(self.unbearable(), self.own(np.minimum(self.asked, worth_of_next_offer)))

    def own(self, worth: Array) -> Array:
        """What something of this worth feels like to it that it asks for or proposes itself.

            worth * (1 - doubt_own * (1 - believes))

        With `doubt_own` 1 it compares like with like; with 0 it discounts only what comes from somebody else: reactive
        devaluation (Ross and Stillinger 1991; Maoz and others 2002).
        """
        return worth * self.believes_own

    def least_for_a_draft(self) -> Array:
        """The least that it takes from a mediator's text.

        One can concede to a mediator what one would not concede to the other side. Source: Pruitt (1981).
        """
        asked = self.own(self.asked)
        waived = self.face_saving_margin + self.face_saving * (asked - self.reservation)
        return np.maximum(self.unbearable(), asked - waived)


@dataclass
class Delegation(Reader):
    """Parties at a round, at all tables that meet: what each asks for and what it proposes. All arrays (P, M).

    parties: which places at the table they take; others (P, J): the places of the others of each; tactics: how each
    concedes; rivals: what its others want, and their_reservation (P, J, M) what no agreement is worth to them, as it
    imagines them; for_each: does it look for what each of several others likes; asked_before: what it asked for when
    the last round ended; offered: what the others' last offers were worth to one of these parties (H, M). What is a
    function is worked out only when asked for.
    """

    parties: range
    others: Index
    tactics: Sequence[Tactic]
    rivals: Preferences
    their_reservation: Callable[[], Array]
    trade_off: TradeOff
    for_each: Sequence[bool]
    expected_rounds: Array
    asked_before: Array
    offered: Callable[[int], Array]

    @classmethod
    def of(cls, sitting: Sitting, parties: range) -> Delegation:
        """Send people of these parties to a round at these tables."""
        tables, here, part = sitting.tables, sitting.here, slice(parties.start, parties.stop)
        others, known = tables.others[part], sitting.known[part]
        wants, own, asked = sitting.wants.side(part), sitting.reservation[part], sitting.asked[part]
        rivals, believes = wants_imagined(sitting).side(part), sitting.believes[part]
        return cls(
            preferences=wants,
            reservation=own,
            floor=sitting.floor[part],
            believes=believes,
            believes_own=1 - sitting.traits["doubt_own"][part] * (1 - believes),
            pressed=tables.world.mediation.pressure[here],
            asked=asked,
            face_saving=sitting.traits["face_saving"][part],
            face_saving_margin=sitting.traits["face_saving_margin"][part],
            parties=parties,
            others=others,
            tactics=[at(here, party.tactic) for party in tables.members[part]],
            rivals=rivals,
            their_reservation=lambda: known * sitting.reservation[others] + (1 - known) * own[:, None],
            trade_off=TradeOff.between(wants, rivals.each(), sitting.option_lots[:, None]),
            for_each=[party.spec.offers == "product" and len(tables.parties) > 2 for party in tables.members[part]],
            expected_rounds=sitting.traits["expected_rounds"][part],
            asked_before=asked,
            offered=lambda number: sitting.last_offers(parties[number]),
        )

    @property
    def moves_again(self) -> bool:
        """May any of them ask for something else in the same round, once it has heard the others?"""
        return not all(map(moves_once, self.tactics))

    def aspire(self, clock: Array, time_left: float, offers: Callable[[], Package]) -> None:
        """Set what each asks for now, by its tactic; never below its reservation value, never above everything.

        clock (M,): rounds held, as the group counts them; offers: of all parties, on the table, levels (S, all, M).
        """
        elapsed, left = np.minimum(clock / self.expected_rounds, 1), np.full(len(clock), time_left)
        asked = np.empty_like(self.asked)
        for number, tactic in enumerate(self.tactics):
            view = View(
                reservation=self.reservation[number],
                elapsed=elapsed[number],
                time_left=left,
                asked=self.asked[number],
                asked_before=self.asked_before[number],
                offered=partial(self.offered, number),
                standing=partial(self._standing, number, offers),
            )
            asked[number] = tactic.aspiration(view)
        self.asked = within(self.reservation, asked, 1)

    def propose(self) -> Package:
        """Of the packages worth what it asks for, the one that it believes the others like best.

        With several others: best for them together, or, where it offers by `product`, for each of them.
        Nobody tables what it would decline itself: what it offers must also feel worth no less than no agreement, and
        pass at home.
        """
        bearable = np.maximum((self.reservation - self.pressed) / np.maximum(self.believes, TOLERANCE), self.floor)
        asks = np.maximum(self.asked, np.minimum(bearable, 1))
        offers = self.trade_off.best_for_others(asks)
        everywhere = np.arange(asks.shape[1])
        for number, for_each in enumerate(self.for_each):
            if for_each:
                offers.side(number).put(everywhere, self._offer(number, asks[number]))
        return offers

    def _offer(self, number: int, asks: Array) -> Package:
        """What one of these parties would propose if it asked for this (M,)."""
        trade_off = self.trade_off.of(number)
        if not self.for_each[number]:
            return trade_off.best_for_others(asks)
        others, least = self.rivals.side(number).each(), self.their_reservation()[number]
        return best_for_each(self.preferences.side(number), others, least, asks, trade_off)

    def hear(self, authors: Sequence[str], texts: Package, waiting: Mask) -> None:
        """Texts (S, A, M) lie on the table, by who tabled them: time to think before `accepts`, for a person."""

    def accepts(self, authors: Sequence[str], felt: Array, least: Array) -> Mask:
        """Does it sign these authors' texts, which feel worth so much, when it asks for no less?  -> (A, P, M)"""
        return felt >= least - TOLERANCE

    def _standing(self, number: int, offers: Callable[[], Package]) -> Standing:
        """The offers on the table as gains of one party and, as it believes them, of its rivals."""
        table = offers()
        own, theirs = table.side(self.parties[number]), [table.side(other) for other in self.others[number]]
        wants, reservation = self.preferences.side(number), self.reservation[number]
        rivals = list(zip(self.rivals.side(number).each(), self.their_reservation()[number], strict=True))

        def rival_if(asks: Array) -> Array:
            mine = self._offer(number, asks)
            return np.stack([_gain(wants, least, mine) for wants, least in rivals])

        return Standing(
            mine=np.stack([_gain(wants, reservation, own) for _ in rivals]),
            theirs=np.stack([_gain(wants, reservation, offer) for offer in theirs]),
            rival_own=np.stack([_gain(*rival, offer) for rival, offer in zip(rivals, theirs, strict=True)]),
            rival_mine=np.stack([_gain(*rival, own) for rival in rivals]),
            rival_if=rival_if,
        )


def wants_imagined(sitting: Sitting) -> Preferences:
    """What its others want, as each party pictures them: part knowledge, part the fixed-pie error and misjudgement.

    Sources: Thompson and Hastie (1990); Bazerman and Neale (1992).  -> (T, P, J, M)
    """
    imagined, true = sitting.imagined, sitting.wants.sides(sitting.tables.others)  # both new, and large
    return true.blended_into(imagined, sitting.known)


def _gain(preferences: Preferences, reservation: Array, offer: Package) -> Array:
    """What an offer brings beyond no agreement; NaN where there is none."""
    return np.where(offer.combination < 0, np.nan, preferences.utility(offer) - reservation)
