"""What every measure comes to under each scenario that is compared, with its own 95 % interval: for screen and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.report.differences import BLOCKS, Block, row_name
from sim.statistics.summary import Measure, measures

if TYPE_CHECKING:
    from sim.scenario import Scenario

NONE = "–"


@dataclass(frozen=True)
class Cell:
    """A measure under one scenario: its value, and its interval, '' where there is none."""

    value: str
    interval: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.interval else self.value


Rows = list[tuple[str, list[Cell]]]


def values(scenarios: Sequence[Scenario], summaries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Block, Rows]]:
    """For each unit its measures, a cell for every scenario; a dash where one has no such measure, or no value.

    summaries: of the scenarios, as `sim run --json` prints them.
    """
    known = [measures(scenario) for scenario in scenarios]
    every = list(dict.fromkeys(measure for each in known for measure in each))
    for block in BLOCKS:
        rows = []
        for measure in (each for each in every if each.name in block.measures):
            there = zip(known, summaries, strict=True)
            cells = [_cell(measure, block, summary) if measure in has else Cell(NONE) for has, summary in there]
            named = {"measure": measure.name, "group": measure.group, "party": measure.party}
            rows.append((row_name(named), cells))
        if rows:
            yield block, rows


def _cell(measure: Measure, block: Block, summary: Mapping[str, Any]) -> Cell:
    found = measure.of(summary)  # type: ignore[arg-type]
    digits = 0 if measure.kind == "median" else block.digits
    value, low, high = (
        "" if found[part] is None else f"{block.scale * found[part]:,.{digits}f}"
        for part in (measure.kind, "low", "high")
    )
    between = f"{low} to {high}" if high else f"{low} or later"
    return Cell(value or NONE, between if value and low else "")
