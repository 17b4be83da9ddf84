"""A run that is kept: found again in the results folder, completed, or computed, drawn and written.

What is there is never computed twice: a run that lies there without figures gets them from its own tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.scenario import Scenario

REPORT = "report.html"

Summary = dict[str, Any]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """A run to keep: its scenario (seed and replications as asked for), its place, and what is drawn of it."""

    scenario: Scenario
    text: str  # the scenario as a file
    folder: Path
    drawn: tuple[str, ...]  # files besides the tables: the report, or nothing


def plan_run(scenario: Scenario, out: Path, stem: str, drawn: tuple[str, ...]) -> Plan:
    """Where a run belongs, by what it says; what a sweep would vary makes no difference."""
    from sim.scenario import as_yaml

    scenario = scenario.model_copy(update={"sweep": None})
    text = as_yaml(scenario)
    return Plan(scenario, text, store.run_folder(out, stem, text), drawn)


def find(plan: Plan) -> Summary | None:
    """The summary of the run as `--json` prints it, if all of it is there."""
    return store.find_run(plan.folder, plan.drawn)


def complete(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    """Find the run, or compute what is missing of it.

    Errors: Busy, CannotWrite, WorkerDied.
    """
    found = find(plan)
    if found is not None:
        return found
    with store.claim(plan.folder):
        return find(plan) or _complete(plan, jobs, on_progress)  # again: who wrote it meanwhile has let go of it


def compute(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    """Compute the run, whatever is there, and write it.

    Errors: Busy, CannotWrite, WorkerDied.
    """
    with store.claim(plan.folder):
        return _compute(plan, jobs, on_progress)


def _complete(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    summary = store.find_run(plan.folder)
    results = None if summary is None else store.load_run(plan.folder, plan.scenario)
    if summary is None or results is None:
        return _compute(plan, jobs, on_progress)
    store.add_to_run(plan.folder, partial(_draw, plan, results))
    return summary


def _compute(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    from sim.experiments.run import run

    results = run(plan.scenario, jobs=jobs, on_progress=on_progress)
    return store.save_run(plan.folder, results, plan.text, partial(_draw, plan, results))


def _draw(plan: Plan, results: Results, folder: Path) -> None:
    if not plan.drawn:
        return
    from sim.experiments.frontier import frontier
    from sim.report import write_report

    write_report(results, folder, frontier(plan.scenario)["groups"], plan.text)
