"""Packages and preferences of one replication, in plain floats and lists: what the scalar model bargains with.

The same cut of scales into stretches as `sim.bargaining.preferences`, so that the rules stay comparable; S stretches,
O combinations of options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import log
from operator import mul

TINY = 1e-12

Package = tuple[list[float], int]  # the covered share of each stretch; the combination of options


@dataclass(frozen=True, slots=True)
class Wants:
    """Utility of a package: base + what each stretch adds (S) + what the combination of options adds (O)."""

    base: float
    rises: list[float]
    combined: list[float]

    def utility(self, package: Package) -> float:
        levels, combination = package
        return float(self.base + sum(map(mul, self.rises, levels)) + self.combined[combination])

    def blend(self, other: Wants, share: float) -> Wants:
        """A share of these preferences, the rest of the other ones."""
        rest = 1 - share
        return Wants(
            share * self.base + rest * other.base,
            [share * a + rest * b for a, b in zip(self.rises, other.rises, strict=True)],
            [share * a + rest * b for a, b in zip(self.combined, other.combined, strict=True)],
        )


@dataclass(frozen=True)
class Issue:
    """A scale with ideal points and its stretches, or options with values, by party. `held`: an earlier commitment."""

    positions: Mapping[str, float]
    stretches: Sequence[tuple[float, float]]
    values: Mapping[str, Sequence[float]]
    held: tuple[float, float] | None  # settlement (a point, or an option's number) and the cost of leaving it

    @classmethod
    def scale(cls, positions: Mapping[str, float], held: tuple[float, float] | None) -> Issue:
        cuts = sorted({*positions.values(), *([] if held is None else [held[0]])})
        return cls(positions, list(pairwise(cuts)) or [(cuts[0], cuts[0])], {}, held)

    def worth(self, party: str, x: float, weight: float) -> float:
        """Worth of a point: weight * (1 - |x - p| / max(p, 1 - p)), less the cost of leaving a commitment."""
        p = self.positions[party]
        worth = weight * (1 - abs(x - p) / max(p, 1 - p))
        return worth if self.held is None else worth - self.held[1] * abs(x - self.held[0])

    def worths(self, party: str, weight: float) -> list[float]:
        """Worth of each option."""
        lost = [0.0] * len(self.values[party])
        if self.held is not None:
            lost = [0.0 if number == self.held[0] else self.held[1] for number in range(len(lost))]
        return [weight * value - loss for value, loss in zip(self.values[party], lost, strict=True)]


def wants(issues: Sequence[Issue], party: str, weights: Sequence[float]) -> Wants:
    """Preferences of a party with these weights, one for each issue, normalised here."""
    whole = sum(weights)
    base, rises, choices = 0.0, [], []
    for issue, weight in zip(issues, weights, strict=True):
        if issue.values:
            choices.append(issue.worths(party, weight / whole))
            continue
        ends = [[issue.worth(party, x, weight / whole) for x in stretch] for stretch in issue.stretches]
        base += ends[0][0]
        rises += [high - low for low, high in ends]
    return Wants(base, rises, [sum(choice) for choice in product(*choices)])


class TradeOff:
    """What one side gives away, and in which order, to please the other: a fractional knapsack."""

    def __init__(self, mine: Wants, theirs: Sequence[Wants]) -> None:
        self.ideal = [1.0 if rise > 0 else 0.0 for rise in mine.rises]
        self.ceiling = [mine.base + sum(rise for rise in mine.rises if rise > 0) + c for c in mine.combined]
        self.believed = [sum(column) for column in zip(*(other.combined for other in theirs), strict=True)]
        queue = []
        for s, (rise, *rivals) in enumerate(zip(mine.rises, *(other.rises for other in theirs), strict=True)):
            gain = -sum(rivals) if rise > 0 else sum(rivals)
            if gain > TINY:
                queue.append((gain / max(abs(rise), TINY), s, abs(rise), gain))
        queue.sort(reverse=True)
        self.queue = [(s, loss, gain) for _, s, loss, gain in queue]

    def package(self, given: Mapping[int, float], combination: int) -> Package:
        levels = self.ideal.copy()
        for s, share in given.items():
            levels[s] = abs(levels[s] - share)
        return levels, combination

    def best_for_others(self, aspiration: float) -> Package:
        """Of the packages worth `aspiration` to me, the one I believe the others like best; my best one if none is."""
        best, chosen, gift = -1e9, -1, {}
        for combination, ceiling in enumerate(self.ceiling):
            budget = ceiling - aspiration
            if budget < -TINY:
                continue
            given, brings = {}, self.believed[combination]
            for s, loss, gain in self.queue:
                share = 1.0 if loss <= budget else budget / loss
                given[s] = share
                brings += share * gain
                budget -= loss
                if budget <= 0:
                    break
            if brings > best:
                best, chosen, gift = brings, combination, given
        if chosen < 0:
            return self.ideal.copy(), self.ceiling.index(max(self.ceiling))
        return self.package(gift, chosen)


def nash_package(both: Sequence[Wants], reservations: Sequence[float], powers: Sequence[float]) -> Package:
    """The package with the largest product of gains, each to its power: a walk along the frontier of two parties."""
    first, second = both
    walk = TradeOff(first, [second])
    start = second.base + sum(map(mul, second.rises, walk.ideal))
    a, b = powers
    best, chosen, gift = -1e9, 0, {}
    for combination, (ceiling, extra) in enumerate(zip(walk.ceiling, second.combined, strict=True)):
        mine, theirs, given = ceiling - reservations[0], start + extra - reservations[1], {}
        for s, loss, gain in walk.queue:
            share = 1.0 if loss <= TINY else min(max((b * mine / loss - a * theirs / gain) / (a + b), 0.0), 1.0)
            given[s] = share
            mine -= share * loss
            theirs += share * gain
            if share < 1:
                break
        score = a * log(max(mine, TINY)) + b * log(max(theirs, TINY))
        if score > best:
            best, chosen, gift = score, combination, given
    return walk.package(gift, chosen)
