"""The model's own results, drawn and told: two shipped scenarios, one with three parties, one with long talks."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiments.frontier import frontier
from sim.experiments.run import run
from sim.scenario.load import load
from sim.statistics.typical import choose
from sim.stories.story import story
from tests.figures.boxes import faults
from tests.figures.drawing import draw_all
from tests.seldom import seldom

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("name", ["seminar", seldom("no-mediator")])
def test_shipped_scenarios_can_be_shown(name: str) -> None:
    results = run(load(SCENARIOS / f"{name}.yaml"), replications=30)
    for figure in draw_all(results, frontier(results.scenario)["groups"]):
        assert faults(figure.drawing) == [], figure.name
    text = story(results, choose(results).typical).text
    assert "nan" not in text
    assert "declines: worth 0." in text
