"""Runs that were never simulated: outcomes as a test wants them, of a scenario with three uncertain inputs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.experiments.run import Results
from sim.scenario import Scenario

INPUTS = ("parties.Up.reservation", "parties.Down.reservation", "incidents.per_year")


@cache
def scenario() -> Scenario:
    return Scenario.model_validate(
        {
            "name": "Two wells",
            "clock": {"weeks": 30, "hold_weeks": 10},
            "seed": 5,
            "parties": {
                "Up": {"reservation": {"low": 0.2, "high": 0.4}},
                "Down": {"reservation": {"low": 0.2, "high": 0.4}},
            },
            "mediators": {"Envoy": {}},
            "incidents": {"per_year": {"low": 0, "high": 4}},
            "working_groups": {"wells": {"issues": {"depth": {"positions": {"Up": 0.0, "Down": 1.0}}}}},
        }
    )


def draws(count: int, seed: int = 0) -> Array:
    """What each replication drew of each input, between 0 and 1.  -> (R, 3)"""
    return np.random.default_rng(seed).random((count, len(INPUTS)))


def results(drawn: Array, **columns: Array) -> Results:
    """A run with these draws and outcomes; whatever is not given is the same everywhere. `__` stands for a dot."""
    count = len(drawn)
    given = {name.replace("__", "."): values for name, values in columns.items()}
    outcomes = pd.DataFrame({"replication": np.arange(count)})
    for column in ("settled", "lasting", "agreed.wells", "collapsed.wells", "broken_off.wells"):
        outcomes[column] = given.get(column, np.ones(count, dtype=bool))
    for column in ("settled_week", "week.wells", "utility.Up", "utility.Down", "joint_utility", "fairness"):
        outcomes[column] = given.get(column, np.full(count, 0.5))
    outcomes["mediator_weeks.Envoy"] = 1.0
    for path, values in zip(INPUTS, drawn.T, strict=True):
        outcomes[f"drawn.{path}"] = values
    empty = pd.DataFrame()
    return Results(scenario(), count, 5, outcomes, empty, empty, empty, {}, 0.0)
