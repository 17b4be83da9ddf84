"""Which package to put on the table.

A party offers, of all packages worth its aspiration to it, the one that it believes is best for the others. With linear
stretches this is a fractional knapsack (Dantzig 1957): starting from its own ideal package it gives stretches away in the order
of what the others gain for each unit that it loses. Combinations of options are searched one by one, each with the
best settlement of the scales that it allows. Sources: Faratin, Sierra and Jennings (2002), trade-offs; Froman and Cohen (1970), logrolling.

A mediator's single text maximises a product of gains along the same queue of stretches.

Shapes: R replications (last axis), P parties, S stretches, O combinations of options.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index, Mask, total
from sim.bargaining.preferences import Package, Preferences

TIE = 1e-9  # ratios closer than this, relatively, are the same bargain and are struck alike
TINY = 1e-12


@dataclass(frozen=True)
class Queue:
    """Stretches in the order in which a party gives them away.

    ideal (S, R): levels of its best package; loss, gain (S, R): what giving a stretch costs it and brings the others;
    spent, earned (S, R): loss and gain of all that is given before; pool, yields (S, R): loss and gain of the stretches that
    are as good a bargain and are given at the same time.
    """

    ideal: Array
    loss: Array
    gain: Array
    spent: Array
    earned: Array
    pool: Array
    yields: Array

    @classmethod
    def of(cls, mine: Preferences, theirs: Array) -> Queue:
        """Order the stretches by gain over loss; `theirs` (S, R) is the others' total rise on each stretch."""
        upward = mine.rises > 0
        loss = np.abs(mine.rises)
        gain = np.where(upward, -theirs, theirs)
        ratio = gain / np.maximum(loss, TINY)
        slack = TIE * np.abs(ratio)
        sums = [np.zeros_like(loss) for _ in range(4)]
        for m in range(len(loss)):
            before, alike = ratio[m] > ratio + slack, np.abs(ratio[m] - ratio) <= slack
            for total_so_far, mask, amount in zip(sums, (before, before, alike, alike), (loss, gain, loss, gain), strict=True):
                total_so_far += mask * amount[m]
        return cls(upward.astype(float), loss, gain, *sums)

    def levels(self, given: Array) -> Array:
        """Levels of the package in which these shares of the stretches are given.  (..., S, R) -> (..., S, R)"""
        return np.abs(self.ideal - given)

    def worth_giving(self, share: Array) -> Array:
        """Cut shares to [0, 1]; what costs nothing is given, what helps nobody is not."""
        share = np.where(self.loss <= TINY, 1.0, np.clip(share, 0, 1))
        return np.where(self.gain > TINY, share, 0.0)

    def within(self, budget: Array) -> Array:
        """Shares given by a party that can afford to lose `budget` (..., R).  -> (..., S, R)"""
        return self.worth_giving((budget[..., None, :] - self.spent) / np.maximum(self.pool, TINY))


@dataclass(frozen=True)
class TradeOff:
    """A party's preferences beside what it believes of the others, ready to make offers at any aspiration.

    ceiling (O, R): the most that it can have with each combination; believed (O, R): the others' total for the combination.
    """

    queue: Queue
    ceiling: Array
    believed: Array

    @classmethod
    def between(cls, mine: Preferences, others: Sequence[Preferences]) -> TradeOff:
        """Weigh my own preferences against those that I believe the others to have."""
        queue = Queue.of(mine, total([other.rises for other in others]))
        ceiling = total([mine.base, *(queue.ideal * mine.rises)]) + mine.combined
        return cls(queue, ceiling, total([other.combined for other in others]))

    def best_for_others(self, aspiration: Array) -> Package:
        """Among the packages worth `aspiration` (R,) to me, the one I believe to be best for the others together.

        Where no package is worth that much, my best one.
        """
        budget = self.ceiling - aspiration
        given = self.queue.within(np.maximum(budget, 0))
        if len(self.ceiling) == 1:
            return Package(self.queue.levels(given[0]), np.zeros(aspiration.shape, dtype=np.intp))
        brings = total(np.moveaxis(given * self.queue.gain, -2, 0)) + self.believed
        chosen = _best(brings, self.ceiling, budget >= -TINY)
        return Package(self.queue.levels(_pick(given, chosen)), chosen)


def _best(brings: Array, ceiling: Array, affordable: Mask) -> Index:
    """The affordable combination that brings the others most; of equals, the one best for me; my best if none is affordable."""
    preference = np.where(affordable, brings + TIE * ceiling, -1e6 + ceiling)
    return np.argmax(preference, axis=0)


