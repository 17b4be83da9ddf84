"""Single texts for three parties and more: from the middle of all scales to the package that is best by some goal.

Each step goes towards the package that the parties' present slopes favour, by less each time (Frank and Wolfe 1956).
Each combination of options has a way of its own; but what the first way teaches about the price of each party's gain
bounds what the others can come to (branch and bound, Land and Doig 1960), and a way that cannot win is not gone. The
answer is the same to the last bit as if all were.

Shapes: R replications, P parties, S stretches, N combinations, M ways: a combination in a replication each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from sim.arrays import Array, Index, Mask, total
from sim.bargaining.combinations import neighbours
from sim.bargaining.preferences import Package, Preferences

TINY = 1e-12
SECOND = 1e-9  # weight of the sum of gains, which decides where the smallest gains are equal
SHARPNESS = 60.0  # how closely the soft minimum follows the smallest gain
LOOKED_AT, ROUNDABOUT = 64, 2  # combinations, where they are too many to look at all; and then looks around the best
ROUNDING = 1e-9  # a bound on a score may be wrong by so much, for each unit of price
AT_ONCE = 16_384  # ways: memory that does not grow


class Goal(Protocol):
    """A function of gains (P, M) that is to be large."""

    steps: ClassVar[int]

    def at(self, here: Index) -> Goal:
        """The same in the replications `here` (M,)."""

    def score(self, gains: Sequence[Array] | Array) -> Array:
        """-> (M,)"""

    def slopes(self, gains: Array) -> Array:
        """Weights of the parties' gains (P, M), by which the next step goes."""

    def limit(self, gains: Array, most: Array) -> tuple[Array, Array]:
        """Prices (P, M) and a constant (M,): no gains, up to `most`, score more than the constant and their price."""


@dataclass(frozen=True)
class Product:
    """The product of gains, each to its power (P, M); its score is a sum of logs (Nash 1950)."""

    powers: Array
    steps: ClassVar[int] = 80

    def at(self, here: Index) -> Product:
        return Product(self.powers.take(here, axis=1))

    def score(self, gains: Sequence[Array] | Array) -> Array:
        parts = [power * np.log(np.maximum(gain, TINY)) for power, gain in zip(self.powers, gains, strict=True)]
        return np.asarray(total(parts))

    def slopes(self, gains: Array) -> Array:
        return self.powers / np.maximum(gains, 0.001)

    def limit(self, gains: Array, most: Array) -> tuple[Array, Array]:
        score, prices = self.score(gains), self.powers / np.maximum(gains, TINY)
        logs = self.powers * np.log(np.maximum(most, TINY))
        somebody_gains_nothing = logs.sum(axis=0) + (self.powers * np.log(TINY) - logs).max(axis=0)
        return prices, np.where(score > somebody_gains_nothing, score - self.powers.sum(axis=0), np.inf)


@dataclass(frozen=True)
class Smallest:
    """The smallest gain (Kalai 1977); of equals, the one that is better for all together."""

    steps: ClassVar[int] = 240  # a smallest gain has edges, on which it is harder to come near the top

    def at(self, here: Index) -> Smallest:
        return self

    def score(self, gains: Sequence[Array] | Array) -> Array:
        return np.asarray(np.minimum.reduce(gains) + SECOND * total(gains))

    def slopes(self, gains: Array) -> Array:
        return np.asarray(np.exp(-SHARPNESS * (gains - np.minimum.reduce(gains))))

    def limit(self, gains: Array, most: Array) -> tuple[Array, Array]:
        slopes = self.slopes(gains)
        return slopes / slopes.sum(axis=0) + SECOND, np.zeros(gains.shape[1])


@dataclass(frozen=True)
class Table:
    """What the parties gain.

    rises (P, S, M): what covering a stretch adds; base, reservations (P, M): worth of the low end, of no agreement.
    """

    rises: Array
    base: Array
    reservations: Array

    @classmethod
    def of(cls, preferences: Sequence[Preferences], reservations: Sequence[Array]) -> Table:
        rises = np.ascontiguousarray(np.stack([p.rises for p in preferences]))
        return cls(rises, np.stack([p.base for p in preferences]), np.stack(reservations))

    def at(self, here: Index) -> Table:
        """The same in the replications `here` (M,)."""
        return Table(self.rises.take(here, axis=2), self.base.take(here, axis=1), self.reservations.take(here, axis=1))

    def gains(self, levels: Array, worths: Array) -> Array:
        """From levels (S, M), and from options that are worth so much (P, M).  -> (P, M)"""
        gains = self.base.copy()
        for covered in (self.rises * levels).swapaxes(0, 1):
            gains += covered
        gains += worths
        gains -= self.reservations
        return gains

    def end(self, worths: Array, goal: Goal) -> Array:
        """Levels (S, M) at which the ways end."""
        levels = np.full(self.rises.shape[1:], 0.5)
        for n in range(goal.steps if len(levels) else 0):
            slopes = goal.slopes(self.gains(levels, worths))
            favour = total(slopes[:, None] * self.rises)
            levels += 2 / (n + 3) * ((favour > 0) - levels)
        return levels


