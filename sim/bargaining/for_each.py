"""Which package to put before several others each of whom must sign it: the one with the largest product of gains.

What is best for the others together may be nothing for one of them, and where all must agree that is worth nothing. A
gain counts no further than that other's *claim*, what it would take now: what is beyond would be given to one who
signs for less, while another still declines. For example: two others would sign for gains of 0.1 and 0.3. Of the
packages that bring them 0.25 and 0.25, or 0.12 and 0.3, the first has the larger product, but only the second one is
signed. Among packages that meet all claims, the plain product decides.

Shapes: J others, R replications (last axis), S stretches, O combinations of options that are looked at; M ways: a
combination in a replication each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index, Mask, at, total, within
from sim.bargaining.climb import AT_ONCE, SHARPNESS, TINY
from sim.bargaining.offers import LOT, Queue, TradeOff
from sim.bargaining.preferences import Package, Preferences

STEPS, HALVINGS = 60, 24
FLOOR = 1e-4  # below this gain the log goes on as a straight line, so that a loss counts, and counts the more
ASIDE = 1e-4  # weight of the other one, where all is done for one
SAME = 1e-9  # gains that differ by less are the same
BEYOND = 1e-6  # weight of the product of gains beyond the claims, beside that up to them
NEAR = 0.005  # how gently, in gain, the slopes of four parties and more fall around a claim


def best_for_each(
    mine: Preferences,
    others: Sequence[Preferences],
    least: Array,
    claims: Array,
    aspiration: Array,
    trade_off: TradeOff,
) -> Package:
    """Among the packages worth `aspiration` (R,) to me, the one with the largest product of the others' gains.

        goal = product over the others of min(gain, claim)

    Gains over what I believe is the least that they would ever sign, `least` (J, R), counted up to their claims (J, R),
    the gains for which I believe they would sign now. Where no package brings all of them something, the one that falls
    least short; where none is worth that much to me, my best one. Every combination of options that `trade_off`,
    between all of these, looks at has a way of its own (see `_Ways`), but for those that cannot win.
    Sources: Nash (1950): where all must agree, the product of gains; Chun and Thomson (1992), claims,
    though they divide in proportion to them; Faratin, Sierra and Jennings (2002), trade-offs towards what the others
    asked for last.
    """
    at_first = trade_off.best_for_others(aspiration)
    budgets = trade_off.ceiling - aspiration
    to_try = budgets >= -TINY
    columns = np.arange(len(aspiration))
    worths = np.stack([_worths(each, trade_off) for each in others])
    search = _Search(_Ways.of(mine, others, least, claims), worths, np.maximum(budgets, 0), to_try)

    promising = np.argmax(_places(at_first, trade_off) & to_try, axis=0)
    here = np.flatnonzero(to_try[promising, columns])
    search.go(promising[here], here)
    to_try[promising, columns] = False
    search.go(*np.nonzero(to_try & search.may_win()))

    chosen = np.argmax(search.scores + LOT * trade_off.lots, axis=0)
    found = search.scores[chosen, columns] > -np.inf
    numbers = chosen if trade_off.numbers is None else trade_off.numbers[chosen, columns]
    levels = np.where(found, search.levels_of(chosen), at_first.levels)
    return Package(levels, np.where(found, numbers, at_first.combination))


def _worths(wants: Preferences, trade_off: TradeOff) -> Array:
    """What the combinations that are looked at add.  -> (O, R)"""
    return wants.combined if trade_off.numbers is None else wants.adds(trade_off.numbers)


def _places(package: Package, trade_off: TradeOff) -> Mask:
    """Which of the combinations that are looked at is the package's?  -> (O, R)"""
    numbers = np.arange(len(trade_off.ceiling))[:, None] if trade_off.numbers is None else trade_off.numbers
    return np.asarray(numbers == package.combination)


