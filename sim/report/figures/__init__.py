"""The figures of a run's report. `FIGURES` is the one registry; each entry draws whatever figures it has for a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.report.canvas import Figure
from sim.report.choose import Chosen, choose
from sim.report.figures.agreement import agreement
from sim.report.figures.outcomes import outcomes
from sim.report.figures.timeline import timeline
from sim.report.figures.trust import trust
from sim.report.figures.utility_space import utility_space
from sim.report.material import Results, told

__all__ = ["FIGURES", "WHOLE_RUN", "Shown", "agreement", "draw_all", "outcomes", "timeline", "trust", "utility_space"]


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