def climb(
    preferences: Sequence[Preferences], reservations: Sequence[Array], goal: Goal, lots: Array | float = 0.0
) -> Package:
    """The best package by score and lots (N, R) of those that the ways end at, one for each combination looked at.

    Where they are too many, those that the slopes favour, and then twice all that differ from the best in one issue.
    """
    table = Table.of(preferences, reservations)
    if preferences[0].few:
        return Package(*_best(table, np.stack([p.combined for p in preferences]), goal, lots))
    numbers = _favoured(preferences, reservations, goal)
    for _ in range(ROUNDABOUT + 1):
        levels, chosen = _best(table, np.stack([p.adds(numbers) for p in preferences]), goal, lots)
        best = numbers[chosen, np.arange(len(chosen))]
        numbers = neighbours(best, preferences[0].counts)
    return Package(levels, best)


def _best(table: Table, worths: Array, goal: Goal, lots: Array | float) -> tuple[Array, Index]:
    """Levels (S, R) and place (R,) of the best of some combinations that are worth (P, N, R) to the parties.

    First goes the one that is best in the middle of the scales, then those that may be better.
    """
    everywhere = np.arange(worths.shape[2])
    middle = table.base + table.rises.sum(axis=1) / 2
    at_first = [low + worth - none for low, worth, none in zip(middle, worths, table.reservations, strict=True)]
    scores = goal.score(at_first) + lots
    number, here = np.argmax(scores, axis=0), everywhere
    levels, gains = _ends(table, worths, goal, number, here)
    if len(scores) == 1 or not len(levels):
        return levels, number
    others = _may_win(table, worths, goal, gains)
    others[number, here] = False
    second, there = np.nonzero(others)
    more, also = _ends(table, worths, goal, second, there)
    number, here = np.append(number, second), np.append(here, there)
    levels, gains = np.append(levels, more, axis=1), np.append(gains, also, axis=1)
    scores[:] = -np.inf
    scores[number, here] = goal.at(here).score(gains)
    way = np.zeros(scores.shape, dtype=np.intp)
    way[number, here] = np.arange(len(here))
    chosen = np.argmax(scores + lots, axis=0)
    return levels[:, way[chosen, everywhere]], chosen


def _ends(table: Table, worths: Array, goal: Goal, number: Index, here: Index) -> tuple[Array, Array]:
    """Levels (S, M) and gains (P, M) at the ends of the ways with some combinations (M,) in some replications (M,)."""
    levels, gains = np.empty((table.rises.shape[1], len(here))), np.empty((len(worths), len(here)))
    for start in range(0, len(here), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        there, worth = table.at(here[part]), np.ascontiguousarray(worths[:, number[part], here[part]])
        levels[:, part] = there.end(worth, goal.at(here[part]))
        gains[:, part] = there.gains(levels[:, part], worth)
    return levels, gains


def _may_win(table: Table, worths: Array, goal: Goal, gains: Array) -> Mask:
    """Which combinations may score more than these gains (P, R), wherever the scales stand?  -> (N, R)"""
    low = table.base - table.reservations
    prices, constant = goal.limit(gains, low + np.maximum(table.rises, 0).sum(axis=1) + worths.max(axis=1))
    scales = np.maximum((prices[:, None] * table.rises).sum(axis=0), 0).sum(axis=0)
    bounds = constant + (prices * low).sum(axis=0) + scales + (prices[:, None] * worths).sum(axis=0)
    return np.asarray(~(bounds < goal.score(gains) - ROUNDING * (1 + prices.sum(axis=0))))


def _favoured(preferences: Sequence[Preferences], reservations: Sequence[Array], goal: Goal) -> Index:
    """Numbers of the combinations that the slopes favour on such a way, were lotteries among options allowed, the last
    LOOKED_AT of them.  -> (N, R)
    """
    counts, stretches = preferences[0].counts, preferences[0].stretches
    wants = [p.table[1:] for p in preferences]
    levels = np.concatenate([np.full(stretches, 0.5), *(np.full(count, 1 / count) for count in counts)])[:, None]
    found, ends = [], stretches + np.cumsum(counts)
    for n in range(goal.steps):
        gains = [total([p.base, *(w * levels)]) - r for p, w, r in zip(preferences, wants, reservations, strict=True)]
        favour = total([slope * w for slope, w in zip(goal.slopes(np.stack(gains)), wants, strict=True)])
        pure, number = (favour > 0).astype(float), np.zeros(favour.shape[1], dtype=np.intp)
        for count, end in zip(counts, ends, strict=True):
            best = np.argmax(favour[end - count : end], axis=0)
            pure[end - count : end] = np.arange(count)[:, None] == best
            number = number * count + best
        found.append(number)
        levels = levels + 2 / (n + 3) * (pure - levels)
    return np.stack(found[-LOOKED_AT:])
