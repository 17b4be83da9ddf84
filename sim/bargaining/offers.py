"""Which package to put on the table.

A party offers, of all packages worth its aspiration to it, the one that it believes is best for the others. With
linear stretches this is a fractional knapsack (Dantzig 1957): starting from its own ideal package it gives stretches
away in the order of what the others gain for each unit that it loses. Combinations of options are searched one by
one, each with the best settlement of the scales that it allows; where they are many, those that can be best. Sources:
Faratin, Sierra and Jennings (2002), trade-offs; Froman and Cohen (1970), logrolling.

A mediator's single text for two parties maximises a product of gains along the same queue of stretches; for three and
more, see `climb`.

Shapes: R replications (last axis), P parties, S stretches, O combinations of options that are looked at. Several
parties make their offers at once with one more axis before the last: (P, R) for (R,) everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.arrays import Array, Index, Mask, one_row, total, within
from sim.bargaining.climb import TINY, Goal, Product, Smallest, climb
from sim.bargaining.combinations import Left, one_beside_the_other, worth_a_look
from sim.bargaining.preferences import Package, Preferences

TIE = 1e-9  # ratios closer than this, relatively, are one bargain; also the weight of what decides between equals
LOT = 1e-13  # weight of a lot: it decides between what is equal but for rounding


@dataclass
class Queue:
    """Stretches in the order in which a party gives them away, best bargain first.

    In one replication: a party begins with the package that is best for it, and gives the stretch first that brings the
    others most for each unit that it loses; what it can still afford when it comes to a stretch, it spends on that.
    Here giving up the first stretch costs it 0.5 and brings the others 0.5; the second costs 0.2 and brings 0.5, so
    it goes first. With 0.3 to lose, all of the second is given (0.2) and a fifth of the first (0.1 of 0.5):

    >>> mine = Preferences.of(np.array([0.3]), np.array([[0.5], [0.2]]), np.zeros((1, 1)))
    >>> queue = Queue.of(mine, theirs=np.array([[-0.5], [-0.5]]))
    >>> queue.ideal.ravel(), queue.spent.ravel()
    (array([1., 1.]), array([0.2, 0. ]))
    >>> queue.within(np.array([0.3])).ravel().round(3)
    array([0.2, 1. ])

    ideal (S, R): levels of its best package; loss, gain (S, R): what giving a stretch costs it and brings the others;
    better (S, S, R): is the first stretch the better bargain of the two, by gain over loss? spent, earned (S, R): loss
    and gain of all stretches that are better bargains, given before; pool, yields (S, R): loss and gain of those that
    are as good a bargain and are given at the same time.
    """

    ideal: Array
    loss: Array
    gain: Array
    better: Mask

    @classmethod
    def of(cls, mine: Preferences, theirs: Array) -> Queue:
        """Compare the stretches by gain over loss; `theirs` (S, R) is the others' total rise on each stretch."""
        upward = mine.rises > 0
        loss = np.abs(mine.rises)
        gain = np.where(upward, -theirs, theirs)
        ratio = gain / np.maximum(loss, TINY)
        return cls(upward.astype(float), loss, gain, ratio[:, None] > ratio + TIE * np.abs(ratio))

    @cached_property
    def spent(self) -> Array:
        return _sum_where(self.better, self.loss)

    @cached_property
    def earned(self) -> Array:
        return _sum_where(self.better, self.gain)

    @cached_property
    def pool(self) -> Array:
        return _sum_where(self._alike, self.loss)

    @cached_property
    def yields(self) -> Array:
        return _sum_where(self._alike, self.gain)

    @cached_property
    def _alike(self) -> Mask:
        """Is the one stretch as good a bargain as the other?  -> (S, S, R)"""
        return ~(self.better | self.better.swapaxes(0, 1))

    def levels(self, given: Array) -> Array:
        """Levels of the package in which these shares of the stretches are given.  (S, R) -> (S, R)"""
        return np.abs(self.ideal - given)

    def worth_giving(self, share: Array) -> Array:
        """Cut shares (S, O, R) to [0, 1]; what costs nothing is given, what helps nobody is not."""
        share = np.where(self.loss[:, None] <= TINY, 1.0, within(0, share, 1))
        return np.where(self.gain[:, None] > TINY, share, 0.0)

    @cached_property
    def turn(self) -> Array:
        """Budget at which a stretch begins to be given: at once if it costs nothing, never if it helps nobody."""
        return np.where(self.gain > TINY, np.where(self.loss <= TINY, -1.0, self.spent), np.inf)

    @cached_property
    def _price(self) -> Array:
        return np.maximum(self.pool, TINY)

    def within(self, budget: Array) -> Array:
        """Shares given by a party that can afford to lose `budget` (R,) >= 0.  -> (S, R)"""
        return within(0, (budget - self.turn) / self._price, 1)

    @cached_property
    def _rate(self) -> Array:
        """Gain of the others for each unit spent on a stretch, where it costs anything."""
        return np.where(self.loss > TINY, self.gain / self._price, 0.0)

    def earns(self, budget: Array) -> Array:
        """What the others gain from `budget` (O, R) >= 0, besides what costs nothing.  -> (O, R)

        The sum of `within(budget) * gain` over the stretches: the hot spot of the simulator.
        """
        spent = budget - self.turn[:, None]
        np.maximum(spent, 0.0, out=spent)
        np.minimum(spent, self.pool[:, None], out=spent)
        spent *= self._rate[:, None]
        return _sum(spent, budget)


