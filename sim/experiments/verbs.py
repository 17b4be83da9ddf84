"""What is wrong with a scenario; the run that a question is put to, and the run of a single history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sim.experiments.run import Results, run
from sim.scenario import Problem, ScenarioError
from sim.scenario.given import Given, scenario_of


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
