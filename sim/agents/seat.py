"""A party's place in one working group: what it wants there, and how it pictures the others.

Shapes: R replications (last axis); at a round only the replications that meet, R' of them; H rounds, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from sim.arrays import Array, Index, Parameter, at
from sim.bargaining.preferences import Preferences
from sim.scenario.to_bargaining import preferences_of, reservation_of, weights_of

if TYPE_CHECKING:
    from sim.agents.party import Party
    from sim.agents.working_group import WorkingGroup

ROUNDS_SEEN = 4  # rounds that a mirror can look back over


@dataclass(frozen=True)
class Rival:
    """Another party as this one imagines it; its reservation value is worked out only when asked for.  -> (R',)"""

    preferences: Preferences
    reservation: Callable[[], Array]


@dataclass
class Seat:
    """A party's place in one working group.

    weights: how important each issue is to it, on any scale; preferences: what it wants; imagined: what it imagines
    that each other party wants; reservation (R,): utility of no agreement at the start; stake: share of this chapter in
    the whole process; hardening (R,): what incidents added; asked (R,): its last aspiration; rounds (R,): how many it
    has been through; offered (H, R): worth to it of what the others offered in round n, in row n % H; heard: worth (R,)
    of each other party's last offer.
    """

    weights: Mapping[str, Parameter]
    preferences: Preferences
    imagined: dict[str, Preferences]
    reservation: Parameter
    stake: Parameter
    hardening: Array
    asked: Array
    rounds: Index
    offered: Array
    heard: dict[str, Array]

    def rival(self, me: Party, other: str, true: Preferences, group: str, here: Index) -> Rival:
        """Another party as I picture it: part knowledge, part the fixed-pie error and misjudgement.

        Its reservation value I take to be like mine, as far as I do not know it.
        Sources: Thompson and Hastie (1990); Bazerman and Neale (1992).
        """
        host, known = me.model.parties_by_name[other], at(here, me.knowledge[other])
        imagined = self.imagined[other].at(here)

        def guess() -> Array:
            return known * host.reservation_in(group, here) + (1 - known) * me.reservation_in(group, here)

        return Rival(true.blend(imagined, known), guess)

    def last_offers(self, here: Index) -> Array:
        """What the others offered was worth to it in its last H rounds, newest first; NaN where there was none."""
        newest_first = self.rounds[here] - np.arange(1, ROUNDS_SEEN + 1)[:, None]
        return np.asarray(self.offered[newest_first % ROUNDS_SEEN, here])

    def remember(self, here: Index, offered: Array) -> None:
        """One more round; what the others offered was worth so much (R',)."""
        number = self.rounds[here]
        self.offered[number % ROUNDS_SEEN, here] = offered
        self.rounds[here] = number + 1


def take_seat(party: Party, group: WorkingGroup, stake: Parameter) -> Seat:
    """Sit down at a table, with priorities of one's own and a picture of everybody else's."""
    model, others = party.model, group.others_than(party.name)
    spec, width = model.spec, model.replications
    weights = _varied(party, weights_of(spec, group.name, party.name), party.spec.weight_spread, f"weight.{group.name}")
    imagined = {}
    for other in others:
        guess = _varied(party, weights, party.spec.prejudice, f"misjudgement.{group.name}.{other}")
        imagined[other] = preferences_of(spec, group.name, other, group.agenda, guess, width)
    return Seat(
        weights=weights,
        preferences=preferences_of(spec, group.name, party.name, group.agenda, weights, width),
        imagined=imagined,
        reservation=reservation_of(spec, group.name, party.name),
        stake=stake,
        hardening=model.each(0.0),
        asked=model.each(1.0),
        rounds=np.zeros(width, dtype=np.intp),
        offered=np.full((ROUNDS_SEEN, width), np.nan),
        heard={other: model.each(np.nan) for other in others},
    )


def _varied(party: Party, weights: Mapping[str, Parameter], spread: Parameter, purpose: str) -> dict[str, Parameter]:
    """Weights times exp(spread * N(0, 1)), one number for each issue and replication."""
    varied = {}
    for issue, weight in weights.items():
        luck = party.model.chance.once(f"{purpose}.{party.name}.{issue}")[0]
        varied[issue] = weight * np.exp(spread * ndtri(np.clip(luck, 1e-12, 1 - 1e-12)))
    return varied
