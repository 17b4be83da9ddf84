"""What a party wants: values of settlements, utilities of packages.

A scale is cut at the parties' ideal points and at an earlier commitment into *stretches*, on each of which every
utility is a straight line. A package is then how far each stretch is covered, from its low end (0) to its high end
(1), and which combination of options is chosen. Utilities become plain weighted sums, for the parties' true
preferences, for what others believe of them and for what a mediator estimates alike.

Shapes: R replications (last axis), K scales, S stretches, O combinations of options (1 where there are none).

Combinations are numbered with the last issue fastest. While they are few, all issues with options are one *choice*
among all combinations; where they are many, each issue is a choice of its own, and nobody lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import numpy as np

from sim.arrays import Array, Index, Mask, at, one_after_the_other, total
from sim.bargaining.combinations import ALL, split, together
from sim.bargaining.interactions import Interaction, scaled

ROUNDING = 1e-12


def value(x: Array, position: Array) -> Array:
    """Value of a point on a scale to a party with this ideal point: 1 there, 0 at the farther end.

    v(x) = 1 - |x - p| / max(p, 1 - p)
    """
    return 1 - np.abs(x - position) / np.maximum(position, 1 - position)


@dataclass  # not frozen: a round makes dozens, and a frozen one takes three times as long to make
class Package:
    """A proposal: `levels` (S, R), the covered share of each stretch, and `combination` (R,), the options chosen."""

    levels: Array
    combination: Index

    def at(self, here: Index) -> Package:
        """The package in the replications `here` only."""
        return Package(self.levels.take(here, axis=-1), self.combination.take(here, axis=-1))

    def side(self, which: int | slice) -> Package:
        """The package of one party or of several, where theirs stand side by side: levels (S, P, R)."""
        return Package(self.levels[:, which], self.combination[which])

    def put(self, here: Index, package: Package) -> None:
        """Write a package (S, R') into the replications `here` of this one."""
        self.levels[..., here] = package.levels
        self.combination[..., here] = package.combination

    def where(self, chosen: Mask, other: Package) -> Package:
        """The other package in the chosen replications, this one elsewhere."""
        return Package(
            np.where(chosen, other.levels, self.levels), np.where(chosen, other.combination, self.combination)
        )


@dataclass
class Preferences:
    """Utilities in a group, true, believed or estimated.

    base (R,): utility of all scales at the low end; rises (S, R): what covering each stretch adds; choices: of each
    choice, what each of its options adds. They are rows of one table, since they are taken and blended
    together at every round. counts: options of each choice.
    """

    table: Array
    stretches: int
    counts: tuple[int, ...]

    @classmethod
    def of(cls, base: Array, rises: Array, *choices: Array) -> Preferences:
        """Preferences from their parts; choices (options, R), at least one."""
        table = one_after_the_other(np.concatenate([base[None], rises, *choices]))
        return cls(table, len(rises), tuple(map(len, choices)))

    @property
    def base(self) -> Array:
        return np.asarray(self.table[0])

    @property
    def rises(self) -> Array:
        return self.table[1 : 1 + self.stretches]

    @property
    def choices(self) -> list[Array]:
        """What each option of each choice adds.  -> (options, R) each"""
        return np.split(self.table[1 + self.stretches :], np.cumsum(self.counts)[:-1])

    @property
    def few(self) -> bool:
        """Are the combinations so few that all of them are looked at?"""
        return len(self.counts) == 1

    @property
    def combined(self) -> Array:
        """What each combination adds, where they are few.  -> (O, R)"""
        return self.table[1 + self.stretches :]

    def at(self, here: Index) -> Preferences:
        """The preferences in the replications `here` only."""
        return Preferences(at(here, self.table), self.stretches, self.counts)

    def spread(self, places: Index) -> Preferences:
        """The preferences at these places, of any shape: those of (P, R) become a table (T, P, R)."""
        return Preferences(at(places.ravel(), self.table).reshape(-1, *places.shape), self.stretches, self.counts)

    def side(self, which: int | slice) -> Preferences:
        """Those of one party or of several, of a table (T, P, ..., R)."""
        return Preferences(self.table[:, which], self.stretches, self.counts)

    def sides(self, which: Index) -> Preferences:
        """A copy of those of the parties at these places (P, J), of a table (T, P, R): (T, P, J, R)."""
        return Preferences(self.table.take(which, axis=1), self.stretches, self.counts)

    def each(self) -> list[Preferences]:
        """Those of each party, of a table (T, ..., P, R)."""
        sides = range(self.table.shape[-2])
        return [Preferences(self.table[..., j, :], self.stretches, self.counts) for j in sides]

    def utility(self, package: Package) -> Array:
        """-> (R,); of several parties and texts, levels (S, texts, 1, R) and a table (T, P, R): (texts, P, R)"""
        covered = [rise * level for rise, level in zip(self.rises, package.levels, strict=True)]
        return bounded(total([self.base, *covered]) + self.adds(package.combination))

    def adds(self, combination: Index) -> Array:
        """What combinations add.  (R,) or (N, R) -> the same"""
        if self.counts == (1,):
            return np.asarray(self.combined[0])
        width, choices = self.base.size, [self.combined] if self.few else self.choices
        places = np.arange(width).reshape(self.base.shape)
        chosen = combination[None] if self.few else split(combination, self.counts)
        return np.asarray(total(
            worth.ravel().take(option * width + places, mode="wrap")
            for worth, option in zip(choices, chosen, strict=True)
        ))  # fmt: skip

    def blend(self, other: Preferences, share: Array) -> Preferences:
        """A share (R,) of these preferences, the rest of the other ones."""
        return Preferences(share * self.table + (1 - share) * other.table, self.stretches, self.counts)

    def blended_into(self, other: Preferences, share: Array) -> Preferences:
        """The same as `blend`, in the room that both take: neither is of use any more."""
        np.multiply(self.table, share, out=self.table)
        np.multiply(other.table, 1 - share, out=other.table)
        np.add(self.table, other.table, out=self.table)
        return self


NEVER = -1e9  # worth of a combination that is not there: nobody ever looks at it twice


def side_by_side(parts: Sequence[Preferences]) -> Preferences:
    """Preferences (T, R) of several seats in one table (T, seats * R).

    Where their agendas differ in size, the smaller ones are filled up: with stretches that are worth nothing, after
    their own, and with combinations that are worth NEVER.
    """
    stretches = max(part.stretches for part in parts)
    counts = parts[0].counts if not parts[0].few else (max(part.counts[0] for part in parts),)
    table = np.full((len(parts), parts[0].table.shape[1], 1 + stretches + sum(counts)), NEVER)
    table[:, :, : 1 + stretches] = 0.0
    for rows, part in zip(table, parts, strict=True):
        rows[:, : 1 + part.stretches] = part.table[: 1 + part.stretches].T
        rows[:, 1 + stretches : 1 + stretches + sum(part.counts)] = part.table[1 + part.stretches :].T
    return Preferences(table.reshape(-1, table.shape[-1]).T, stretches, counts)


def joined(parts: Sequence[Preferences], shares: Sequence[Array]) -> Preferences:
    """What several agendas are worth together, each by its share; combinations number the last one's fastest."""
    base = total(part.table[0] * share for part, share in zip(parts, shares, strict=True))
    rises = np.concatenate([part.rises * share for part, share in zip(parts, shares, strict=True)])
    choices = [choice * share for part, share in zip(parts, shares, strict=True) for choice in part.choices]
    counts = tuple(count for part in parts for count in part.counts)
    if prod(counts) <= ALL:
        choices, counts = [together(choices)], (prod(counts),)
    return Preferences(np.concatenate([base[None], rises, *choices]), len(rises), counts)


def bounded(utility: Array) -> Array:
    """Utilities without the last bits that a sum of shares has too many: not above 1, not just below 0.

    What leaves an earlier commitment may well be worth less than nothing.
    """
    utility = np.minimum(utility, 1.0)
    return np.where(utility > -ROUNDING, np.maximum(utility, 0.0), utility) if (utility < 0).any() else utility


@dataclass(frozen=True)
class Commitment:
    """What an earlier statement settled on one issue: a point or an option's number, and the cost of leaving it."""

    settlement: Array
    hold: Array


@dataclass(frozen=True)
class Agenda:
    """The issues of one group: scales by name, and options by name with the number of choices.

    starts, spans (S, R): where each stretch begins and how long it is; stretch s is on scale `scale_of[s]`.
    """

    scales: tuple[str, ...]
    options: Mapping[str, Sequence[str]]
    starts: Array
    spans: Array
    scale_of: tuple[int, ...]
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
        return cls(tuple(positions), options, begin, length, tuple(scale_of), commitments)

    def blank(self, width: int) -> Package:
        """Nothing on the table: levels (S, width) that are NaN, no combination."""
        return Package(np.full((len(self.starts), width), np.nan), np.full(width, -1, dtype=np.intp))

    @property
    def counts(self) -> list[int]:
        """Options of each issue that has some."""
        return [len(names) for names in self.options.values()]

    @property
    def combinations(self) -> int:
        """Ways to combine the options, 1 where there are none."""
        return prod(self.counts)

    def preferences(
        self,
        positions: Mapping[str, Array],
        values: Mapping[str, Sequence[Array]],
        weights: Mapping[str, Array],
        interactions: Sequence[Interaction] = (),
    ) -> Preferences:
        """Utilities of a party with these ideal points (R,), option values (R,) and weights (R,), normalised here.

        Where issues interact, all have options, and all combinations are looked at.
        """
        whole = total(weights.values())
        share = {issue: weight / whole for issue, weight in weights.items()}
        worth = {}
        for end, points in (("low", self.starts), ("high", self.starts + self.spans)):
            worth[end] = [self._worth(k, points[s], positions, share) for s, k in enumerate(self.scale_of)]
        rises = [high - low for low, high in zip(worth["low"], worth["high"], strict=True)]
        first = [self.scale_of.index(k) for k in range(len(self.scales))]
        base = total([worth["low"][s] for s in first]) if first else np.zeros_like(whole)
        stacked = np.stack(rises) if rises else np.zeros((0, *base.shape))
        choices = self._choices(values, share, base)
        if interactions:
            choices = [self._together(choices[0], interactions)]
        return Preferences.of(base, stacked, *choices)

    def _together(self, combined: Array, interactions: Sequence[Interaction]) -> Array:
        """What combinations are worth (O, R), with what issues are worth together."""
        worth = combined.copy()
        chosen = dict(zip(self.options, split(np.arange(self.combinations), self.counts), strict=True))
        for each in interactions:
            together = np.logical_and.reduce([chosen[issue] == option for issue, option in each.options.items()])
            worth[together] += each.adds
        return scaled(worth)

    def _worth(self, k: int, x: Array, positions: Mapping[str, Array], share: Mapping[str, Array]) -> Array:
        issue = self.scales[k]
        worth = share[issue] * value(x, positions[issue])
        held = self.commitments.get(issue)
        return worth if held is None else worth - held.hold * np.abs(x - held.settlement)

    def _choices(
        self, values: Mapping[str, Sequence[Array]], share: Mapping[str, Array], like: Array
    ) -> Sequence[Array]:
        """Utility that each option of each choice adds.  -> (options, R) each"""
        worths = [self._options(issue, values[issue], share[issue]) for issue in self.options]
        return worths if self.combinations > ALL else [together([np.zeros((1, *like.shape)), *worths])]

    def _options(self, issue: str, values: Sequence[Array], share: Array) -> Array:
        worth = np.stack([share * value for value in values])
        if issue in self.commitments:
            held = self.commitments[issue]
            worth = worth - held.hold * (np.arange(len(worth))[:, None] != held.settlement)
        return worth

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
        for option, issue in zip(split(package.combination, self.counts), self.options, strict=True):
            found[issue] = option.astype(float)
        return found

    def package(self, settlements: Mapping[str, Array]) -> Package:
        """The package that settles each issue so; scales are covered from the low end.  issue: (R,) -> Package"""
        covered = [
            np.clip((settlements[self.scales[k]] - start) / np.maximum(span, 1e-300), 0, 1)
            for k, start, span in zip(self.scale_of, self.starts, self.spans, strict=True)
        ]
        width = next(iter(settlements.values())).shape
        levels = np.stack(covered) if covered else np.zeros((0, *width))
        combination = np.zeros(width, dtype=np.intp)
        for count, issue in zip(self.counts, self.options, strict=True):
            combination = combination * count + settlements[issue].astype(np.intp)
        return Package(levels, combination)
