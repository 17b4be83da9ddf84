"""A delegation at one round: what it asks for, offers and accepts.

A party asks for a share of all that it could have, by its tactic; offers the package worth that much which it believes
the others like best; and signs what is worth as much as its own next offer. For example: no agreement is worth 0.4 to
it, and it asks for 0.7. It offers a package worth 0.7 to it, and accepts the other's if that feels worth 0.7 or more;
from a mediator it takes 0.7 - 0.06 - 0.5 * (0.7 - 0.4) = 0.49.

Shapes: the R' replications that meet (last axis); H rounds, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Array, Index, Mask, Parameter, at, part_names, within
from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Package, Preferences
from sim.bargaining.tactics import Standing, Tactic, View, moves_once

TOLERANCE = 1e-9  # utilities that differ by less are the same


@dataclass(frozen=True)
class Rival:
    """Another party as this one imagines it; its reservation value is worked out only when asked for.  -> (R',)"""

    preferences: Preferences
    reservation: Callable[[], Array]


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
        own = offers[self.name]
        rivals = [(offers[other], rival.preferences, rival.reservation()) for other, rival in self.rivals.items()]

        def rival_if(asks: Array) -> Array:
            mine = self.trade_off.best_for_others(asks)
            return np.stack([_gain(wants, least, mine) for _, wants, least in rivals])

        return Standing(
            mine=np.stack([_gain(self.preferences, self.reservation, own) for _ in rivals]),
            theirs=np.stack([_gain(self.preferences, self.reservation, offer) for offer, _, _ in rivals]),
            rival_own=np.stack([_gain(wants, least, offer) for offer, wants, least in rivals]),
            rival_mine=np.stack([_gain(wants, least, own) for _, wants, least in rivals]),
            rival_if=rival_if,
        )


def _gain(preferences: Preferences, reservation: Array, offer: Package) -> Array:
    """What an offer brings beyond no agreement; NaN where there is none."""
    return np.where(offer.combination < 0, np.nan, preferences.utility(offer) - reservation)
