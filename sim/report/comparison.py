"""report.html of a comparison: what each scenario changes, which histories turn, and one of them told twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from sim import words
from sim.answers.comparison_table import tables, unshared
from sim.answers.results_protocol import Comparison
from sim.answers.tables import Table
from sim.figures import registry
from sim.figures.canvas import Figure
from sim.figures.registry import runs
from sim.report.page import render
from sim.stories.side_by_side import Shown, Twice, chosen, side_by_side
from sim.words import dates
from sim.words.changes import Change, changes

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

PAIRING = "Share that settles: width of the 95 % interval, in points"
PAIRED = ("", "paired", "independent runs", "paired of independent", "independent runs would need")
MOST_CHANGES = 40  # rows; what differs in more places is another scenario, and its file says so better


def comparison_page(
    comparison: Comparison, figures: Sequence[Figure], files: Sequence[str], shown: Shown | None = None
) -> str:
    """The page.  `files`: names of the scenario files that lie beside it, the reference's first.  -> HTML

    shown: the history that is told twice, by default one chosen by rule.
    """
    shown = shown or chosen(comparison)
    scenarios = [run.scenario for run in runs(comparison)]
    own = {}
    for entry in registry.figures_of(registry.COMPARISON):
        found = _named(figures, f"{entry.name}.")
        if entry.whole and found:
            own[entry.whole] = found
    return render(
        "comparison.html.j2",
        title=_title(comparison),
        scenarios=[(name, each.summary) for name, each in zip(comparison.names, scenarios, strict=True)],
        question=_question(comparison.reference.scenario),
        sentences=comparison.sentences,
        tables=tables(scenarios, comparison.names, comparison.summary),
        pairing=_pairing(comparison),
        unshared=unshared(scenarios, comparison.names),
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


# ---- tables ----------------------------------------------------------------------------------------------------------


def _pairing(comparison: Comparison) -> Table:
    """For each scenario the width of the interval of the share that settles, and what it would be without pairing."""
    settled = comparison.differences[comparison.differences["measure"] == "settled"]
    rows = []
    for row in settled[settled["narrowed"] > 0].to_dict("records"):
        wide, times = 100 * (row["high"] - row["low"]), 1 / row["narrowed"] ** 2
        alone, part = f"{wide / row['narrowed']:.1f}", words.percent(row["narrowed"])
        rows.append((row["scenario"], f"{wide:.1f}", alone, part, f"{times:.1f} times as many histories"))
    return Table(PAIRING, PAIRED, rows)


def _changed(comparison: Comparison, number: int) -> tuple[str, list[Change], int]:
    """The scenario's name, what differs in its file, and in how many more places than are shown."""
    found = changes(comparison.reference.scenario, comparison.others[number].scenario)
    return comparison.names[number + 1], found[:MOST_CHANGES], max(len(found) - MOST_CHANGES, 0)
