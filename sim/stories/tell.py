"""The verb `story`: how one history went, of a scenario or of a run that is there."""

from __future__ import annotations

from sim.experiments.run import Results, telling
from sim.scenario.given import Given
from sim.stories import story as stories
from sim.stories.story import Story


def story(scenario: Given | Results, replication: int = 0, seed: int | None = None) -> Story:
    """One history, dated and in sentences: `print` it, or take its `text`.

    Of a run, one of the histories that it tells; of a scenario, any.  Errors: ScenarioError; ValueError.
    """
    if replication < 0:
        raise ValueError(f"replication is {replication}, but histories are counted from 0")
    return stories.story(
        scenario if isinstance(scenario, Results) else telling(scenario, replication, seed), replication
    )
