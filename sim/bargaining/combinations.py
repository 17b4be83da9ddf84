"""Which combinations of options are worth a look, where there are too many to look at all of them.

What a combination is worth is a sum over its issues. So issues are joined one after the other, and a beginning that
another beginning dominates is dropped at once: whatever follows, it will never be better for anybody (Nemhauser and
Ullmann 1969). What is left are all combinations that can be best, and they are few where all of them are a million.

Shapes: R replications (last axis), P parties, K options of an issue, N combinations that are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Index, Mask
from sim.bargaining import pareto

ALL = 4_096  # of no more combinations than these all are looked at
MOST = 4_096  # so many are left of a beginning at the most: beyond, those that are alike to a 4,096th of their range
CELLS = 1_000_000  # sums at once: memory that does not grow
FRONT, SAMPLED = 5_000, 2_000  # undominated combinations of three parties and more; beyond, sampled weights find some

Options = Sequence[Array]  # of each issue (K, R): what each option adds


class Left(NamedTuple):
    """Beginnings of combinations that are left: their numbers, and what they add for the one and for the other side,
    (N, R) each; where a replication has fewer than N, the rest is worth -inf."""

    numbers: Index
    mine: Array
    theirs: Array

    def at(self, part: slice) -> Left:
        """The same in some replications."""
        return Left(self.numbers[:, part], self.mine[:, part], self.theirs[:, part])


def worth_a_look(mine: Options, theirs: Options) -> Left:
    """The combinations that are not dominated for two sides, the best for the first side first.

    Exact while no more than MOST of a beginning are left.
    """
    width = mine[0].shape[1]
    left = Left(np.zeros((1, width), dtype=np.intp), np.zeros((1, width)), np.zeros((1, width)))
    for one, other in zip(mine, theirs, strict=True) if width else ():
        at_once = max(1, CELLS // (len(left.numbers) * len(one)))
        parts = [slice(start, start + at_once) for start in range(0, width, at_once)]
        left = _beside([_joined(left.at(part), one[:, part], other[:, part]) for part in parts])
    return left


def _joined(left: Left, one: Array, other: Array) -> Left:
    """Every beginning (N, R) with every option (K, R) of the next issue, but for what is dominated."""
    options, width = one.shape
    numbers = (left.numbers[:, None] * options + np.arange(options)[:, None]).reshape(-1, width)
    mine, theirs = ((a[:, None] + b).reshape(-1, width) for a, b in ((left.mine, one), (left.theirs, other)))
    best_first = np.lexsort((numbers, -theirs, -mine), axis=0)
    numbers = np.take_along_axis(numbers, best_first, axis=0)
    mine, theirs = (np.take_along_axis(each, best_first, axis=0) for each in (mine, theirs))
    kept = np.ones(mine.shape, dtype=bool)
    kept[1:] = theirs[1:] > np.maximum.accumulate(theirs, axis=0)[:-1]
    kept = _thinned(mine, kept)
    first = np.argsort(~kept, axis=0, kind="stable")[: kept.sum(axis=0).max()]
    numbers, kept = np.take_along_axis(numbers, first, axis=0), np.take_along_axis(kept, first, axis=0)
    mine, theirs = (np.where(kept, np.take_along_axis(each, first, axis=0), -np.inf) for each in (mine, theirs))
    return Left(numbers, mine, theirs)


def _thinned(mine: Array, kept: Mask) -> Mask:
    """Of those kept, the first in each of MOST equal parts of the first side's range, and the last of all.

    mine (N, R) falls from row to row.
    """
    if kept.sum(axis=0).max() <= MOST:
        return kept
    lowest = np.where(kept, mine, np.inf).min(axis=0)
    part = np.where(kept, (mine[0] - mine) / np.maximum(mine[0] - lowest, pareto.SAME) * MOST // 1, -1)
    first = kept.copy()
    first[1:] &= part[1:] > np.maximum.accumulate(part, axis=0)[:-1]
    first[len(kept) - 1 - np.argmax(kept[::-1], axis=0), np.arange(kept.shape[1])] = True
    return first


def _beside(parts: Sequence[Left]) -> Left:
    """Replications side by side again, the shorter columns filled up."""
    return Left(*(np.concatenate(columns, axis=1) for columns in _as_long(parts)))


def one_beside_the_other(parts: Sequence[Left]) -> Left:
    """Those of several parties, (N, P, R) each, the shorter columns filled up."""
    return Left(*(np.stack(columns, axis=1) for columns in _as_long(parts)))


def _as_long(parts: Sequence[Left]) -> Iterator[list[Any]]:
    """The numbers of each part, what they add for the one and for the other side, all as long as the longest."""
    rows = max(len(part.numbers) for part in parts)
    for columns, blank in zip(zip(*parts, strict=True), (0, -np.inf, -np.inf), strict=True):
        missing = [(column, ((0, rows - len(column)), (0, 0))) for column in columns]
        yield [np.pad(column, below, constant_values=blank) for column, below in missing]


def split(combination: Index, counts: Sequence[int]) -> Index:
    """The option that combinations choose on each issue.  -> (issues, ...)"""
    chosen = []
    for count in reversed(counts):
        combination, option = np.divmod(combination, count)
        chosen.append(option)
    return np.array(chosen[::-1], dtype=np.intp).reshape(len(counts), *np.shape(combination))


def together(choices: Sequence[Array]) -> Array:
    """What combinations of choices add, the last one's options fastest.  (K, ...) each -> (product of K, ...)"""
    return reduce(lambda some, more: (some[:, None] + more).reshape(-1, *more.shape[1:]), choices)


def neighbours(numbers: Index, counts: Sequence[int]) -> Index:
    """All combinations that differ from these (R,) in one issue at the most.  counts: of its options  -> (N, R)"""
    found, unit = [], 1
    for count in reversed(counts):
        without = numbers - numbers // unit % count * unit
        found.append(without + unit * np.arange(count)[:, None])
        unit *= count
    return np.concatenate(found)


def undominated(base: Array, options: Sequence[Array]) -> tuple[Index, Array, bool]:
    """Numbers (N,) of the combinations that no other one dominates, the utilities (P, N) that they bring; are they all?

    base (P, 1): utilities before; options: of each issue, what each option adds (P, K).

    Where more than FRONT of a beginning are undominated for three parties or more: those that are best under some of
    SAMPLED weights on the parties.
    """
    numbers, sums = np.zeros(1, dtype=np.intp), base
    for one in options:
        numbers = (numbers[:, None] * one.shape[1] + np.arange(one.shape[1])).ravel()
        sums = (sums[:, :, None] + one[:, None]).reshape(len(sums), -1)
        kept = pareto.undominated(sums)
        numbers, sums = numbers[kept], sums[:, kept]
        if len(sums) > 2 and len(numbers) > FRONT:
            return *_sampled(base, options), False
    return numbers, sums, True


def _sampled(base: Array, options: Sequence[Array]) -> tuple[Index, Array]:
    weights = np.random.default_rng(0).dirichlet(np.ones(len(base)), SAMPLED)
    numbers, sums = np.zeros(SAMPLED, dtype=np.intp), np.repeat(base, SAMPLED, axis=1)
    for one in options:
        best = np.argmax(weights @ one, axis=1)
        numbers, sums = numbers * one.shape[1] + best, sums + one[:, best]
    numbers, first = np.unique(numbers, return_index=True)
    return numbers, sums[:, first]