def _pick(by_combination: Array, chosen: Index) -> Array:
    """(O, S, R) and (R,) -> (S, R)"""
    return np.take_along_axis(by_combination, chosen[None, None], 0)[0]


# ---- single texts ----------------------------------------------------------------------------------------------------


def nash_package(preferences: Sequence[Preferences], reservations: Sequence[Array], powers: Sequence[Array]) -> Package:
    """The package with the largest product of gains, each to its power (R,): a mediator's single text.

    Exact for two parties; for more, by Frank and Wolfe's (1956) method, to about 0.01 of utility.
    Source: Nash (1950); with unequal powers Harsanyi and Selten (1972).
    """

    def product(gains: Sequence[Array]) -> Array:
        return np.asarray(total([power * np.log(np.maximum(gain, TINY)) for power, gain in zip(powers, gains, strict=True)]))

    def balance(mine: Array, theirs: Array, queue: Queue) -> Array:
        a, b = powers
        loss, gain = np.maximum(queue.pool, TINY), np.maximum(queue.yields, TINY)
        return (b * mine / loss - a * theirs / gain) / (a + b)

    if len(preferences) > 2:
        return _climb(preferences, reservations, _product_slopes(powers), product)
    return _along_frontier(preferences, reservations, balance, product)


def egalitarian_package(preferences: Sequence[Preferences], reservations: Sequence[Array]) -> Package:
    """The package whose smallest gain is largest (Kalai 1977). Exact for two parties, else as `nash_package`."""

    def smallest(gains: Sequence[Array]) -> Array:
        return np.asarray(np.minimum.reduce(gains))

    def level(mine: Array, theirs: Array, queue: Queue) -> Array:
        return (mine - theirs) / np.maximum(queue.pool + queue.yields, TINY)

    if len(preferences) > 2:
        return _climb(preferences, reservations, _smallest_gain_slopes, smallest)
    return _along_frontier(preferences, reservations, level, smallest)


Stop = Callable[[Array, Array, Queue], Array]
Score = Callable[[Sequence[Array]], Array]


def _along_frontier(preferences: Sequence[Preferences], reservations: Sequence[Array], stop: Stop, score: Score) -> Package:
    """Walk from the first party's ideal along the frontier until `stop`; of all combinations the one that scores best."""
    first, second = preferences
    queue = Queue.of(first, second.rises)
    mine = total([first.base, *(queue.ideal * first.rises)]) + first.combined - reservations[0]  # (O, R)
    theirs = total([second.base, *(queue.ideal * second.rises)]) + second.combined - reservations[1]
    given = queue.worth_giving(stop(mine[:, None] - queue.spent, theirs[:, None] + queue.earned, queue))
    if len(first.combined) == 1:
        return Package(queue.levels(given[0]), np.zeros(mine.shape[1:], dtype=np.intp))
    kept = mine - total(np.moveaxis(given * queue.loss, -2, 0))
    won = theirs + total(np.moveaxis(given * queue.gain, -2, 0))
    chosen = np.argmax(score([kept, won]), axis=0)
    return Package(queue.levels(_pick(given, chosen)), chosen)


STEPS = 80
SHARPNESS = 60.0  # how closely the soft minimum follows the smallest gain

Slopes = Callable[[Sequence[Array]], Sequence[Array]]


def _product_slopes(powers: Sequence[Array]) -> Slopes:
    def slopes(gains: Sequence[Array]) -> Sequence[Array]:
        return [power / np.maximum(gain, 0.001) for power, gain in zip(powers, gains, strict=True)]

    return slopes


def _smallest_gain_slopes(gains: Sequence[Array]) -> Sequence[Array]:
    lowest = np.minimum.reduce(gains)
    return [np.exp(-SHARPNESS * (gain - lowest)) for gain in gains]


def _climb(preferences: Sequence[Preferences], reservations: Sequence[Array], slopes: Slopes, score: Score) -> Package:
    """Step towards the package that the parties' present slopes favour, by less each time (Frank and Wolfe 1956)."""
    levels = np.full((*preferences[0].combined.shape[:1], *preferences[0].rises.shape), 0.5)

    def gains() -> list[Array]:
        return [
            total([p.base, *np.moveaxis(p.rises * levels, -2, 0)]) + p.combined - r
            for p, r in zip(preferences, reservations, strict=True)
        ]

    for n in range(STEPS):
        favour = total([w[:, None] * p.rises for w, p in zip(slopes(gains()), preferences, strict=True)])
        levels = levels + 2 / (n + 3) * ((favour > 0) - levels)
    chosen = np.argmax(score(gains()), axis=0)
    return Package(_pick(levels, chosen), chosen)
