"""What a party wants: values of settlements, utilities of packages.

A scale is cut at the parties' ideal points and at an earlier commitment into *stretches*, on each of which every
utility is a straight line. A package is then how far each stretch is covered, from its low end (0) to its high end
(1), and which combination of options is chosen. Utilities become plain weighted sums, for the parties' true
preferences, for what others believe of them and for what a mediator estimates alike.

Shapes: R replications (last axis), K scales, S stretches, O combinations of options (1 where there are none).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from sim.arrays import Array, Index, Mask, at, one_after_the_other, total


def value(x: Array, position: Array) -> Array:
    """Value of a point on a scale to a party with this ideal point: 1 there, 0 at the farther end.

    v(x) = 1 - |x - p| / max(p, 1 - p)
    """
    return 1 - np.abs(x - position) / np.maximum(position, 1 - position)


@dataclass(frozen=True)
class Package:
    """A proposal: `levels` (S, R), the covered share of each stretch, and `combination` (R,), the options chosen."""

    levels: Array
    combination: Index

    def at(self, here: Index) -> Package:
        """The package in the replications `here` only."""
        return Package(self.levels.take(here, axis=1), self.combination.take(here))

    def put(self, here: Index, package: Package) -> None:
        """Write a package (S, R') into the replications `here` of this one."""
        for old, new in zip(self.levels, package.levels, strict=True):  # faster than all rows at once
            old[here] = new
        self.combination[here] = package.combination

    def where(self, chosen: Mask, other: Package) -> Package:
        """The other package in the chosen replications, this one elsewhere."""
        return Package(
            np.where(chosen, other.levels, self.levels), np.where(chosen, other.combination, self.combination)
        )


@dataclass(frozen=True)
class Preferences:
    """Utilities in a group, true, believed or estimated.

    base (R,): utility of all scales at the low end; rises (S, R): what covering each stretch adds; combined (O, R):
    what each combination of options adds. They lie under each other in one table, since they are taken and blended
    together at every round.
    """

    table: Array
    stretches: int

    @classmethod
    def of(cls, base: Array, rises: Array, combined: Array) -> Preferences:
        """Preferences from their three parts."""
        return cls(one_after_the_other(np.concatenate([base[None], rises, combined])), len(rises))

    @property
    def base(self) -> Array:
        return np.asarray(self.table[0])

    @property
    def rises(self) -> Array:
        return self.table[1 : 1 + self.stretches]

    @property
    def combined(self) -> Array:
        return self.table[1 + self.stretches :]

    def at(self, here: Index) -> Preferences:
        """The preferences in the replications `here` only."""
        return Preferences(at(here, self.table), self.stretches)

    def utility(self, package: Package) -> Array:
        """-> (R,)"""
        worth: Array = total([self.base, *(self.rises * package.levels)])
        combined = self.combined
        if len(combined) == 1:
            return np.asarray(worth + combined[0])
        width = combined.shape[1]
        return worth + combined.ravel().take(package.combination * width + np.arange(width), mode="wrap")  # type: ignore[no-any-return]

    def blend(self, other: Preferences, share: Array) -> Preferences:
        """A share (R,) of these preferences, the rest of the other ones."""
        return Preferences(share * self.table + (1 - share) * other.table, self.stretches)


@dataclass(frozen=True)
class Commitment:
    """What an earlier statement settled on one issue: a point or an option's number, and the cost of leaving it."""

    settlement: Array
    hold: Array


@dataclass(frozen=True)
class Agenda:
    """The issues of one group: scales by name, and options by name with the number of choices.

    starts, spans (S, R): where each stretch begins and how long it is; stretch s lies on scale `scale_of[s]`.
    combinations (number of option issues, O): the choice made on each option issue.
    """

    scales: tuple[str, ...]
    options: Mapping[str, Sequence[str]]
    starts: Array
    spans: Array
    scale_of: tuple[int, ...]
    combinations: npt.NDArray[np.intp]
    commitments: Mapping[str, Commitment]

    @classmethod
    def cut(
        cls,
        positions: Mapping[str, Sequence[Array]],
        options: Mapping[str, Sequence[str]],
        commitments: Mapping[str, Commitment],
    ) -> Agenda:
        """Cut each scale at the parties' positions, each (R,), and at its commitment, if there is one."""
        starts, spans, scale_of = [], [], []
        for k, (issue, points) in enumerate(positions.items()):
            cuts = [*points, commitments[issue].settlement] if issue in commitments else [*points]
            ends = np.sort(np.stack(cuts), axis=0)
            for low, high in pairwise(ends):
                if k not in scale_of or np.any(high > low):  # a scale keeps one stretch at least
                    starts.append(low)
                    spans.append(high - low)
                    scale_of.append(k)
        width = next(iter(positions.values()))[0].shape if positions else (1,)
        begin, length = (np.stack(rows) if rows else np.zeros((0, *width)) for rows in (starts, spans))
        choices = list(product(*(range(len(names)) for names in options.values())))
        combinations = np.array(choices, dtype=np.intp).reshape(len(choices), len(options)).T
        return cls(tuple(positions), options, begin, length, tuple(scale_of), combinations, commitments)

    def preferences(
        self, positions: Mapping[str, Array], values: Mapping[str, Sequence[Array]], weights: Mapping[str, Array]
    ) -> Preferences:
        """Utilities of a party with these ideal points (R,), option values (R,) and weights (R,), normalised here."""
        whole = total(weights.values())
        share = {issue: weight / whole for issue, weight in weights.items()}
        worth = {}
        for end, points in (("low", self.starts), ("high", self.starts + self.spans)):
            worth[end] = [self._worth(k, points[s], positions, share) for s, k in enumerate(self.scale_of)]
        rises = [high - low for low, high in zip(worth["low"], worth["high"], strict=True)]
        first = [self.scale_of.index(k) for k in range(len(self.scales))]
        base = total([worth["low"][s] for s in first]) if first else np.zeros_like(whole)
        stacked = np.stack(rises) if rises else np.zeros((0, *base.shape))
        return Preferences.of(base, stacked, self._combined(values, share, base))

    def _worth(self, k: int, x: Array, positions: Mapping[str, Array], share: Mapping[str, Array]) -> Array:
        issue = self.scales[k]
        worth = share[issue] * value(x, positions[issue])
        held = self.commitments.get(issue)
        return worth if held is None else worth - held.hold * np.abs(x - held.settlement)

    def _combined(self, values: Mapping[str, Sequence[Array]], share: Mapping[str, Array], like: Array) -> Array:
        """Utility that each combination of options adds.  -> (O, R)"""
        combined = np.zeros((self.combinations.shape[1], *like.shape))
        for row, issue in zip(self.combinations, self.options, strict=True):
            worth = np.stack([share[issue] * v for v in values[issue]])
            if issue in self.commitments:
                held = self.commitments[issue]
                left = np.arange(len(worth))[:, None] != held.settlement
                worth = worth - held.hold * left
            combined += worth[row]
        return combined

    def at(self, here: Index) -> Agenda:
        """The agenda in the replications `here` only."""
        if not self.scales:
            return self
        return replace(self, starts=self.starts[:, here], spans=self.spans[:, here])

    def settlements(self, package: Package) -> dict[str, Array]:
        """Where each issue is settled: the point on a scale, the number of the option.  -> issue: (R,)"""
        covered = self.spans * package.levels
        found = {}
        for k, issue in enumerate(self.scales):
            mine = [s for s, scale in enumerate(self.scale_of) if scale == k]
            found[issue] = total([self.starts[mine[0]], *(covered[s] for s in mine)])
        for row, issue in zip(self.combinations, self.options, strict=True):
            found[issue] = row[package.combination].astype(float)
        return found

    def package(self, settlements: Mapping[str, Array]) -> Package:
        """The package that settles each issue so; scales are covered from the low end.  issue: (R,) -> Package"""
        covered = [
            np.clip((settlements[self.scales[k]] - start) / np.maximum(span, 1e-300), 0, 1)
            for k, start, span in zip(self.scale_of, self.starts, self.spans, strict=True)
        ]
        width = next(iter(settlements.values())).shape
        levels = np.stack(covered) if covered else np.zeros((0, *width))
        choices = np.array([len(names) for names in self.options.values()], dtype=np.intp)
        combination = np.zeros(width, dtype=np.intp)
        for count, issue in zip(choices, self.options, strict=True):
            combination = combination * count + settlements[issue].astype(np.intp)
        return Package(levels, combination)
