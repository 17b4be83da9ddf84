"""Measures of a summary as figures and sentences speak of them: `agreed.treaty` is the share that agrees on treaty."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sim import words
from sim.measures import DEFINITIONS, Measure, Unit, by_unit, named, own_of
from sim.words.language import ENGLISH
from sim.words.numbers import NONE

if TYPE_CHECKING:
    import pandas as pd

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
        return interval({"low": low, "high": high}, self.show)

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


# ---- Measures of a comparison: in which unit each is shown, and what it is called ------------------------------------


Row = Mapping[Any, Any]
"""A row of a table of differences, by column."""


def units(reference: Mapping[str, Any]) -> dict[Unit, list[str]]:
    """Names of the measures of a comparison by unit, those of one's own included.  reference: its run's summary"""
    definitions = [*DEFINITIONS.values(), *(measure.definition for measure in own_of(reference))]
    return {unit: [each.name for each in here] for unit, here in by_unit(definitions).items()}


def measured(differences: pd.DataFrame) -> pd.DataFrame:
    """The table of differences with the dotted name of each measure as `column`."""
    owner = differences["group"].astype(str) + differences["party"].astype(str)
    dotted = differences["measure"] + "." + owner
    return differences.assign(column=dotted.where(owner != "", differences["measure"]))


def by_scenario(rows: pd.DataFrame) -> dict[str, Row]:
    """The rows of one measure, by scenario."""
    return {str(row["scenario"]): row for row in rows.to_dict("records")}


def row_name(row: Row) -> str:
    """What a measure is called: `agreed: treaty`, `utility of Armenia`."""
    known = DEFINITIONS.get(row["measure"])
    return known.label.format(words.short(row["group"] or row["party"])) if known else str(row["measure"])


# ---- in tables -------------------------------------------------------------------------------------------------------


def shown(unit: Unit, number: float | None) -> str:
    """A number with the digits that tables have: `42.3 %`, `0.523`, `31`; a dash where there is none."""
    if number is None or math.isnan(number):
        return NONE
    if unit.kind == "share":
        return f"{ENGLISH.number(100 * number, 1)} %"
    return ENGLISH.number(number, unit.digits if unit.kind == "mean" else 0)


def bare(unit: Unit, number: float | None) -> str:
    """The same without its unit, which stands above it: `42.3`."""
    return shown(unit, number).removesuffix(" %")


def interval(found: Mapping[str, Any], show: Callable[[float], str]) -> str:
    """`38.1 to 46.2 %`; `31 or later` where the upper end is not reached; '' where there is none."""
    low, high = found["low"], found["high"]
    if _missing(low):
        return ""
    if _missing(high):
        return f"{show(low)} or later"
    first = show(low)
    if first[0].isdigit():  # not `under 1 %`
        first = first.removesuffix(" %")
    return f"{first} to {show(high)}"


def _missing(number: float | None) -> bool:
    return number is None or math.isnan(number)
