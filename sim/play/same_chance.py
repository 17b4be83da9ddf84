"""The same luck for many: every row of a model meets what one replication meets.

So a thousand mediators can face the very chance that the player faced, in one model. Shapes: R rows (last axis).
"""

from __future__ import annotations

import numpy as np

from sim.chance import BLOCK, WINDOW, Array, Chance, Index


class SameChance(Chance):
    """The numbers of one replication under one seed, in every row.

    Numbers once drawn are kept, so that replays of one game need no new ones.
    """

    def __init__(self, seed: int, replication: int) -> None:
        super().__init__(seed, replication, 1)
        self.rows = 1
        self._kept: dict[tuple[str, int], Array] = {}

    def wide(self, rows: int) -> SameChance:
        """The same luck for so many rows."""
        other = SameChance(self.seed, self.first)
        other.rows, other._kept = rows, self._kept
        return other

    def week(self, purpose: str, week: int, here: Index | None = None) -> Array:
        """This week's number, the same in every row.  -> (R,) or (R',)"""
        window, row = divmod(week, WINDOW)
        number = self._column(purpose, window, WINDOW)[row]
        return np.full(self.rows if here is None else len(here), number)

    def once(self, purpose: str, rows: int = 1) -> Array:
        """Numbers drawn once a replication.  -> (rows, R)"""
        return np.repeat(self._column(purpose, -rows, rows)[:, None], self.rows, axis=1)

    def _column(self, purpose: str, window: int, rows: int) -> Array:
        if (purpose, window) not in self._kept:
            numbers = self._draw(purpose, max(window, 0), rows)
            self._kept[purpose, window] = numbers[0, :, self.first % BLOCK].copy()
        return self._kept[purpose, window]
