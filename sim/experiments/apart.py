"""What of the differences between the cells of a sweep is more than chance, from pairs of the same histories.

Cells share their luck, so that two of them differ by far less chance than their own intervals show: all that is said
comes from paired differences of shares (Tango 1998, as in `statistics.paired`; of averages over cells the
normal interval).

- The *ends* of one number that varies are a comparison that was asked for beforehand: its interval is that of
  `sim compare`.
- The *extremes*, the lowest and the highest of k cells, are chosen by their results, and the farthest of many always
  lie apart. Their interval holds for all k (k - 1) / 2 pairs at once (Bonferroni, as in Hochberg and Tamhane 1987; it
  needs no rule for how cells depend on each other, as Cochran's Q does). Beside the ends of one number, extremes are
  told by a stricter level (`ASIDE`), so that both together say no more than chance allows.
- What a *setting* does on average over all others is the mean of cells at its highest level less that at its lowest,
  history by history; the interval holds for all pairs of levels of all settings at once. Extremes and settings share
  the 5 % between them.

Counts of pairs add up over chunks, in whole numbers, so memory does not grow with the replications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.arrays import Array, Mask
from sim.experiments.design import Design
from sim.statistics.paired import tango
from sim.statistics.summary import Z
from sim.words import paths

LEVEL, ASIDE = 0.05, 0.01

Counts = npt.NDArray[np.int64]


# ---- what is told ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Between:
    """A cell, or a level of a setting, less another: `upper` less `lower`, rows or places, with the interval."""

    lower: int
    upper: int
    difference: float
    low: float
    high: float
    path: str = ""


@dataclass(frozen=True)
class Apart:
    """How far cells lie apart in one share.

    ends: the last level of a single number less the first; extremes: the highest cell less the lowest; alike: how many
    others are not told from the lowest, from the highest; settings: of a grid over several, what each does on average,
    most first; ahead: is the first of these told from the second?
    """

    extremes: Between
    alike: tuple[int, int]
    ends: Between | None = None
    settings: tuple[Between, ...] = ()
    ahead: bool = False

    @classmethod
    def of(cls, said: dict[str, Any]) -> Apart:
        """As it was written."""
        ends = Between(**said["ends"]) if said["ends"] else None
        settings = tuple(Between(**each) for each in said["settings"])
        return cls(Between(**said["extremes"]), tuple(said["alike"]), ends, settings, said["ahead"])


# ---- the cells -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layout:
    """How the cells lie. shape: levels of each path, () for a sample; reference: the cell that others are set beside.

    first, last: the cells at the ends of a single number, else None.
    """

    paths: tuple[str, ...]
    shape: tuple[int, ...]
    cells: int
    reference: int
    first: int | None = None
    last: int | None = None

    @classmethod
    def of(cls, design: Design) -> Layout:
        """The reference is the cell of the scenario's own values; the first where there is none."""
        levels = list(design.levels.values())
        shape = tuple(map(len, levels))
        own = [_own(design, path) for path in design.levels]
        known = [place for place in own if place is not None]
        reference = int(np.ravel_multi_index(known, shape)) if levels and len(known) == len(own) else 0
        if len(levels) == 1 and len(levels[0]) > 1 and all(map(paths.is_number, levels[0])):
            order = np.argsort(np.array(levels[0], dtype=float), kind="stable")
            return cls(design.paths, shape, design.size, reference, int(order[0]), int(order[-1]))
        return cls(design.paths, shape, design.size, reference)


def _own(design: Design, path: str) -> int | None:
    """The place of the level that is the scenario's own value, if one is."""
    own = paths.own(design.scenario, path)
    return next((n for n, level in enumerate(design.levels[path]) if paths.same(level, own)), None)


