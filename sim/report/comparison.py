"""report.html of a comparison: what each scenario changes, which histories turn, and one of them told twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from sim import words
from sim.answers.results_protocol import Comparison
from sim.answers.summary import Table
from sim.answers.values import values
from sim.figures import registry
from sim.figures.canvas import Figure
from sim.figures.registry import runs
from sim.figures.saved_and_lost import probability
from sim.measures import Unit
from sim.report.page import render
from sim.statistics.paired import alone
from sim.stories.side_by_side import Shown, Twice, chosen, side_by_side
from sim.words import dates
from sim.words.changes import Change, changes
from sim.words.numbers import NONE
from sim.words.readings import Row, by_scenario, measured, row_name, units
from sim.words.verdict import between, signed

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

TURNED = (
    "",
    "saved",
    "lost",
    "agreed in both",
    "in neither",
    "saved less lost, points",
    "95 % interval",
    "exact p",
)
VALUES = "Values under each scenario, with 95 % intervals"
MOST_CHANGES = 40  # rows; what differs in more places is another scenario, and its file says so better


@dataclass(frozen=True)
class Pairing:
    """What running the same histories twice was worth for one scenario: widths of intervals, in the measure's unit."""

    name: str
    paired: str
    independent: str
    share: str
    histories: str


def comparison_page(
    comparison: Comparison, figures: Sequence[Figure], files: Sequence[str], shown: Shown | None = None
) -> str:
    """The page.  `files`: names of the scenario files that lie beside it, the reference's first.  -> HTML

    shown: the history that is told twice, by default one chosen by rule.
    """
    shown = shown or chosen(comparison)
    own = {}
    for entry in registry.figures_of(registry.COMPARISON):
        found = _named(figures, f"{entry.name}.")
        if entry.whole and found:
            own[entry.whole] = found
    return render(
        "comparison.html.j2",
        title=_title(comparison),
        scenarios=[(name, run.scenario.summary) for name, run in zip(comparison.names, runs(comparison), strict=True)],
        question=_question(comparison.reference.scenario),
        sentences=comparison.sentences,
        tables=[*_values(comparison), *_transitions(comparison), *_differences(comparison)],
        pairing=_pairing(comparison),
        unshared=_unshared(comparison),
        figures=[figure for figure in figures if "." not in figure.name],
        own=own,
        shown=shown,
        told=_told(comparison, shown),
        changed=[_changed(comparison, n) for n in range(len(comparison.others))],
        files=files,
        replications=comparison.reference.replications,
        seed=comparison.reference.seed,
    )


def _named(figures: Sequence[Figure], start: str) -> list[Figure]:
    return [figure for figure in figures if figure.name.startswith(start)]


# ---- words -----------------------------------------------------------------------------------------------------------


def _title(comparison: Comparison) -> str:
    reference, *others = comparison.names
    if len(others) == 1:
        return f"{others[0]}, against {reference}"
    return f"{words.count(len(others), 'scenario').capitalize()} against {reference}"


def _question(scenario: Scenario) -> str:
    end = dates.month(scenario.date_of(scenario.clock.weeks))
    return (
        f"If the same talks went another way, how many more or fewer histories would be settled by {end}, which ones, "
        "and what else would change?"
    )


def _told(comparison: Comparison, shown: Shown | None) -> Markup:
    """The stories; `Twice.html` escapes them."""
    if shown is None:
        return Markup()
    return Markup(_twice(comparison, shown).html)


def _twice(comparison: Comparison, shown: Shown) -> Twice:
    names = comparison.names[0], comparison.names[shown.other + 1]
    return side_by_side(comparison.reference, comparison.others[shown.other], shown.replication, names)


def _unshared(comparison: Comparison) -> list[str]:
    """Sentences on groups, parties and mediators that only one of two scenarios has."""
    said = []
    for name, other in zip(comparison.names[1:], comparison.others, strict=True):
        only = [words.short(key) for key in alone(comparison.reference.scenario, other.scenario)]
        if only:
            said.append(f"{name}: not compared, because only one of the two scenarios has it: {words.both(only)}.")
    return said


# ---- tables ----------------------------------------------------------------------------------------------------------


