"""The summary of a run as aligned text, for a terminal or a file, readable at 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.measures import Measure, Unit, in_blocks, measures, own_of
from sim.terminal import visible
from sim.words.names import in_cells
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario import Scenario

WIDTH, WIDEST = 80, 100
NUMBERS_WIDTH = 52

Row = tuple[str, str, str, str]
Values = dict[str, Any]


# ---- the table -------------------------------------------------------------------------------------------------------


def summary_table(scenario: Scenario, summary: Values) -> str:
    """The summary (as `--json` prints it) in words and aligned numbers; coloured only on a terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        console.print(Text(visible(scenario.name), style="bold", no_wrap=True, overflow="ellipsis"))
        console.print(f"{summary['replications']:,} replications, seed {summary['seed']}\n", soft_wrap=True)
        console.print(_grid(scenario, summary, console.width))
        console.print(NOTE, style="dim")
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _grid(scenario: Scenario, summary: Values, width: int) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, overflow="ellipsis", width=width - NUMBERS_WIDTH)
    grid.add_column(no_wrap=True, justify="right", min_width=9)
    grid.add_column(no_wrap=True, min_width=16)
    grid.add_column(no_wrap=True)
    for title, *cells in _rows(scenario, summary, width - NUMBERS_WIDTH - 2):
        heading = not title.startswith("  ")
        style = "bold" if heading else ""
        grid.add_row(*(Text(visible(cell).replace("\n", " "), style) for cell in (title, *cells)))
    return grid


def _rows(scenario: Scenario, summary: Values, width: int) -> Iterator[Row]:
    """A heading for each block, and its measures below it."""
    for block, rows in in_blocks([*measures(scenario), *own_of(summary)]).items():
        beside = {name: head for name, (head, _) in block.beside.items() if head}
        yield (block.heading, block.value, "95 % interval", *(beside.values() or ("",)))
        names = in_cells([measure.definition.row_of(measure.owner) for measure in rows], width)
        for name, measure in zip(names, rows, strict=True):
            found = measure.of(summary)
            show = partial(shown, measure.unit)
            yield (f"  {name}", show(found[measure.kind]), interval(found, show), _last(scenario, summary, measure))


def _last(scenario: Scenario, summary: Values, measure: Measure) -> str:
    """The date of a median week; the week that stands beside the first measure of its block, with its date."""
    if measure.kind == "median":
        week = measure.of(summary)["median"]
        return "fewer than half" if week is None else scenario.date_of(int(week)).isoformat()
    weeks = [each.of(summary)["median"] for each in measure.beside if each.kind == "median"]
    return ", ".join(NONE if week is None else f"{week:,.0f}, {scenario.date_of(int(week))}" for week in weeks)


def shown(unit: Unit, number: float | None) -> str:
    """`42.3 %`, `0.523`, `31`; a dash where there is no number."""
    if number is None:
        return NONE
    if unit.kind == "share":
        return f"{number:.1%}".replace("%", " %")
    return f"{number:,.{unit.digits if unit.kind == 'mean' else 0}f}"


def interval(found: Values, show: Callable[[float | None], str]) -> str:
    """`38.1 % to 46.2 %`; `31 or later` where the upper end is not reached; '' where there is none."""
    if found["low"] is None:
        return ""
    if found["high"] is None:
        return f"{show(found['low'])} or later"
    return f"{show(found['low'])} to {show(found['high'])}"


NOTE = (
    "\nIntervals: Wilson for shares, bootstrap for means, Kaplan-Meier for medians, which count "
    f"the replications that never agree ({NONE} where fewer than half agree)."
)
