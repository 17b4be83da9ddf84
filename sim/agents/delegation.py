"""A delegation at one round: what it asks for, and what it offers. What it signs: `sim/agents/acceptance.py`.

In each exchange of a round (`Round._exchange`), a delegation

    aspire    asks for a share of all that it could have, by its tactic (`sim/bargaining/tactics.py`);
    propose   offers the package worth that much which it believes the others like best (`sim/bargaining/offers.py`);
    worth, felt, least   weighs what all have proposed, and what it takes at the least (`Reader`);
    accepts   signs what feels worth that much.

All parties decide by the same rules. So one delegation speaks for all of them: each line is every party's, at every
table. Shapes: P parties that it speaks for, J others of each; M tables that meet (last axis, see `Sitting`); A texts;
H rounds, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.agents.acceptance import TOLERANCE, Judge, Reader
from sim.agents.seat import FLOORLESS
from sim.agents.sitting import Sitting
from sim.arrays import Array, Index, Mask, at, one_row, within
from sim.bargaining.for_each import best_for_each
from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Package, Preferences
from sim.bargaining.tactics import Tactic, moves_once
from sim.bargaining.view import Standing, View


@dataclass
class Delegation(Reader):
    """Parties at a round, at all tables that meet: what each asks for and what it proposes. All arrays (P, M).

    parties: which places at the table they take; others (P, J): the places of the others of each; tactics: how each
    concedes; rivals: what its others want, and `them` (P, J, M) how they judge, as it imagines them; for_each: does it
    look for what each of several others likes; asked_before: what it asked for when the last round ended; offered: what
    the others' last offers were worth to one of these parties (H, M); on_table: what all proposed last, levels (S, all,
    M). What is a function is worked out only when asked for.
    """

    parties: range
    others: Index
    tactics: Sequence[Tactic]
    rivals: Preferences
    them: Callable[[], Judge]
    trade_off: TradeOff
    for_each: Sequence[bool]
    expected_rounds: Array
    asked_before: Array
    offered: Callable[[int], Array]
    on_table: Callable[[], Package]

    @classmethod
    def of(cls, sitting: Sitting, parties: range) -> Delegation:
        """Send people of these parties to a round at these tables."""
        tables, here, part = sitting.tables, sitting.here, slice(parties.start, parties.stop)
        wants, own, asked = sitting.wants.side(part), sitting.reservation[part], sitting.asked[part]
        rivals, believes = _wants_imagined(sitting).side(part), sitting.believes[part]
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
            others=tables.others[part],
            tactics=[at(here, party.tactic) for party in tables.members[part]],
            rivals=rivals,
            them=partial(_others_imagined, sitting, part),
            trade_off=TradeOff.between(wants, rivals.each(), sitting.option_lots[:, None]),
            for_each=[party.spec.offers == "product" and len(tables.parties) > 2 for party in tables.members[part]],
            expected_rounds=sitting.traits["expected_rounds"][part],
            asked_before=asked,
            offered=lambda number: sitting.last_offers(parties[number]),
            on_table=lambda: sitting.offers,
        )

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
        self.on_table = offers

    def propose(self) -> Package:
        """Of the packages worth what it asks for, the one that it believes the others like best.

        With several others: best for them together, or, where it offers by `product`, for each of them.
        Nobody tables what it would decline itself: what it offers must also feel worth no less than no agreement, and
        pass at home.
        """
        asks = np.maximum(self.asked, np.minimum(self.lowest_worth(), 1))
        offers = self.trade_off.best_for_others(asks)
        which = np.flatnonzero(self.for_each)
        if len(which):
            for_each = self._best_for_each(which, asks[which])
            offers.levels[:, which], offers.combination[which] = for_each.levels, for_each.combination
        return offers

    def hear(self, authors: Sequence[str], texts: Package, waiting: Mask) -> None:
        """Texts (S, A, M) lie on the table, by who tabled them: time to think before `accepts`, for a person."""

    def accepts(self, authors: Sequence[str], felt: Array, least: Array) -> Mask:
        """Does it sign these authors' texts, which feel worth so much, when it asks for no less?  -> (A, P, M)"""
        return felt >= least - TOLERANCE

    @property
    def moves_again(self) -> bool:
        """May any of them ask for or offer something else in the same round, once it has heard the others?"""
        return self.answers_offers or not all(map(moves_once, self.tactics))

    @property
    def answers_offers(self) -> bool:
        """Does what any of them offers depend on what the others have just proposed?"""
        return any(self.for_each)

    # ---- what it works out for that ----------------------------------------------------------------------------------

    def _best_for_each(self, which: Index, asks: Array) -> Package:
        """What these parties (N,) would propose to each of their others if they asked for this (N, M).

        The others would never sign what feels worse than no agreement; what they would take now shows in what they have
        proposed: as much as that leaves them. That they may take less well what comes from somebody else (`doubt_own`)
        is not foreseen (reactive devaluation: Ross and Stillinger 1991).  -> levels (S, N, M)
        """
        them, table = self.them(), self.on_table()
        others = self.others
        theirs = Package(table.levels[:, others], table.combination[others])
        least = them.lowest_worth()
        claims = np.where(theirs.combination < 0, np.inf, self.rivals.utility(theirs) - least)

        rivals = [one_row(self.rivals.table[:, which, j]) for j in range(others.shape[1])]
        found = best_for_each(
            replace(self.preferences, table=one_row(self.preferences.table[:, which])),
            [replace(self.rivals, table=each) for each in rivals],
            one_row(least[which].swapaxes(0, 1)),
            one_row(claims[which].swapaxes(0, 1)),
            asks.ravel(),
            self.trade_off.of(which),
        )
        return Package(found.levels.reshape(len(found.levels), *asks.shape), found.combination.reshape(asks.shape))

    def _offer(self, number: int, asks: Array) -> Package:
        """What one of these parties would propose if it asked for this (M,)."""
        which = np.array([number])
        if self.for_each[number]:
            return self._best_for_each(which, asks[None]).side(0)
        return self.trade_off.of(which).best_for_others(asks)

    def _standing(self, number: int, offers: Callable[[], Package]) -> Standing:
        """The offers on the table as gains of one party and, as it believes them, of its rivals."""
        table = offers()
        own, theirs = table.side(self.parties[number]), [table.side(other) for other in self.others[number]]
        wants, reservation = self.preferences.side(number), self.reservation[number]
        rivals = list(zip(self.rivals.side(number).each(), self.them().reservation[number], strict=True))

        def if_asked(asks: Array) -> tuple[Array, Array]:
            mine = self._offer(number, asks)
            return _gain(wants, reservation, mine), np.stack([_gain(*rival, mine) for rival in rivals])

        return Standing(
            mine=np.stack([_gain(wants, reservation, own) for _ in rivals]),
            theirs=np.stack([_gain(wants, reservation, offer) for offer in theirs]),
            rival_own=np.stack([_gain(*rival, offer) for rival, offer in zip(rivals, theirs, strict=True)]),
            rival_mine=np.stack([_gain(*rival, own) for rival in rivals]),
            if_asked=if_asked,
        )