class _Search:
    """What has been found so far, over combinations.

    ways: of each replication, with options that are worth nothing; worths (J, O, R): what the combinations add for the
    others; budgets, to_try, scores (O, R): what I can afford to lose; where that is enough; how good the end of each
    way is, -inf where it was not gone.
    """

    def __init__(self, ways: _Ways, worths: Array, budgets: Array, to_try: Mask) -> None:
        self.ways, self.worths, self.budgets = ways, worths, budgets
        self.scores = np.full(to_try.shape, -np.inf)
        self._way = np.zeros(to_try.shape, dtype=np.intp)
        self._levels = [np.zeros((len(ways.mine.rises), 1))]
        self._gone = 1
        self.prices = np.zeros(ways.low.shape)
        self.reached = np.full(to_try.shape[1], -np.inf)

    def go(self, numbers: Index, here: Index) -> None:
        """The ways with these combinations in these replications, (M,) each."""
        for start in range(0, len(here), AT_ONCE):
            number, where = numbers[start : start + AT_ONCE], here[start : start + AT_ONCE]
            ways = self.ways.at(where, self.worths[:, number, where])
            levels, along = ways.end(self.budgets[number, where])
            gains = ways.gains(levels)
            self.scores[number, where] = _score(gains, ways.claims)
            self.prices[:, where], self.reached[where] = _prices(gains, ways.claims, along)
            self._way[number, where] = self._gone + np.arange(len(where))
            self._levels.append(levels)
            self._gone += len(where)

    def may_win(self) -> Mask:
        """Which combinations may come to more than the way that was gone first?  -> (O, R)

        A sum of logs is nowhere above its tangent: what a combination brings the others most at the prices of that
        way's end bounds what it can come to (Land and Doig 1960).
        """
        value = total(self.prices[:, None] * self.ways.rises)
        queue = Queue.of(self.ways.mine, value)
        free = np.where(queue.loss <= TINY, np.maximum(queue.gain, 0), 0)
        at_ideal = [total(self.prices * self.ways.low), *(queue.ideal * value), *free]
        options = total(self.prices[:, None] * self.worths)
        return np.asarray(total(at_ideal) + options + queue.earns(self.budgets) >= self.reached - SAME)

    def levels_of(self, chosen: Index) -> Array:
        """The ends of the ways with these combinations (R,).  -> (S, R)"""
        return np.concatenate(self._levels, axis=1)[:, self._way[chosen, np.arange(len(chosen))]]


@dataclass(frozen=True)
class _Ways:
    """Packages of some combinations in some replications, as their settlements on the scales move.

    rises (J, S, M): what covering a stretch adds for the others; low, claims (J, M): what they gain at the low ends,
    and what they would take.
    """

    mine: Preferences
    rises: Array
    low: Array
    claims: Array

    @classmethod
    def of(cls, mine: Preferences, others: Sequence[Preferences], least: Array, claims: Array) -> _Ways:
        """Those of options that are worth nothing."""
        low = np.stack([other.base for other in others]) - least
        return cls(mine, np.stack([other.rises for other in others]), low, np.maximum(claims, FLOOR))

    def at(self, here: Index, worths: Array | float = 0.0) -> _Ways:
        """Those in these replications, with options that are worth so much (J, M) to the others."""
        return _Ways(self.mine.at(here), at(here, self.rises), at(here, self.low) + worths, at(here, self.claims))

    def gains(self, levels: Array) -> Array:
        """What the others gain.  (S, M) -> (J, M)"""
        return np.asarray(total([self.low, *(self.rises * levels).swapaxes(0, 1)]))

    def best(self, weights: Array, budget: Array) -> Array:
        """The settlements that are best for the others, weighed by (J, M), within the budget.  -> (S, M)"""
        queue = Queue.of(self.mine, np.asarray(total(weights[:, None] * self.rises)))
        return queue.levels(queue.within(budget))

    def end(self, budget: Array) -> tuple[Array, Array]:
        """Where the ways end for a party that can afford to lose `budget` (M,).

        -> levels (S, M), and weights (J, M) at which no package is better for the others, zeros where that is not known
        """
        if len(self.low) == 2:
            return self._between_two(budget)
        levels = self._climb(self.best(np.ones_like(self.low), budget), budget, even=False)
        gains = self.gains(levels)
        if (gains <= 0).any():
            even = self._climb(levels, budget, even=True)
            better = (self.gains(even).min(axis=0) > 0) & (gains.min(axis=0) <= 0)
            levels = np.where(better, even, levels)
        return levels, np.zeros_like(self.low)

    # ---- two others --------------------------------------------------------------------------------------------------

    def _between_two(self, budget: Array) -> tuple[Array, Array]:
        """Exact: along what is best for both, a chain of straight lines, from the end that is best for the first one.

        A line between two packages is cut where a third one lies farthest above it, and the part goes on in which the
        goal is, until none lies above.
        """
        weights = np.ones_like(self.low)
        weights[1] = ASIDE
        one, other = self.best(weights, budget), self.best(weights[::-1], budget)
        gains = [self.gains(one), self.gains(other)]
        along, moving = np.zeros_like(self.low), np.arange(self.low.shape[1])
        while len(moving):
            ways = self.at(moving)
            left, right = (at(moving, each) for each in gains)
            across = np.maximum((right - left)[::-1] * [[1.0], [-1.0]], 0)
            along[:, moving] = across
            levels = ways.best(across, budget[moving])
            middle = ways.gains(levels)
            above = total(across * (middle - left)) > SAME * total(across)
            before = _is_before(middle, across, ways.claims)
            for ends, gained, here in ((other, gains[1], above & before), (one, gains[0], above & ~before)):
                ends[:, moving[here]] = levels[:, here]
                gained[:, moving[here]] = middle[:, here]
            moving = moving[above]
        share = within(0, _share(gains[0], gains[1], self.claims), 1)
        return one + share * (other - one), along

    # ---- three others and more ---------------------------------------------------------------------------------------

    def _climb(self, levels: Array, budget: Array, even: bool) -> Array:
        """By Frank and Wolfe's (1956) method: each step towards what is best for the others at their present slopes."""
        for _ in range(STEPS):
            gains = self.gains(levels)
            aim = self.best(self._slopes(gains, even), budget)
            stride = self._stride(gains, self.gains(aim) - gains, even)
            levels = levels + stride * (aim - levels)
        return levels

    def _stride(self, gains: Array, change: Array, even: bool) -> Array:
        """The share of the way at which it goes up no more.  (J, M) each -> (M,)"""
        low, high = np.zeros(gains.shape[1]), np.ones(gains.shape[1])
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            rises = total(self._slopes(gains + middle * change, even) * change) > 0
            low, high = np.where(rises, middle, low), np.where(rises, high, middle)
        return np.where(low + 2.0**-HALVINGS >= 1, 1.0, low)

    def _slopes(self, gains: Array, even: bool) -> Array:
        """By which the logs of gains rise up to the claims; or, for gains that are `even`, a soft minimum of them."""
        if even:
            return np.asarray(np.exp(-SHARPNESS * (gains - np.minimum.reduce(gains))))
        return within(BEYOND, 1 + (self.claims - gains) / NEAR, 1) / np.maximum(gains, FLOOR)


