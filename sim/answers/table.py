"""The summary of a run as aligned text, for a terminal or a file, readable at 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.terminal import visible
from sim.words.numbers import NONE
from sim.words.shortened import in_cells

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
    yield ("Whole process", "share", "95 % interval", "")
    yield ("  settled", *_share(summary["settled"]), "")
    yield ("  lasting", *_share(summary["lasting"]), "")
    week = summary["settled_week"]
    yield ("  median week of settlement", _week(week["median"]), _weeks(week), _date(scenario, week["median"]))
    yield ("Working group", "agreed", "95 % interval", "median week")
    for name, group in _named(summary["groups"], width):
        yield (f"  {name}", *_share(group["agreed"]), _dated_week(scenario, group["week"]["median"]))
    yield ("Utility", "mean", "95 % interval", "")
    for name, utility in _named(summary["utility"], width):
        yield (f"  {name}", *_mean(utility, ".3f"), "")
    yield ("  joint utility", *_mean(summary["joint_utility"], ".3f"), "")
    yield ("  fairness of gains, 0 to 1", *_mean(summary["fairness"], ".3f"), "")
    if summary["mediator_weeks"]:
        yield ("Mediator's weeks of work", "mean", "95 % interval", "")
    for name, weeks in _named(summary["mediator_weeks"], width):
        yield (f"  {name}", *_mean(weeks, ",.1f"), "")
    if "measures" in summary:
        yield ("Measures of one's own", "", "95 % interval", "")
    for name, own in summary.get("measures", {}).items():
        yield (f"  {name}", *(_share(own) if "share" in own else _mean(own, ",.3f")), "")


def _named(values: Values, width: int) -> list[tuple[str, Values]]:
    """What is said of each, under names that are told apart though they are cut."""
    return list(zip(in_cells(list(values), width), values.values(), strict=True))


def _share(value: Values) -> tuple[str, str]:
    if value["share"] is None:
        return NONE, ""
    return f"{value['share']:.1%}".replace("%", " %"), f"{value['low']:.1%} to {value['high']:.1%}".replace("%", " %")


def _mean(value: Values, form: str) -> tuple[str, str]:
    if value["mean"] is None:
        return NONE, ""
    if value["low"] is None:
        return format(value["mean"], form), ""
    return format(value["mean"], form), f"{value['low']:{form}} to {value['high']:{form}}"


def _week(week: float | None) -> str:
    return NONE if week is None else f"{week:,.0f}"


def _weeks(value: Values) -> str:
    if value["low"] is None:
        return ""
    return f"{value['low']:,.0f} or later" if value["high"] is None else f"{value['low']:,.0f} to {value['high']:,.0f}"


def _date(scenario: Scenario, week: float | None) -> str:
    return "fewer than half" if week is None else scenario.date_of(int(week)).isoformat()


def _dated_week(scenario: Scenario, week: float | None) -> str:
    return NONE if week is None else f"{week:,.0f}, {scenario.date_of(int(week)).isoformat()}"


NOTE = (
    "\nIntervals: Wilson for shares, bootstrap for means, Kaplan-Meier for medians, which count "
    f"the replications that never agree ({NONE} where fewer than half agree)."
)