def _wants_imagined(sitting: Sitting) -> Preferences:
    """What its others want, as each party pictures them: part knowledge, part the fixed-pie error and misjudgement.

    Sources: Thompson and Hastie (1990); Bazerman and Neale (1992).  -> (T, P, J, M)
    """
    imagined, true = sitting.imagined, sitting.wants.sides(sitting.tables.others)  # both new, and large
    return true.blended_into(imagined, sitting.known)


def _others_imagined(sitting: Sitting, part: slice) -> Judge:
    """How its others judge, as each of these parties imagines them: as far as it knows them, else like itself.

    What a home takes, once it has refused a text, is known as far as the party is.  -> (P, J, M)
    """
    known = sitting.known[part]
    others: Index = sitting.tables.others[part]

    def imagined(of_all: Array) -> Array:
        return known * of_all[others] + (1 - known) * of_all[part][:, None]

    floor = sitting.floor[others]
    return Judge(
        reservation=imagined(sitting.reservation),
        floor=np.where(floor > FLOORLESS, known * floor, FLOORLESS),
        believes=imagined(sitting.believes),
        pressed=sitting.tables.world.mediation.pressure[sitting.here],
    )


def _gain(preferences: Preferences, reservation: Array, offer: Package) -> Array:
    """What an offer brings beyond no agreement; NaN where there is none."""
    return np.where(offer.combination < 0, np.nan, preferences.utility(offer) - reservation)
