"""Measures of a summary as figures and sentences speak of them: `agreed.treaty` is the share that agrees on treaty."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report import words
from sim.statistics.summary import Measure, measures

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

NONE = "–"
SHORT = {"under 1 %": "<1", "over 99 %": ">99"}
TITLES = {
    "settled": "share that settles",
    "lasting": "share that settles and lasts",
    "settled_week": "week by which half have settled",
    "agreed": "share that agrees on {}",
    "collapsed": "share whose agreement on {} breaks down",
    "week": "week by which half agree on {}",
    "utility": "mean utility of {}",
    "joint_utility": "mean joint utility",
    "fairness": "mean fairness of gains",
    "mediator_weeks": "mean weeks of work of {}",
}


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
    known = {measure.column: measure for measure in (*measures(scenario), *own)}
    if column not in known:
        raise KeyError(f"{column} is no measure of this scenario; it has {', '.join(known)}")
    measure = known[column]
    title = TITLES.get(measure.name, f"{measure.kind} of {measure.name}")
    title = title.format(words.short(measure.group or measure.party))
    show = {"share": words.percent, "median": "{:,.0f}".format, "mean": _mean(measure.name)}[measure.kind]
    return Reading(measure, title, lambda value: NONE if math.isnan(value) else show(value))


def _mean(name: str) -> Callable[[float], str]:
    return "{:,.1f}".format if name == "mediator_weeks" else "{:.2f}".format
