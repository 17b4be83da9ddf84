"""Comparisons of worlds under the same chance: one number for each history, its mean, and what is expected of it.

A *world* is a scenario whose histories are run when somebody asks for them, once. `world["settled"]` is a *contrast*:
one number for each history. Contrasts are added, subtracted and multiplied history by history, so that
`helped["settled"] - alone["settled"]` is a paired difference.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.experiments.simulate import Part, simulate
from sim.scenario import Scenario, load, load_text
from tests.scenarios.shipped_runs import FOLDER

MANY = 2000
"""Histories of a world, unless it says something else."""
ERRORS = 3
"""Standard errors to both sides of what is found."""

Expected = Literal["more", "fewer", "same", "no fewer"] | float


@dataclass(frozen=True)
class Contrast:
    """One number for each history; NaN where a history has none, as the week of an agreement that never came."""

    each: Callable[[], Array]

    def __add__(self, other: Contrast | float) -> Contrast:
        return Contrast(lambda: self.each() + _each(other))

    def __sub__(self, other: Contrast | float) -> Contrast:
        return Contrast(lambda: self.each() - _each(other))

    def __mul__(self, factor: float) -> Contrast:
        return Contrast(lambda: self.each() * factor)

    __rmul__ = __mul__


def _each(value: Contrast | float) -> Array | float:
    return value.each() if isinstance(value, Contrast) else value


def constant(of: Callable[[], float]) -> Contrast:
    """A number that no history changes, such as one of a solution."""
    return Contrast(lambda: np.array([of()]))


@dataclass(frozen=True, eq=False)
class World:
    """A scenario, read when its histories are first asked for."""

    read: Callable[[], Scenario]
    histories: int = MANY

    @cached_property
    def spec(self) -> Scenario:
        """The scenario."""
        return self.read()

    @cached_property
    def part(self) -> Part:
        """Its histories."""
        return simulate(self.spec, 0, self.histories)

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row for each history."""
        return self.part.outcomes

    def __getitem__(self, column: str) -> Contrast:
        """A column of the outcomes; or, by the beginning of several such as `agreed.`, their mean."""
        return Contrast(lambda: _column(self.outcomes, column))

    @property
    def holds(self) -> Contrast:
        """Of what settled: does it last? NaN where nothing settled."""
        return Contrast(lambda: np.where(self.outcomes["settled"], self.outcomes["lasting"].astype(float), np.nan))

    def events(self, kind: str) -> Contrast:
        """How often something happened in each of the told histories."""
        return Contrast(lambda: _counted(self.part, kind))


def _column(outcomes: pd.DataFrame, name: str) -> Array:
    columns = [name] if name in outcomes else [column for column in outcomes if column.startswith(name)]
    return np.asarray(outcomes[columns].astype(float).mean(axis=1, skipna=False))


def _counted(part: Part, kind: str) -> Array:
    told = part.events[part.events["kind"] == kind].groupby("replication").size()
    return np.asarray(told.reindex(part.events["replication"].unique(), fill_value=0), dtype=float)


@cache
def whole(name: str, *settings: str, histories: int = MANY) -> World:
    """A scenario that ships, with the years after the talks."""
    return World(lambda: load(FOLDER / f"{name}.yaml", settings), histories)


def talks(name: str, *settings: str) -> World:
    """A scenario that ships, until the talks end."""
    return whole(name, "clock.hold_weeks=0", *settings)


@cache
def variant(text: str, *settings: str) -> World:
    """A variant that does not ship, until the talks end."""
    settings = ("clock.hold_weeks=0", *settings)
    return World(lambda: load_text(f"name: a variant\n{text}", settings=settings, folder=FOLDER))


# ---- what is found ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """The mean of a contrast, and the interval of three standard errors around it."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, contrast: Contrast) -> Found:
        """From all histories that have a number."""
        each = contrast.each()
        each = each[~np.isnan(each)]
        if len(each) == 0:
            return cls(math.nan, math.nan, math.nan)
        error = float(each.std(ddof=1) / math.sqrt(len(each))) if len(each) > 1 else 0.0
        mean = float(each.mean())
        return cls(mean, mean - ERRORS * error, mean + ERRORS * error)

    def shows(self, expected: Expected, within: float) -> bool:
        """Is this what is expected? More and fewer: by more than chance.

        within: how far a number may lie from the expected one besides, and how far 0 may be missed by rounding.
        """
        if math.isnan(self.mean):
            return False
        if expected == "more":
            return self.low > within
        if expected == "fewer":
            return self.high < -within
        if expected == "no fewer":
            return self.high >= -within
        wanted = 0.0 if expected == "same" else float(expected)
        return self.low - within <= wanted <= self.high + within

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.mean:.4g}"
        return f"{self.mean:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


@dataclass(frozen=True)
class Check:
    """One comparison.

    says: what comes out if the fact holds; within: see `Found.shows`; why: what the model does instead, if it is known.
    """

    says: str
    contrast: Contrast
    expected: Expected
    within: float = 1e-9
    why: str = ""

    @cached_property
    def found(self) -> Found:
        """What comes out."""
        return Found.of(self.contrast)

    @property
    def holds(self) -> bool:
        """Does it come out as the literature expects?"""
        return self.found.shows(self.expected, self.within)


@dataclass(frozen=True)
class Fact:
    """What the literature expects.  row: as texts name it; source; checks: what must come out if the model shows it"""

    row: str
    fact: str
    source: str
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> str:
        """`yes`, `no`, or `in part` with what is not shown."""
        missing = [check for check in self.checks if not check.holds]
        if not missing:
            return "yes"
        said = "; ".join(f"{check.says}{f' ({check.why})' if check.why else ''}" for check in missing)
        return f"{'no' if len(missing) == len(self.checks) else 'in part'}; not shown: {said}"

    def table(self) -> str:
        """A line for the fact, and one for each comparison: what is expected, what is found, does it hold."""
        lines = [f"{self.row:<4} {self.fact} ({self.source})"]
        for check in self.checks:
            holds = "yes" if check.holds else "no"
            lines.append(f"     {check.says:<84} {check.expected!s:>9}  {check.found!s:<30} {holds}")
        return "\n".join(lines)
