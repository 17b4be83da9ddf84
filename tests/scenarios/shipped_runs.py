"""The shipped scenarios, each run once for all tests of this folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from sim.experiments.simulate import each_of
from sim.scenario import load

FOLDER = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
REPLICATIONS = 400
OWN_WORLDS = ("baseline", "camp-david-1978", "seminar", "two-conceders")
VARIANTS = [name for name in NAMES if name not in OWN_WORLDS]


def outcomes(name: str) -> pd.DataFrame:
    """One row for each of the first histories, of the scenario's own seed."""
    return _all()[name]


@lru_cache
def _all() -> dict[str, pd.DataFrame]:
    """Of all of them: those that differ in numbers only are done abreast, which gives the same to the last bit."""
    found = each_of([load(FOLDER / f"{name}.yaml") for name in NAMES], 0, REPLICATIONS)
    return {NAMES[number]: table for number, table in found}