def _values(comparison: Comparison) -> Iterator[Table]:
    """What each measure comes to under each scenario, one table a unit."""
    every = runs(comparison)
    for unit, rows in values([run.scenario for run in every], [run.summary for run in every]):
        cells = [(name, *(f"{cell.value}\n{cell.interval}" for cell in row)) for name, row in rows]
        yield Table(f"{VALUES}: {unit.heading}", ("", *comparison.names), cells)


def _transitions(comparison: Comparison) -> Iterator[Table]:
    """One scenario: the whole and the groups are rows of one table; several: a table each, a row a scenario."""
    table, caption = comparison.transitions.fillna({"group": ""}), "Saved and lost"
    if len(comparison.others) == 1:
        yield Table(caption, TURNED, [(_what(row), *_turned(row)) for row in table.to_dict("records")])
        return
    for _, same in table.groupby("group", sort=False):
        rows = same.to_dict("records")
        yield Table(f"{caption}: {_what(rows[0])}", TURNED, [(row["scenario"], *_turned(row)) for row in rows])


def _what(row: Row) -> str:
    return words.short(row["group"]) if row["group"] else "settled, every chapter"


def _turned(row: Row) -> list[str]:
    """How many histories go which way, the net of it with its interval, and whether that could be chance."""
    counts = (words.thousands(int(row[part])) for part in ("saved", "lost", "both", "neither"))
    net, sure = signed(100 * row["difference"], 1), between(100 * row["low"], 100 * row["high"], 1)
    return [*counts, net, sure, probability(row["p"]).removeprefix("p ").removeprefix("= ")]


def _differences(comparison: Comparison) -> Iterator[Table]:
    """One table a unit; with one scenario, interval, pairs and narrowing have columns of their own."""
    table = measured(comparison.differences)
    for unit, names in units(comparison.reference.summary).items():
        here = table[table["measure"].isin(names)]
        if len(here):
            yield _one(unit, here) if len(comparison.others) == 1 else _several(unit, here, comparison.names[1:])


def _one(unit: Unit, here: pd.DataFrame) -> Table:
    head = ("", "difference", "95 % interval", "pairs", "width against independent runs")
    rows = [
        (
            row_name(row), _number(row["difference"], unit), _interval(row, unit), words.thousands(int(row["n"])),
            NONE if np.isnan(row["narrowed"]) else words.percent(row["narrowed"]),
        )
        for row in here.to_dict("records")
    ]  # fmt: skip
    return Table(unit.heading, head, rows)


def _several(unit: Unit, here: pd.DataFrame, names: Sequence[str]) -> Table:
    rows = []
    for _, same in here.groupby("column", sort=False):
        found = by_scenario(same)
        cells = [
            f"{_number(found[name]['difference'], unit)}\n{_interval(found[name], unit)}" if name in found else NONE
            for name in names
        ]
        rows.append((row_name(next(iter(found.values()))), *cells))
    return Table(f"{unit.heading}, with 95 % intervals", ("", *names), rows)


def _number(value: float, unit: Unit) -> str:
    return NONE if np.isnan(value) else signed(unit.scale * value, unit.digits)


def _interval(row: Row, unit: Unit) -> str:
    return between(unit.scale * row["low"], unit.scale * row["high"], unit.digits) or NONE


def _pairing(comparison: Comparison) -> list[Pairing]:
    """For each scenario the interval of the share that settles, and what it would be without pairing."""
    settled = comparison.differences[comparison.differences["measure"] == "settled"]
    found = []
    for row in settled[settled["narrowed"] > 0].to_dict("records"):
        wide, times = 100 * (row["high"] - row["low"]), 1 / row["narrowed"] ** 2
        found.append(
            Pairing(
                row["scenario"], f"{wide:.1f}", f"{wide / row['narrowed']:.1f}", words.percent(row["narrowed"]),
                f"{times:.1f}",
            )
        )  # fmt: skip
    return found


def _changed(comparison: Comparison, number: int) -> tuple[str, list[Change], int]:
    """The scenario's name, what differs in its file, and in how many more places than are shown."""
    found = changes(comparison.reference.scenario, comparison.others[number].scenario)
    return comparison.names[number + 1], found[:MOST_CHANGES], max(len(found) - MOST_CHANGES, 0)
