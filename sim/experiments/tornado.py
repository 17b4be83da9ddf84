"""Which constant moves a difference: each at both ends of its plausible range, all others as the files have them.

One at a time, so that a row says what one number does *here*, and nothing of what two do together; `compare` with
models lets all move at once. Every end meets the same luck, so that a number without effect moves nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.experiments.models_work import ModelDesign, Progress, gather, models_of
from sim.experiments.sweep_work import Crew
from sim.experiments.uncertain import Unanswerable, measure_of
from sim.scenario import Scenario
from sim.scenario.numbers import mean_of
from sim.statistics.paired import shared
from sim.words.readings import measured


@dataclass(frozen=True)
class Tornado:
    """What each constant does to the difference of a scenario from its reference.

    difference, low, high: of the files as they are; rows, largest `moved` first: `path, from, to` (its range),
    `lowest, highest` (the difference at its two ends), `moved` (how far these lie apart, NaN where one has no number)
    and `turns`, whether the sign is another at one end than at the other, both told from chance.
    """

    reference: Scenario
    scenario: Scenario
    measure: str
    difference: float
    low: float
    high: float
    rows: tuple[dict[str, Any], ...]

    @property
    def summary(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "reference": self.reference.name,
            "scenario": self.scenario.name,
            "measure": self.measure,
            "replications": self.reference.replications,
            "seed": self.reference.seed,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "constants": [dict(row) for row in self.rows],
        }


def tornado(reference: Scenario, scenario: Scenario, measure: str, crew: Crew, tell: Progress) -> Tornado:
    """Both scenarios with each constant at its ends; seed and replications are those of the reference.

    Errors: Unanswerable for a measure that not both have, or where no number has a plausible range; as `gather`.
    """
    alike = scenario.model_copy(update={"seed": reference.seed, "replications": reference.replications})
    measure_of(reference, measure)
    if measure not in {each.column for each in shared(reference, alike)}:
        raise Unanswerable(f"{scenario.name} has no {measure}, so nothing differs in it; choose another measure")
    design = _ends(models_of([reference, alike], 1))
    if not design.drawn:
        raise Unanswerable("no number in which the scenarios agree has a plausible range, so there is nothing to rank")
    table = measured(gather(design, crew, tell))
    table = table[table["column"] == measure].sort_values("model")
    (difference, low, high), *ends = table[["difference", "low", "high"]].to_numpy(float)
    rows = [
        _row(constant.path, (constant.low, constant.high), ends[2 * n], ends[2 * n + 1])
        for n, constant in enumerate(design.drawn)
    ]
    rows.sort(key=lambda row: -np.nan_to_num(row["moved"], nan=-1.0))
    return Tornado(reference, alike, measure, float(difference), float(low), float(high), tuple(rows))


def _ends(design: ModelDesign) -> ModelDesign:
    """The files as they are, then each constant at its low and at its high end.  -> values (1 + 2 K, K)"""
    here = np.array([mean_of(constant.value) for constant in design.drawn])
    values = np.tile(here, (1 + 2 * len(here), 1))
    for n, constant in enumerate(design.drawn):
        values[1 + 2 * n, n], values[2 + 2 * n, n] = constant.low, constant.high
    return replace(design, values=values)


def _row(path: str, span: tuple[float, float], lowest: Array, highest: Array) -> dict[str, Any]:
    """lowest, highest: difference, low and high at the two ends"""
    turns = bool((lowest[1] > 0 and highest[2] < 0) or (lowest[2] < 0 and highest[1] > 0))
    return {
        "path": path,
        "from": span[0],
        "to": span[1],
        "lowest": float(lowest[0]),
        "highest": float(highest[0]),
        "moved": float(abs(highest[0] - lowest[0])),
        "turns": turns,
    }