@dataclass
class TradeOff:
    """A party's preferences beside what it believes of the others, ready to make offers at any aspiration.

    ceiling (O, R): the most that it can have with each combination; believed (O, R): the others' total for the
    combination; numbers (O, R): of the combinations, None where all are looked at; lots (O, R): of combinations that
    are equally good the one with the higher lot is taken, so that the order of a file decides nothing.
    """

    queue: Queue
    ceiling: Array
    believed: Array
    numbers: Index | None
    lots: Array | float = 0.0

    @classmethod
    def between(cls, mine: Preferences, others: Sequence[Preferences], lots: Array | float = 0.0) -> TradeOff:
        """Weigh my own preferences against those that I believe the others to have."""
        queue = Queue.of(mine, total([other.rises for other in others]))
        numbers, worth, believed = _looked_at(mine, *others)
        return cls(queue, total([mine.base, *(queue.ideal * mine.rises)]) + worth, believed, numbers, lots)

    def best_for_others(self, aspiration: Array) -> Package:
        """Among the packages worth `aspiration` (R,) to me, the one I believe to be best for the others together.

        Where no package is worth that much, my best one.
        """
        budget = self.ceiling - aspiration
        affordable, budget = budget >= -TINY, np.maximum(budget, 0)
        if len(self.ceiling) == 1:
            only = np.zeros(aspiration.shape, dtype=np.intp)
            return Package(self.queue.levels(self.queue.within(budget[0])), _numbered(self.numbers, only))
        chosen = _best(self.queue.earns(budget) + self.believed, self.ceiling, affordable, self.lots)
        left = _chosen(budget, chosen)
        return Package(self.queue.levels(self.queue.within(left)), _numbered(self.numbers, chosen))

    def of(self, parties: Index) -> TradeOff:
        """Those of these parties (N,) one after the other, where several stand side by side: (N * R) for (P, R)."""

        def rows(of_all: Any) -> Any:
            return one_row(of_all[..., parties, :])

        queue = self.queue
        return TradeOff(
            Queue(rows(queue.ideal), rows(queue.loss), rows(queue.gain), rows(queue.better)),
            rows(self.ceiling),
            rows(self.believed),
            None if self.numbers is None else rows(self.numbers),
            rows(np.broadcast_to(self.lots, self.ceiling.shape)),
        )


def _looked_at(mine: Preferences, *others: Preferences) -> tuple[Index | None, Array, Array]:
    """Combinations worth a look: their numbers (None: all), what they add for me and for the others.  -> (O, R) each"""
    if mine.few:
        return None, mine.combined, total([other.combined for other in others])
    both = zip(*(other.choices for other in others), strict=True)
    numbers, worth, believed = _of_many(mine.choices, [total(worths) for worths in both])
    return numbers, worth, np.where(np.isneginf(worth), 0.0, believed)


def _of_many(mine: Sequence[Array], theirs: Sequence[Array]) -> Left:
    """Of many combinations those that are worth a look, party by party where several stand side by side."""
    if mine[0].ndim == 2:
        return worth_a_look(mine, theirs)
    parties = range(mine[0].shape[1])
    return one_beside_the_other([worth_a_look([a[:, p] for a in mine], [b[:, p] for b in theirs]) for p in parties])


def _numbered(numbers: Index | None, chosen: Index) -> Index:
    """Numbers (R,) of the combinations at these places (R,)."""
    return chosen if numbers is None else _chosen(numbers, chosen)


