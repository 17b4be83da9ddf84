"""A comparison that is kept: its runs in their own folders, what they say of each other in `compare/`.

A run that is there is not computed again, whichever verb computed it; nor is a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments import results_cache, sealed

if TYPE_CHECKING:
    from sim.experiments.compare import Comparison
    from sim.experiments.run import Results
    from sim.scenario import Scenario
    from sim.stories.twice import Shown

FOLDER = "compare"
FILES = ("differences.parquet", "transitions.parquet")

Summary = dict[str, Any]
Progress = Callable[[float], None]
CarryOut = Callable[[results_cache.Plan, int, Progress], Summary]


@dataclass(frozen=True)
class Plan:
    """A comparison to keep: its runs and what each is called, the reference first; its place; what is drawn of it."""

    runs: tuple[results_cache.Plan, ...]
    names: tuple[str, ...]
    folder: Path
    drawn: tuple[str, ...]  # files besides the tables: the report, or nothing


def plan_comparison(scenarios: Sequence[Scenario], out: Path, stems: Sequence[str], drawn: tuple[str, ...]) -> Plan:
    """Where a comparison and its runs belong, by what they say; all get the reference's seed and replications."""
    from sim.experiments.compare import labels

    alike = {"seed": scenarios[0].seed, "replications": scenarios[0].replications}
    scenarios = [scenario.model_copy(update=alike) for scenario in scenarios]
    runs = tuple(
        results_cache.plan_run(scenario, out, stem, ()) for scenario, stem in zip(scenarios, stems, strict=True)
    )
    names = labels([scenario.name for scenario in scenarios], stems)
    texts = [text for run, name in zip(runs, names, strict=True) for text in (name, run.text)]
    folder = out / FOLDER / store.digest(*texts, *store.rules())
    return Plan(runs, names, folder, drawn)


def find(plan: Plan) -> Summary | None:
    """The comparison's summary as `--json` prints it, if all of it is there."""
    found = sealed.summary(plan.folder, FILES, plan.drawn)
    if found is None:
        return None
    runs = [{**run, "results": at.folder.as_posix()} for run, at in zip(found["scenarios"], plan.runs, strict=True)]
    return {**found, "scenarios": runs}


def complete(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    """Find the comparison, or make it from runs that are found or computed.

    Errors: Busy, CannotWrite, WorkerDied.
    """
    found = find(plan)
    if found is not None:
        return found
    with store.claim(plan.folder):
        found = find(plan)  # again: another may have made it meanwhile
        return found or _make(plan, results_cache.complete, jobs, on_progress)


def compute(plan: Plan, jobs: int, on_progress: Progress) -> Summary:
    """Compute every run and compare them, whatever is there.

    Errors: Busy, CannotWrite, WorkerDied.
    """
    with store.claim(plan.folder):
        return _make(plan, results_cache.compute, jobs, on_progress)


def _make(plan: Plan, carry_out: CarryOut, jobs: int, on_progress: Progress) -> Summary:
    from sim.experiments.compare import beside, part

    runs: dict[Path, Results] = {}
    for number, run in enumerate(plan.runs):
        if run.folder not in runs:  # the same file twice is one run
            runs[run.folder] = results_of(run, carry_out, jobs, part(on_progress, number, len(plan.runs)))
        on_progress((number + 1) / len(plan.runs))
    comparison = beside([runs[run.folder] for run in plan.runs], plan.names)
    summary = {**store.plain_values(comparison.summary), "results": plan.folder.as_posix()}
    store.write_whole(plan.folder, partial(fill, plan, comparison, summary))
    draw(plan, comparison)
    return summary


def results_of(run: results_cache.Plan, carry_out: CarryOut, jobs: int, on_progress: Progress) -> Results:
    """A run as it lies in its folder.  Errors: CannotWrite, where what was just written cannot be read."""
    for attempt in (carry_out, results_cache.compute):  # a folder that looks whole may hold a damaged table
        attempt(run, jobs, on_progress)
        found = results_cache.load(run.folder, run.scenario)
        if found is not None:
            return found
    raise store.CannotWrite(run.folder, OSError(0, "what was written there cannot be read again"))


def fill(plan: Plan, comparison: Comparison, summary: Summary, folder: Path) -> None:
    """Write a comparison into a folder: its tables, and its summary in `run.json`."""
    store.write_table(folder / "differences.parquet", comparison.differences)
    store.write_table(folder / "transitions.parquet", comparison.transitions)
    sealed.seal(folder, _record(plan, comparison, summary))


def draw(plan: Plan, comparison: Comparison, shown: Shown | None = None) -> None:
    """Add what is drawn of a comparison to its tables; `shown`: the history that is told twice."""
    if plan.drawn:
        from sim.report import write_comparison

        sealed.add_to(plan.folder, FILES, lambda folder: write_comparison(comparison, folder, shown))


def _record(plan: Plan, comparison: Comparison, summary: Summary) -> dict[str, Any]:
    return {
        "seed": comparison.reference.seed,
        "replications": comparison.reference.replications,
        "versions": store.versions(),
        "rules": store.RULES,
        "runs": {name: run.folder.as_posix() for name, run in zip(plan.names, plan.runs, strict=True)},
        "summary": summary,
    }
