"""What a run says: its question, its answer in a sentence, and its numbers, for a page and for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.results_protocol import Results
from sim.answers.tables import Table, as_text
from sim.measures import SHARE, Block, Measure, Unit, in_blocks, measures, own_of
from sim.words import dates
from sim.words.language import ENGLISH
from sim.words.numbers import NONE
from sim.words.readings import interval, shown

if TYPE_CHECKING:
    from sim.scenario import Scenario

NOTE = (
    "Intervals: Wilson for shares, bootstrap for means, Kaplan-Meier for dates, which count the replications that "
    "never agree."
)


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
    show = partial(shown, SHARE)
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


def summary_table(scenario: Scenario, summary: Mapping[str, Any]) -> str:
    """The summary (as `--json` prints it) as `sim run` prints it."""
    counted = f"{words.some(summary['replications'], 'replication')}, seed {summary['seed']}"
    return as_text(scenario.name, counted, *tables(scenario, summary), note=NOTE)


def tables(scenario: Scenario, summary: Mapping[str, Any]) -> list[Table]:
    """The summary's numbers, each with its 95 % interval: a table for each block."""
    blocks = in_blocks([*measures(scenario), *own_of(summary)])
    return [_table(scenario, summary, block, rows) for block, rows in blocks.items()]


def _table(scenario: Scenario, summary: Mapping[str, Any], block: Block, rows: Sequence[Measure]) -> Table:
    head = ("", block.head, "95 % interval", *block.beside_in(scenario).values())
    cells = []
    for measure in rows:
        row = _row(scenario, summary, measure)
        cells.append(row + [""] * (len(head) - len(row)))
    return Table(block.caption, head, cells, folded=True)


def _row(scenario: Scenario, summary: Mapping[str, Any], measure: Measure) -> list[str]:
    """A measure in words, its value and interval, and what stands beside it."""
    found, show = measure.of(summary), partial(_shown, scenario, measure.unit)
    beside = [_value(scenario, each, each.of(summary)) for each in measure.beside(scenario)]
    name = measure.definition.row_of(words.short(measure.owner))
    return [name, _value(scenario, measure, found), interval(found, show) or NONE, *beside]


def _value(scenario: Scenario, measure: Measure, found: Mapping[str, Any]) -> str:
    """`42.3 %`; a median week as its date, with the week beneath it."""
    number = found[measure.kind]
    shown_number = _shown(scenario, measure.unit, number)
    if measure.kind == "median" and number is not None:
        return f"{shown_number}\nweek {ENGLISH.number(number)}"
    return shown_number


def _shown(scenario: Scenario, unit: Unit, number: float | None) -> str:
    """A number as tables have it, but a week as its date."""
    if unit.kind == "median":
        return "fewer than half" if number is None else dates.short_day(scenario.date_of(int(number)))
    return shown(unit, number)
