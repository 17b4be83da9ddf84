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
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

BLOCK = 512  # replications that share a generator: chunks start and end anywhere, blocks do not move
WINDOW = 52  # weeks drawn at once


def strikes(luck: Array, hazard: Array) -> npt.NDArray[np.bool_]:
    """Does something with this hazard happen?  probability = 1 - exp(-hazard)

    luck, hazard (R,) -> (R,). Since 1 - exp(-h) <= h, the exponential is worked out only where luck < hazard.
    """
    happens = np.asarray(luck < hazard)
    here = np.flatnonzero(happens)
    happens[here] = luck[here] < -np.expm1(-hazard[here])
    return happens


class Chance:
    """The numbers of replications `first .. first + count - 1` under one seed."""

    def __init__(self, seed: int, first: int = 0, count: int = 1) -> None:
        self.seed, self.first, self.count = seed, first, count
        self._blocks = range(first // BLOCK, (first + count - 1) // BLOCK + 1)
        self._windows: dict[str, tuple[int, Array]] = {}
        block, place = np.divmod(np.arange(count) + first % BLOCK, BLOCK)
        self._places = block * (WINDOW * BLOCK) + place  # of each replication in a flat window, in its first week

    def week(self, purpose: str, week: int, here: Index | None = None) -> Array:
        """This week's number in [0, 1) for each replication, or for the replications `here`.  -> (R,) or (R',)"""
        window, row = divmod(week, WINDOW)
        held, numbers = self._windows.get(purpose, (-1, None))
        if held != window:
            numbers = self._draw(purpose, window, WINDOW, numbers)
            self._windows[purpose] = (window, numbers)
        assert numbers is not None
        if here is None:
            return self._ours(numbers[:, row])
        return numbers.take(self._places[here] + row * BLOCK)

    def once(self, purpose: str, rows: int = 1) -> Array:
        """Numbers drawn once a replication.  -> (rows, R)"""
        numbers = self._draw(purpose, 0, rows, None)
        return np.stack([self._ours(numbers[:, row]) for row in range(rows)])

    def _draw(self, purpose: str, window: int, rows: int, space: Array | None) -> Array:
        """Whole blocks, block by block, into the space of the window before.  -> (blocks, rows, BLOCK)"""
        numbers = np.empty((len(self._blocks), rows, BLOCK)) if space is None else space
        for place, block in enumerate(self._blocks):
            self._generator(purpose, window, block).random(out=numbers[place])
        return numbers

    def _ours(self, blocks: Array) -> Array:
        """A copy of what belongs to our replications.  (blocks, BLOCK) -> (R,)"""
        skipped = self.first - self._blocks[0] * BLOCK
        return blocks.flatten()[skipped : skipped + self.count]

    def _generator(self, purpose: str, window: int, block: int) -> np.random.Generator:
        key = (*_words(purpose), window, block)
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=key)))


@lru_cache(maxsize=4096)
def _words(purpose: str) -> tuple[int, int]:
    digest = hashlib.blake2b(purpose.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")
