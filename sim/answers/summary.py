"""The summary of a run as tables and sentences for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sim import words
from sim.answers.results_protocol import Results
from sim.answers.table import interval, shown
from sim.measures import SHARE, Block, Measure, Unit, in_blocks, measures, own_of
from sim.words import dates
from sim.words.numbers import NONE


@dataclass(frozen=True)
class Table:
    """A captioned table: column heads, and rows whose first cell is their head."""

    caption: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def question(results: Results) -> str:
    """What the run asks, in one sentence."""
    scenario = results.scenario
    parties = words.both([words.short(name) for name in scenario.parties])
    groups = words.both([words.short(name) for name in scenario.working_groups])
    end = dates.month(scenario.date_of(scenario.clock.weeks))
    asked = f"how often would {parties} agree on {groups} by {end}, and would it last?"
    return f"If talks went the way this scenario says, {asked}"


def answer(results: Results) -> str:
    """What came out, in one sentence, with its interval."""
    settled, lasting = results.summary["settled"], results.summary["lasting"]
    show = partial(_shown, results, SHARE)
    count, whole = (words.thousands(round(n * results.replications)) for n in (settled["share"], 1))
    held = ""
    if results.scenario.clock.hold_weeks:
        held = (
            f"; in {show(lasting['share'])} ({interval(lasting, show)}) all of it also holds for "
            f"{words.count(results.scenario.clock.hold_weeks, 'week')}"
        )
    return (
        f"In {count} of {whole} simulated histories, {show(settled['share'])} "
        f"(95 % interval {interval(settled, show)}), every chapter is agreed and ratified within "
        f"{words.count(results.scenario.clock.weeks, 'week')}{held}."
    )


def tables(results: Results) -> list[Table]:
    """The summary's numbers, each with its 95 % interval."""
    blocks = in_blocks([*measures(results.scenario), *own_of(results.summary)])
    return [_table(results, block, rows) for block, rows in blocks.items()]


def _table(results: Results, block: Block, rows: Sequence[Measure]) -> Table:
    heads = [head for _, head in block.beside.values()]
    cells = [_row(results, measure, len(heads)) for measure in rows]
    return Table(block.caption, ("", block.head, "95 % interval", *heads), cells)


def _row(results: Results, measure: Measure, more: int) -> tuple[str, ...]:
    """A measure in words, its value and interval, and what stands beside it, filled up to as many cells `more`."""
    found, show = measure.of(results.summary), partial(_shown, results, measure.unit)
    cells = [_shown(results, each.unit, each.of(results.summary)[each.kind]) for each in measure.beside]
    name = measure.definition.full_of(words.short(measure.owner))
    return name, show(found[measure.kind]), interval(found, show) or NONE, *cells, *[""] * (more - len(cells))


def _shown(results: Results, unit: Unit, number: float | None) -> str:
    """A number as the table on a terminal has it, but a week as its date."""
    if unit.kind == "median":
        return "fewer than half do" if number is None else dates.short_day(results.scenario.date_of(int(number)))
    return shown(unit, number).replace(" %", "\N{NO-BREAK SPACE}%")
