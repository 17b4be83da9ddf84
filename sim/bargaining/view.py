"""What a party sees when its tactic decides how much to ask for.

Shapes: R rows, always the last axis: at a round, the tables that meet, of any group and replication; J other parties; H
rounds, newest first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.arrays import Array


@dataclass(frozen=True)
class Standing:
    """The two offers on the table as a party sees them, each as a gain over no agreement.

    `mine`, `theirs` (J, R): my gain from my own offer and from each rival's offer.
    `rival_own`, `rival_mine` (J, R): the rival's gain, as I believe it, from its own offer and from mine.
    `if_asked`: my gain (R,) and each rival's gain (J, R), as I believe it, from the offer that I would make if I asked
    for this utility (R,). Where it is not known, a straight line between the two offers stands in for it.
    """

    mine: Array
    theirs: Array
    rival_own: Array
    rival_mine: Array
    if_asked: Callable[[Array], tuple[Array, Array]] | None = None


@dataclass(frozen=True)
class View:
    """What a party sees when it sets its aspiration; utilities in 0..1.

    reservation (R,): utility of no agreement, now.
    elapsed (R,): share of its negotiation clock used, 0..1.
    time_left (R,): share of the calendar left, 1..0; runs on in a freeze, as the clock does not.
    asked (R,): what it asked for last; 1 before the first offer.
    asked_before (R,): what it asked for when the last round ended.
    offered: worth to it of what the others offered (their mean) in the last H rounds, NaN where there was none, (H, R);
    standing: the offers now on the table; both are worked out only when asked for.
    """

    reservation: Array
    elapsed: Array
    time_left: Array
    asked: Array
    asked_before: Array
    offered: Callable[[], Array]
    standing: Callable[[], Standing]
