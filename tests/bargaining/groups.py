"""Random working groups, with their utilities written down a second time, straight from the formula of the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.bargaining.preferences import Agenda, Commitment, Package, Preferences


@dataclass(frozen=True)
class Group:
    """A group as the scenario gives it.

    positions: issue: (P, R); values: issue: (options, P, R); weights: issue: (P, R)."""

    positions: dict[str, Array]
    values: dict[str, Array]
    weights: dict[str, Array]
    held: dict[str, tuple[Array, Array]]
    parties: int
    width: int

    @property
    def agenda(self) -> Agenda:
        return Agenda.cut(
            {issue: list(points) for issue, points in self.positions.items()},
            {issue: tuple(f"{issue}{n}" for n in range(len(worth))) for issue, worth in self.values.items()},
            {issue: Commitment(*held) for issue, held in self.held.items()},
        )

    def preferences(self, weights: dict[str, Array] | None = None) -> list[Preferences]:
        weights = weights or self.weights
        return [
            self.agenda.preferences(
                {issue: points[i] for issue, points in self.positions.items()},
                {issue: list(worth[:, i]) for issue, worth in self.values.items()},
                {issue: weight[i] for issue, weight in weights.items()},
            )
            for i in range(self.parties)
        ]

    def utility(self, i: int, settlements: dict[str, Array]) -> Array:
        """Utility of party i, the sum over issues of weight * value, less what leaving a commitment costs.  -> (R,)"""
        whole = sum(weight[i] for weight in self.weights.values())
        utility = np.zeros(self.width)
        for issue, points in self.positions.items():
            p, x = points[i], settlements[issue]
            utility += self.weights[issue][i] / whole * (1 - abs(x - p) / np.maximum(p, 1 - p))
        for issue, worth in self.values.items():
            choice = settlements[issue].astype(int)
            utility += self.weights[issue][i] / whole * worth[choice, i, np.arange(self.width)]
        for issue, (point, hold) in self.held.items():
            left = abs(settlements[issue] - point)
            utility -= hold * (left if issue in self.positions else left > 0)
        return utility


def random_group(
    rng: np.random.Generator,
    parties: int = 2,
    scales: int = 4,
    options: tuple[int, ...] = (),
    width: int = 1,
    hold: float = 0.0,
    opposed: bool = False,
) -> Group:
    """A group with scales s0, s1, ... and options o0, o1, ...; with `hold`, every other issue is committed."""
    s, o = [f"s{k}" for k in range(scales)], [f"o{k}" for k in range(len(options))]
    ends = np.arange(parties)[:, None] % 2 * np.ones((1, width))
    positions = {issue: ends if opposed else rng.uniform(0, 1, (parties, width)) for issue in s}
    values = {issue: rng.uniform(0, 1, (n, parties, width)) for issue, n in zip(o, options, strict=True)}
    weights = {issue: rng.uniform(0.1, 1, (parties, width)) for issue in s + o}
    held = {}
    for issue in (s + o)[::2] if hold else ():
        point = rng.uniform(0, 1, width) if issue in s else rng.integers(len(values[issue]), size=width).astype(float)
        held[issue] = point, np.full(width, hold)
    return Group(positions, values, weights, held, parties, width)


def random_package(rng: np.random.Generator, group: Group) -> Package:
    """Any package of the group, scales covered from the low end."""
    agenda = group.agenda
    settlements = {}
    for issue, points in group.positions.items():
        cuts = [*points, group.held[issue][0]] if issue in group.held else [*points]
        low, high = np.min(cuts, axis=0), np.max(cuts, axis=0)
        settlements[issue] = low + rng.uniform(0, 1, group.width) * (high - low)
    for issue, worth in group.values.items():
        settlements[issue] = rng.integers(len(worth), size=group.width).astype(float)
    return agenda.package(settlements)


def all_utilities(preferences: list[Preferences], levels: Array) -> Array:
    """Utilities of every combination at the same levels (S, R); for groups with R = 1.  -> (P, O)"""
    return np.stack([(p.base + (p.rises * levels).sum(axis=0) + p.combined)[:, 0] for p in preferences])
