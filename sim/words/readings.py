"""Measures of a summary as figures and sentences speak of them: `agreed.treaty` is the share that agrees on treaty."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sim import words
from sim.measures import Measure, Unit, named
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

SHORT = {"under 1 %": "<1", "over 99 %": ">99"}


@dataclass(frozen=True)
class Reading:
    """A measure in words. title: without its article."""

    measure: Measure
    title: str
    show: Callable[[float], str]

    @property
    def column(self) -> str:
        return self.measure.column

    @property
    def is_share(self) -> bool:
        return self.measure.kind == "share"

    def range(self, low: float, high: float) -> str:
        """`29 to 33 %`; '' where there is no interval."""
        if math.isnan(low) and math.isnan(high):
            return ""
        if math.isnan(high):
            return f"{self.show(low)} or later"
        first = self.show(low)
        return f"{first.removesuffix(' %') if first[0].isdigit() else first} to {self.show(high)}"

    def bare(self, value: float) -> str:
        """A value without its unit: `46`, `<1`, `0.52`"""
        shown = self.show(value)
        return SHORT.get(shown, shown.removesuffix(" %"))


def reading(scenario: Scenario, column: str, own: Sequence[Measure] = ()) -> Reading:
    """How to speak of a measure.  own: those of one's own.  Errors: KeyError, naming those that there are."""
    measure = named(scenario, column, own)
    show = partial(_shown, measure.unit)
    return Reading(measure, measure.definition.title.format(words.short(measure.owner)), show)


def _shown(unit: Unit, value: float) -> str:
    if math.isnan(value):
        return NONE
    return words.percent(value) if unit.kind == "share" else f"{value:,.{unit.places}f}"