class Pairs:
    """The pairs of one share, heard chunk by chunk, and in each cell by cell.

    shares (cells,): NaN where a cell has none. The cells that others are paired with are chosen by them.
    """

    def __init__(self, layout: Layout, shares: Array) -> None:
        self.layout, self.shares, self.n = layout, shares, 0
        there = np.isfinite(shares)
        self.lowest, self.highest = (int(find(shares)) if there.any() else 0 for find in (np.nanargmin, np.nanargmax))
        self.anchors = (layout.reference, self.lowest, self.highest, layout.first or 0)
        self.saved: Counts = np.zeros((len(self.anchors), layout.cells), np.int64)
        self.lost = self.saved.copy()
        self.levels: list[tuple[int, int]] = []  # of each setting: the places of the lowest and of the highest
        self.sides = self._sides() if len(layout.shape) > 1 and there.all() else np.zeros((0, layout.cells), np.int64)
        self.sums: Counts = np.zeros(len(self.sides), np.int64)
        self.products: Counts = np.zeros((len(self.sides), len(self.sides)), np.int64)

    def _sides(self) -> Counts:
        """For each setting, +1 for the cells at the level that is highest on average, -1 at the lowest, else 0."""
        grid, found = self.shares.reshape(self.layout.shape), []
        for axis, place in enumerate(np.indices(self.layout.shape)):
            means = grid.mean(axis=tuple(other for other in range(grid.ndim) if other != axis))
            lower, upper = int(means.argmin()), int(means.argmax())
            self.levels.append((lower, upper))
            found.append(1 * (place == upper) - (place == lower))
        return np.array([side.ravel() for side in found], np.int64)

    # ---- hearing -----------------------------------------------------------------------------------------------------

    def begin(self, anchors: Sequence[Mask]) -> None:
        """A chunk begins: whether it came about in each replication of it, (n,), in each of the anchors."""
        self._beside = anchors
        self._apart = np.zeros((len(self.sides), len(anchors[0])), np.int64)
        self.n += len(anchors[0])

    def hear(self, cell: int, came: Mask) -> None:
        """The same replications of any cell."""
        for place, before in enumerate(self._beside):
            both = np.count_nonzero(came & before)
            self.saved[place, cell] += np.count_nonzero(came) - both
            self.lost[place, cell] += np.count_nonzero(before) - both
        for axis in np.flatnonzero(self.sides[:, cell]):
            self._apart[axis] += self.sides[axis, cell] * came

    def end(self) -> None:
        """All cells of the chunk were heard."""
        self.sums += self._apart.sum(axis=1)
        self.products += self._apart @ self._apart.T

    # ---- what it comes to --------------------------------------------------------------------------------------------

    @property
    def differences(self) -> tuple[Array, Array, Array]:
        """Each cell less the reference: the difference and its 95 % interval.  -> (cells,) each"""
        saved, lost = self.saved[0], self.lost[0]
        low, high = tango(saved, lost, self.n)
        here = np.arange(self.layout.cells) == self.layout.reference
        gone = np.where(np.isfinite(self.shares) & np.isfinite(self.shares[self.layout.reference]), 0.0, np.nan)
        return (saved - lost) / self.n + gone, np.where(here, 0.0, low) + gone, np.where(here, 0.0, high) + gone

    def apart(self) -> Apart:
        """What is told of them."""
        count = int(np.isfinite(self.shares).sum())
        first, last = self.layout.first, self.layout.last
        ends = None if first is None or last is None else self._pair(3, first, last, Z)
        level = LEVEL / 2 if len(self.sides) else LEVEL
        if ends is not None and count > 2:
            level = ASIDE
        z = at_once(level, count * (count - 1) // 2)
        settings, ahead = self._settings()
        extremes = self._pair(1, self.lowest, self.highest, z)
        return Apart(extremes, self._alike(z), ends, settings, ahead)

    def _pair(self, anchor: int, lower: int, upper: int, z: float) -> Between:
        saved, lost = int(self.saved[anchor, upper]), int(self.lost[anchor, upper])
        low, high = (0.0, 0.0) if lower == upper else tango(saved, lost, self.n, z)
        return Between(lower, upper, (saved - lost) / self.n, float(low), float(high))

    def _alike(self, z: float) -> tuple[int, int]:
        low = tango(self.saved[1], self.lost[1], self.n, z)[0]
        high = tango(self.saved[2], self.lost[2], self.n, z)[1]
        there = np.isfinite(self.shares)
        return int((there & (low <= 0)).sum()) - 1, int((there & (high >= 0)).sum()) - 1

    def _settings(self) -> tuple[tuple[Between, ...], bool]:
        """What each setting does on average, the most first, and whether the first is told from the second."""
        shape = self.layout.shape
        if not len(self.sides):
            return (), False
        each = np.array([prod(shape) // size for size in shape], dtype=float)  # cells at a level
        mean, square = self.sums / each / self.n, self.products / np.outer(each, each) / self.n
        error = np.sqrt(np.maximum(square - np.outer(mean, mean), 0) / self.n)
        z = at_once(LEVEL / 2, sum(size * (size - 1) // 2 for size in shape))
        order = np.argsort(-mean, kind="stable")
        found = []
        for axis in map(int, order):
            lower, upper = self.levels[axis]
            half = z * float(error[axis, axis])
            middle = float(mean[axis])
            found.append(Between(lower, upper, middle, middle - half, middle + half, self.layout.paths[axis]))
        return tuple(found), self._ahead(order, mean, square)

    def _ahead(self, order: Counts, mean: Array, square: Array) -> bool:
        one, two = order[:2]
        gap = mean[one] - mean[two]
        variance = square[one, one] + square[two, two] - 2 * square[one, two] - gap * gap
        pairs = len(order) * (len(order) - 1) // 2
        return bool(gap > at_once(LEVEL / 2, pairs) * np.sqrt(max(float(variance), 0.0) / self.n))


def at_once(level: float, comparisons: int) -> float:
    """How many standard errors hold for so many comparisons at once (Bonferroni)."""
    return float(ndtri(1 - level / 2 / max(comparisons, 1)))
