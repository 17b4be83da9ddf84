"""A comparison as aligned text, for a terminal or a file, readable at 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim import words
from sim.answers.table import WIDEST, WIDTH
from sim.answers.values import values
from sim.measures import SHARE, Unit, by_unit, own_of
from sim.statistics.paired import alone, shared
from sim.terminal import visible
from sim.words.names import in_cells
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario import Scenario

Values = Mapping[str, Any]
Row = tuple[str, ...]

DIFFERENCES = ("", "difference", "95 % interval", "pairs", "width")
TURNED = ("Saved and lost", "both", "saved", "lost", "neither", "net, points", "exact p")
NAMES = 28  # characters that names of measures take
MINUS = "\N{MINUS SIGN}"
NOTE = (
    "Each history is run under both scenarios with the same chance; pairs with the same number are compared, always "
    "scenario minus reference. Saved: agreed only under the scenario; lost: only under the reference. Width: of the "
    "interval, against that of as many histories with chance of their own. Intervals: Tango for shares, paired t for "
    "means, bootstrap over pairs for medians, which count the histories that never agree. p: McNemar."
)


def comparison_table(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values) -> str:
    """What `compare --json` holds as sentences and tables; coloured only on a terminal.

    scenarios, names: the reference first, as in the summary.
    """
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        for said in summary["sentences"]:
            console.print(visible(said))
        console.print(_against(names[0], summary["scenarios"][0]), style="dim")
        for table in _values(scenarios, names, summary, console.width):
            console.print()
            console.print(table)
        for name, scenario in zip(names[1:], scenarios[1:], strict=True):
            console.print()
            console.print(Text(visible(name), style="bold", no_wrap=True, overflow="ellipsis"))
            console.print(_grid(DIFFERENCES, list(_differences(scenarios[0], scenario, name, summary)), console.width))
            console.print()
            console.print(_grid(TURNED, list(_turned(name, summary)), console.width))
            for only in _unshared(scenarios[0], scenario):
                console.print(visible(only))
        console.print(f"\n{NOTE}", style="dim")
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _against(reference: str, run: Values) -> str:
    return f"Reference: {visible(reference)}. {words.thousands(run['replications'])} replications, seed {run['seed']}."


def _grid(head: Row, rows: Sequence[Row], width: int) -> Table:
    """Names on the left, numbers on the right; rows whose name is not indented are headings."""
    columns = [[head[n], *(row[n] for row in rows if len(row) > 1)] for n in range(1, len(head))]
    taken = sum(max(map(len, column)) + 2 for column in columns)
    room = min(width - taken, 36)
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, overflow="ellipsis", width=room)
    for _ in columns:
        grid.add_column(no_wrap=True, justify="right")
    names = in_cells([row[0] for row in rows], room)
    for (title, *cells), name in zip([head, *rows], [head[0], *names], strict=True):
        style = "" if title.startswith("  ") else "bold"
        grid.add_row(*(Text(visible(cell).replace("\n", " "), style) for cell in (name, *cells)))
    return grid


# ---- values ----------------------------------------------------------------------------------------------------------


def _values(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values, width: int) -> Iterator[Table | Text]:
    """Which scenario has which number, and what each comes to: with intervals where there is room for all of them."""
    listed = [f"  {number}  {visible(name)}" for number, name in enumerate(names, start=1)]
    yield Text("\n".join(["Values under", *listed]), no_wrap=True, overflow="ellipsis")
    tables = list(values(scenarios, summary["scenarios"]))
    cells = [[str(cell) for cell in row] for _, rows in tables for _, row in rows]
    if _taken(cells) > width - NAMES:
        cells = [[cell.value for cell in row] for _, rows in tables for _, row in rows]
    fitting = max((width - NAMES) // max(len(cell) + 2 for row in cells for cell in row), 1)
    for first in range(0, len(names), fitting):
        some, shown = iter(cells), range(first, min(first + fitting, len(names)))
        table: list[Row] = []
        for unit, rows in tables:
            table.append((unit.heading,))
            table += [(f"  {name}", *(row[n] for n in shown)) for (name, _), row in zip(rows, some, strict=False)]
        yield _grid(("Values", *(str(n + 1) for n in shown)), table, width)


def _taken(cells: Sequence[Sequence[str]]) -> int:
    """Characters that columns of such cells take."""
    return sum(max(map(len, column)) + 2 for column in zip(*cells, strict=True))


# ---- rows ------------------------------------------------------------------------------------------------------------


def _differences(reference: Scenario, scenario: Scenario, name: str, summary: Values) -> Iterator[Row]:
    """A heading for each unit, and its measures below it."""
    found = {row["measure"]: row for row in summary["differences"] if row["scenario"] == name}
    own = [measure for measure in own_of(summary["scenarios"][0]) if measure.column in found]
    for unit, here in by_unit([*shared(reference, scenario), *own]).items():
        yield (unit.heading,)
        for measure in here:
            label = measure.definition.label.format(words.short(measure.owner))
            yield (f"  {label}", *_numbers(found[measure.column], unit))


def _numbers(row: Values, unit: Unit) -> Row:
    width = NONE if row["narrowed"] is None else words.percent(row["narrowed"])
    return (_signed(row["difference"], unit), _interval(row, unit), words.thousands(row["n"]), width)


def _interval(row: Values, unit: Unit) -> str:
    """Both ends; one that is not known is open."""
    low, high = _signed(row["low"], unit), _signed(row["high"], unit)
    if row["low"] is None:
        return NONE if row["high"] is None else f"{high} or less"
    return f"{low} or more" if row["high"] is None else f"{low} to {high}"


def _signed(value: float | None, unit: Unit) -> str:
    if value is None:
        return NONE
    shown = f"{unit.scale * value:+.{unit.digits}f}".replace("-", MINUS)
    return shown if shown.strip(f"+{MINUS}0.") else shown[1:]


def _turned(name: str, summary: Values) -> Iterator[Row]:
    """A row for the whole, one for each group."""
    for row in summary["transitions"]:
        if row["scenario"] == name:
            what = words.short(row["group"]) if row["group"] else "all chapters: settled"
            counts = (words.thousands(row[part]) for part in ("both", "saved", "lost", "neither"))
            yield (f"  {what}", *counts, _signed(row["difference"], SHARE), _probability(row["p"]))


def _probability(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _unshared(reference: Scenario, scenario: Scenario) -> Iterator[str]:
    only = alone(reference, scenario)
    if only:
        names = words.both([words.short(name) for name in only])
        yield f"\nNot compared, because only one of the two scenarios has it: {names}."
