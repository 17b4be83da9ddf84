"""Chapters that leaders signed as one package: what a party gives in one of them, it gives for what it gets in another.

Shapes: R replications (last axis), of which R'.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.agents.leaders import WEIGHTLESS
from sim.agents.world import Side, World
from sim.arrays import Array, Index, at


def over_package(world: World, party: Side, name: str, here: Index, of: Callable[[str], Array]) -> Array:
    """A number of one chapter; where it belongs to a package, the mean over the package by the party's stakes.

    of: the number of each chapter in the replications `here`, by its name. With stakes 0.75 and 0.25 a gain of 0.2 in
    one chapter and of -0.4 in the other are a gain of 0.05 in both.
    Source: linkage (Tollison and Willett 1979).  -> (R',)
    """
    alone = of(name)
    signed_in = world.groups[name].package[here]
    if np.isnan(signed_in).all():
        return alone
    sums, stakes = np.zeros(len(here)), np.zeros(len(here))
    for chapter, seat in party.seats.items():
        stake = np.where(world.groups[chapter].package[here] == signed_in, at(here, seat.stake) + WEIGHTLESS, 0.0)
        sums += stake * of(chapter)
        stakes += stake
    return np.where(np.isnan(signed_in), alone, sums / np.maximum(stakes, WEIGHTLESS))


def gain_in(world: World, party: Side, name: str, here: Index) -> Array:
    """What the text of a chapter is worth to a party beyond no agreement, with what it was traded for.  -> (R',)"""

    def gain(chapter: str) -> Array:
        worth = world.groups[chapter].worth[party.name][here]
        return np.asarray(worth - party.reservation_in(chapter, here))

    return over_package(world, party, name, here, gain)
