"""What every measure comes to under each scenario that is compared, with its own 95 % interval: for screen and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.table import interval, shown
from sim.measures import Measure, Unit, by_unit, measures, own_of
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Cell:
    """A measure under one scenario: its value, and its interval, '' where there is none."""

    value: str
    interval: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.interval else self.value


Rows = list[tuple[str, list[Cell]]]


def values(scenarios: Sequence[Scenario], summaries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Unit, Rows]]:
    """For each unit its measures, a cell for every scenario; a dash where one has no such measure, or no value.

    summaries: of the scenarios, as `sim run --json` prints them.
    """
    pairs = list(zip(scenarios, summaries, strict=True))
    known = [[*measures(scenario), *own_of(summary)] for scenario, summary in pairs]
    every = dict.fromkeys(measure for each in known for measure in each)
    for unit, here in by_unit(every).items():
        rows = []
        for measure in here:
            there = zip(known, summaries, strict=True)
            cells = [_cell(measure, summary) if measure in has else Cell(NONE) for has, summary in there]
            rows.append((measure.definition.label.format(words.short(measure.owner)), cells))
        yield unit, rows


def _cell(measure: Measure, summary: Mapping[str, Any]) -> Cell:
    found, show = measure.of(summary), partial(_bare, measure.unit)
    value = found[measure.kind]
    return Cell(NONE) if value is None else Cell(show(value), interval(found, show))


def _bare(unit: Unit, number: float | None) -> str:
    """`42.3`, `0.523`, `31`: the heading has the unit."""
    return shown(unit, number).removesuffix(" %")
