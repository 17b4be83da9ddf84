"""The shipped scenarios, each run once for all tests of this folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from sim.experiments.chunk import simulate
from sim.scenario import load

FOLDER = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
REPLICATIONS = 600
OWN_WORLDS = ("baseline", "camp-david-1978", "seminar", "two-conceders")
VARIANTS = [name for name in NAMES if name not in OWN_WORLDS]


@lru_cache
def outcomes(name: str) -> pd.DataFrame:
    """One row for each of the first 600 histories, of the scenario's own seed."""
    return simulate(load(FOLDER / f"{name}.yaml"), 0, REPLICATIONS, told=0).outcomes
