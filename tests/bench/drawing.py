"""One replication's value for each number of a scenario."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

from sim.scenario.numbers import Normal, Triangular, Uniform


def draw(number: Any, random: Random) -> Any:
    """A value from a distribution; anything else as it stands."""
    if isinstance(number, Normal):
        return min(max(random.gauss(number.mean, number.sd), number.least), number.most)
    if isinstance(number, Uniform):
        return random.uniform(number.low, number.high)
    if isinstance(number, Triangular):
        return random.triangular(number.low, number.high, number.mode)
    return number


def numbers(block: Any, random: Random) -> SimpleNamespace:
    """The settings of a block with every distribution drawn."""
    return SimpleNamespace(**{name: draw(value, random) for name, value in vars(block).items()})


def named(value: Any, name: str, default: float, random: Random) -> float:
    """A number given for all, or by name."""
    return float(draw(value.get(name, default) if isinstance(value, dict) else value, random))
