"""The figures of reports: `FIGURES` of a run, `COMPARISON_FIGURES` of a comparison, `SWEEP_FIGURES` of a sweep.

Each entry of a registry draws whatever figures it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sim.report.canvas import Figure
from sim.report.figures.agreement import agreement
from sim.report.figures.compare import compare
from sim.report.figures.compare_agreement import compare_agreement
from sim.report.figures.heatmap import heatmap, heatmaps
from sim.report.figures.outcomes import outcomes
from sim.report.figures.saved_and_lost import saved_and_lost
from sim.report.figures.scenarios import on_common_axes
from sim.report.figures.sweep_lines import all_lines, sweep_lines
from sim.report.figures.timeline import timeline
from sim.report.figures.trust import trust
from sim.report.figures.utility_space import utility_space
from sim.report.results_protocol import Comparison, Results, told
from sim.report.sweep_slices import Sweep
from sim.statistics.typical import Chosen, choose

__all__ = [
    "COMPARISON_FIGURES",
    "FIGURES",
    "SWEEP_FIGURES",
    "WHOLE_RUN",
    "Shown",
    "agreement",
    "compare",
    "compare_agreement",
    "draw_all",
    "draw_comparison",
    "draw_sweep",
    "heatmap",
    "outcomes",
    "saved_and_lost",
    "sweep_lines",
    "timeline",
    "trust",
    "utility_space",
]


@dataclass(frozen=True)
class Shown:
    """A run, the histories that stand for it, and its frontiers by group (as `frontier --json` prints them)."""

    results: Results
    chosen: Chosen
    frontiers: Mapping[str, Any]

    @property
    def has_story(self) -> bool:
        return len(self.results.events) > 0


def _timelines(shown: Shown) -> Iterator[Figure]:
    """The typical history, and one that ended otherwise."""
    if shown.has_story:
        yield timeline(shown.results, shown.chosen.typical)
    if shown.has_story and shown.chosen.other is not None:
        yield replace(timeline(shown.results, shown.chosen.other), name="timeline.other")


def _utility_spaces(shown: Shown) -> Iterator[Figure]:
    """Each group of the typical history that had a round."""
    events = told(shown.results, shown.chosen.typical)
    met = set(events.loc[events["kind"] == "round", "group"])
    for group in shown.results.scenario.working_groups:
        if group in met:
            yield utility_space(shown.results, shown.chosen.typical, group, shown.frontiers)


FIGURES: dict[str, Callable[[Shown], Iterator[Figure]]] = {
    "agreement": lambda shown: iter([agreement(shown.results)]),
    "outcomes": lambda shown: iter([outcomes(shown.results)]),
    "trust": lambda shown: iter([trust(shown.results)]),
    "timeline": _timelines,
    "utility-space": _utility_spaces,
}

WHOLE_RUN = ("agreement", "outcomes", "trust")
"""Figures of all replications together; the others show single histories."""


def draw_all(results: Results, frontiers: Mapping[str, Any] | None = None) -> list[Figure]:
    """Every figure of a run's report, in the order in which it shows them."""
    shown = Shown(results, choose(results), frontiers or {})
    return [figure for draw in FIGURES.values() for figure in draw(shown)]


COMPARISON_FIGURES: dict[str, Callable[[Comparison], Iterator[Figure]]] = {
    "compare": lambda comparison: iter([compare(comparison)]),
    "saved-and-lost": lambda comparison: iter([saved_and_lost(comparison)]),
    "compare-agreement": lambda comparison: iter([compare_agreement(comparison)]),
    "outcomes": partial(on_common_axes, outcomes),
    "agreement": partial(on_common_axes, agreement),
    "trust": partial(on_common_axes, trust),
}
"""The figures of a comparison's report; the last three draw one for each scenario."""


def draw_comparison(comparison: Comparison) -> list[Figure]:
    """Every figure of a comparison's report, in the order in which it shows them."""
    return [figure for draw in COMPARISON_FIGURES.values() for figure in draw(comparison)]


SWEEP_FIGURES: dict[str, Callable[[Sweep], Iterator[Figure]]] = {"heatmap": heatmaps, "sweep-lines": all_lines}
"""The figures of a sweep's report."""


def draw_sweep(sweep: Sweep) -> list[Figure]:
    """Every figure of a sweep's report, in the order in which it shows them."""
    return [figure for draw in SWEEP_FIGURES.values() for figure in draw(sweep)]
