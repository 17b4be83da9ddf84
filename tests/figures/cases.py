"""Made-up results with two, three and eight parties, and their figures, drawn once for all tests."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from sim.figures.canvas import Figure
from tests.figures import synthetic
from tests.figures.drawing import draw_all

CASES = {
    "two": (["Armenia", "Azerbaijan"], ["transport", "border", "treaty"], ["Russia"]),
    "three": (["Uplake", "Millford", "Saltmouth"], ["water", "fish"], ["Chair"]),
    "eight": (
        [*synthetic.NASTY, "Party_six", "Seven", "An eighth party with a rather long name"],
        synthetic.NASTY,
        synthetic.NASTY[:3],
    ),
}


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