def _chosen(by_combination: Any, chosen: Index) -> Any:
    """Of each column the value at this place.  (O, R) and (R,) -> (R,)"""
    columns = by_combination.reshape(len(by_combination), -1)
    return columns[chosen.ravel(), np.arange(chosen.size)].reshape(chosen.shape)


def _sum_where(chosen: Mask, amount: Array) -> Array:
    """For each stretch, the sum over those chosen for it.  (S, S, R) and (S, R) -> (S, R)"""
    return _sum(chosen * amount[:, None], amount)


def _sum(parts: Array, like: Array) -> Array:
    """Sum over the stretches, which come first; zeros where a group has none.  (S, ...) and (...) -> (...)"""
    return np.asarray(total(parts)) if len(parts) else np.zeros_like(like)


def _best(brings: Array, ceiling: Array, affordable: Mask, lots: Array | float) -> Index:
    """The affordable combination that brings the others most; of equals, my best; if none is affordable, my best."""
    within_reach = np.where(affordable, brings + TIE * ceiling, -np.inf)
    preference = np.where(affordable.any(axis=0), within_reach, ceiling) + LOT * lots
    return np.asarray(np.argmax(preference, axis=0))


def _pick(by_combination: Array, chosen: Index) -> Array:
    """(S, O, R) and (R,) -> (S, R)"""
    return np.asarray(by_combination[:, chosen, np.arange(len(chosen))])


# ---- single texts ----------------------------------------------------------------------------------------------------


def nash_package(
    preferences: Sequence[Preferences],
    reservations: Sequence[Array],
    powers: Sequence[Array],
    lots: Array | float = 0.0,
) -> Package:
    """The package with the largest product of gains, each to its power (R,): a mediator's single text.

    lots (O, R): of combinations that are equally good the one with the higher lot is taken.
    Exact for two parties; for more, by Frank and Wolfe's (1956) method, the (geometric) mean gain to about 0.001 on the
    average.
    Source: Nash (1950); with unequal powers Harsanyi and Selten (1972).
    """

    def balance(mine: Array, theirs: Array, queue: Queue) -> Array:
        a, b = powers
        loss, gain = np.maximum(queue.pool, TINY), np.maximum(queue.yields, TINY)
        return (b * mine / loss[:, None] - a * theirs / gain[:, None]) / (a + b)

    product = Product(np.array(powers))
    if len(preferences) > 2:
        return climb(preferences, reservations, product, LOT * lots)
    return _along_frontier(preferences, reservations, balance, product, LOT * lots)


def egalitarian_package(preferences: Sequence[Preferences], reservations: Sequence[Array]) -> Package:
    """The package whose smallest gain is largest (Kalai 1977). Exact for two parties, else to about 0.01."""

    def level(mine: Array, theirs: Array, queue: Queue) -> Array:
        return (mine - theirs) / np.maximum(queue.pool + queue.yields, TINY)[:, None]

    if len(preferences) > 2:
        return climb(preferences, reservations, Smallest())
    return _along_frontier(preferences, reservations, level, Smallest(), 0.0)


Stop = Callable[[Array, Array, Queue], Array]  # of gains (S, O, R) when a stretch's turn comes


def _along_frontier(
    preferences: Sequence[Preferences], reservations: Sequence[Array], stop: Stop, goal: Goal, lots: Array | float
) -> Package:
    """Walk from the first party's ideal along the frontier until `stop`; of all combinations the best by score."""
    first, second = preferences
    queue = Queue.of(first, second.rises)
    numbers, *adds = _looked_at(first, second)
    mine, theirs = (
        total([wants.base, *(queue.ideal * wants.rises)]) + worth - reservation  # (O, R)
        for wants, worth, reservation in zip(preferences, adds, reservations, strict=True)
    )
    given = queue.worth_giving(stop(mine - queue.spent[:, None], theirs + queue.earned[:, None], queue))  # (S, O, R)
    if len(mine) == 1:
        return Package(queue.levels(given[:, 0]), _numbered(numbers, np.zeros(mine.shape[1:], dtype=np.intp)))
    kept = mine - _sum(given * queue.loss[:, None], mine)
    won = theirs + _sum(given * queue.gain[:, None], theirs)
    chosen = np.argmax(goal.score([kept, won]) + lots, axis=0)
    return Package(queue.levels(_pick(given, chosen)), _numbered(numbers, chosen))
