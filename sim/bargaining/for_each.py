"""Which package to put before several others each of whom must like it: the one with the largest product of gains.

What is best for the others together may be nothing for one of them, and where all must agree that is worth nothing.
Shapes: J others, R replications (last axis), S stretches, O combinations of options that are looked at; M ways: a
combination in a replication each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.arrays import Array, Index, Mask, total
from sim.bargaining.climb import AT_ONCE, SHARPNESS, TINY
from sim.bargaining.offers import LOT, Queue, TradeOff
from sim.bargaining.preferences import Package, Preferences

STEPS, HALVINGS = 60, 24
FLOOR = 1e-4  # below this gain the log goes on as a straight line, so that a loss counts, and counts the more

Slopes = Callable[[Array], Array]


def best_for_each(
    mine: Preferences, others: Sequence[Preferences], reservations: Array, aspiration: Array, trade_off: TradeOff
) -> Package:
    """Among the packages worth `aspiration` (R,) to me, the one with the largest product of the others' gains.

    Gains over what I believe no agreement is worth to them, `reservations` (J, R). Where no package brings all of them
    something, the one that falls least short; where none is worth that much to me, my best one. On scales by Frank and
    Wolfe's (1956) method, each step the package that is best for the others together at their present slopes, from the
    one that is best for them together; every combination of options that `trade_off`, between all of these, looks at
    has a way of its own.
    Source: Nash (1950): where all must agree, the product of gains; Faratin, Sierra and Jennings (2002), trade-offs.
    """
    at_first = trade_off.best_for_others(aspiration)
    affordable = trade_off.ceiling - aspiration >= -TINY
    number, here = np.nonzero(affordable)
    if not len(here):
        return at_first
    worths = np.stack([_worths(each, trade_off) for each in others])
    levels, scores = np.empty((mine.stretches, len(here))), np.full(affordable.shape, -np.inf)
    for start in range(0, len(here), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        ways = _Ways(mine, others, reservations, here[part], worths[:, number[part], here[part]])
        budget = trade_off.ceiling[number[part], here[part]] - aspiration[here[part]]
        levels[:, part] = ways.end(np.maximum(budget, 0))
        scores[number[part], here[part]] = _score(ways.gains(levels[:, part]))
    chosen = np.argmax(scores + LOT * trade_off.lots, axis=0)
    return _with(at_first, trade_off, affordable, levels, chosen)


def _worths(wants: Preferences, trade_off: TradeOff) -> Array:
    """What the combinations that are looked at add.  -> (O, R)"""
    return wants.combined if trade_off.numbers is None else wants.adds(trade_off.numbers)


def _with(at_first: Package, trade_off: TradeOff, affordable: Mask, levels: Array, chosen: Index) -> Package:
    """The ends of the ways that were chosen, where there was one to choose."""
    columns = np.arange(len(chosen))
    found = affordable[chosen, columns]
    way = np.cumsum(affordable).reshape(affordable.shape)[chosen, columns] - 1
    numbers = chosen if trade_off.numbers is None else trade_off.numbers[chosen, columns]
    best = np.where(found, levels[:, way], at_first.levels)
    return Package(best, np.where(found, numbers, at_first.combination))


class _Ways:
    """Packages of some combinations in some replications, as their settlements on the scales move."""

    def __init__(
        self, mine: Preferences, others: Sequence[Preferences], reservations: Array, here: Index, worths: Array
    ) -> None:
        self.mine = mine.at(here)
        self.rises = np.stack([each.rises.take(here, axis=-1) for each in others])
        self.low = np.stack([each.base.take(here) for each in others]) + worths - reservations.take(here, axis=-1)

    def gains(self, levels: Array) -> Array:
        """What the others gain.  (S, M) -> (J, M)"""
        return np.asarray(total([self.low, *(self.rises * levels).swapaxes(0, 1)]))

    def end(self, budget: Array) -> Array:
        """Where the ways end for a party that can afford to lose `budget` (M,): at the largest product of gains.

        Where somebody would lose there, at the largest smallest gain, if nobody loses there.  -> (S, M)
        """
        levels = self._best(np.ones_like(self.low), budget)
        if not len(levels):
            return levels
        best = self._climb(levels, budget, _slopes)
        if (self.gains(best) <= 0).any():
            even = self._climb(best, budget, _even_slopes)
            better = (self.gains(even).min(axis=0) > 0) & (self.gains(best).min(axis=0) <= 0)
            best = np.where(better, even, best)
        return best

    def _best(self, weights: Array, budget: Array) -> Array:
        """The settlements that are best for the others, weighed by (J, M), within the budget.  -> (S, M)"""
        queue = Queue.of(self.mine, np.asarray(total(weights[:, None] * self.rises)))
        return queue.levels(queue.within(budget))

    def _climb(self, levels: Array, budget: Array, slopes: Slopes) -> Array:
        for _ in range(STEPS):
            gains = self.gains(levels)
            aim = self._best(slopes(gains), budget)
            levels = levels + _stride(gains, self.gains(aim) - gains, slopes) * (aim - levels)
        return levels


def _stride(gains: Array, change: Array, slopes: Slopes) -> Array:
    """The share of the way at which it goes up no more.  (J, M) each -> (M,)"""
    low, high = np.zeros(gains.shape[1]), np.ones(gains.shape[1])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rises = total(slopes(gains + middle * change) * change) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return np.where(low + 2.0**-HALVINGS >= 1, 1.0, low)


def _slopes(gains: Array) -> Array:
    """By which the logs of gains rise."""
    return 1 / np.maximum(gains, FLOOR)


def _even_slopes(gains: Array) -> Array:
    """By which a soft minimum of gains rises."""
    return np.asarray(np.exp(-SHARPNESS * (gains - np.minimum.reduce(gains))))


def _score(gains: Array) -> Array:
    """The sum of the logs of gains, on a straight line below the floor.  (J, M) -> (M,)"""
    logs = np.log(np.maximum(gains, FLOOR)) + np.minimum(gains - FLOOR, 0) / FLOOR
    return np.asarray(total(logs))
