"""Made-up results with two, three and eight parties, and their figures, drawn once for all tests."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from sim.figures.canvas import Figure
from tests.figures import synthetic
from tests.figures.drawing import draw_all
from tests.seldom import seldom

EIGHT = [*synthetic.NASTY, "Party_six", "Seven", "An eighth party with a rather long name"]
CASES = {
    "two": (["Armenia", "Azerbaijan"], ["transport", "border", "treaty"], ["Russia"]),
    "three": (["Uplake", "Millford", "Saltmouth"], ["water", "fish"], ["Chair"]),
    "eight": (EIGHT, synthetic.NASTY[-2:], synthetic.NASTY[:3]),
    "eight in five groups": (EIGHT, synthetic.NASTY, synthetic.NASTY[:3]),
}
SIZES = ["two", "three", seldom("eight"), seldom("eight in five groups")]
"""Each group of eight parties has a figure with a panel for each of their 28 pairs, which takes seconds."""


@dataclass(frozen=True)
class Case:
    results: synthetic.Results
    frontiers: dict[str, Any]

    @functools.cached_property
    def figures(self) -> list[Figure]:
        return draw_all(self.results, self.frontiers)


@functools.cache
def case(name: str, replications: int = 250) -> Case:
    scenario = synthetic.scenario(*CASES[name])
    results = synthetic.results(scenario, replications)
    frontiers = {group: synthetic.frontier(scenario, group) for group in scenario.working_groups}
    return Case(results, frontiers)
