"""When a party signs: what a text feels worth to it, and the least that it takes.

    worth   utility of a text, 0 to 1
    felt    what that feels like: discounted by the doubt that the others comply, plus the mediators' pressure
    least   what it must feel worth: what the party asks for or what its own next offer leaves it, and no less than no
            agreement

For example: no agreement is worth 0.4 to it, and it asks for 0.7. It accepts what feels worth 0.7 or more; from a
mediator it takes 0.7 - 0.06 - 0.5 * (0.7 - 0.4) = 0.49.
Shapes: P parties, J others of each; M tables that meet (last axis, see `Sitting`); A texts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index, Mask, at, part_names
from sim.bargaining.preferences import Package, Preferences

TOLERANCE = 1e-9  # utilities that differ by less are the same


@dataclass
class Judge:
    """Parties that judge what a text is worth: what that feels like, and the least that each takes. All arrays (P, M).

    reservation: utility of no agreement; floor: worth of what its home takes at the least; believes: share of an
    agreement's worth that it counts on; pressed (M,): utility that the mediators' pressure adds to any agreement.
    """

    reservation: Array
    floor: Array
    believes: Array
    pressed: Array

    def gain(self, worth: Array) -> Array:
        """What a text of this worth brings beyond no agreement, not below 0."""
        return np.maximum(worth - self.reservation, 0)

    def felt(self, worth: Array) -> Array:
        """A text's worth, discounted by the doubt that the others will comply, plus the pressure to agree.

        Sources: Fearon (1995), commitment problems; Walter (2002), third-party guarantees.
        """
        return worth * self.believes + self.pressed

    def lowest_felt(self) -> Array:
        """What feels worth less than this it never signs: no agreement is better, or its home would refuse."""
        return np.maximum(self.reservation, self.felt(self.floor))

    def lowest_worth(self) -> Array:
        """The same as a utility: what is worth less than this feels worth less than `lowest_felt`."""
        return np.maximum((self.reservation - self.pressed) / np.maximum(self.believes, TOLERANCE), self.floor)

    def signs_own(self, worth: Array) -> Mask:
        """Would it sign a text of its own? Where no package satisfies it, even its best one is worth too little."""
        return self.felt(worth) >= self.lowest_felt() - TOLERANCE


@dataclass
class Reader(Judge):
    """Parties that read a text: what it is worth to each, and the least that each takes. All arrays (P, M).

    believes_own: share of an agreement's worth that it counts on where it measures by what it asks for and proposes
    itself; asked: what it asks for; face_saving, face_saving_margin: what it waives for a mediator's draft.
    """

    preferences: Preferences
    believes_own: Array
    asked: Array
    face_saving: Array
    face_saving_margin: Array

    def at(self, rows: Index) -> Reader:
        """The same parties at some of these tables."""
        return Reader(*(at(rows, getattr(self, name)) for name in part_names(Reader)))

    def worth(self, text: Package) -> Array:
        """Utility of a text, or of several (see `Preferences.utility`).  -> (P, M) or (A, P, M)"""
        return self.preferences.utility(text)

    def least(self, worth_of_next_offer: Array) -> Array:
        """The least that it takes: what it asks for or what its own next offer leaves it, never under no agreement.

        Its own offer, too, would be signed with somebody whom it may not trust, and is discounted for that as `own`
        says: so that nobody declines what feels at least as good as what it proposes itself. Pressure is only for what
        can be signed now.
        Source: Baarslag, Hindriks and Jonker (2013), acceptance condition AC_next.
        """
        return np.maximum(self.lowest_felt(), self.own(np.minimum(self.asked, worth_of_next_offer)))

    def own(self, worth: Array) -> Array:
        """What something of this worth feels like to it that it asks for or proposes itself.

            worth * (1 - doubt_own * (1 - believes))

        With `doubt_own` 1 it compares like with like; with 0 it discounts only what comes from somebody else: reactive
        devaluation (Ross and Stillinger 1991; Maoz and others 2002).
        """
        return worth * self.believes_own

    def least_for_a_draft(self, worth_of_next_offer: Array) -> Array:
        """The least that it takes from a mediator's text, which is no more than what its own next offer leaves it.

        One can concede to a mediator what one would not concede to the other side. Source: Pruitt (1981).
        """
        asked = self.own(self.asked)
        waived = self.face_saving_margin + self.face_saving * (asked - self.reservation)
        return np.maximum(self.lowest_felt(), np.minimum(asked - waived, self.own(worth_of_next_offer)))
