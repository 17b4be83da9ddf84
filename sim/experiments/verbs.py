"""Verbs that only read: what is wrong with a scenario, how one history went; and the run that a question is put to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.experiments.run import Results, run
from sim.scenario import Problem, ScenarioError
from sim.scenario.given import Given, scenario_of

if TYPE_CHECKING:
    from sim.report.story import Story


def check(scenario: Given) -> list[Problem]:
    """All that is wrong with a scenario, and with the cells of its sweep; an empty list if it is good."""
    from sim.experiments.design import of_scenario, try_cells

    try:
        found = scenario_of(scenario)
        if found.sweep is not None:
            try_cells(of_scenario(found, None, None))
    except ScenarioError as error:
        return list(error.problems)
    return []


def story(scenario: Given | Results, replication: int = 0, seed: int | None = None) -> Story:
    """One history, dated and in sentences: `print` it, or take its `text`.

    Of a run, one of the histories that it tells; of a scenario, any.  Errors: ScenarioError; ValueError.
    """
    from sim.report.story import story as told

    if replication < 0:
        raise ValueError(f"replication is {replication}, but histories are counted from 0")
    return told(scenario if isinstance(scenario, Results) else telling(scenario, replication, seed), replication)


def telling(
    scenario: Given, replication: int, seed: int | None = None, on_progress: Callable[[float], None] | None = None
) -> Results:
    """A run of this history alone, the same bit for bit as among the others."""
    scenario, told = scenario_of(scenario), replication + 1
    alone = run(scenario, replications=1, seed=seed, first=replication, told=told, on_progress=on_progress)
    return replace(alone, replications=max(scenario.replications, replication + 1))


def results_of(given: Given | Results, replications: int | None, seed: int | None, jobs: int) -> Results:
    """The run that is given, or one of the scenario that is.  Errors: as `run`; ValueError where both cannot be."""
    if not isinstance(given, Results):
        return run(given, replications=replications, seed=seed, jobs=jobs)
    if (replications, seed) != (None, None):
        raise ValueError("replications and seed come too late for a run that is there: give its scenario instead")
    return given
