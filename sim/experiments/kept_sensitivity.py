"""A sensitivity analysis that is kept: found again in the results folder, or made, drawn and written."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments import sealed

if TYPE_CHECKING:
    from sim.experiments.sensitivity import Sensitivity
    from sim.scenario import Scenario

INDICES = "indices.parquet"
FILES = (INDICES, "scenario.yaml")
KEPT = ("replications", "seed", "method", "measure", "points")

Make = Callable[[], "Sensitivity"]


@dataclass(frozen=True)
class Plan:
    """An analysis to keep: its scenario (seed and replications as asked for), its place, what is drawn of it."""

    scenario: Scenario
    text: str  # the scenario as a file
    folder: Path
    drawn: tuple[str, ...]  # files besides the table: the report, or nothing


def plan_sensitivity(
    scenario: Scenario, out: Path, stem: str, measure: str, method: str, points: int, drawn: tuple[str, ...]
) -> Plan:
    """Where an analysis belongs, by what it asks.  points: of a Sobol design, 0 for the histories of a run"""
    from sim.scenario import as_yaml

    scenario = scenario.model_copy(update={"sweep": None})  # what a sweep would vary makes no difference
    text = as_yaml(scenario)
    asked = ("sensitivity", text, measure, method, str(points))
    return Plan(scenario, text, out / stem / store.digest(*asked, *store.rules()), drawn)


def find(plan: Plan) -> Sensitivity | None:
    """The analysis, if all of it is there and can be read."""
    import pandas as pd

    from sim.experiments.sensitivity import Sensitivity

    found = sealed.summary(plan.folder, FILES, plan.drawn)
    if found is None:
        return None
    with suppress(OSError, ValueError, KeyError, TypeError):
        level = float("nan") if found["level"] is None else float(found["level"])
        indices = pd.read_parquet(plan.folder / INDICES)
        return Sensitivity(plan.scenario, indices=indices, level=level, **{key: found[key] for key in KEPT})
    return None


def complete(plan: Plan, make: Make) -> Sensitivity:
    """Find the analysis or make it.  Errors: Busy, CannotWrite; what `make` raises."""
    found = find(plan)
    if found is not None:
        return found
    with store.claim(plan.folder):
        return find(plan) or _made(plan, make)  # again: another may have made it meanwhile


def compute(plan: Plan, make: Make) -> Sensitivity:
    """Make the analysis, whatever is there.  Errors: Busy, CannotWrite; what `make` raises."""
    with store.claim(plan.folder):
        return _made(plan, make)


def _made(plan: Plan, make: Make) -> Sensitivity:
    began = time.perf_counter()
    found = make()
    store.write_whole(plan.folder, partial(_fill, plan, found, time.perf_counter() - began))
    if plan.drawn:
        from sim.report import write_sensitivity

        sealed.add_to(plan.folder, FILES, partial(write_sensitivity, found))
    return found


def _fill(plan: Plan, found: Sensitivity, seconds: float, folder: Path) -> None:
    (folder / "scenario.yaml").write_text(plan.text, encoding="utf-8", newline="\n")
    store.write_table(folder / INDICES, found.indices)
    said = store.record(found.seed, found.replications, seconds, plan.text, summary(found, plan.folder))
    sealed.seal(folder, said)


def summary(found: Sensitivity, folder: Path) -> dict[str, Any]:
    """The analysis as `--json` prints it; `matters`: is the input told from chance?"""
    from sim.answers.sensitivity_table import answer

    rows = found.indices.to_dict("records")
    return {
        "scenario": found.scenario.name,
        **{key: getattr(found, key) for key in KEPT},
        "level": found.level,
        "answer": answer(found),
        "indices": [{**row, "matters": matters} for row, matters in zip(rows, found.matters, strict=True)],
        "results": folder.as_posix(),
    }
