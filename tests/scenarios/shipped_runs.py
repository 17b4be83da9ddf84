"""The shipped scenarios, each run once for all tests that look at its outcomes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest
from _pytest.mark import ParameterSet

from sim.experiments.simulate import simulate
from sim.scenario import load
from tests.seldom import seldom

FOLDER = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
REPLICATIONS = 400
OWN_WORLDS = ("baseline", "camp-david-1978", "seminar", "two-conceders")
VARIANTS = [name for name in NAMES if name not in OWN_WORLDS]


EACH_TIME = (*OWN_WORLDS, "cooling-off-4", "freeze-all-winter", "no-mediator", "sequence")
"""Those that every test run runs: the worlds of their own, and one variant of each kind. `make validate` runs all."""


def case(name: str) -> ParameterSet:
    """A case of `pytest.mark.parametrize` about a scenario, for `make validate` if it is not run each time."""
    return pytest.param(name) if name in EACH_TIME else seldom(name)


@lru_cache
def outcomes(name: str) -> pd.DataFrame:
    """One row for each of the first histories, of the scenario's own seed."""
    return simulate(load(FOLDER / f"{name}.yaml"), 0, REPLICATIONS, told=0).outcomes
