"""Every random number of the simulator, addressed by (seed, purpose, replication, week).

A *purpose* is a name such as `incident`, `trip.Russia.Armenia` or `drawn.parties.Armenia.reservation`. Each purpose has
one uniform number for each replication and week, whether anybody looks at it or not. So what replication r meets in
week 40 is the same whatever else runs beside it, in whatever chunks and processes, and a setting changed elsewhere
leaves it as it was: common random numbers between scenarios (Law and Kelton; Glasserman and Yao 1992) come for free.

Numbers come from NumPy's SFC64, one generator for each purpose, block of replications and window of weeks, seeded by a
`SeedSequence` of its own: its hashing (O'Neill 2015) is what keeps the streams apart. Chance gives uniforms only: a
decision compares one with a probability, so that a larger probability turns some "no" into "yes" and never the other
way round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.arrays import Array, Index, Mask, places

BLOCK = 512  # replications that share a generator: chunks start and end anywhere, blocks do not move
WINDOW = 52  # weeks that a generator is good for
PAGE = 4  # weeks drawn at once: few, since memory that is written for the first time costs more than the numbers

Purposes = tuple[str, ...]


def strikes(luck: Array, hazard: Array) -> Mask:
    """Does something with this hazard happen?  probability = 1 - exp(-hazard)

    luck, hazard (R,) -> (R,). Since 1 - exp(-h) <= h, the exponential is worked out only where luck < hazard.
    """
    happens = np.asarray(luck < hazard)
    here = places(happens)
    happens[here] = luck[here] < -np.expm1(-hazard[here])
    return happens


def rare(luck: Array, bound: Array | float, hazard: Callable[[Index], Array]) -> Index:
    """The replications in which something rare happens (see `strikes`).

    bound: what the hazard cannot exceed, 0 where nothing can happen; hazard: worked out only in the few replications
    whose luck is below the bound, which saves a quarter of the time of 10,000 replications. With luck
    [0.01, 0.4, 0.003] and the bound 0.02 it is asked for replications 0 and 2.
    """
    here = places(luck < bound)
    return here[luck[here] < -np.expm1(-hazard(here))] if len(here) else here


@dataclass
class Page:
    """Some weeks of some purposes, and the generators, one a block, from which those that follow come.

    number: which weeks, PAGE * number and on; numbers (purposes * blocks, PAGE, BLOCK).
    """

    number: int
    generators: Sequence[np.random.Generator]
    numbers: Array

    def turn(self) -> None:
        """Go on to the weeks that follow."""
        for generator, numbers in zip(self.generators, self.numbers, strict=True):
            generator.random(out=numbers)
        self.number += 1


class Chance:
    """The numbers of replications `first .. first + count - 1` under one seed.

    silent_weeks: in so many weeks, from the first, chance decides nothing: every number of a week is 1, at which no
    probability comes true.
    """

    def __init__(self, seed: int, first: int = 0, count: int = 1) -> None:
        self.seed, self.first, self.count = seed, first, count
        self.silent_weeks = 0
        self._blocks = range(first // BLOCK, (first + count - 1) // BLOCK + 1)
        self._pages: dict[Purposes, Page] = {}
        self._places: dict[int, Index] = {}

    def week(self, purpose: str, week: int, here: Index | None = None) -> Array:
        """This week's number in [0, 1) for each replication, or for the replications `here`.  -> (R,) or (R',)"""
        return self.weeks((purpose,), week, here)

    def weeks(self, purposes: Purposes, week: int, rows: Index | None = None) -> Array:
        """This week's numbers for each of some purposes, one after the other, or for some rows of that.

        Row n * R + r is the number of replication r for purpose n.  -> (N * R,) or (R',)
        """
        if week < self.silent_weeks:
            return np.ones(len(purposes) * self.count if rows is None else len(rows))
        number, row = divmod(week, PAGE)
        page = self._pages.get(purposes)
        if page is None or page.number != number:
            page = self._page(purposes, number)
        if rows is None:
            return self._ours(page.numbers[:, row])
        return page.numbers.take(self._places_of(len(purposes))[rows] + row * BLOCK)

    def _places_of(self, purposes: int) -> Index:
        """The place of each row on a flat page of so many purposes, in its first week.  -> (N * R,)"""
        if purposes not in self._places:
            block, place = np.divmod(np.arange(self.count) + self.first % BLOCK, BLOCK)
            begins = np.arange(purposes)[:, None] * len(self._blocks)
            self._places[purposes] = ((begins + block) * (PAGE * BLOCK) + place).ravel()
        return self._places[purposes]

    def once(self, purpose: str, rows: int = 1) -> Array:
        """Numbers drawn once a replication.  -> (rows, R)"""
        numbers = self._draw(purpose, 0, rows)
        return np.stack([self._ours(numbers[:, row]) for row in range(rows)])

    def _page(self, purposes: Purposes, number: int) -> Page:
        """The page of this number; what is at hand of its window is gone on from, unless it lies further on."""
        page, first = self._pages.get(purposes), number - number % (WINDOW // PAGE)
        if page is None or not first <= page.number < number:
            numbers = np.empty((len(purposes) * len(self._blocks), PAGE, BLOCK)) if page is None else page.numbers
            window = first * PAGE // WINDOW
            generators = [each for purpose in purposes for each in self._generators(purpose, window)]
            page = Page(first - 1, generators, numbers)
            self._pages[purposes] = page
        while page.number < number:
            page.turn()
        return page

    def _draw(self, purpose: str, window: int, rows: int) -> Array:
        """So many rows of whole blocks.  -> (blocks, rows, BLOCK)"""
        return np.stack([generator.random((rows, BLOCK)) for generator in self._generators(purpose, window)])

    def _ours(self, blocks: Array) -> Array:
        """A copy of what belongs to our replications.  (N * blocks, BLOCK) -> (N * R,)"""
        skipped = self.first - self._blocks[0] * BLOCK
        return blocks.flatten().reshape(-1, len(self._blocks) * BLOCK)[:, skipped : skipped + self.count].ravel()

    def _generators(self, purpose: str, window: int) -> list[np.random.Generator]:
        """One for each block."""
        keys = [(*_words(purpose), window, block) for block in self._blocks]
        return [np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=key))) for key in keys]


class Repeated(Chance):
    """The chance of replications first .. first + count - 1, once for each of several variants: the same luck for many.

    Rows are variants times replications, replications last: row v * count + r meets what replication first + r meets.
    So a thousand mediators can face the very chance that a player faced, in one model: `Repeated(seed, 3, 1, 1000)`.
    """

    def __init__(self, seed: int, first: int, count: int, variants: int) -> None:
        super().__init__(seed, first, count)
        self.variants = variants

    def weeks(self, purposes: Purposes, week: int, rows: Index | None = None) -> Array:
        """This week's numbers for each purpose in every row, or for some of these.  -> (N * V * C,) or (R',)"""
        if rows is not None:
            purpose, row = np.divmod(rows, self.variants * self.count)
            return super().weeks(purposes, week, purpose * self.count + row % self.count)
        once = super().weeks(purposes, week).reshape(-1, self.count)
        return np.tile(once, self.variants).ravel()

    def once(self, purpose: str, rows: int = 1) -> Array:
        """Numbers drawn once a replication.  -> (rows, V x C)"""
        return np.tile(super().once(purpose, rows), self.variants)


@lru_cache(maxsize=4096)
def _words(purpose: str) -> tuple[int, int]:
    digest = hashlib.blake2b(purpose.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")
