"""A run that is kept: found again in the results folder, completed, or computed, drawn and written.

What is there is never computed twice: a run that lies there without figures gets them from its own tables.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments import sealed
from sim.measures import measures

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
    return sealed.summary(plan.folder, store.FILES, plan.drawn)


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
    record = sealed.opened(plan.folder, store.FILES)
    results = None if record is None else _read(plan.folder, plan.scenario, record)
    if record is None or results is None:
        return _compute(plan, jobs, on_progress)
    _draw(plan, results)
    return {**results.summary, "results": plan.folder.as_posix()}


def _compute(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    from sim.experiments.run import run

    results = run(plan.scenario, jobs=jobs, on_progress=on_progress)
    summary = store.placed(results.summary, plan.folder)
    store.write_whole(plan.folder, partial(_fill, plan, results, summary))
    _draw(plan, results)
    return summary


def _fill(plan: Plan, results: Results, summary: Summary, folder: Path) -> None:
    """Write a run into a folder: its scenario, its tables, and what it says of itself."""
    (folder / "scenario.yaml").write_text(plan.text, encoding="utf-8", newline="\n")
    for table in store.TABLES:
        store.write_table(folder / f"{table}.parquet", getattr(results, table))
    said = store.record(results.seed, results.replications, results.wall_seconds, plan.text, summary)
    sealed.seal(folder, said)


def _draw(plan: Plan, results: Results) -> None:
    """Add the figures to tables that are safe already: whatever happens while they are drawn, the tables stay."""
    if not plan.drawn:
        return
    from sim.experiments.frontier import frontier
    from sim.report import write_report

    groups = frontier(plan.scenario)["groups"]
    sealed.add_to(plan.folder, store.FILES, lambda folder: write_report(results, folder, groups, plan.text))


def load(folder: Path, scenario: Scenario) -> Results | None:
    """A run as it was when it was kept, or None where it cannot be believed.  `scenario` is the one written there."""
    record = sealed.opened(folder, store.FILES)
    return None if record is None else _read(folder, scenario, record)


def _read(folder: Path, scenario: Scenario, record: sealed.Record) -> Results | None:
    """None where another version of the program wrote in another way."""
    import pandas as pd

    from sim.experiments.run import Results

    with suppress(OSError, ValueError, KeyError, TypeError):
        tables: dict[str, Any] = {name: pd.read_parquet(folder / f"{name}.parquet") for name in store.TABLES}
        measured = [measure.column for measure in measures(scenario)]
        if not set(measured) <= set(tables["outcomes"]):
            return None
        return Results(
            scenario=scenario,
            replications=record["replications"],
            seed=record["seed"],
            summary=record["summary"],
            wall_seconds=record["wall_seconds"],
            **tables,
        )
    return None
