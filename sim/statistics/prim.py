"""Boxes in which many fail: PRIM, the patient rule induction method.

From everywhere it peels off, again and again, the twentieth at an end of an input without which the rest fails most
often (Friedman and Fisher 1999). So it treats inputs alike that do alike, where a tree has to cut one of them first. A
limit stays only if what it keeps out fails less often than what it leaves, by more than chance would do in one case of
a hundred (after the quasi-p-values of Bryant and Lempert 2010).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.arrays import Array, Mask

PEEL = 0.05  # of the histories in a box
LEAST = 0.05  # of all histories, in a box
MOST = 3  # inputs with limits: more say nothing
RARE = 0.01
FEW = 10  # failures, or successes: with fewer there is nothing to learn


@dataclass(frozen=True)
class Box:
    """Each input lies above one number and up to another, (inputs,) each."""

    above: Array
    up_to: Array

    def holds(self, values: Array) -> Mask:
        """(R, inputs) -> (R,)"""
        return np.asarray(((values > self.above) & (values <= self.up_to)).all(axis=1))

    def without(self, place: int) -> Box:
        """The box without its limits on one input."""
        here = np.arange(len(self.above)) == place
        return Box(np.where(here, -np.inf, self.above), np.where(here, np.inf, self.up_to))

    @property
    def limited(self) -> list[int]:
        """Places of the inputs that have a limit."""
        return np.flatnonzero(np.isfinite(self.above) | np.isfinite(self.up_to)).tolist()


@dataclass(frozen=True)
class Half:
    """One half of the replications: what they drew (R, inputs), and which of them failed (R,)."""

    values: Array
    failed: Mask

    @property
    def enough(self) -> bool:
        """Do enough of them fail, and not fail, to learn from?"""
        return bool(min(self.failed.sum(), (~self.failed).sum()) >= FEW)

    def beyond(self, box: Box) -> float:
        """Failures in a box beyond those of as many histories anywhere."""
        here = box.holds(self.values)
        return float(self.failed[here].sum() - here.sum() * self.failed.mean())

    def by_chance(self, box: Box) -> float:
        """How often so many failures, or more, lie in so large a box if they lie anywhere."""
        return _by_chance(box.holds(self.values), self.failed)

    def no_better(self, box: Box, wider: Box) -> float:
        """How often so many failures of a wider box, or more, lie in the box if they lie anywhere in the wider one."""
        around = wider.holds(self.values)
        return _by_chance(box.holds(self.values)[around], self.failed[around])


def _by_chance(here: Mask, failed: Mask) -> float:
    """How often so many failures, or more, are among those here (hypergeometric; Fisher's exact test, one-sided)."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(failed[here].sum() - 1, len(here), failed.sum(), here.sum()))


def everywhere(inputs: int) -> Box:
    return Box(np.full(inputs, -np.inf), np.full(inputs, np.inf))


def boxes_of(learned: Half) -> list[Box]:
    """The boxes on the way of PRIM, from everywhere to the smallest, each in as few and as round numbers as will do."""
    found = [everywhere(learned.values.shape[1])]
    while (smaller := _peeled(found[-1], learned)) is not None:
        found.append(smaller)
    digits = -np.floor(np.log10(learned.values.std(axis=0) / 4)).astype(int)
    return [_trimmed(_rounded(each, digits), learned) for each in found]


def _peeled(box: Box, learned: Half) -> Box | None:
    """The box without the end of an input that leaves the largest share of failures; None when that is too small."""
    held = box.holds(learned.values)
    inside, failed = learned.values[held], learned.failed[held]
    least, most = np.quantile(inside, [PEEL, 1 - PEEL], axis=0)
    left = np.stack([inside > least, inside <= most], axis=-1)  # (histories in the box, inputs, its two ends)
    counts = left.sum(axis=0)
    fitting = (counts >= LEAST * len(held)) & (counts < len(inside))
    if not fitting.any():
        return None
    shares = np.where(fitting, (left & failed[:, None, None]).sum(axis=0) / np.maximum(counts, 1), -1.0)
    place, end = np.unravel_index(int(shares.argmax()), shares.shape)
    here = np.arange(inside.shape[1]) == place
    if end == 0:
        return replace(box, above=np.where(here, least, box.above))
    return replace(box, up_to=np.where(here, most, box.up_to))


def _rounded(box: Box, digits: npt.NDArray[np.int_]) -> Box:
    """Limits as they are told: rounded before anything is counted, so that what is told is what was counted."""
    above, up_to = (
        np.array(
            [
                round(float(limit), int(n)) if np.isfinite(limit) else limit
                for limit, n in zip(limits, digits, strict=True)
            ]
        )
        for limits in (box.above, box.up_to)
    )
    return Box(above, up_to)


def _trimmed(box: Box, learned: Half) -> Box:
    """The box without the limits that make it no better than chance would, and with no more than `MOST`."""
    while box.limited:
        p, place = max((learned.no_better(box, box.without(place)), place) for place in box.limited)
        if p < RARE and len(box.limited) <= MOST:
            break
        box = box.without(place)
    return box
