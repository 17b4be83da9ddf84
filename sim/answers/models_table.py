"""What many plausible models say of a comparison, as aligned text for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim import words
from sim.answers.table import WIDEST, WIDTH
from sim.measures import Measure, Unit, by_unit, own_of
from sim.statistics.paired import shared
from sim.terminal import visible
from sim.words.names import in_cells
from sim.words.numbers import NONE
from sim.words.readings import SHORT
from sim.words.verdict import signed

if TYPE_CHECKING:
    from sim.scenario import Scenario

Values = Mapping[str, Any]
Row = tuple[str, ...]

SHARES = ("", "better", "worse", "cannot tell", "median", "5 % to 95 %")
MOVERS = ("What the share that settles depends on", "index", "lowest tenth", "highest tenth")
FEW = 5  # constants that are listed
NOTE = (
    "Each model draws the numbers in which the files do not differ from their plausible ranges, by a Latin hypercube, "
    "and meets the same luck. Better, worse: shares of models in which the 95 % interval of the difference leaves 0; "
    "they are no probabilities. Index: how far the difference moves once a number is known (PAWN); below it, what "
    "chance alone reaches. Lowest, highest tenth: the mean difference there, in points."
)


def models_table(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values) -> str:
    """What `compare --models --json` holds beside the plain comparison; '' where no models were asked for.

    scenarios, names: the reference first, as in the summary.
    """
    if not any("models" in row for row in summary["differences"]):
        return ""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        for name, scenario in zip(names[1:], scenarios[1:], strict=True):
            found = {row["measure"]: row["models"] for row in summary["differences"] if row["scenario"] == name}
            own = [measure for measure in own_of(summary["scenarios"][0]) if measure.column in found]
            many = words.thousands(found["settled"]["n"])
            console.print()
            console.print(Text(f"{visible(name)}, in {many} plausible models", style="bold"))
            console.print(_grid(SHARES, list(_shares([*shared(scenarios[0], scenario), *own], found)), console.width))
            movers = list(_movers(found["settled"]))
            if movers:
                console.print()
                console.print(_grid(MOVERS, movers, console.width))
        console.print(f"\n{NOTE}", style="dim")
    return "\n" + "\n".join(line.rstrip() for line in captured.get().splitlines())


def _shares(measures: Sequence[Measure], found: Mapping[str, Values]) -> Iterator[Row]:
    """A heading for each unit, and its measures below it."""
    for unit, here in by_unit(measures).items():
        yield (unit.heading,)
        for measure in here:
            said = found[measure.column]
            label = measure.definition.label.format(words.short(measure.owner))
            ways = (_share(said[way]) for way in ("helps", "hurts", "undecided"))
            yield (f"  {label}", *ways, *_band(said["difference"], unit))


def _share(share: float) -> str:
    """`61 %`, `<1 %`"""
    said = words.percent(share)
    return f"{SHORT[said]} %" if said in SHORT else said


def _band(difference: Values, unit: Unit) -> Row:
    low, middle, high = (_number(difference[name], unit) for name in ("q05", "median", "q95"))
    return (middle, NONE if difference["q05"] is None else f"{low} to {high}")


def _number(value: float | None, unit: Unit) -> str:
    return NONE if value is None else signed(unit.scale * value, unit.digits)


def _movers(said: Values) -> Iterator[Row]:
    """The constants that move the difference most, and what chance alone reaches."""
    for row in said["depends_on"][:FEW]:
        ends = (signed(100 * row[end], 1) for end in ("lowest", "highest"))
        yield (f"  {visible(row['path'])}", f"{row['index']:.3f}", *ends)
    if said["depends_on"]:
        yield ("  chance alone", f"{said['chance']:.3f}", "", "")


def _grid(head: Row, rows: Sequence[Row], width: int) -> Table:
    """Names on the left, numbers on the right; rows whose name is not indented are headings."""
    columns = [[head[n], *(row[n] for row in rows if len(row) > 1)] for n in range(1, len(head))]
    room = width - sum(max(map(len, column)) + 2 for column in columns)
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, overflow="ellipsis", width=room)
    for _ in columns:
        grid.add_column(no_wrap=True, justify="right")
    named = in_cells([head[0], *(row[0] for row in rows)], room)
    for (title, *cells), name in zip([head, *rows], named, strict=True):
        style = "" if title.startswith("  ") else "bold"
        grid.add_row(*(Text(cell, style) for cell in (name, *cells)))
    return grid