def _is_before(gains: Array, across: Array, claims: Array) -> Mask:
    """Is the goal on the way before these gains (2, M), beyond which no package lies in the direction `across` (2, M)?

    At first the one of two others gains most, so before means more for that one.  -> (M,)
    """
    met = gains >= claims
    weighed = gains * across
    by_product = np.where(met[0] == met[1], weighed[1] > weighed[0], met[1])
    return np.asarray(np.where(np.minimum.reduce(gains) > 0, by_product, gains[0] < gains[1]))


def _share(left: Array, right: Array, claims: Array) -> Array:
    """The share of the way between two packages at which the goal is; below 0 or above 1 where it is beyond them.

    On the way the first of two others loses and the second one gains. The product of gains is largest in the middle
    between the points at which either gains nothing; but nobody is given more than its claim at the cost of one whose
    claim is not met. Where there is no point at which both gain, as much is given to the one as to the other.
    Gains (2, M) each -> (M,)
    """
    falls, grows = np.maximum(left[0] - right[0], TINY), np.maximum(right[1] - left[1], TINY)
    nothing = left[0] / falls, -left[1] / grows
    claim = nothing[0] - claims[0] / falls, nothing[1] + claims[1] / grows
    product = within(np.minimum(*claim), (nothing[0] + nothing[1]) / 2, np.maximum(*claim))
    return np.where(nothing[1] < nothing[0], product, (left[0] - left[1]) / (falls + grows))


def _prices(gains: Array, claims: Array, along: Array) -> tuple[Array, Array]:
    """Slopes (J, M) of a plane that touches the goal from above at these gains, and its height there (M,).

    A claim that is just met has any slope between that of the log and none: the one along which the ways end. Where
    somebody gains nothing, nothing is known, and all slopes are 0.
    """
    slopes = np.where(gains < claims - SAME, 1 / np.maximum(gains, FLOOR), 0.0)
    if len(gains) == 2:
        met = np.abs(gains - claims) <= SAME
        with np.errstate(divide="ignore", invalid="ignore"):
            others = np.nan_to_num((slopes / along)[::-1] * along)
        slopes = np.where(met, np.minimum(others, 1 / np.maximum(gains, FLOOR)), slopes)
    slopes = np.where(np.minimum.reduce(gains) > FLOOR, slopes, 0.0)
    return slopes, np.asarray(total(slopes * gains))


def _score(gains: Array, claims: Array) -> Array:
    """The sum of the logs of gains up to the claims, on a straight line below the floor; of equals, of all gains.

    (J, M) -> (M,)
    """
    counted = np.minimum(gains, claims)
    return np.asarray(total(_logs(counted)) + BEYOND * total(_logs(gains)))


def _logs(gains: Array) -> Array:
    return np.asarray(np.log(np.maximum(gains, FLOOR)) + np.minimum(gains - FLOOR, 0) / FLOOR)
